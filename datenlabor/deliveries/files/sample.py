"""A look into an unknown file: what it is and how its first and last records read."""

import tempfile
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal

from datenlabor.deliveries.files.containers import (
    GEODATA_SUFFIXES,
    TEXT_SUFFIXES,
    WORKBOOK_SUFFIXES,
    unpacked,
)
from datenlabor.deliveries.files.encoding import text_form
from datenlabor.deliveries.files.geodata import layer_names, read_features
from datenlabor.deliveries.files.intake import check_file, refusal
from datenlabor.deliveries.files.lines import Lines
from datenlabor.deliveries.files.quoting import Raw, raw_records
from datenlabor.deliveries.files.records import Record
from datenlabor.deliveries.files.text import check_text
from datenlabor.deliveries.files.workbook import sheet_records, sheets
from datenlabor.deliveries.files.workbook_checks import check_workbook

DELIMITERS = (";", "\t", "|", ",")
"""In the order of preference: a comma is more often a decimal sign."""
_LAST = 60
_CLEAR = 0.8
"""A preferred delimiter wins with this share of the lines that the best one fits."""


@dataclass(frozen=True)
class Sample:
    """What a file looks like without a spec."""

    kind: Literal["csv", "excel", "geo"]
    encoding: str
    """"" for binary formats."""
    delimiter: str
    """"" for all but text."""
    layers: tuple[str, ...]
    """Sheets of a workbook or layers of geodata."""
    layer: str
    """The one the records are from."""
    first: tuple[Record, ...]
    """Geodata begin with a record (line 0) of their attributes' names."""
    last: tuple[Record, ...]
    """The last 60 records, also if they are among the first."""
    records: int
    """In the file, blank and malformed ones included."""
    shown: tuple[str, ...] = ()
    """Sheets that are not hidden; all of them if there are only hidden ones."""


def guess_delimiter(lines: Sequence[str]) -> str:
    """Return the delimiter that divides most lines into the same number (> 1) of fields."""
    fitting = {}
    for delimiter in DELIMITERS:
        counts = Counter(line.count(delimiter) for line in lines if delimiter in line)
        fitting[delimiter] = max(counts.values(), default=0)
    best = max(fitting.values())
    return next(delimiter for delimiter in DELIMITERS if fitting[delimiter] >= _CLEAR * best)


def _ends(raw: Iterator[Raw], delimiter: str, most: int) -> tuple[list[Record], list[Record], int]:
    """Return the first and the last records, and how many there are."""
    first: list[Record] = []
    last: deque[Record] = deque(maxlen=_LAST)
    number = 0
    for line, text, fields, _ in raw:
        number += 1
        record = Record(line, tuple(text.split(delimiter) if fields is None else fields))
        last.append(record)
        if len(first) < most:
            first.append(record)
    return first, list(last), number


def _text(file: Path, most: int) -> Sample:
    check_text(file)
    form = text_form(file)
    lines = Lines(file, form, may_be_unended=True)
    delimiter = guess_delimiter(list(islice(lines, most)))
    raw = raw_records(Lines(file, form, may_be_unended=True), delimiter)
    first, last, number = _ends(raw, delimiter, most)
    return Sample("csv", form.name, delimiter, (), "", tuple(first), tuple(last), number)


def _workbook(file: Path, most: int, wanted: str | None, decimal: str) -> Sample:
    check_workbook(file)
    found = sheets(file)
    names = tuple(sheet.name for sheet in found)
    shown = tuple(sheet.name for sheet in found if sheet.is_shown) or names
    for name in [wanted] if wanted in names else shown:
        with closing(sheet_records(file, names.index(str(name)), decimal)) as raw:
            first, last, number = _ends(raw, ";", most)
        if any(len(record.fields) > 1 for record in first):
            break
    ends = tuple(first), tuple(last)
    return Sample("excel", "", "", names, str(name), *ends, number, shown)


def _geodata(file: Path, most: int, wanted: str | None, decimal: str) -> Sample:
    names = layer_names(file)
    layer = wanted if wanted in names else names[0]
    features = read_features(file, layer, "auto", decimal)
    rows = [
        Record(line, (*fields, place.text))
        for line, (fields, place) in enumerate(
            zip(features.attributes, features.shapes, strict=True), 1
        )
    ]
    first = (Record(0, (*features.names, "geometry")), *rows[:most])
    return Sample("geo", "", "", tuple(names), layer, first, tuple(rows[-_LAST:]), len(rows))


def sample(
    file: Path, records: int = 2000, *, layer: str | None = None, decimal: str = ","
) -> Sample:
    """Look into a file of unknown shape, with the same safety checks as reading it.

    Args:
        file: text, workbook, geodata, or an archive with one of them.
        records: how many of the first records to return.
        layer: sheet or layer to look into; by default the first (with more than one column).
        decimal: how numbers of workbooks and geodata are to be written.

    Raises:
        DatenlaborError: the file is refused.

    """
    check_file(file)
    suffixes = TEXT_SUFFIXES + WORKBOOK_SUFFIXES + GEODATA_SUFFIXES
    with tempfile.TemporaryDirectory() as folder:
        inside = unpacked(file, Path(folder), suffixes)
        check_file(inside)
        suffix = inside.suffix.lower()
        if suffix in GEODATA_SUFFIXES:
            return _geodata(inside, records, layer, decimal)
        if suffix in WORKBOOK_SUFFIXES or suffix.startswith(".xl"):
            return _workbook(inside, records, layer, decimal)
        found = _text(inside, records)
    if not any(field.strip() for record in (*found.first, *found.last) for field in record.fields):
        raise refusal(file, "empty", "all its records are blank.", "Fetch the file again.")
    return found
