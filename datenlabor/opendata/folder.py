"""The folder of exports: a folder per release, and the link ``current`` that is to be served.

open-data/
  current -> 20261121T093015Z     the export made last; target relative
  20261121T093015Z/               files 0444
  .building-20261122T…/           being written, or left by a crash
  .lock                           held while an export is written
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from datenlabor.errors import DatenlaborError
from datenlabor.publishing.store import sha256_of, sync

SUMS = "SHA256SUMS"
_READ_ONLY = 0o444
_FOLDER = 0o755
_SHOWN = 3


@contextmanager
def staged(root: Path, release_id: str) -> Iterator[Path]:
    """Yield an empty folder; what is in it at the end becomes the export of the release, at once.

    Files are made durable and read-only, and ``SHA256SUMS`` names them all. An export of the
    release that is there already stays if it is the same. The kernel drops the lock when its
    holder ends, however it ends, and the next export clears away what was left undone.

    Raises DatenlaborError if another export is at work or if the present one differs, OSError.
    """
    root.mkdir(parents=True, exist_ok=True)
    with (root / ".lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DatenlaborError(
                f"Another export is at work in {root}.",
                hint="Wait until it has finished, then try again.",
            ) from None
        _clear_leftovers(root)
        building = root / f".building-{release_id}"
        building.mkdir(mode=_FOLDER)
        try:
            yield building
            _seal(building)
            _place(building, root / release_id)
            _link(root, release_id)
        finally:
            with suppress(OSError):  # what cannot be cleared now, the next export clears
                _clear_leftovers(root)


def sums(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of all files in a folder by their path in it. Raises OSError."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): sha256_of(path) for path in files}


def _seal(building: Path) -> None:
    lines = [f"{digest}  {name}\n" for name, digest in sums(building).items()]
    (building / SUMS).write_text("".join(lines), encoding="utf-8")
    for path in sorted(building.rglob("*")):
        path.chmod(_FOLDER if path.is_dir() else _READ_ONLY)
        sync(path)
    sync(building)


def _place(building: Path, target: Path) -> None:
    if not target.exists():
        building.rename(target)
        sync(target.parent)
        return
    new, old = sums(building), sums(target)
    differing = sorted(name for name in new.keys() | old.keys() if new.get(name) != old.get(name))
    if differing:
        more = f" and {len(differing) - _SHOWN} more" if len(differing) > _SHOWN else ""
        raise DatenlaborError(
            f"{target} holds another export of this release; they differ in "
            f"{', '.join(differing[:_SHOWN])}{more}.",
            hint="What was published under one version must not change. If settings, texts or the "
            "program changed, run `datenlabor publish` and export the new release, or delete that "
            "folder if nobody has used it yet. If nothing changed, a file there was tampered with.",
        )


def _link(root: Path, release_id: str) -> None:
    current = root / "current"
    if current.is_symlink() and current.readlink().name == release_id:
        return
    if current.exists() and not current.is_symlink():
        raise DatenlaborError(
            f"{current} is not a link to an export.",
            hint="Move it away; the export makes the link itself.",
        )
    temporary = root / f".current-{os.getpid()}"
    temporary.symlink_to(release_id)
    temporary.replace(current)
    with suppress(OSError):  # the swap has happened; it must not be reported as failed any more
        sync(root)


def _clear_leftovers(root: Path) -> None:
    for folder in root.glob(".building-*"):
        shutil.rmtree(folder)
    for link in root.glob(".current-*"):
        link.unlink()
