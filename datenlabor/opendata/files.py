"""The files of a data set and what the catalogue and the pages say of them."""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from datenlabor.opendata.content import Value
from datenlabor.publishing.store import sha256_of


@dataclass(frozen=True)
class Kind:
    """A form in which a data set is offered: one per distribution of the catalogue."""

    code: str
    """Part of its address."""
    title: str
    suffix: str
    media_type: str
    """Of IANA's list."""
    file_type: str
    """Of the EU's list of file types."""
    conforms_to: str | None = None


CSV = Kind(
    "csv",
    "CSV",
    ".csv",
    "text/csv",
    "CSV",
    "https://www.rfc-editor.org/rfc/rfc4180",
)
PARQUET = Kind("parquet", "Parquet", ".parquet", "application/vnd.apache.parquet", "PARQUET")
SDMX = Kind("sdmx", "SDMX-CSV 2.0", ".sdmx.csv", "text/csv", "CSV", "https://sdmx.org/standards-2/")


@dataclass(frozen=True)
class DataFile:
    """A file that is there, by its name in the folder of its data set."""

    kind: Kind
    name: str
    size: int
    """In bytes."""
    sha256: str


def described(kind: Kind, file: Path) -> DataFile:
    """Describe a file that has been written. Raises OSError."""
    return DataFile(kind, file.name, file.stat().st_size, sha256_of(file))


def write_csv(
    file: Path, header: Sequence[str], batches: Iterable[Iterable[Sequence[Value]]]
) -> None:
    """Write a table as RFC 4180 asks: UTF-8, commas, CRLF; no value is an empty field.

    Numbers are as short as they can be without changing. Raises OSError.
    """
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(header)
        for rows in batches:
            writer.writerows([_text(value) for value in row] for row in rows)


def write_json(file: Path, content: Mapping[str, Any]) -> None:
    """Write a document, readable for people too. Raises OSError."""
    file.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _text(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(value).removesuffix(".0")
    return value.isoformat() if isinstance(value, date) else str(value)
