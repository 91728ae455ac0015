"""Records out of physical lines: quoted fields may contain delimiters and line ends."""

import csv
from collections import deque
from collections.abc import Iterator

from datenlabor.deliveries.files.lines import LONGEST_LINE, Lines
from datenlabor.deliveries.files.records import QUOTE
from datenlabor.deliveries.files.rules import oddity

MOST_LINES = 200
"""A record open for more physical lines has a quote that nobody closed."""
MOST_LINES_OF_NOTES = 5000
"""The same for records that begin with a quote: the footnotes of a table are often one field."""

_FEWEST_COLUMNS = 2

Raw = tuple[int, str, list[str] | None, str]
"""First line, text, fields (None: no quotes, split at the delimiter), broken rule or ""."""

# A line may be this long, so may a field; the default of the csv module is an eighth of it.
csv.field_size_limit(2 * LONGEST_LINE)


class Splitter:
    """Splits records with quotes into fields; one parser for all of them, which is much faster."""

    def __init__(self, delimiter: str) -> None:
        self._texts: deque[str] = deque(maxlen=1)
        self._parser = csv.reader(
            iter(self._texts.popleft, None), delimiter=delimiter, quotechar=QUOTE, strict=True
        )

    def __call__(self, text: str) -> list[str] | None:
        """Return the fields of a record, or None if it is malformed."""
        self._texts.append(text)
        try:
            return next(self._parser)
        except (csv.Error, IndexError):
            # IndexError: the parser wants another line, so a quote is open.
            return None


def raw_records(lines: Lines, delimiter: str) -> Iterator[Raw]:
    """Yield the records of a file in order; each line is in exactly one of them.

    Of a record that is never closed or malformed only the first line is given up: reading goes on
    with the next line.
    """
    return _records(iter(lines), lines.oddities, delimiter, 0)


def swallows(raw: Raw, delimiter: str, columns: int) -> bool:
    """Return whether two stray quotes seem to have made one record of several.

    Its lines then have as many delimiters as a record of the table, quotes or no quotes: the first
    and the last one, or one between them. That text in a field looks so by chance is possible; it
    is given up as well rather than that a record disappears in another.
    """
    _, text, fields, _ = raw
    if fields is None or "\n" not in text or columns < _FEWEST_COLUMNS:
        return False
    if delimiter.join(fields) == text:
        # Cells of a workbook need no quotes.
        return False
    lines = text.split("\n")
    whole = [line.count(delimiter) == columns - 1 for line in lines]
    if len(fields) != columns:
        return any(whole[1:])
    # One delimiter alone is common in prose.
    inner = zip(lines[1:-1], whole[1:-1], strict=True) if columns > _FEWEST_COLUMNS else ()
    return (whole[0] and whole[-1]) or any(
        is_whole and QUOTE not in line for line, is_whole in inner
    )


def given_back(raw: Raw, delimiter: str) -> Iterator[Raw]:
    """Yield the lines of a record on their own, the first one given up."""
    number, text, _, _ = raw
    first, *others = text.split("\n")
    yield number, first, first.split(delimiter), "unclosed_quote"
    found = ((place, oddity(line)) for place, line in enumerate(others, number + 1))
    oddities = {place: rule for place, rule in found if rule}
    yield from _records(iter(others), oddities, delimiter, number)


def _records(
    source: Iterator[str], oddities: dict[int, str], delimiter: str, number: int
) -> Iterator[Raw]:
    """Yield the records of lines; ``number`` is that of the line before them."""
    split = Splitter(delimiter)
    pending: deque[str] = deque()
    for line in _chained(pending, source):
        number += 1
        quotes = line.count(QUOTE)
        if not quotes:
            yield number, line, None, oddities.pop(number, "") if oddities else ""
            continue
        record = [line] if quotes % 2 == 0 else _collect(line, pending, source)
        text = line if len(record) == 1 else "\n".join(record)
        closed = quotes % 2 == 0 or text.count(QUOTE) % 2 == 0
        fields = split(text) if closed else None
        if fields is None:
            pending.extendleft(reversed(record[1:]))
            oddities.pop(number, None)
            rule = "bad_quoting" if closed else "unclosed_quote"
            yield number, line, line.split(delimiter), rule
            continue
        found = [oddities.pop(number + i, "") for i in range(len(record))] if oddities else []
        yield number, text, fields, next(filter(None, found), "")
        number += len(record) - 1


def _chained(pending: deque[str], source: Iterator[str]) -> Iterator[str]:
    """Yield lines that were given back before those not yet read."""
    while True:
        while pending:
            yield pending.popleft()
        for line in source:
            yield line
            if pending:
                break
        else:
            if not pending:
                return


def _collect(line: str, pending: deque[str], source: Iterator[str]) -> list[str]:
    """Return a line and those that follow it until its quotes are closed or it is too long."""
    record = [line]
    is_open = True
    length = len(line)
    most = MOST_LINES_OF_NOTES if line.startswith(QUOTE) else MOST_LINES
    while is_open and len(record) < most and length <= LONGEST_LINE:
        following = pending.popleft() if pending else next(source, None)
        if following is None:
            break
        record.append(following)
        length += len(following)
        is_open ^= following.count(QUOTE) % 2 == 1
    return record
