"""Where the body of a file starts and ends, and what its header is."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from datenlabor.deliveries.files.intake import refusal
from datenlabor.deliveries.files.quoting import Raw
from datenlabor.deliveries.files.records import Record
from datenlabor.deliveries.spec import Header, Place

Test = Callable[[int, str, list[str] | None], bool]
"""Whether a record (line, text, fields or None) is the place looked for."""

_SPACES = (0x20, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000)
BLANK = "\t\n" + "".join(map(chr, _SPACES))
"""What a blank record may have in its fields: all spaces of Unicode."""


def _cell(text: str, fields: list[str] | None, column: int, delimiter: str) -> str | None:
    found = text.split(delimiter, column) if fields is None else fields
    return found[column - 1].strip() if len(found) >= column else None


def place_test(place: Place, delimiter: str, *, default_column: int | None) -> Test:
    """Return the test for a place: its line is reached, or its pattern fits.

    In a column the pattern must fit the whole stripped text, else the beginning of the record.
    """
    if place.line is not None:
        wanted = place.line
        return lambda line, _text, _fields: line >= wanted
    pattern = re.compile(place.pattern or "")
    column = place.column or default_column
    if column is None:
        return lambda _line, text, _fields: pattern.match(text) is not None

    def fits(_line: int, text: str, fields: list[str] | None) -> bool:
        cell = _cell(text, fields, column, delimiter)
        return cell is not None and pattern.fullmatch(cell) is not None

    return fits


def is_blank(text: str, fields: list[str] | None, delimiter: str) -> bool:
    """Return whether a record has nothing but delimiters and spaces."""
    if fields is None:
        return not text.strip(BLANK + delimiter)
    return not any(field.strip(BLANK) for field in fields)


def body_width(header: Sequence[Record], body: Iterable[Raw], delimiter: str) -> int:
    """Return how many fields a record of the body has to have.

    The header decides, save for empty cells at its end; without a header the most frequent number
    of fields among the first records of the body.
    """
    widths = Counter(
        text.count(delimiter) + 1 if fields is None else len(fields)
        for _, text, fields, rule in body
        if not rule and not is_blank(text, fields, delimiter)
    )
    usual = widths.most_common(1)[0][0] if widths else 0
    if not header:
        return usual
    widest = max(len(record.fields) for record in header)
    named = max(
        number
        for record in header
        for number, field in enumerate(("", *record.fields))
        if field.strip(BLANK) or not number
    )
    return usual if named <= usual <= widest else widest


def header_rows(
    file: Path, header: Sequence[Record], rules: Header, width: int
) -> tuple[Record, ...]:
    """Return the header rows cut or padded to a width, merged cells filled to the right.

    Raises:
        DatenlaborError: a row that is to be filled is none of them.

    """
    if strange := [row for row in rules.fill if not 1 <= row <= rules.rows]:
        raise refusal(
            file,
            "header",
            f"`fill: {strange}` names no header row.",
            f"Rows are counted from 1 to {rules.rows}, the topmost is 1.",
        )
    rows = []
    for number, record in enumerate(header, 1):
        fields = [*record.fields[:width], *[""] * (width - len(record.fields))]
        if number in rules.fill:
            for i in range(1, width):
                fields[i] = fields[i] if fields[i].strip(BLANK) else fields[i - 1]
        rows.append(Record(record.line, tuple(fields)))
    return tuple(rows)
