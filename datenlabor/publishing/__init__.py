"""Publish the protected tables as read-only DuckDB files, swapped atomically under readers."""

from datenlabor.publishing.manifest import protected_tables
from datenlabor.publishing.store import Release
from datenlabor.publishing.workflow import current_release, publish, releases, rollback

__all__ = [
    "Release",
    "current_release",
    "protected_tables",
    "publish",
    "releases",
    "rollback",
]
