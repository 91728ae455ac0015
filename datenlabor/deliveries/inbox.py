"""The files of a folder that are to be delivered, and why others are not."""

import stat
from dataclasses import dataclass
from pathlib import Path

from datenlabor.deliveries.files.prepare import parts
from datenlabor.errors import DatenlaborError

_OF_THE_SYSTEM = ("thumbs.db", "desktop.ini")
_OF_THE_SYSTEM_STARTS = (".", "~$")
"""Hidden files, and the notes of an office program that has a document open."""
_INCOMPLETE = (".part", ".partial", ".filepart", ".crdownload", ".download", ".tmp")
_BESIDE_SHAPEFILES = (
    *(".shp.xml", ".qix", ".qmd", ".qml", ".qpj", ".cst", ".sld", ".lyr", ".idm", ".ind"),
    *(".ain", ".aih", ".atx", ".ixs", ".mxs", ".fbn", ".fbx"),
)


@dataclass(frozen=True)
class Inbox:
    """A folder: files in the order of their names, and what is no delivery, with the reason."""

    files: list[Path]
    skipped: list[tuple[Path, str]]


def read_inbox(folder: Path) -> Inbox:
    """Look what is to be delivered; the parts of a shapefile count as one.

    Raises:
        DatenlaborError: the folder cannot be read.

    """
    try:
        reasons = {path: _reason(path) for path in sorted(folder.iterdir())}
        files = [path for path, reason in reasons.items() if not reason]
        siblings = {part for file in files for part in parts(file) if part != file}
    except OSError as error:
        raise DatenlaborError(f"Inbox {folder} cannot be read: {error.strerror}.") from error
    return Inbox(
        files=[file for file in files if file not in siblings],
        skipped=[(path, reason) for path, reason in reasons.items() if reason],
    )


def _reason(path: Path) -> str:
    """Return why something is no delivery, "" if it is one. Raises OSError."""
    name = path.name.lower()
    if name in _OF_THE_SYSTEM or name.startswith(_OF_THE_SYSTEM_STARTS):
        return "made by the system"
    if name.endswith(_INCOMPLETE):
        return "not complete yet"
    if name.endswith(_BESIDE_SHAPEFILES):
        return "beside a shapefile, not needed"
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return "a link to nothing"
    if stat.S_ISDIR(mode):
        return "a folder; name it with --inbox to deliver what is in it"
    return "" if stat.S_ISREG(mode) else "no regular file"
