"""Cells of an .xlsx that are not what the library makes of them."""

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from datenlabor.deliveries.files.intake import refusal

_CHUNK = 1 << 20
MOST_CELLS = 50_000_000
"""Rows times columns up to the last used ones: the library keeps that many in memory."""

_SHEET = re.compile(rb"""<(?:\w+:)?sheet\s[^>]*?\w+:id=["']([^"']+)["']""")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s([^>]*)>")
_ID = re.compile(rb"""\bId=["']([^"']+)["']""")
_TARGET = re.compile(rb"""\bTarget=["']([^"']+)["']""")
_CELL = re.compile(
    rb"<(?:\w+:)?c(?P<attributes>\s[^>]*)(?<!/)>(?P<content>.*?)</(?:\w+:)?c>", re.DOTALL
)
_REFERENCE = re.compile(rb"""\sr=["']([A-Z]{1,3})(\d{1,7})["']""")
_ERROR = re.compile(rb"""\st=["']e["']""")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>([^<]*)</")
_TEXT = re.compile(rb"""\st=["']str["']""")
_STYLE = re.compile(rb"""\ss=["'](\d+)["']""")
_FORMAT = re.compile(rb"<(?:\w+:)?numFmt\s([^>]*)>")
_FORMAT_ID = re.compile(rb"""\bnumFmtId=["'](\d+)["']""")
_YEAR = re.compile(rb"""\bformatCode=["'](?:\[[^\]]*\])?yyyy(?:;@)?["']""")
_STYLES = re.compile(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL)
_CELL_STYLE = re.compile(rb"<(?:\w+:)?xf\s([^>]*)>")

Cell = tuple[int, int]
"""Row and column, both from 0."""


@dataclass
class Special:
    """Errors with their text, formulas whose value was never stored, dates shown as a year."""

    errors: dict[Cell, str] = field(default_factory=dict)
    uncalculated: set[Cell] = field(default_factory=set)
    years: set[Cell] = field(default_factory=set)

    def by_row(self) -> dict[int, list[Cell]]:
        """Return the cells by their row, from 0."""
        rows: dict[int, list[Cell]] = {}
        for cell in (*self.errors, *self.uncalculated, *self.years):
            rows.setdefault(cell[0], []).append(cell)
        return rows


def _column(letters: bytes) -> int:
    """Return the number from 0 of a column: A, B, …, AA."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1


def _sheet_part(archive: zipfile.ZipFile, index: int) -> str:
    """Return the member that holds a sheet. Raises IndexError, KeyError."""
    identity = _SHEET.findall(archive.read("xl/workbook.xml"))[index]
    for attributes in _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels")):
        found, target = _ID.search(attributes), _TARGET.search(attributes)
        if found and target and found[1] == identity:
            return posixpath.join("/xl", target[1].decode()).removeprefix("/")
    raise KeyError(identity)


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield the XML of a sheet in pieces that end with a row."""
    rest = b""
    while chunk := stream.read(_CHUNK):
        piece, end, rest = (rest + chunk).rpartition(b"row>")
        if end:
            yield piece
    yield rest


def _year_styles(archive: zipfile.ZipFile) -> set[bytes]:
    """Return the numbers of the styles that show of a date only its year."""
    if "xl/styles.xml" not in archive.namelist():
        return set()
    content = archive.read("xl/styles.xml")
    years = {
        found[1]
        for attributes in _FORMAT.findall(content)
        if _YEAR.search(attributes) and (found := _FORMAT_ID.search(attributes))
    }
    styles = _STYLES.search(content)
    return {
        b"%d" % number
        for number, attributes in enumerate(_CELL_STYLE.findall(styles[0] if styles else b""))
        if (found := _FORMAT_ID.search(attributes)) and found[1] in years
    }


def _note(file: Path, piece: bytes, years: set[bytes], special: Special) -> None:
    for cell in _CELL.finditer(piece):
        attributes, content = cell["attributes"], cell["content"]
        is_error = _ERROR.search(attributes)
        value = _VALUE.search(content)
        # An empty value is one only of a formula whose result is a text.
        is_stored = (value and value[1]) or _TEXT.search(attributes)
        is_uncalculated = _FORMULA.search(content) and not is_stored
        style = _STYLE.search(attributes)
        is_year = style and style[1] in years
        if not (is_error or is_uncalculated or is_year):
            continue
        reference = _REFERENCE.search(attributes)
        if reference is None:
            raise refusal(
                file,
                "error_values",
                "a cell without a reference has an error, an uncalculated formula or a year.",
                "Open the workbook in a spreadsheet program and save it again.",
            )
        place = (int(reference[2]) - 1, _column(reference[1]))
        if is_error:
            special.errors[place] = value[1].decode(errors="replace") if value else "#ERROR"
        elif is_uncalculated:
            special.uncalculated.add(place)
        else:
            special.years.add(place)


def special_cells(file: Path, index: int) -> Special:
    """Return what the library does not show as it is in a sheet, given by its number from 0.

    Raises:
        DatenlaborError: the sheet is damaged, or too large to be held in memory.

    """
    special = Special()
    columns: set[bytes] = set()
    last_row = 0
    try:
        with zipfile.ZipFile(file) as archive, archive.open(_sheet_part(archive, index)) as sheet:
            years = _year_styles(archive)
            for piece in _pieces(sheet):
                references = _REFERENCE.findall(piece)
                columns.update(letters for letters, _ in references)
                last_row = max(last_row, int(references[-1][1]) if references else 0)
                if years or _ERROR.search(piece) or _FORMULA.search(piece):
                    _note(file, piece, years, special)
    except (KeyError, IndexError, zipfile.BadZipFile, UnicodeDecodeError) as error:
        raise refusal(
            file, "damaged", f"sheet {index + 1} cannot be found in it.", "Save the file again."
        ) from error
    width = max(map(_column, columns), default=0) + 1
    if last_row * width > MOST_CELLS:
        raise refusal(
            file,
            "too_large",
            f"sheet {index + 1} has {last_row} rows and {width} columns up to its last cell.",
            "Delete stray cells far outside the table, or save the sheet as CSV.",
        )
    return special
