"""Specs for tests of the readers of files, and a writer of the dialects of German offices."""

import csv
import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from datenlabor.deliveries.files.prepare import prepare
from datenlabor.deliveries.files.records import Prepared
from datenlabor.deliveries.spec import Spec
from datenlabor.errors import DatenlaborError

Table = Sequence[Sequence[str]]


def make_spec(
    kind: str = "csv",
    *,
    starts: dict[str, Any] | None = None,
    ends: dict[str, Any] | None = None,
    rows: int = 0,
    fill: Sequence[int] = (),
    **file_format: Any,  # noqa: ANN401 words of the spec
) -> Spec:
    """Return a spec of which only the part about the file matters."""
    source = dict.fromkeys(("code", "publisher", "title", "licence", "attribution"), "x")
    decimal = file_format.pop("decimal", ",")
    content: dict[str, Any] = {
        "name": "test",
        "title": "Test",
        "dataset": "figure",
        "source": source,
        "format": {"type": kind, **file_format},
        "numbers": {"decimal": decimal},
        "columns": {
            "area_code": {"from": "column 1"},
            "period": {"constant": "2020"},
            "measure_code": {"constant": "population"},
        },
    }
    if kind != "geo":
        content["body"] = {"starts": starts or {"line": 1 + rows}, "ends": ends}
        content["header"] = {"rows": rows, "fill": list(fill)}
    return Spec.model_validate(content)


def body_rows(prepared: Prepared) -> list[list[str]]:
    """Return the rows of ``body.csv``: line number, then the fields."""
    with prepared.body.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream, delimiter=prepared.delimiter, strict=True))


def assert_adds_up(prepared: Prepared) -> None:
    """The body has as many records as the account says, each as wide as it says."""
    rows = body_rows(prepared)
    assert len(rows) == prepared.body_records
    assert {len(row) for row in rows} <= {prepared.columns + 1}
    lines = [int(row[0]) for row in rows] + [lost.line for lost in prepared.rejected]
    assert len(set(lines)) == len(lines)


def prepare_bytes(folder: Path, content: bytes, spec: Spec, name: str = "table.csv") -> Prepared:
    """Write a file and prepare it."""
    file = folder / name
    file.write_bytes(content)
    scratch = folder / "scratch"
    scratch.mkdir()
    prepared = prepare(file, spec, scratch)
    assert_adds_up(prepared)
    return prepared


def assert_refused_or_adds_up(file: Path, spec: Spec, folder: Path) -> None:
    """A damaged file must either be refused with a hint, or be read without losing a record."""
    try:
        prepared = prepare(file, spec, folder)
    except DatenlaborError as error:
        named, hint = file.name in str(error), error.hint
    else:
        assert_adds_up(prepared)
        return
    assert named
    assert hint


def rules(prepared: Prepared) -> list[tuple[int, str]]:
    """Return line and rule of what was rejected."""
    return [(lost.line, lost.rule) for lost in prepared.rejected]


@dataclass(frozen=True)
class Dialect:
    """How an office writes its tables."""

    encoding: str = "utf-8"
    delimiter: str = ";"
    line_end: str = "\n"
    quoting: int = csv.QUOTE_MINIMAL
    form: Literal["NFC", "NFD"] = "NFC"

    def write(self, table: Table) -> bytes:
        """Return the bytes of a table; line ends inside fields are those of the file."""
        text = io.StringIO()
        csv.writer(
            text, delimiter=self.delimiter, lineterminator="\n", quoting=_quoting(self.quoting)
        ).writerows(table)
        # Windows-1252 has no combining characters.
        form = "NFC" if self.encoding == "cp1252" else self.form
        content = unicodedata.normalize(form, text.getvalue())
        return content.replace("\n", self.line_end).encode(self.encoding)


def _quoting(number: int) -> Any:  # noqa: ANN401 a private Literal of the stubs
    return number
