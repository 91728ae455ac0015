"""Archives with one delivery inside: checked before anything is unpacked."""

import gzip
import re
import stat
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import IO, cast

from datenlabor.deliveries.files.intake import LARGEST_FILE, refusal
from datenlabor.deliveries.files.names import safe_name
from datenlabor.errors import DatenlaborError

MOST_MEMBERS = 1000
HIGHEST_RATIO = 200
_UNSUSPICIOUS = 1 << 20
"""Bytes; short texts that repeat themselves may be compressed to less than a 200th."""
_CHUNK = 1 << 20
_FOREIGN_PATH = re.compile(r"^[A-Za-z]:|\\")
"""Drives and backslashes of Windows."""

TEXT_SUFFIXES = (".csv", ".txt", ".tsv")
WORKBOOK_SUFFIXES = (".xlsx", ".xls", ".ods")
GEODATA_SUFFIXES = (".geojson", ".json", ".gpkg", ".shp")
SHAPEFILE_SUFFIXES = (".shp", ".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx")
_ARCHIVE_SUFFIXES = (".zip", ".gz", ".tgz", ".tar", ".7z", ".rar", ".bz2", ".xz", ".zst")
_ARCHIVE_ERRORS = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError),
    *(NotImplementedError, RuntimeError, struct.error),
)
"""What the library raises on broken, cut, encrypted or exotic archives."""


def _damaged(file: Path, error: BaseException) -> DatenlaborError:
    return refusal(
        file, "damaged", f"the archive cannot be read: {error}.", "Fetch or pack the file again."
    )


def _check_size(file: Path, name: str, size: int, packed: int) -> None:
    if size > LARGEST_FILE:
        raise refusal(
            file, "too_large", f"{name} has {size} bytes, more than {LARGEST_FILE}.", "Split it."
        )
    if size > _UNSUSPICIOUS and size > HIGHEST_RATIO * packed:
        raise refusal(
            file,
            "archive_bomb",
            f"{name} is packed to less than a {HIGHEST_RATIO}th of its size.",
            "Deliver the file unpacked, if it is real.",
        )


def _check_member(file: Path, member: zipfile.ZipInfo) -> None:
    path = PurePosixPath(member.filename)
    problem = ""
    if path.is_absolute() or ".." in path.parts or _FOREIGN_PATH.search(member.filename):
        problem = "has a path that leads out of the archive"
    elif stat.S_ISLNK(member.external_attr >> 16):
        problem = "is a symbolic link"
    elif member.flag_bits & 1:
        problem = "is encrypted"
    elif member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        problem = "is packed in an uncommon way"
    elif path.suffix.lower() in _ARCHIVE_SUFFIXES:
        problem = "is an archive itself"
    if problem:
        raise refusal(
            file,
            "archive_member",
            f"{member.filename!r} {problem}.",
            "Pack one file, without a password, into one archive.",
        )


def checked_members(file: Path, archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Return the files in an archive, none of which is dangerous to unpack.

    Raises:
        DatenlaborError: too many or too large members, paths that lead out, links, encryption,
            archives in the archive.

    """
    members = archive.infolist()
    if len(members) > MOST_MEMBERS:
        raise refusal(
            file,
            "archive_members",
            f"the archive has {len(members)} members, more than {MOST_MEMBERS}.",
            "Pack one file into one archive.",
        )
    for member in members:
        _check_member(file, member)
        _check_size(file, repr(member.filename), member.file_size, member.compress_size)
    _check_size(
        file, "the content", sum(member.file_size for member in members), file.stat().st_size
    )
    return [member for member in members if not member.is_dir()]


def _copy(file: Path, source: IO[bytes], target: Path) -> None:
    """Unpack one stream; what the headers said about its size is not trusted."""
    packed = file.stat().st_size
    size = 0
    with target.open("xb") as stream:
        while chunk := source.read(_CHUNK):
            size += len(chunk)
            _check_size(file, target.name, size, packed)
            stream.write(chunk)


def _is_of_macos(path: PurePosixPath) -> bool:
    """Return whether a member is what macOS notes beside the files."""
    return "__MACOSX" in path.parts or path.name.startswith("._") or path.name == ".DS_Store"


def _delivery(
    file: Path, members: Iterable[zipfile.ZipInfo], suffixes: tuple[str, ...]
) -> list[zipfile.ZipInfo]:
    """Return the one member with a wanted suffix, a shapefile with all its parts."""
    paths = {member: PurePosixPath(member.filename) for member in members}
    known = {member: path for member, path in paths.items() if not _is_of_macos(path)}
    wanted = [member for member, path in known.items() if path.suffix.lower() in suffixes]
    if len(wanted) != 1:
        raise refusal(
            file,
            "archive_content",
            f"{len(wanted)} of its {len(known)} members are of the kinds {', '.join(suffixes)}.",
            "Pack exactly one file, or a shapefile with all its parts, into one archive.",
        )
    main = known[wanted[0]]
    if main.suffix.lower() != ".shp":
        return wanted
    return [
        member
        for member, path in known.items()
        if path.with_suffix("") == main.with_suffix("")
        and path.suffix.lower() in SHAPEFILE_SUFFIXES
    ]


def _unpack_zip(file: Path, folder: Path, suffixes: tuple[str, ...]) -> Path:
    with zipfile.ZipFile(file) as archive:
        unpacked = []
        for member in _delivery(file, checked_members(file, archive), suffixes):
            path = PurePosixPath(member.filename)
            target = folder / safe_name(path.stem + path.suffix.lower())
            with archive.open(member) as source:
                _copy(file, source, target)
            unpacked.append(target)
    return next(path for path in unpacked if path.suffix in suffixes)


def _unpack_gzip(file: Path, folder: Path, suffixes: tuple[str, ...]) -> Path:
    target = folder / safe_name(file.stem)
    if target.suffix.lower() not in suffixes:
        raise refusal(
            file,
            "archive_content",
            f"{target.name} is of none of the kinds {', '.join(suffixes)}.",
            "Name it like the file inside with .gz added, for example table.csv.gz.",
        )
    with gzip.open(file) as source:
        _copy(file, cast("IO[bytes]", source), target)
    return target


def unpacked(file: Path, folder: Path, suffixes: tuple[str, ...]) -> Path:
    """Return the file itself, or, if it is an archive, the one file of a wanted kind inside.

    Args:
        file: the delivered file.
        folder: existing folder into whose new subfolder an archive is unpacked.
        suffixes: endings that are wanted, in lower case.

    Raises:
        DatenlaborError: the archive is dangerous, damaged, or does not hold exactly one such file.

    """
    suffix = file.suffix.lower()
    if suffix not in (".zip", ".gz"):
        return file
    try:
        inside = Path(tempfile.mkdtemp(dir=folder))
        return (_unpack_zip if suffix == ".zip" else _unpack_gzip)(file, inside, suffixes)
    except _ARCHIVE_ERRORS as error:
        raise _damaged(file, error) from error


def check_zip(file: Path) -> zipfile.ZipFile:
    """Return an archive whose members are safe and undamaged; the caller closes it.

    Raises:
        DatenlaborError: it is dangerous, damaged or cut.

    """
    try:
        archive = zipfile.ZipFile(file)
        for member in checked_members(file, archive):
            with archive.open(member) as stream:
                # Reading to the end compares size and checksum with the headers.
                while stream.read(_CHUNK):
                    pass
    except _ARCHIVE_ERRORS as error:
        raise _damaged(file, error) from error
    return archive
