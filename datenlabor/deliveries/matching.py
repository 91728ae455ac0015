"""Which spec fits a file: by name, first line and header, as the specs say."""

import codecs
import csv
import unicodedata
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path

import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError
from python_calamine import CalamineError, CalamineWorkbook

from datenlabor.deliveries.spec import Match, Spec
from datenlabor.errors import DatenlaborError

_PEEK_BYTES = 65536
_PEEK_ROWS = 30


def find_spec(file: Path, specs: Iterable[Spec]) -> Spec:
    """Return the only spec that fits a file.

    Raises:
        DatenlaborError: none fits, or several do; OSError if the file cannot be read.

    """
    fitting = [spec for spec in specs if fits(file, spec)]
    if not fitting:
        raise DatenlaborError(
            f"No spec fits {file.name}.",
            hint=f"`datenlabor inspect {file}` proposes one; --spec names one that exists.",
        )
    if len(fitting) > 1:
        raise DatenlaborError(
            f"Several specs fit {file.name}: {', '.join(sorted(spec.name for spec in fitting))}.",
            hint="Name one with --spec, or make their `match` narrower.",
        )
    return fitting[0]


def fits(file: Path, spec: Spec) -> bool:
    """Tell whether a file is all that a spec says under ``match``, which has to say something."""
    match = spec.match
    if match == Match():
        return False
    name = unicodedata.normalize("NFC", file.name).lower()
    if match.name and not fnmatchcase(name, unicodedata.normalize("NFC", match.name).lower()):
        return False
    if match.first_line:
        first = _peek(file).lstrip().lstrip('"')
        if not first.startswith(match.first_line):
            return False
    return not match.header or set(match.header) <= header_names(file, spec)


def header_names(file: Path, spec: Spec) -> set[str]:
    """Return what may be names of columns: attributes, or the cells of the first rows."""
    if spec.format.type == "geo":
        try:
            layer = spec.format.layer
            return set(map(str, pyogrio.read_info(file, layer=layer)["fields"]))
        except (DataSourceError, DataLayerError):
            return set()
    if spec.format.type == "excel":
        return {" ".join(str(cell).split()) for row in _workbook_rows(file, spec) for cell in row}
    lines = _peek(file).splitlines(keepends=True)[:_PEEK_ROWS]
    rows = csv.reader(lines, delimiter=spec.format.delimiter)
    try:
        return {" ".join(cell.split()) for row in rows for cell in row}
    except csv.Error:
        return set()


def _workbook_rows(file: Path, spec: Spec) -> list[list[object]]:
    sheet = spec.format.sheet
    try:
        workbook = CalamineWorkbook.from_path(str(file))
        if isinstance(sheet, str):
            found = workbook.get_sheet_by_name(sheet)
        else:
            found = workbook.get_sheet_by_index((sheet or 1) - 1)
        return [list(row) for row in found.to_python(nrows=_PEEK_ROWS)]
    except CalamineError:
        return []


def _peek(file: Path) -> str:
    """Return the start of a file as text, whatever it is; only for recognising it."""
    with file.open("rb") as stream:
        start = stream.read(_PEEK_BYTES)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return start.decode("utf-16", errors="replace")
    try:
        return start.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        cut_character = 4
        if error.start > len(start) - cut_character:
            return start.decode("utf-8-sig", errors="replace")
        return start.decode("cp1252", errors="replace")
