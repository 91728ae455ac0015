"""What is written for a file: rows, quarantine, and the account of every record and value."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import pandas as pd

from datenlabor.deliveries.figures import Figures, blocks, spread
from datenlabor.deliveries.layout import Layout
from datenlabor.deliveries.lookups import SEPARATOR
from datenlabor.publishing.tables import literal

_QUARANTINE = {
    "line_number": "bigint",
    "column_label": "varchar",
    "raw_value": "varchar",
    "rule": "varchar",
    "hint": "varchar",
    "area_code": "varchar",
    "period": "varchar",
    "measure_code": "varchar",
}


def create_quarantine(connection: duckdb.DuckDBPyConnection, layout: Layout) -> None:
    """Create the empty table ``quarantine`` and put the records that could not be read into it."""
    columns = ", ".join(f"{name} {kind}" for name, kind in _QUARANTINE.items())
    connection.execute(f"create or replace table quarantine ({columns})")
    rejected = layout.prepared.rejected
    frame = pd.DataFrame(
        {
            "line": pd.Series([record.line for record in rejected], dtype="int64"),
            "text": pd.Series([record.text for record in rejected], dtype="str"),
            "rule": pd.Series([record.rule for record in rejected], dtype="str"),
            "hint": pd.Series([record.hint for record in rejected], dtype="str"),
        }
    )
    connection.register("rejected_frame", frame)
    connection.execute(
        "insert into quarantine "
        "select line, null, text, rule, hint, null, null, null from rejected_frame"
    )
    connection.unregister("rejected_frame")


def quarantine_figures(
    connection: duckdb.DuckDBPyConnection, layout: Layout, figures: Figures
) -> None:
    """Put what is wrong with values and codes into quarantine, a wrong key once per record."""
    _create_labels(connection, {cell: layout.label(cell) for cell in figures.cells})
    for lookup in figures.lookups:
        if lookup.row_columns and not lookup.is_per_cell:
            label = ", ".join(map(layout.label, lookup.row_columns))
            connection.execute(
                f"insert into quarantine select line, {literal(label)}, "
                f"replace({lookup.row_text}, {literal(SEPARATOR)}, ' | '), rule, hint, "
                "null, null, null "
                f"from record inner join {lookup.table} "
                f"on {lookup.row_text} = {lookup.table}.row_text "
                "where rule is not null and line in (select line from bad_value)"
            )
        elif lookup.is_per_cell and not lookup.row_columns:
            connection.execute(
                f"insert into quarantine select {layout.header_line()}, label, label, rule, hint, "
                f"null, null, null from {lookup.table} inner join cell_label using (cell) "
                # A column of which all values are ignored need not make sense.
                "where rule is not null and cell in (select cell from bad_value)"
            )
        elif lookup.is_per_cell:
            connection.execute(
                f"insert into quarantine select record.line, cell_label.label, "
                f"replace({lookup.row_text}, {literal(SEPARATOR)}, ' | ') || ' | ' || label, "
                f"{lookup.table}.rule, {lookup.table}.hint, null, null, null "
                f"from bad_value inner join record using (line) inner join {lookup.table} "
                f"on {lookup.row_text} = {lookup.table}.row_text "
                f"and bad_value.cell = {lookup.table}.cell "
                "inner join cell_label on bad_value.cell = cell_label.cell "
                f"where {lookup.table}.rule is not null"
            )
    for block in blocks(figures.cells):
        connection.execute(
            "insert into quarantine select bad_value.line, label, coalesce(raw_value, ''), "
            "bad_value.rule, bad_value.hint, area.code, period.code, measure.code "
            f"from (select line, {spread(block)} from record) as written "
            "inner join bad_value "
            "on written.line = bad_value.line and written.cell = bad_value.cell "
            "inner join cell_label on bad_value.cell = cell_label.cell "
            "inner join checked_value "
            "on bad_value.line = checked_value.line and bad_value.cell = checked_value.cell "
            + _codes({"area": "area_code", "period": "period", "measure": "measure_code"})
            + "where bad_value.rule is not null"
        )


def quarantine_rows(connection: duckdb.DuckDBPyConnection) -> None:
    """Put the wrong cells of a register into quarantine."""
    connection.execute(
        "insert into quarantine "
        "select line, column_label, raw_value, rule, hint, null, null, null from bad_cell"
    )


def write_quarantine(connection: duckdb.DuckDBPyConnection, folder: Path, delivery_id: str) -> None:
    """Write ``quarantine.parquet``, in the order of the file."""
    _write(
        connection,
        f"select {literal(delivery_id)} as delivery_id, * from quarantine "
        "order by line_number, column_label, rule",
        folder / "quarantine.parquet",
    )


def write_figures(
    connection: duckdb.DuckDBPyConnection,
    layout: Layout,
    figures: Figures,
    folder: Path,
    delivery_id: str,
) -> int:
    """Write ``figure.parquet`` in the order of the file; return the number of rows."""
    names = [column.name for column in layout.spec.contract.columns]
    lookups = {item.name: item.name for item in figures.lookups}
    columns = ", ".join(
        "checked_value.value"
        if name == "value"
        else "checked_value.status as obs_status"
        if name == "obs_status"
        else f"{name}.code as {name}"
        for name in names
    )
    connection.execute(
        "create or replace view figure as "
        f"select {columns}, checked_value.line as line_number, cell_label.label as column_label "
        "from checked_value inner join cell_label using (cell) "
        + _codes({name: column for name, column in lookups.items() if name != "obs_status"})
        + "where not is_ignored and not has_bad_code and value_rule is null "
        "and (line, cell) not in (select (line, cell) from bad_value)"
    )
    return _write_dataset(connection, "figure", folder, delivery_id)


def write_rows(
    connection: duckdb.DuckDBPyConnection,
    dataset: str,
    names: Sequence[str],
    folder: Path,
    delivery_id: str,
) -> int:
    """Write ``<dataset>.parquet`` of a register; return the number of rows."""
    connection.execute(
        f"create or replace view {dataset} as select {', '.join(names)}, "
        "line as line_number, cast(null as varchar) as column_label from register_row"
    )
    return _write_dataset(connection, dataset, folder, delivery_id)


def _write_dataset(
    connection: duckdb.DuckDBPyConnection, dataset: str, folder: Path, delivery_id: str
) -> int:
    file = folder / f"{dataset}.parquet"
    _write(
        connection,
        f"select *, {literal(delivery_id)} as delivery_id from {dataset}",
        file,
    )
    row = connection.execute("select count(*) from read_parquet(?)", [str(file)]).fetchone()
    return int(row[0]) if row else 0


def _write(connection: duckdb.DuckDBPyConnection, query: str, file: Path) -> None:
    connection.execute(f"copy ({query}) to {literal(str(file))} (format parquet)")


def _create_labels(connection: duckdb.DuckDBPyConnection, labels: Mapping[int, str]) -> None:
    frame = pd.DataFrame(
        {"cell": list(labels), "label": pd.Series(list(labels.values()), dtype="str")}
    )
    connection.register("label_frame", frame)
    connection.execute("create or replace table cell_label as select * from label_frame")
    connection.unregister("label_frame")


def _codes(columns: Mapping[str, str]) -> str:
    """Return the joins that put the codes of lookup tables back, each under an alias."""
    return "".join(
        f"inner join (select distinct code_id, code from lookup_{column}) as {alias} "
        f"on checked_value.{column}_id = {alias}.code_id "
        for alias, column in columns.items()
    )
