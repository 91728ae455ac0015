"""What reaches DuckDB: the published files, opened as readers do, and nothing but SELECT on them.

Superset's metadata may say otherwise, by an administrator's mistake or somebody's intent; what
counts is said here, at the last place before the database.
"""

import atexit
import copy
import os
import re
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import duckdb
import sqlglot
import yaml
from sqlalchemy.engine import make_url
from sqlglot import exp
from superset.errors import ErrorLevel, SupersetError, SupersetErrorType
from superset.exceptions import SupersetSecurityException

SCHEMA = "protected"
_SCHEME = "duckdb:///"
_HERE = Path(__file__).resolve().parent
_DATABASE = _HERE / "assets" / "databases" / "Datenlabor.yaml"

# -- Connections ----------------------------------------------------------------------------------


def published_uris() -> set[str]:
    """Return the addresses of the files that may be opened."""
    current = Path(os.environ["DATENLABOR_HOME"]) / "releases" / "current"
    return {f"{_SCHEME}{current / name / 'datenlabor.duckdb'}" for name in ("internal", "public")}


def check_uri(uri: Any) -> None:  # noqa: ANN401  SQLAlchemy's URL
    """Refuse every database but the published files.

    Raises:
        PermissionError: it is another one.

    """
    if str(uri) not in published_uris():
        raise PermissionError("Nur die veröffentlichten Dateien können geöffnet werden.")


def connect_as_reader(
    uri: Any,  # noqa: ANN401  SQLAlchemy's URL
    parameters: dict[str, Any],
    *_context: Any,  # noqa: ANN401  Superset's
) -> tuple[Any, dict[str, Any]]:
    """Open as the tracked file of the database says, whatever the metadata database says.

    Raises:
        PermissionError: it is none of the published files.

    """
    check_uri(uri)
    opened = parameters | {"connect_args": _connect_arguments()}
    _keep_open(str(uri))
    return uri, opened


def published_rows(file: Path, sql: str, parameters: Sequence[str] = ()) -> list[tuple[Any, ...]]:
    """Answer a query of our own pages, not checked here, on a published file.

    It is opened as Superset itself does: one process can open a file in one way only.
    """
    from superset.models.core import Database

    database = Database(database_name=file.parent.name, sqlalchemy_uri=f"{_SCHEME}{file}")
    with database.get_raw_connection() as connection:
        cursor = connection.cursor()
        cursor.execute(sql, list(parameters))
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


_kept: dict[str, tuple[Path, Any]] = {}
_keeping = Lock()


def _keep_open(uri: str) -> None:
    """Hold the current release open by a connection nobody asks anything.

    DuckDB shares what is open within a process: opening a file takes it 20 ms, one more connection
    less than one. Connections that are opened while this one is still on an older release are on
    the current one all the same, since DuckDB follows the link for each.
    """
    release = Path(uri.removeprefix(_SCHEME)).resolve()
    with _keeping:
        file, connection = _kept.get(uri, (None, None))
        if file == release:
            return
        dialect = make_url(uri).get_dialect()()
        # Who asks is told by the query itself what is wrong with the file.
        with suppress(duckdb.Error):
            database = uri.removeprefix(_SCHEME)
            _kept[uri] = release, dialect.connect(database, **_connect_arguments())
            if connection:
                connection.close()


@atexit.register
def _close_kept() -> None:
    """DuckDB cannot be closed any more once Python has taken its modules down."""
    for _file, connection in _kept.values():
        connection.close()


def _connect_arguments() -> dict[str, Any]:
    """Return them anew: drivers change what they are given."""
    return copy.deepcopy(_tracked_arguments())


@cache
def _tracked_arguments() -> dict[str, Any]:
    database = yaml.safe_load(_DATABASE.read_text(encoding="utf-8"))
    arguments: dict[str, Any] = database["extra"]["engine_params"]["connect_args"]
    return arguments


# -- Statements -----------------------------------------------------------------------------------

