"""What every reader of files makes: records of equal width that know their line in the file."""

from dataclasses import dataclass
from pathlib import Path

QUOTE = '"'


@dataclass(frozen=True)
class Record:
    """One record outside the body, with its fields as text."""

    line: int
    """Number of its first physical line (text), row (workbook) or feature (geodata), from 1."""
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Rejected:
    """A record that could not be read, to be quarantined."""

    line: int
    text: str
    """At most 500 characters of it."""
    rule: str
    """snake_case, for example ``field_count`` or ``unterminated_last_line``."""
    hint: str


@dataclass(frozen=True)
class Prepared:
    """The content of a file (or of one sheet or layer), every record in exactly one place.

    ``body`` is a UTF-8 file with LF line ends: per record its line number, then ``columns``
    fields, separated by ``delimiter`` and quoted by ``"`` where needed. Cells a workbook knows to
    be numbers are written in the spec's notation, dates as ISO text.
    """

    body: Path
    delimiter: str
    columns: int
    preamble: tuple[Record, ...]
    """Non-blank records before the header."""
    header: tuple[Record, ...]
    """The header rows, merged cells filled to the right; each ``columns`` wide."""
    footer: tuple[Record, ...]
    rejected: tuple[Rejected, ...]
    body_records: int
    blank_records: int
    encoding: str
    """As found, for the record of the delivery; "" for binary formats."""

    @property
    def records(self) -> int:
        """Return how many records the file has."""
        outside = len(self.preamble) + len(self.header) + len(self.footer) + len(self.rejected)
        return outside + self.body_records + self.blank_records
