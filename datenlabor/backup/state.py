"""What belongs into a backup: everything in a home that cannot be derived from the rest of it."""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from datenlabor.backup import archive
from datenlabor.backup.archive import Manifest
from datenlabor.deliveries import store as deliveries
from datenlabor.errors import DatenlaborError
from datenlabor.paths import Home, city_code
from datenlabor.publishing import store as releases

METADATA = "superset/superset.db"
# Built anew by `datenlabor publish` and the set-up, or without worth. What is not named here is
# backed up: a kind of state that comes later is not forgotten.
_DERIVED = (
    *("warehouse.duckdb", "warehouse.duckdb.wal", "releases"),
    *("superset/translations", "superset/assets.zip", "superset/access.json"),
    *("superset/setup.json", "superset/setup.log", "superset/superset.log"),
    *(f"{METADATA}-wal", f"{METADATA}-shm", f"{METADATA}-journal"),
)
_HIDDEN_DEPTH = 2


def back_up(home: Home, target: Path) -> Manifest:
    """Write a backup of a home that may be in use.

    Deliveries, publications and withdrawals wait or are refused meanwhile; readers notice nothing.
    Metadata in PostgreSQL are not in it: that has tools of its own.

    Raises:
        DatenlaborError: there is nothing to back up, a publication is under way, the target exists.
        OSError: reading or writing fails; then there is no target.

    """
    if not home.root.is_dir():
        raise DatenlaborError(f"{home.root} does not exist: there is nothing to back up.")
    with deliveries.locked(home), releases.locked(home), _metadata(home) as metadata:
        sources = {name: home.root / name for name in _state(home)}
        if METADATA in sources:
            sources[METADATA] = metadata
        return archive.write(
            target,
            sources,
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
            city_code=city_code(),
        )


def restore(home: Home, file: Path) -> Manifest:
    """Restore a backup into a home that does not exist yet or is empty.

    It appears by one rename, complete, or not at all.

    Raises:
        DatenlaborError: the home holds something, the backup is damaged or of another city.
        OSError: writing fails; then nothing was restored.

    """
    if home.root.exists() and any(home.root.iterdir()):
        raise DatenlaborError(
            f"{home.root} is not empty; a restore never overwrites anything.",
            hint="Move it away, or set DATENLABOR_HOME to another folder.",
        )
    manifest = archive.verify(file)
    if manifest.city_code != city_code():
        raise DatenlaborError(
            f"{file} is a backup of {manifest.city_code}, not of {city_code()}.",
            hint=f"Set DATENLABOR_CITY={manifest.city_code}.",
        )
    home.root.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=home.root.parent) as draft:
        content = Path(draft) / "home"
        content.mkdir(mode=0o755)
        archive.extract(file, content)
        releases.sync(content)
        content.rename(home.root)
        releases.sync(home.root.parent)
    return manifest


def _state(home: Home) -> Iterator[str]:
    """Return the paths of all files that cannot be derived, sorted."""
    for folder, names, files in os.walk(home.root):
        inner = Path(folder).relative_to(home.root)
        names[:] = sorted(name for name in names if not _is_derived(inner / name))
        for name in sorted(files):
            path = (inner / name).as_posix()
            if _is_derived(inner / name):
                continue
            if (home.root / path).is_symlink():
                raise DatenlaborError(
                    f"{home.root / path} is a link; what it leads to would not be backed up.",
                    hint="Put the file itself there.",
                )
            yield path


def _is_derived(path: Path) -> bool:
    """Say whether it can be made anew, or is unfinished: of hidden name in the home or a store."""
    is_hidden = path.name.startswith(".") and len(path.parts) <= _HIDDEN_DEPTH
    return is_hidden or path.as_posix() in _DERIVED


@contextmanager
def _metadata(home: Home) -> Iterator[Path]:
    """Copy Superset's SQLite database as it is at one moment, while Superset writes it."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "superset.db"
        if (home.root / METADATA).exists():
            with (
                closing(sqlite3.connect(home.root / METADATA)) as source,
                closing(sqlite3.connect(copy)) as target,
            ):
                source.backup(target)
            copy.chmod(0o600)
        yield copy