_READING = (exp.Select, exp.SetOperation, exp.Subquery)
# SUMMARIZE, PIVOT and what sqlglot does not parse get round permissions on tables; the others are
# refused by DuckDB as well, but there is no reason to ask it.
_NOT_READING = (
    *(exp.Command, exp.Pivot, exp.Summarize, exp.Describe, exp.Show, exp.Pragma, exp.Set),
    *(exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Create, exp.Drop, exp.Copy, exp.Into),
    *(exp.Attach, exp.Detach, exp.Use, exp.Kill),
)
_TABLE = re.compile(r"(pub_[a-z0-9_]+|release)")
_ROW_MAKERS = {"generate_series", "range", "unnest"}


class Refused(SupersetSecurityException):  # type: ignore[misc]  # Superset has no types here
    """SQL that is not run, with the reason for the one who wrote it."""

    def __init__(self, reason: str) -> None:
        kind = SupersetErrorType.QUERY_SECURITY_ACCESS_ERROR
        super().__init__(SupersetError(message=reason, error_type=kind, level=ErrorLevel.ERROR))


def guarded(sql: str, **context: Any) -> str:  # noqa: ANN401  Superset's
    """Return the statement as it may be run: reading only, rows of the user's municipalities only.

    Superset calls this for every statement on its way to a database. Its own row-level rules do
    the same, but look for tables in fewer places than there are. What is returned is written anew
    from what was understood, so that DuckDB cannot understand a text in another way.

    Raises:
        Refused: it is not a SELECT on published tables.

    """
    database = context.get("database")
    if database is None or database.backend != "duckdb":
        return sql
    try:
        statements = [found for found in sqlglot.parse(sql, dialect="duckdb") if found is not None]
    except sqlglot.errors.SqlglotError as error:
        raise Refused(f"Diese Abfrage ist nicht zu verstehen: {error}") from error
    for statement in statements:
        check_statement(statement)
        _limit_rows(statement, database)
    return ";\n".join(found.sql(dialect="duckdb", comments=False) for found in statements)


def check_statement(statement: exp.Expression) -> None:
    """Refuse what is no SELECT on published tables.

    Raises:
        Refused: with the reason, for the one who wrote it.

    """
    refused = statement.find(*_NOT_READING) or (
        None if isinstance(statement, _READING) else statement
    )
    if refused:
        raise Refused(f"Nur Abfragen mit SELECT sind erlaubt, nicht {refused.key.upper()}.")
    named = {cte.alias for cte in statement.find_all(exp.CTE)}
    for table in statement.find_all(exp.Table):
        if isinstance(table.this, exp.Func):
            if _function_name(table.this) not in _ROW_MAKERS:
                raise Refused(f"Die Funktion {table.this.sql()} ist nicht erlaubt.")
        elif not _is_published(table) and not (table.name in named and not table.db):
            raise Refused(
                f"Die Tabelle {table.sql()} gibt es nicht. Tabellen heißen genau so, wie sie "
                f"links stehen, mit Schema und kleingeschrieben: {SCHEMA}.pub_…"
            )


def _is_published(table: exp.Table) -> bool:
    """Say whether it is named exactly as its dataset is: only then are its row-level rules found.

    DuckDB itself does not care about case and takes the catalog before the schema.
    """
    return not table.catalog and table.db == SCHEMA and bool(_TABLE.fullmatch(table.name))


def _function_name(function: exp.Func) -> str:
    name = function.name if isinstance(function, exp.Anonymous) else function.sql_name()
    return str(name).lower()


def _limit_rows(statement: exp.Expression, database: Any) -> None:  # noqa: ANN401  Superset's
    """Put the row-level rules of the user into every place a table is read from."""
    from superset.sql.parse import Table
    from superset.utils.rls import get_predicates_for_table

    for table in list(statement.find_all(exp.Table)):
        if not _is_published(table):
            continue
        clauses = get_predicates_for_table(Table(table.name, SCHEMA), database, None)
        if clauses:
            rows = exp.select("*").from_(f"{SCHEMA}.{table.name}", dialect="duckdb")
            limits = rows.where(*(f"({clause})" for clause in clauses), dialect="duckdb")
            _replace(table, limits.subquery())


def _replace(table: exp.Table, rows: exp.Subquery) -> None:
    """Put rows in a table's place, with its alias, its joins and what else hangs on it."""
    alias = table.args.get("alias") or exp.TableAlias(this=exp.to_identifier(table.name))
    rows.set("alias", alias)
    for key in ("joins", "laterals", "sample"):
        if table.args.get(key):
            rows.set(key, table.args[key])
    table.replace(rows)
