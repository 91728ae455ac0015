"""Divide the records of a file into preamble, header, body, footer and what cannot be read."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import TextIOBase
from itertools import chain, islice, takewhile
from pathlib import Path
from typing import TextIO

from datenlabor.deliveries.files.intake import refusal
from datenlabor.deliveries.files.places import (
    BLANK,
    Test,
    body_width,
    header_rows,
    is_blank,
    place_test,
)
from datenlabor.deliveries.files.quoting import Raw, given_back, swallows
from datenlabor.deliveries.files.records import QUOTE, Prepared, Record, Rejected
from datenlabor.deliveries.files.rules import reject
from datenlabor.deliveries.spec import Body, Spec

MOST_OUTSIDE = 10_000
"""Records before or after the body; more means that the spec does not fit the file."""
MOST_REJECTED = 100_000
_FIRST = 200
"""Records of the body that tell its width."""
_BATCH = 10_000
"""Records written at once."""


class _Rows(TextIOBase):
    """Takes what a csv writer writes, so that all records go to the file in one order."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def write(self, text: str, /) -> int:
        self.texts.append(text)
        return len(text)


@dataclass
class _Division:
    """What has been found so far in one file."""

    file: Path
    delimiter: str
    rejected: list[Rejected] = field(default_factory=list)
    body_records: int = 0
    blank_records: int = 0
    in_body: bool = True

    def reject(self, line: int, text: str, rule: str, detail: str = "") -> None:
        """Note a record that cannot be read. Raises DatenlaborError if there are too many."""
        self.rejected.append(reject(line, text, rule, detail))
        if len(self.rejected) > MOST_REJECTED:
            raise refusal(
                self.file,
                "too_many_rejected",
                f"more than {MOST_REJECTED} records cannot be read, line {line} is one ({rule}).",
                "The spec does not fit the file: check delimiter, header and encoding.",
            )

    def outside(self, raw: Raw, found: list[Record]) -> None:
        """Put a record before or after the body where it belongs."""
        line, text, fields, rule = raw
        if is_blank(text, fields, self.delimiter):
            self.blank_records += 1
        elif rule:
            self.reject(line, text, rule)
        else:
            found.append(Record(line, tuple(fields or text.split(self.delimiter))))
        if len(found) > MOST_OUTSIDE:
            raise refusal(
                self.file,
                "outside_body",
                f"{len(found)} records up to line {line} are before or after the body.",
                "Correct `starts:` and `ends:` under `body:` in the spec.",
            )

    def before(self, records: Iterator[Raw], starts: Test) -> tuple[list[Record], Raw]:
        """Return the records before the body and the first one of the body."""
        found: list[Record] = []
        for raw in records:
            line, text, fields, _ = raw
            if starts(line, text, fields) and not is_blank(text, fields, self.delimiter):
                return found, raw
            self.outside(raw, found)
        if not found and not self.rejected:
            raise refusal(self.file, "empty", "all its records are blank.", "Fetch the file again.")
        raise refusal(
            self.file,
            "no_body",
            "no record fits `starts:`, so that no data are found.",
            "Correct `body: {starts: …}` in the spec, or check whether it is the right file.",
        )

    def parted(self, records: Iterator[Raw], ends: Test | None, columns: int) -> Iterator[Raw]:
        """Yield records, those of the body that have swallowed others line by line."""
        for raw in records:
            if (
                self.in_body
                and swallows(raw, self.delimiter, columns)
                and not (ends is not None and ends(*raw[:3]))
            ):
                yield from given_back(raw, self.delimiter)
            else:
                yield raw

    def body(
        self, records: Iterator[Raw], ends: Test | None, columns: int, stream: TextIO
    ) -> Raw | None:
        """Write the records of the body; return the first of the footer, if there is one."""
        delimiter, separators, blank = self.delimiter, columns - 1, BLANK + self.delimiter
        rows = _Rows()
        texts = rows.texts
        quoted = csv.writer(rows, delimiter=delimiter, lineterminator="\n")
        footer = None
        for line, text, fields, rule in records:
            if ends is not None and ends(line, text, fields):
                footer = (line, text, fields, rule)
                self.in_body = False
                break
            if fields is None and not rule and text.count(delimiter) == separators:
                if text.strip(blank):
                    texts.append(f"{line}{delimiter}{text}\n")
                else:
                    self.blank_records += 1
            elif row := self._row((line, text, fields, rule), columns):
                if row == fields and QUOTE in text and QUOTE not in "".join(fields):
                    # All quotes are around fields, so that the text is as it should be written.
                    texts.append(f"{line}{delimiter}{text}\n")
                else:
                    quoted.writerow((line, *row))
            if len(texts) >= _BATCH:
                self._flush(texts, stream)
        self._flush(texts, stream)
        return footer

    def _row(self, raw: Raw, columns: int) -> list[str] | None:
        """Return the fields of a record of the body; put what is none where it belongs.

        Empty fields behind the last column are left out: some programs end lines with a delimiter.
        """
        line, text, fields, rule = raw
        found = text.split(self.delimiter) if fields is None else fields
        if is_blank(text, fields, self.delimiter):
            self.blank_records += 1
        elif rule:
            self.reject(line, text, rule)
        elif len(found) < columns or any(field.strip(BLANK) for field in found[columns:]):
            detail = f"Expected {columns} fields, found {len(found)}."
            self.reject(line, text, "field_count", detail)
        else:
            return found[:columns]
        return None

    def _flush(self, texts: list[str], stream: TextIO) -> None:
        self.body_records += len(texts)
        stream.write("".join(texts))
        texts.clear()

    def after(self, first: Raw, records: Iterator[Raw]) -> list[Record]:
        """Return the records of the footer, whose last line may lack its end."""
        found: list[Record] = []
        for line, text, fields, rule in chain((first,), records):
            waived = "" if rule == "unterminated_last_line" else rule
            self.outside((line, text, fields, waived), found)
        return found

    def header(self, before: list[Record], rows: int) -> tuple[list[Record], list[Record]]:
        """Divide the records before the body into preamble and header."""
        if len(before) < rows:
            raise refusal(
                self.file,
                "header",
                f"the spec says {rows} header rows, but only {len(before)} stand before the body.",
                "Correct `header:` or `body: {starts: …}` in the spec.",
            )
        cut = len(before) - rows
        preamble, header = before[:cut], before[cut:]
        for lost in self.rejected:
            if header and lost.line > header[0].line:
                raise refusal(
                    self.file,
                    "header",
                    f"line {lost.line} of the header cannot be read ({lost.rule}).",
                    lost.hint,
                )
        return preamble, header


