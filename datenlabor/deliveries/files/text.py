"""Prepare text files."""

from dataclasses import replace
from pathlib import Path

from datenlabor.deliveries.files.division import divide
from datenlabor.deliveries.files.encoding import text_form
from datenlabor.deliveries.files.intake import refusal
from datenlabor.deliveries.files.lines import Lines, Progress
from datenlabor.deliveries.files.quoting import raw_records
from datenlabor.deliveries.files.records import QUOTE, Prepared
from datenlabor.deliveries.spec import Body, Spec

_BINARY = {
    b"PK\x03\x04": "a ZIP archive or a workbook",
    b"\xd0\xcf\x11\xe0": "a workbook of the old kind",
    b"\x1f\x8b": "compressed with gzip",
    b"%PDF": "a PDF document",
    b"SQLite format 3": "a database",
}


def check_text(file: Path) -> None:
    """Raise DatenlaborError if a file begins like one that is no text."""
    with file.open("rb") as stream:
        start = stream.read(16)
    for signature, kind in _BINARY.items():
        if start.startswith(signature):
            raise refusal(
                file,
                "not_text",
                f"it is {kind}, not text.",
                "Correct `type:` under `format:` in the spec, or the ending of the file's name.",
            )


def _check_delimiter(file: Path, delimiter: str) -> None:
    printable = delimiter == "\t" or delimiter.isprintable()
    if len(delimiter) != 1 or not printable or delimiter.isalnum() or delimiter in (QUOTE, " "):
        raise refusal(
            file,
            "delimiter",
            f"{delimiter!r} cannot be the delimiter.",
            'Give one character, such as ";", "," or "\\t" (in double quotes), in the spec.',
        )


def prepare_text(file: Path, spec: Spec, body: Body, folder: Path, progress: Progress) -> Prepared:
    """Prepare a text file in one pass; ``body.csv`` keeps its delimiter. Raises DatenlaborError."""
    check_text(file)
    _check_delimiter(file, spec.format.delimiter)
    form = text_form(file, spec.format.encoding)
    may_be_unended = spec.format.last_line == "unended"
    lines = Lines(file, form, may_be_unended=may_be_unended, progress=progress)
    records = raw_records(lines, spec.format.delimiter)
    prepared = divide(file, records, spec, body, delimiter=spec.format.delimiter, folder=folder)
    return replace(prepared, encoding=form.name)
