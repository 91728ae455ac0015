"""The warehouse file: opening it, and what it was built from.

Table ``raw.finished_build`` says what a green build was made from. Every run of dbt drops it first
(``on-run-start``), so that a build that failed or was killed, or a run by hand, cannot pass for it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from datenlabor.errors import DatenlaborError
from datenlabor.paths import Home

_HINT = "Close the program that has it open. If there is none, `datenlabor rebuild` makes it anew."


@contextmanager
def opened(home: Home, *, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the warehouse of ``home``; unless ``read_only``, one that is missing is created.

    Raises DatenlaborError if another program has it open, or it is damaged.
    """
    try:
        connection = duckdb.connect(str(home.warehouse), read_only=read_only)
    except duckdb.Error as error:
        raise DatenlaborError(f"The warehouse cannot be opened: {error}", hint=_HINT) from error
    with connection:
        yield connection


def execute(home: Home, *statements: str) -> None:
    """Run statements in one transaction. Raises DatenlaborError as :func:`opened`."""
    with opened(home) as connection:
        connection.begin()
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def built_from(home: Home) -> str | None:
    """Return the fingerprint of what the warehouse was built from, None if it is no such build.

    Raises DatenlaborError as :func:`opened`.
    """
    marked = _mark_of(home)
    return marked and marked[0]


def basis_of(home: Home) -> str | None:
    """Return how the warehouse was built, as :func:`mark` was told, None if it is no such build.

    Raises DatenlaborError as :func:`opened`.
    """
    marked = _mark_of(home)
    return marked and marked[1]


def mark(home: Home, fingerprint: str, basis: str | None = None) -> None:
    """Note what the warehouse was built from, and for the next build how (``basis``).

    Raises DatenlaborError as :func:`opened`.
    """
    with opened(home) as connection:
        connection.begin()
        connection.execute("create schema if not exists raw")
        connection.execute(
            "create or replace table raw.finished_build (inputs_fingerprint varchar, basis varchar)"
        )
        connection.execute("insert into raw.finished_build values (?, ?)", [fingerprint, basis])
        connection.commit()


def _mark_of(home: Home) -> tuple[str, str | None] | None:
    if not home.warehouse.exists():
        return None
    with opened(home, read_only=True) as connection:
        try:
            return connection.execute(
                "select inputs_fingerprint, basis from raw.finished_build"
            ).fetchone()
        # A mark of an earlier version has no basis.
        except (duckdb.CatalogException, duckdb.BinderException):
            return None


def unmark(home: Home) -> None:
    """Forget what the warehouse was built from; before anything changes it.

    Raises DatenlaborError as :func:`opened`.
    """
    if home.warehouse.exists():
        execute(home, "drop table if exists raw.finished_build")
