"""Write the file of a new release and prove that it holds what it should, and nothing else."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb

from datenlabor.audiences import COLUMN as AUDIENCE_COLUMN
from datenlabor.errors import DatenlaborError
from datenlabor.publishing.connection import open_read_only
from datenlabor.publishing.manifest import PROTECTED
from datenlabor.publishing.tables import (
    Column,
    Table,
    copy_statements,
    count_rows,
    literal,
    quote,
    read_tables,
)

RELEASE_TABLE = "release"
_SOURCE = "warehouse"
_STATE = Table(
    name=RELEASE_TABLE,
    columns=(
        Column("release_id", "VARCHAR", is_nullable=False, comment="Name of the release"),
        # Not TIMESTAMPTZ: that needs an extension for display, and readers may not load any.
        Column("published_at", "TIMESTAMP", is_nullable=False, comment="Time of publishing, UTC"),
    ),
    comment="The release this file is (one row)",
    rows=1,
)


def build_file(
    file: Path,
    *,
    warehouse: Path,
    tables: Mapping[str, Sequence[str]],
    release_id: str,
    published_at: datetime,
) -> dict[str, Table]:
    """Copy ``tables`` (name → order-by columns) of the warehouse's ``protected`` into ``file``.

    ``file`` lies in a folder with the name of an audience: of tables that say whom a row is for, it
    gets the rows for this one.

    Adds ``protected.release`` (one row: id and time in UTC), by which dashboards show their state.
    The warehouse is opened read-only; while this runs, no other process can write it, so the copy
    is one consistent state. Returns the description of each copied table, for the check.

    Raises DatenlaborError if the warehouse cannot be read or lacks a table or an order-by column,
    ``duckdb.Error`` or ``OSError`` if writing fails (disk full).
    """
    # One thread: several get in each other's way while rows are put in order, and there is a file
    # to build for each audience at the same time.
    with (
        duckdb.connect(str(file), config={"threads": 1}) as connection,
        _attached(connection, warehouse),
    ):
        found = read_tables(connection, _SOURCE, PROTECTED)
        _refuse_missing(tables, found, warehouse)
        connection.execute(f"create schema {PROTECTED}")
        source = f"{quote(_SOURCE)}.{PROTECTED}"
        copied = {}
        for name, order_by in tables.items():
            condition = _rows_for(file.parent.name, found[name])
            copied[name] = replace(
                found[name], rows=count_rows(connection, f"{source}.{quote(name)}", condition)
            )
            for sql in copy_statements(
                found[name],
                source=source,
                target=PROTECTED,
                order_by=order_by,
                condition=condition,
            ):
                connection.execute(sql)
        _write_state(connection, release_id, published_at)
        connection.execute("checkpoint")
    return copied


def _rows_for(audience: str, table: Table) -> str:
    """Return the condition for the rows of a table that an audience gets."""
    is_by_audience = any(column.name == AUDIENCE_COLUMN for column in table.columns)
    return f"{quote(AUDIENCE_COLUMN)} = {literal(audience)}" if is_by_audience else "true"


def check_file(file: Path, expected: Mapping[str, Table]) -> None:
    """Open ``file`` as readers do and compare it with what was to be published.

    Raises DatenlaborError on any difference in columns, types, comments or row counts, on anything
    beyond schema ``protected`` (schema, table, view, macro, type, index, sequence) and on a stray
    file (``.wal``, ``.tmp``) beside it; ``duckdb.Error`` if the file does not open.
    """
    beside = sorted(path.name for path in file.parent.iterdir() if path != file)
    _require(not beside, f"files beside it: {', '.join(beside)}")
    with open_read_only(file) as connection:
        others = _names_of_others(connection)
        found = read_tables(connection, file.stem, PROTECTED)
    _require(not others, f"it also holds {', '.join(others)}")
    wanted = {**expected, RELEASE_TABLE: _STATE}
    surplus, missing = sorted(found.keys() - wanted.keys()), sorted(wanted.keys() - found.keys())
    _require(not surplus, f"unexpected table {', '.join(surplus)}")
    _require(not missing, f"missing table {', '.join(missing)}")
    for name, table in wanted.items():
        copy = found[name]
        _require(copy.rows == table.rows, f"{name} has {copy.rows} rows, not {table.rows}")
        _require(copy == table, f"{name} differs: {copy} instead of {table}")


@contextmanager
def _attached(connection: duckdb.DuckDBPyConnection, warehouse: Path) -> Iterator[None]:
    if not warehouse.exists():
        raise DatenlaborError(f"The warehouse {warehouse} is missing.", hint="Run `dbt build`.")
    path = str(warehouse).replace("'", "''")
    try:
        connection.execute(f"attach '{path}' as {quote(_SOURCE)} (read_only)")
    except duckdb.Error as error:
        raise DatenlaborError(
            f"The warehouse {warehouse} cannot be opened: {error}",
            hint="If dbt or another program is working in it, wait until it has finished.",
        ) from error
    yield
    connection.execute(f"detach {quote(_SOURCE)}")


def _refuse_missing(
    tables: Mapping[str, Sequence[str]], found: Mapping[str, Table], warehouse: Path
) -> None:
    if not tables:
        raise DatenlaborError("No table to publish was named.", hint="Run `dbt build`.")
    if RELEASE_TABLE in tables:
        raise DatenlaborError(
            f"A protected model is called {RELEASE_TABLE!r}; publishing writes that table itself.",
            hint="Rename the model.",
        )
    if missing := sorted(tables.keys() - found.keys()):
        raise DatenlaborError(
            f"{warehouse} lacks {', '.join(f'{PROTECTED}.{name}' for name in missing)}, "
            "or has it only as a view.",
            hint="Run `dbt build`; protected models must be materialized as table.",
        )
    for name, order_by in tables.items():
        known = {column.name for column in found[name].columns}
        if unknown := [column for column in order_by if column not in known]:
            raise DatenlaborError(
                f"{PROTECTED}.{name} is to be ordered by {', '.join(unknown)}, "
                "which is no column of it.",
                hint=f"Correct publish_order of model {name}.",
            )


def _write_state(
    connection: duckdb.DuckDBPyConnection, release_id: str, published_at: datetime
) -> None:
    create, _, *comments = copy_statements(_STATE, source="", target=PROTECTED, order_by=())
    connection.execute(create)
    connection.execute(
        "insert into protected.release values (?, ?)",
        [release_id, published_at.replace(tzinfo=None)],
    )
    for sql in comments:
        connection.execute(sql)


def _names_of_others(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return whatever the file holds outside ``protected``, and what no published file may hold."""
    rows = connection.execute(
        "select 'schema ' || schema_name from duckdb_schemas() "
        "where not internal and schema_name not in ('main', $1) "
        "union all select 'table ' || schema_name || '.' || table_name from duckdb_tables() "
        "where schema_name <> $1 "
        "union all select 'view ' || view_name from duckdb_views() where not internal "
        "union all select 'macro ' || function_name from duckdb_functions() where not internal "
        "union all select 'type ' || type_name from duckdb_types() where not internal "
        "union all select 'index ' || index_name from duckdb_indexes() "
        "union all select 'sequence ' || sequence_name from duckdb_sequences()",
        [PROTECTED],
    ).fetchall()
    return [str(row[0]) for row in rows]


def _require(condition: bool, problem: str) -> None:  # noqa: FBT001 reads like assert
    if not condition:
        raise DatenlaborError(
            f"The new release failed its check: {problem}.",
            hint="The release seen so far stays current. Please report this as a bug.",
        )