def divide(  # noqa: PLR0913 one call per kind of file, all of it needed
    file: Path, records: Iterator[Raw], spec: Spec, rules: Body, *, delimiter: str, folder: Path
) -> Prepared:
    """Divide the records of a file and write the body to ``body.csv`` in a folder.

    Raises:
        DatenlaborError: the body is not found, or its end that the spec demands.

    """
    found = _Division(file, delimiter)
    starts = place_test(rules.starts, delimiter, default_column=1)
    ends = None
    if rules.ends:
        ends = place_test(rules.ends, delimiter, default_column=None)
    before, first = found.before(records, starts)
    preamble, header = found.header(before, spec.header.rows)
    opening = [first, *islice(records, _FIRST)]
    data = takewhile(lambda raw: ends is None or not ends(*raw[:3]), opening)
    columns = body_width(header, data, delimiter)
    body = folder / "body.csv"
    with body.open("w", encoding="utf-8", newline="") as stream:
        records = found.parted(chain(opening, records), ends, columns)
        end = found.body(records, ends, columns, stream)
    if ends and end is None:
        raise refusal(
            file,
            "truncated",
            "the end of the body, `ends:` in the spec, is missing.",
            "The file has probably been cut: fetch it again, or correct the spec.",
        )
    return Prepared(
        body=body,
        delimiter=delimiter,
        columns=columns,
        preamble=tuple(preamble),
        header=header_rows(file, header, spec.header, columns),
        footer=tuple(found.after(end, records)) if end else (),
        rejected=tuple(found.rejected),
        body_records=found.body_records,
        blank_records=found.blank_records,
        encoding="",
    )
