"""What belongs into a backup: everything in a home that cannot be derived from the rest of it."""

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from datenlabor import disk
from datenlabor.backup import archive
from datenlabor.backup.archive import Manifest
from datenlabor.deliveries import store as deliveries
from datenlabor.errors import DatenlaborError
from datenlabor.paths import Home, city_code
from datenlabor.publishing import memory
from datenlabor.publishing import store as releases

METADATA = "superset/superset.db"
# Built anew by `datenlabor publish` and the set-up, or without worth. What is not named here is
# backed up: a kind of state that comes later is not forgotten.
_DERIVED = (
    *("warehouse.duckdb", "warehouse.duckdb.wal", "releases", "open-data/current"),
    *("superset/translations", "superset/assets.zip", "superset/access.json"),
    *("superset/setup.json", "superset/setup.log", "superset/superset.log", "superset/results"),
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
    with deliveries.locked(home), releases.locked(home):
        memory.settle(home)
        sources: dict[str, Path | bytes] = {name: home.root / name for name in _state(home)}
        if METADATA in sources:
            sources[METADATA] = _metadata(home.root / METADATA)
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
    with _draft(home.root) as content:
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
        found = sorted(name for name in files if not _is_derived(inner / name))
        for name in (*names, *found):
            path = home.root / inner / name
            if path.is_symlink():
                raise DatenlaborError(
                    f"{path} is a link; what it leads to would not be backed up.",
                    hint="Put there what it leads to, or mount it there.",
                )
        yield from ((inner / name).as_posix() for name in found)


def _is_derived(path: Path) -> bool:
    """Say whether it can be made anew, or is unfinished: of hidden name in the home or a store."""
    is_hidden = path.name.startswith(".") and len(path.parts) <= _HIDDEN_DEPTH
    return is_hidden or path.as_posix() in _DERIVED


def _metadata(database: Path) -> bytes:
    """Return Superset's SQLite database as it is at one moment, while Superset writes it.

    Raises DatenlaborError if it cannot be read.
    """
    try:
        with (
            closing(sqlite3.connect(database)) as source,
            closing(sqlite3.connect(":memory:")) as copy,
        ):
            source.backup(copy)
            return copy.serialize()
    except sqlite3.Error as error:
        raise DatenlaborError(
            f"Superset's metadata {database} cannot be read: {error}.",
            hint=disk.advice(error) or "Restore that file from an earlier backup.",
        ) from error


@contextmanager
def _draft(root: Path) -> Iterator[Path]:
    """Yield a place beside the home in which it is restored, cleared of what a killed restore left.

    Raises DatenlaborError if another restore is at work, OSError.
    """
    draft = root.with_name(f".{root.name}.restoring")
    draft.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(draft, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DatenlaborError(
                f"Another restore is at work in {draft}.", hint="Wait until it has finished."
            ) from None
        for left in draft.iterdir():
            shutil.rmtree(left)
        try:
            yield draft / "home"
        finally:
            shutil.rmtree(draft, ignore_errors=True)  # else the next restore does it
    finally:
        os.close(descriptor)
