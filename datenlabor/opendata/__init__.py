"""Open data: what everyone may take along, in usual formats, with a catalogue and pages."""

from datenlabor.opendata.workflow import Export, export

__all__ = ["Export", "export"]
