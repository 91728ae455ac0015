"""Where in a file the table is: title lines, header rows, body, footer. By content alone."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from datenlabor.deliveries.codes import normalise
from datenlabor.deliveries.files.records import Record
from datenlabor.deliveries.inspection.texts import Kind, is_counting, kind

MOST_HEADER_ROWS = 12
RULE = r"_{5,}"
"""The line official tables put below the body."""


@dataclass(frozen=True)
class Structure:
    """The parts of a table as far as the sample shows them."""

    preamble: tuple[Record, ...]
    header: tuple[Record, ...]
    body: tuple[Record, ...]
    """Non-blank records."""
    footer: tuple[Record, ...]
    """Non-blank records below the body; their first one ends it."""
    width: int

    @property
    def numeric_cells(self) -> int:
        """Return how many numbers the body shows, to tell the sheet with the table."""
        return sum(kind(text) is Kind.NUMBER for record in self.body for text in record.fields)


def find_structure(first: Sequence[Record], last: Sequence[Record]) -> Structure | None:
    """Find the table in the first and the last records of a file; None if there is none.

    The body is the run of records with numbers that has the most of them; a table without
    numbers begins below the first of its records that all have the same number of fields.
    """
    shown = [record for record in first if not is_blank(record)]
    bounds = _data_bounds(shown) or _text_bounds(shown)
    if bounds is None:
        return None
    start, stop = bounds
    body = shown[start:stop]
    width = max(_usual_width(body), 1)
    preamble, header = _divide_above(first, body[0].line)
    lines_below = {record.line: record for record in (*first, *last) if not is_blank(record)}
    end = _last_of_body(body, [record for record in last if not is_blank(record)], width)
    footer = tuple(record for line, record in sorted(lines_below.items()) if line > end)
    return Structure(preamble, header, tuple(body), footer, width)


def is_blank(record: Record) -> bool:
    """Tell whether a record has nothing but spaces."""
    return not any(field.strip() for field in record.fields)


def filled(record: Record) -> tuple[int, ...]:
    """Return the numbers (from 1) of the columns that have a text."""
    return tuple(number for number, text in enumerate(record.fields, 1) if normalise(text))


def _weight(record: Record) -> int:
    """Return 1 for a record of data, 0 for one that may be, -1 for one that is none."""
    kinds = Counter(map(kind, record.fields))
    if is_counting([normalise(text) for text in record.fields if text.strip()]):
        return 0
    if kinds[Kind.NUMBER]:
        return 1
    if kinds[Kind.PERIOD] or kinds[Kind.EITHER]:
        return 0
    return 1 if kinds[Kind.SYMBOL] and len(filled(record)) > 1 else -1


def _data_bounds(records: Sequence[Record]) -> tuple[int, int] | None:
    """Return the run of records with the highest sum of weights, from its first data record."""
    best = total = start = 0
    found = None
    for i, record in enumerate(records):
        weight = _weight(record)
        if total <= 0:
            total, start = 0, i
        total += weight
        if total > best or (found and found[0] == start and total == best):
            best, found = total, (start, i + 1)
    if found is None:
        return None
    start, stop = found
    while _weight(records[start]) < 1:
        start += 1
    while _weight(records[stop - 1]) < 0:
        stop -= 1
    return start, stop


def _text_bounds(records: Sequence[Record]) -> tuple[int, int] | None:
    """Return the bounds of a table of mere texts or years: a header row, then equal records."""
    width = _usual_width(records)
    table = [i for i, record in enumerate(records) if len(filled(record)) > 1]
    if width < 2 or len(table) < 2:  # noqa: PLR2004 a header row and a record, two columns
        return None
    return table[0] + 1, table[-1] + 1


def _usual_width(records: Sequence[Record]) -> int:
    counts = Counter(len(record.fields) for record in records)
    return counts.most_common(1)[0][0] if counts else 0


def _divide_above(
    first: Sequence[Record], start: int
) -> tuple[tuple[Record, ...], tuple[Record, ...]]:
    """Divide the records above the body: header rows reach up to the last title line.

    A title line has its text in the first column, a header row (also) in others. A blank record
    separates the two, unless nothing but it is between header and body.
    """
    above = [record for record in first if record.line < start]
    rows: list[Record] = []
    pending: list[Record] = []
    for record in reversed(above):
        if is_blank(record):
            if rows or pending:
                break
            continue
        if len(rows) + len(pending) >= MOST_HEADER_ROWS or _is_remark(record, rows):
            break
        pending.append(record)
        if any(number > 1 for number in filled(record)):
            rows += pending
            pending = []
        elif len(pending) > 1:
            break
    header = tuple(reversed(rows))
    top = header[0].line if header else start
    preamble = tuple(record for record in above if record.line < top and not is_blank(record))
    return preamble, header


def _is_remark(record: Record, below: Sequence[Record]) -> bool:
    """Tell whether a record is a remark such as ``Stand;31.12.2015`` rather than a header row."""
    places = filled(record)
    below_first = below and len(filled(below[-1])) > len(places) and 1 in filled(below[-1])
    return places == (1, 2) and bool(below_first)


def _last_of_body(body: Sequence[Record], last: Sequence[Record], width: int) -> int:
    """Return the line of the last record of the body."""
    rule = next((r.line for r in last if re.match(RULE, "".join(r.fields).strip())), None)
    if rule is not None:
        return max((r.line for r in last if r.line < rule), default=body[-1].line)
    data = [r.line for r in last if _belongs(r, body, width)]
    return max([body[-1].line, *data])


def _belongs(record: Record, body: Sequence[Record], width: int) -> bool:
    """Tell whether a record at the end of the file is one of the body rather than a note."""
    usual = {filled(other) for other in body[-20:]}
    return len(record.fields) >= min(width, 2) and (
        filled(record) in usual or (_weight(record) > 0 and len(filled(record)) > 1)
    )


def end_pattern(structure: Structure) -> dict[str, object] | None:
    """Return the place (``body: ends``) of the footer's first record, None without a footer.

    The pattern fits none of the body's records that were seen.
    """
    if not structure.footer:
        return None
    first = structure.footer[0]
    if re.match(RULE, _raw(first)):
        return {"pattern": RULE}
    cell = first.fields[0].strip()
    starts = {record.fields[0].strip()[:1] for record in structure.body if record.fields}
    if cell and all(start.isdecimal() for start in starts) and not cell[0].isdecimal():
        return {"column": 1, "pattern": r"(?s)[^0-9].*"}
    words = re.match(r"\S+(?: \S+)?", cell)
    if words is None:
        return {"line": first.line}
    pattern = f"(?s){re.escape(words[0])}.*"
    fits: Callable[[str], object] = re.compile(pattern).fullmatch
    if any(record.fields and fits(record.fields[0].strip()) for record in structure.body):
        return {"line": first.line}
    return {"column": 1, "pattern": pattern}


def _raw(record: Record) -> str:
    return "".join(record.fields).strip()


def merged_rows(header: Sequence[Record]) -> tuple[int, ...]:
    """Return the header rows (from 1) with merged cells: empty right of a text, above another."""
    found = []
    for i, record in enumerate(header[:-1]):
        below = {number for other in header[i + 1 :] for number in filled(other)}
        here = filled(record)
        if here and any(number > here[0] and number not in here for number in below):
            found.append(i + 1)
    return tuple(found)
