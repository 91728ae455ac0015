"""Real raw files beside the project, for tests that are skipped where they are absent."""

import os
from pathlib import Path

import pytest

from datenlabor.paths import PROJECT

FOLDER = Path(os.environ.get("DATENLABOR_SHARED_DATA") or PROJECT.parent / "shared" / "data")


def shared_file(name: str) -> Path:
    """Return a file of the folder, or skip the test that asks for it."""
    file = FOLDER / name
    if not file.exists():
        pytest.skip(f"{name} is not in the folder of real files (DATENLABOR_SHARED_DATA)")
    return file
