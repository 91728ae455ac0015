"""Superset assets as code: files, generated datasets, offline proof, exchange with a server."""
