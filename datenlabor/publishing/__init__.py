"""Publish the protected tables as read-only DuckDB files, swapped atomically under readers."""

from datenlabor.publishing.store import Release
from datenlabor.publishing.workflow import (
    current_release,
    publish,
    publish_build,
    releases,
    rollback,
    settle,
)

__all__ = [
    "Release",
    "current_release",
    "publish",
    "publish_build",
    "releases",
    "rollback",
    "settle",
]
