"""Lookup tables in DuckDB: what each distinct text of a column became, resolved once in Python.

``lookup_<column>``: row_text (texts of the record's columns, joined by a unit separator), cell
(column of the value, 0 where the text does not depend on it), code_id (equal codes have equal
ids), code, rule, hint, is_ignored.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import duckdb
import pandas as pd

from datenlabor.deliveries.catalogue import Codes
from datenlabor.deliveries.codes import Resolved, resolve
from datenlabor.deliveries.contract import Column, Type
from datenlabor.deliveries.files.geometries import area
from datenlabor.deliveries.files.rules import HINTS
from datenlabor.deliveries.layout import Layout
from datenlabor.deliveries.spec_columns import ColumnSpec, Origin
from datenlabor.errors import DatenlaborError

SEPARATOR = "\x1f"


@dataclass(frozen=True)
class Lookup:
    """A contract column whose texts have been resolved into a table."""

    column: Column
    row_columns: tuple[int, ...]
    """Columns of the file its text is made of."""
    is_per_cell: bool
    """Whether it depends on the header above the value."""

    @property
    def name(self) -> str:
        """Name of the contract column."""
        return self.column.name

    @property
    def table(self) -> str:
        """Name of the lookup table."""
        return f"lookup_{self.name}"

    @property
    def row_text(self) -> str:
        """SQL over ``record``: the text the table is looked up by."""
        return row_text(self.row_columns)

    @property
    def is_constant(self) -> bool:
        """Whether all values of the file have the same code; its id is 0."""
        return not self.row_columns and not self.is_per_cell

    @property
    def code_id(self) -> str:
        """SQL for the id of a value's code, once the table has been joined."""
        return "0" if self.is_constant else f"code_{self.name}"


def row_text(columns: Sequence[int]) -> str:
    """Return SQL for the joined texts of some columns of ``record``."""
    parts = [f"coalesce(c{number}, '')" for number in columns]
    return " || chr(31) || ".join(parts) if parts else "''"


def create_lookup(
    connection: duckdb.DuckDBPyConnection,
    layout: Layout,
    column: Column,
    cells: Sequence[int],
    codes: Codes,
) -> Lookup:
    """Resolve all texts of a contract column and keep them in its lookup table.

    Raises:
        DatenlaborError: the spec names a place the file does not have.

    """
    source = layout.spec.columns.get(column.name) or ColumnSpec.model_validate(
        {"constant": column.default or ""}
    )
    places = source.places
    row_columns = tuple(layout.column(p.place) for p in places if p.kind == "column")
    is_per_cell = any(place.kind == "header" for place in places)
    lookup = Lookup(column, row_columns, is_per_cell)
    allowed = codes.get(column.references) if column.references else None
    known = codes.get(column.lost_zeros, ()) if column.lost_zeros else ()
    rows = [
        (
            text,
            cell,
            _resolved(_assembled(layout, source, text, cell), source, column, allowed, known),
        )
        for text in _distinct(connection, row_columns)
        for cell in (cells if is_per_cell else (0,))
    ]
    for _, _, found in rows:
        if found.rule and not row_columns and not is_per_cell:
            raise DatenlaborError(
                f"{layout.file.name}: {column.name} is the same for the whole file and is wrong "
                f"({found.rule}; spec {layout.spec.name}).",
                hint=found.hint,
            )
    _store(connection, lookup.table, rows)
    return lookup


def _resolved(
    text: str,
    source: ColumnSpec,
    column: Column,
    allowed: Collection[str] | None,
    known: Collection[str],
) -> Resolved:
    """Resolve a text; of a geometry it must be an area, whose text becomes the one all have."""
    found = resolve(text, source, column, allowed, known)
    if column.type is not Type.GEOMETRY or not found.code:
        return found
    shape = area(found.code)
    if shape.rule:
        return Resolved(None, shape.rule, column.hint or HINTS[shape.rule])
    return Resolved(shape.text)


def _assembled(layout: Layout, source: ColumnSpec, row: str, cell: int) -> str:
    """Put the texts of all places together, in the order of the spec."""
    if source.constant is not None:
        return source.constant
    from_row = iter(row.split(SEPARATOR))
    return source.join.join(
        filter(None, (_part(layout, place, from_row.__next__, cell) for place in source.places))
    )


def _part(layout: Layout, place: Origin, next_text: Callable[[], str], cell: int) -> str:
    if place.kind == "column":
        return " ".join(next_text().split())
    if place.kind == "header":
        return layout.header_text(place.place, cell)
    return layout.text(place)


def _distinct(connection: duckdb.DuckDBPyConnection, columns: Sequence[int]) -> list[str]:
    if not columns:
        return [""]
    query = f"select distinct {row_text(columns)} from record where not is_skipped order by 1"
    return [text for (text,) in connection.execute(query).fetchall()]


def _store(
    connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[tuple[str, int, Resolved]]
) -> None:
    ids: dict[str | None, int] = {}
    frame = pd.DataFrame(
        {
            "row_text": pd.Series([text for text, _, _ in rows], dtype="str"),
            "cell": pd.Series([cell for _, cell, _ in rows], dtype="int32"),
            "code_id": pd.Series(
                [ids.setdefault(found.code, len(ids)) for _, _, found in rows], dtype="int64"
            ),
            "code": pd.Series([found.code for _, _, found in rows], dtype="object"),
            "rule": pd.Series([found.rule for _, _, found in rows], dtype="object"),
            "hint": pd.Series([found.hint for _, _, found in rows], dtype="str"),
            "is_ignored": pd.Series([found.is_ignored for _, _, found in rows], dtype="bool"),
        }
    )
    connection.register("lookup_frame", frame)
    connection.execute(
        f"create or replace table {table} as select row_text, cell, code_id, "
        "cast(code as varchar) as code, cast(rule as varchar) as rule, hint, is_ignored "
        "from lookup_frame"
    )
    connection.unregister("lookup_frame")
