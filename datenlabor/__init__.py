"""Datenlabor: warehouse, protection, publishing and dashboards of a municipal data lab."""
