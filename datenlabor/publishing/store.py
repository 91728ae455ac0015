"""The folder of releases: names, records, the link ``current``; knows nothing of DuckDB.

    releases/
      current -> 20261121T093015Z     what readers see; swapped atomically, target relative
      20261121T093015Z/               <audience>/datenlabor.duckdb and release.json, all 0444
      .building-20261122T…/           being built, or left by a crash
      .removed-20261101T…/            being deleted
      .lock                           held by the publisher; names the unfinished release

A folder name is never used twice for different content: DuckDB shares its open instances by
resolved path, so a reused path could answer from the older file.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from datenlabor.audiences import AUDIENCES, INTERNAL
from datenlabor.errors import DatenlaborError
from datenlabor.paths import PUBLISHED_FILE, Home

_ID = re.compile(r"(\d{8}T\d{6}Z)(?:-(\d+))?")
_RECORD = "release.json"
_READ_ONLY = 0o444


@dataclass(frozen=True)
class PublishedFile:
    """What one audience gets; ``tables`` is name → number of rows."""

    path: Path
    tables: Mapping[str, int]
    sha256: str


@dataclass(frozen=True)
class Release:
    """One published state of the protected tables."""

    release_id: str
    published_at: datetime
    """UTC."""
    files: Mapping[str, PublishedFile]
    """By audience."""
    inputs_fingerprint: str | None
    is_audited: bool
    """Whether it has cells, so that what it shows and keeps secret has to be remembered."""
    replaces: str | None
    """Id of the release that was current before; where a rollback leads."""
    path: Path
    """Folder of the release."""
    is_current: bool

    @property
    def file(self) -> Path:
        """The database of the city's staff."""
        return self.files[INTERNAL].path

    @property
    def tables(self) -> Mapping[str, int]:
        """The tables of the city's staff, name → number of rows."""
        return self.files[INTERNAL].tables


def is_id(name: str) -> bool:
    """Say whether it is the name of a release."""
    return _ID.fullmatch(name) is not None


def order_of(release_id: str) -> tuple[str, int]:
    """Key by which ids sort in time: the second, then the counter within it."""
    match = _ID.fullmatch(release_id)
    if not match:
        raise ValueError(release_id)
    return match[1], int(match[2] or 1)


def next_id(now: datetime, taken: Iterable[str]) -> str:
    """Name a release after the second of ``now`` (UTC): ``20261121T093015Z``.

    If a release of that second or of a later one (clock set back) exists, count on from the newest
    (``…Z-02``): a new id sorts after all others and never repeats one.
    """
    stamp, counter = max(map(order_of, taken), default=("", 0))
    wanted = now.strftime("%Y%m%dT%H%M%SZ")
    return wanted if wanted > stamp else f"{stamp}-{counter + 1:02d}"


def ids(home: Home) -> list[str]:
    """Return the ids of all finished folders, newest first; foreign folders do not count."""
    if not home.releases.is_dir():
        return []
    names = (path.name for path in home.releases.iterdir() if path.is_dir())
    return sorted(filter(is_id, names), key=order_of, reverse=True)


def current_id(home: Home) -> str | None:
    """Return the id ``current`` points to, or None before the first publish.

    Raises DatenlaborError if something else than a link is there.
    """
    try:
        return home.current.readlink().name
    except FileNotFoundError:
        return None
    except OSError as error:
        raise DatenlaborError(
            f"{home.current} is not a link to a release ({error.strerror}).",
            hint="Move it away; publishing makes the link itself.",
        ) from error


def read_release(home: Home, release_id: str) -> Release:
    """Read a release's record. Raises DatenlaborError if it is unknown or broken."""
    record = home.releases / release_id / _RECORD
    hint = "`datenlabor releases` lists those that exist."
    if not is_id(release_id) or not record.parent.is_dir():
        raise DatenlaborError(f"There is no release {release_id!r}.", hint=hint)
    try:
        content = json.loads(record.read_text(encoding="utf-8"))
        return Release(
            release_id=release_id,
            published_at=datetime.fromisoformat(content["published_at"]),
            files={
                audience: PublishedFile(
                    record.parent / audience / PUBLISHED_FILE,
                    dict(content["files"][audience]["tables"]),
                    str(content["files"][audience]["sha256"]),
                )
                for audience in AUDIENCES
            },
            inputs_fingerprint=content["inputs_fingerprint"],
            is_audited=bool(content.get("is_audited")),  # not said by earlier versions
            replaces=content["replaces"],
            path=record.parent,
            is_current=release_id == current_id(home),
        )
    except (OSError, ValueError, LookupError, TypeError) as error:
        message = f"Release {release_id} is damaged: {record} cannot be read ({error!r})."
        raise DatenlaborError(message, hint=hint) from error


