"""Records out of physical lines: quoted fields may contain delimiters and line ends."""

import csv
from collections import deque
from collections.abc import Iterator

from datenlabor.deliveries.files.lines import LONGEST_LINE, Lines
from datenlabor.deliveries.files.records import QUOTE

MOST_LINES = 200
"""A record open for more physical lines has a quote that nobody closed."""
MOST_LINES_OF_NOTES = 5000
"""The same for records that begin with a quote: the footnotes of a table are often one field."""

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
    source = iter(lines)
    oddities = lines.oddities
    split = Splitter(delimiter)
    pending: deque[str] = deque()
    number = 0
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
