"""Where in a file the places of a spec are: columns by number or name, header texts, lines."""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from datenlabor.deliveries.codes import normalise
from datenlabor.deliveries.files.records import Prepared, Record
from datenlabor.deliveries.spec import Spec
from datenlabor.deliveries.spec_columns import Origin
from datenlabor.errors import DatenlaborError


@dataclass(frozen=True)
class Layout:
    """A prepared file seen through its spec; columns count from 1."""

    file: Path
    spec: Spec
    prepared: Prepared

    def label(self, column: int) -> str:
        """Return the texts above a column, from top to bottom, without repetitions."""
        texts = (normalise(record.fields[column - 1]) for record in self.prepared.header)
        return " | ".join(dict.fromkeys(filter(None, texts))) or f"column {column}"

    def column(self, place: str) -> int:
        """Return the number of a column given by number or name.

        Raises:
            DatenlaborError: there is none, or several of that name.

        """
        if place.isdecimal():
            number = int(place)
            if 1 <= number <= self.prepared.columns:
                return number
            raise self._refusal(
                f"has no column {number}: its records have {self.prepared.columns} fields"
            )
        wanted = normalise(place)
        named = [
            number
            for number in range(1, self.prepared.columns + 1)
            if wanted == self.label(number)
            or wanted in (normalise(record.fields[number - 1]) for record in self.prepared.header)
        ]
        if len(named) == 1:
            return named[0]
        labels = ", ".join(self.label(number) for number in range(1, self.prepared.columns + 1))
        reason = (
            f"has {len(named)} columns named {wanted!r}" if named else f"has no column {wanted!r}"
        )
        raise self._refusal(f"{reason}; its columns are: {labels[:500]}")

    def cells(self, place: str) -> tuple[int, ...]:
        """Return the columns of ``3-``, ``3-8`` or ``3,5-7``. Raises DatenlaborError."""
        numbers: list[int] = []
        for part in place.split(","):
            first, dash, last = (text.strip() for text in part.partition("-"))
            start = self.column(first)
            stop = (self.column(last) if last else self.prepared.columns) if dash else start
            numbers += range(start, stop + 1)
        if not numbers:
            raise self._refusal(f"has no cells {place!r}: the first is behind the last")
        return tuple(dict.fromkeys(numbers))

    def header_text(self, place: str, column: int) -> str:
        """Return the text of header row ``place`` above a column. Raises DatenlaborError."""
        rows = self.prepared.header
        if not place.isdecimal() or not 1 <= int(place) <= len(rows):
            raise self._refusal(f"has no header row {place}: the spec declares {len(rows)}")
        return normalise(rows[int(place) - 1].fields[column - 1])

    def text(self, origin: Origin) -> str:
        """Return a text that is the same for the whole file. Raises DatenlaborError."""
        if origin.kind == "file name":
            return unicodedata.normalize("NFC", self.file.name)
        if origin.kind == "footer":
            return "\n".join(map(_joined, self.prepared.footer))
        outside = self.prepared.preamble + self.prepared.header
        for record in outside:
            if origin.place == str(record.line):
                return normalise(_joined(record))
        raise self._refusal(f"has no line {origin.place} above its data")

    def header_line(self) -> int:
        """Return the line of the last header row, 0 if there is none."""
        return self.prepared.header[-1].line if self.prepared.header else 0

    def found_in(self, origin: Origin, pattern: str) -> str | None:
        """Return the first group of ``pattern`` in a text of the whole file, None if not there."""
        match = re.search(pattern, self.text(origin), re.DOTALL)
        return match[1] if match else None

    def _refusal(self, reason: str) -> DatenlaborError:
        return DatenlaborError(
            f"{self.file.name} {reason} (spec {self.spec.name}).",
            hint="Is it this kind of file? `datenlabor inspect` shows what is in it.",
        )


def _joined(record: Record) -> str:
    return " ".join(field for field in record.fields if field.strip())
