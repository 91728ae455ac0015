"""What the tables of a DuckDB file look like, and the SQL that makes equal ones."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb


@dataclass(frozen=True)
class Column:
    """A column as DuckDB's catalog shows it."""

    name: str
    data_type: str
    is_nullable: bool
    comment: str | None


@dataclass(frozen=True)
class Table:
    """A table with everything a published copy has to keep; ``rows`` is an exact count."""

    name: str
    columns: tuple[Column, ...]
    comment: str | None
    rows: int


def read_tables(
    connection: duckdb.DuckDBPyConnection, database: str, schema: str
) -> dict[str, Table]:
    """Describe all tables (not views) of a schema, by name. Raises ``duckdb.Error``."""
    columns = defaultdict(list)
    for name, *column in connection.execute(
        "select table_name, column_name, data_type, is_nullable, comment from duckdb_columns() "
        "where database_name = ? and schema_name = ? order by table_name, column_index",
        [database, schema],
    ).fetchall():
        columns[name].append(Column(*column))
    comments = connection.execute(
        "select table_name, comment from duckdb_tables() "
        "where database_name = ? and schema_name = ? order by table_name",
        [database, schema],
    ).fetchall()
    return {
        name: Table(
            name,
            tuple(columns[name]),
            comment,
            count_rows(connection, ".".join(map(quote, (database, schema, name)))),
        )
        for name, comment in comments
    }


def count_rows(
    connection: duckdb.DuckDBPyConnection, relation: str, condition: str = "true"
) -> int:
    """Count the rows of a quoted relation that fulfil a condition. Raises ``duckdb.Error``."""
    query = f"select count(*) from {relation} where {condition}"  # noqa: S608 quoted
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


def copy_statements(
    table: Table, *, source: str, target: str, order_by: Sequence[str], condition: str = "true"
) -> Iterator[str]:
    """Yield the statements that copy ``table`` from schema ``source`` to ``target``, sorted.

    ``source``, ``target`` and ``condition``, which rows are copied, are SQL. Types, NOT NULL and
    comments are kept. Keys and checks are not: the source was checked when it was built, the copy
    is never written again, and a key's index would only make the file larger and its opening
    slower.
    """
    relation = f"{target}.{quote(table.name)}"
    names = ", ".join(quote(column.name) for column in table.columns)
    yield f"create table {relation} ({', '.join(map(_definition, table.columns))})"
    order = f" order by {', '.join(map(quote, order_by))}" if order_by else ""
    relation_of_source = f"{source}.{quote(table.name)}"
    query = f"select {names} from {relation_of_source} where {condition}{order}"  # noqa: S608 quoted
    yield f"insert into {relation} {query}"
    if table.comment is not None:
        yield f"comment on table {relation} is {literal(table.comment)}"
    for column in table.columns:
        if column.comment is not None:
            name = f"{relation}.{quote(column.name)}"
            yield f"comment on column {name} is {literal(column.comment)}"


def _definition(column: Column) -> str:
    return f"{quote(column.name)} {column.data_type}{'' if column.is_nullable else ' not null'}"


def quote(identifier: str) -> str:
    """Quote an identifier for DuckDB."""
    return '"' + identifier.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Quote a string for DuckDB."""
    return "'" + text.replace("'", "''") + "'"