def write_record(release: Release, folder: Path) -> None:
    """Write ``release.json`` into ``folder``, then make all files read-only and durable."""
    content = {
        "release_id": release.release_id,
        "published_at": release.published_at.isoformat(),
        "files": {
            audience: {"sha256": file.sha256, "tables": dict(file.tables)}
            for audience, file in release.files.items()
        },
        "inputs_fingerprint": release.inputs_fingerprint,
        "is_audited": release.is_audited,
        "replaces": release.replaces,
    }
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    (folder / _RECORD).write_text(text, encoding="utf-8")
    for path in (folder / _RECORD, *(folder / name / PUBLISHED_FILE for name in release.files)):
        path.chmod(_READ_ONLY)
        sync(path)
        sync(path.parent)
    sync(folder)


def sha256_of(file: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal. Raises OSError."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def damaged_files(release: Release) -> list[Path]:
    """Return the files of a release that are missing or not what was published. Raises OSError."""
    return [
        file.path
        for file in release.files.values()
        if not file.path.is_file() or sha256_of(file.path) != file.sha256
    ]


def sync(path: Path) -> None:
    """Make a file or a folder's entries survive a power cut. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def swap(home: Home, release_id: str) -> None:
    """Point ``current`` to a release, in one step for readers. Raises OSError before that step."""
    temporary = home.releases / f".current-{os.getpid()}"
    temporary.symlink_to(release_id)
    temporary.replace(home.current)
    with suppress(OSError):  # the swap has happened; it must not be reported as failed any more
        sync(home.releases)


def remove(home: Home, release_id: str) -> None:
    """Delete a release; a half-deleted one is never seen. Raises OSError."""
    grave = home.releases / f".removed-{release_id}"
    (home.releases / release_id).rename(grave)
    shutil.rmtree(grave)


def building(home: Home, release_id: str) -> Path:
    """Return the folder in which a release is built."""
    return home.releases / f".building-{release_id}"


@contextmanager
def locked(home: Home) -> Iterator[IO[str]]:
    """Be the only one who changes the releases; before and after, clear away what was left undone.

    Yields the open lock file for :func:`announce`. A second publisher is refused rather than made
    to wait: it would publish the same warehouse again, and a nightly job should fail visibly.
    The kernel drops the lock when its holder ends, however it ends.

    Raises DatenlaborError if another publisher or a backup is at work, OSError if the folder is
    not writable.
    """
    home.releases.mkdir(parents=True, exist_ok=True)
    with (home.releases / ".lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DatenlaborError(
                f"Another publish, rollback or backup is at work in {home.releases}.",
                hint="Wait until it has finished, then try again.",
            ) from None
        _clear_leftovers(home)
        announce(lock, "")
        try:
            yield lock
        finally:
            with suppress(OSError):  # what cannot be cleared now, the next publisher clears
                _clear_leftovers(home)
                announce(lock, "")


def announce(lock: IO[str], release_id: str) -> None:
    """Note in the lock file which release is unfinished ("" for none). Raises OSError."""
    lock.truncate(0)
    lock.write(release_id)
    lock.flush()
    os.fsync(lock.fileno())


def unfinished(home: Home) -> str | None:
    """Return the id of a release that has its folder but has not (yet) been current."""
    try:
        release_id = (home.releases / ".lock").read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    return release_id if release_id and release_id != current_id(home) else None


def _clear_leftovers(home: Home) -> None:
    orphan = unfinished(home)
    if orphan and is_id(orphan) and (home.releases / orphan).is_dir():
        remove(home, orphan)
    for pattern in (".building-*", ".removed-*"):
        for folder in home.releases.glob(pattern):
            shutil.rmtree(folder)
    for link in home.releases.glob(".current-*"):
        link.unlink()
