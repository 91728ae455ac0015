"""The served file holds no row of a single company: neither by name nor by its figures."""

from collections.abc import Iterator

import duckdb
import pytest
from access_world import World

from datenlabor.publishing.tables import quote

# What names a company or an enterprise group wherever it stands in the warehouse.
IDENTITIES = ("company_code", "group_code")
# Numbers that say nothing about anybody.
PLACES = ("_order", "_year", "_number", "_factor")
FORBIDDEN = ("company_code", "group_code", "latitude", "longitude", "street", "website", "person")
# Facilities are places anybody can find; groups of residents are no groups of companies.
ALLOWED = {
    "pub_facility": {"latitude", "longitude"},
    "pub_facility_exposure": {"latitude", "longitude"},
    "pub_facility_supply": {"group_code"},
    "pub_hazard_exposure": {"group_code"},
}


@pytest.fixture(scope="module")
def both(world: World) -> Iterator[duckdb.DuckDBPyConnection]:
    """Return a connection to the warehouse with the served file beside it."""
    with duckdb.connect(world.installation.home.warehouse, read_only=True) as connection:
        connection.execute(f"attach '{world.installation.home.published}' as served (read_only)")
        yield connection


def columns(connection: duckdb.DuckDBPyConnection, database: str) -> list[tuple[str, str, str]]:
    """Return (table, column, type) of all columns of a database."""
    return [
        (f"{quote(database)}.{quote(schema)}.{quote(table)}", column, kind)
        for schema, table, column, kind in connection.execute(
            "select schema_name, table_name, column_name, data_type from duckdb_columns() "
            "where database_name = $1 and not internal",
            [database],
        ).fetchall()
    ]


def collect(connection: duckdb.DuckDBPyConnection, names: tuple[str, ...], kind: str) -> None:
    """Make the table ``known`` of everything lists of companies hold in columns of these names."""
    every = columns(connection, "warehouse")
    companies = {table for table, column, _ in every if column == "company_code"}
    found = [
        f"select {quote(column)}::{kind} as value from {table}"
        for table, column, _ in every
        if column in names and table in companies
    ]
    assert found
    connection.execute(f"create or replace temp table known as {' union '.join(found)}")


def test_no_column_of_it_is_about_single_ones(both: duckdb.DuckDBPyConnection) -> None:
    served = columns(both, "served")
    assert served
    found = {
        (table.rsplit(".", 1)[-1].strip('"'), column)
        for table, column, _ in served
        if column in FORBIDDEN
    }
    assert found == {(table, column) for table, columns in ALLOWED.items() for column in columns}


def test_no_company_is_named_in_it(both: duckdb.DuckDBPyConnection) -> None:
    collect(both, IDENTITIES, "varchar")
    both.execute("delete from known where value is null or length(value) < 4")
    [(known,)] = both.execute("select count(*) from known").fetchall()
    assert known > 1000
    for table, column, kind in columns(both, "served"):
        if kind == "VARCHAR":
            # As a value, or as a word within a text or a key of several parts.
            words = f"unnest(regexp_extract_all({quote(column)}, '[A-Za-z0-9_.-]+'))"
            hits = both.execute(
                f"select distinct word from (select {words} as word from {table} "
                f"union all select {quote(column)} from {table}) semi join known on word = value"
            ).fetchall()
            assert hits == [], f"{table}.{column}"


def test_no_row_of_it_has_the_figures_of_one_company(both: duckdb.DuckDBPyConnection) -> None:
    """Turnover and employees of one company never stand in one row; by chance that is unlikely.

    Of rows that count several companies it is not: they say themselves that they are about no
    single one, and have many numbers beside each other.
    """
    both.execute(
        "create or replace temp table pairs as select distinct turnover_eur::double as turnover, "
        "employees::double as employees from marts.fct_company_year "
        "where turnover_eur >= 1_000_000 and employees >= 10"
    )
    [(known,)] = both.execute("select count(*) from pairs").fetchall()
    assert known > 1000
    numbers: dict[str, list[str]] = {}
    for table, column, kind in columns(both, "served"):
        is_number = kind in {"DOUBLE", "BIGINT", "INTEGER"} or kind.startswith("DECIMAL")
        if is_number and not column.endswith(PLACES):
            numbers.setdefault(table, []).append(column)
    assert numbers
    for table, names in numbers.items():
        values = ", ".join(f"{quote(name)}::double" for name in names)
        several = "coalesce(company_count, 0) >= 3" if "company_count" in names else "false"
        hits = both.execute(
            "select numbers from (select numbers, unnest(numbers) as number "
            f"from (select [{values}] as numbers from {table} where not {several})) "
            "inner join pairs on number = turnover where list_contains(numbers, employees)"
        ).fetchall()
        assert hits == [], table


def test_the_scan_finds_what_it_looks_for(both: duckdb.DuckDBPyConnection) -> None:
    """In the warehouse itself, where rows of companies do lie."""
    collect(both, IDENTITIES, "varchar")
    [(hits,)] = both.execute(
        "select count(*) from marts.fct_company_year semi join known on company_code = value"
    ).fetchall()
    assert hits > 1000
