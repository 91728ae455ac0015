"""The file of a backup: a ZIP archive whose last entry lists all others with size and SHA-256.

Knows nothing of what is backed up. Written beside its place, read back, then renamed: a file of
that name is complete and can be restored.
"""

import errno
import fcntl
import hashlib
import io
import json
import os
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from datenlabor.errors import DatenlaborError
from datenlabor.publishing.store import sync

FORMAT = 1
_MANIFEST = "manifest.json"
_BLOCK = 1 << 20
_DRAFT = ".datenlabor-part"
_OWNER_ONLY = 0o600


@dataclass(frozen=True)
class Entry:
    """One file."""

    sha256: str
    size: int
    """Bytes."""
    mode: int


@dataclass(frozen=True)
class Manifest:
    """What a backup holds; ``files`` by their path below the home."""

    created_at: str
    """UTC, ISO 8601."""
    city_code: str
    files: Mapping[str, Entry]
    format: int = FORMAT


def write(
    target: Path, sources: Mapping[str, Path | bytes], *, created_at: str, city_code: str
) -> Manifest:
    """Write ``sources`` (path in the backup → file or content) into a new archive.

    Only the owner may read it: it holds deliveries and secrets.

    Raises:
        DatenlaborError: the target exists already, another backup is being written there, or what
            was written cannot be read back.
        OSError: a file cannot be read or written.

    """
    if target.exists():
        raise DatenlaborError(
            f"{target} exists already; a backup is never overwritten.", hint="Name another file."
        )
    entries: dict[str, Entry] = {}
    with _draft(target) as (draft, stream):
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for name, source in sources.items():
                content, mode = _opened_source(source)
                with content, archive.open(name, "w", force_zip64=True) as copy:
                    entries[name] = Entry(*_copy(content, copy), mode)
            manifest = Manifest(created_at, city_code, entries)
            archive.writestr(_MANIFEST, json.dumps(asdict(manifest), ensure_ascii=False, indent=1))
        stream.flush()
        verify(draft)
        sync(draft)
        try:
            # Fails where somebody else has made it meanwhile, unlike a rename.
            os.link(draft, target)
        except FileExistsError as error:
            raise DatenlaborError(f"{target} was made by somebody else meanwhile.") from error
        with suppress(OSError):  # it is there; that must not be reported as failed any more
            sync(target.parent)
    return manifest


def verify(file: Path) -> Manifest:
    """Read everything and compare it with the manifest.

    Raises:
        DatenlaborError: it is no backup, of an unknown format, damaged, or names a path outside.

    """
    with _opened(file) as archive:
        manifest = _manifest(file, archive)
        for name, entry in manifest.files.items():
            with archive.open(name) as stream:
                if _copy(stream, None) != (entry.sha256, entry.size):
                    raise _damaged(file, f"{name} is not what was backed up")
    return manifest


def extract(file: Path, folder: Path) -> None:
    """Write all files of a backup below an empty folder, each checked while it is written.

    Raises:
        DatenlaborError: as for :func:`verify`.
        OSError: writing fails.

    """
    with _opened(file) as archive:
        for name, entry in _manifest(file, archive).files.items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with archive.open(name) as stream, target.open("xb") as copy:
                if _copy(stream, copy) != (entry.sha256, entry.size):
                    raise _damaged(file, f"{name} is not what was backed up")
            target.chmod(entry.mode)
            sync(target)


@contextmanager
def _draft(target: Path) -> Iterator[tuple[Path, IO[bytes]]]:
    """Yield a hidden file beside the target, and remove it in the end.

    Those that killed backups have left in the folder are removed first: they hold secrets. Whoever
    writes one holds its lock, which the kernel drops when it ends, however it ends.
    """
    for left in target.parent.glob(f".*{_DRAFT}"):
        with left.open("rb") as stream, suppress(BlockingIOError):
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            left.unlink()
    draft = target.with_name(f".{target.name}{_DRAFT}")
    try:
        descriptor = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    except FileExistsError as error:
        raise DatenlaborError(
            f"Another backup is being written to {target}.", hint="Name another file."
        ) from error
    try:
        with os.fdopen(descriptor, "w+b") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            yield draft, stream
    finally:
        with suppress(OSError):  # else the next backup does it
            draft.unlink()


def _opened_source(source: Path | bytes) -> tuple[IO[bytes], int]:
    """Return the content of a source and the rights it is restored with."""
    if isinstance(source, bytes):
        return io.BytesIO(source), _OWNER_ONLY
    stream = source.open("rb")
    return stream, os.fstat(stream.fileno()).st_mode & 0o777


def _copy(source: IO[bytes], target: IO[bytes] | None) -> tuple[str, int]:
    """Copy a stream, or only read it; return SHA-256 and size."""
    digest, size = hashlib.sha256(), 0
    while block := source.read(_BLOCK):
        digest.update(block)
        size += len(block)
        if target is not None:
            target.write(block)
    return digest.hexdigest(), size


@contextmanager
def _opened(file: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except FileNotFoundError as error:
        raise DatenlaborError(f"{file} does not exist.") from error
    except (
        *(zipfile.BadZipFile, zlib.error, EOFError, RuntimeError),
        *(ValueError, KeyError, TypeError),
    ) as error:
        raise _damaged(file, str(error)) from error
    except OSError as error:
        if error.errno != errno.EINVAL:  # the archive sends its reader to a place before its start
            raise
        raise _damaged(file, str(error)) from error


def _manifest(file: Path, archive: zipfile.ZipFile) -> Manifest:
    content = json.loads(archive.read(_MANIFEST))
    if content.get("format") != FORMAT:
        raise DatenlaborError(
            f"{file} is a backup of format {content.get('format')}, not {FORMAT}.",
            hint="Restore it with the version of Datenlabor that made it.",
        )
    files = {name: Entry(**entry) for name, entry in content.pop("files").items()}
    held = set(archive.namelist()) - {_MANIFEST}
    if held != files.keys():
        raise _damaged(file, f"it lacks, or has too much: {', '.join(sorted(held ^ files.keys()))}")
    for name in files:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\\" in name:
            raise _damaged(file, f"{name} leads out of the home")
    return Manifest(**content, files=files)


def _damaged(file: Path, problem: str) -> DatenlaborError:
    return DatenlaborError(
        f"{file} cannot be restored: {problem}.", hint="Take another backup; nothing was changed."
    )
