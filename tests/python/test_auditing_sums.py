"""The audit reads sums over years from the cells and equations of the warehouse."""

import duckdb
import pytest
from test_protection_over_years import BALANCE, city

from datenlabor.protection.identities import in_words
from datenlabor.protection.notation import parse
from datenlabor.publishing.auditing import overlooked


@pytest.fixture
def warehouse() -> duckdb.DuckDBPyConnection:
    """Return the cells of a city whose balance is exact, without any equation."""
    connection = duckdb.connect()
    figures = city(1).reset_index().melt(["area", "year"], var_name="counted")
    connection.register("figures", figures)
    connection.execute("create schema intermediate")
    connection.execute("""
        create table intermediate.int_cell_listed as
        select concat_ws('|', counted, area, year) as cell_id, counted, 'person' as table_code,
            area::varchar as area_code, year::varchar as period, 'all' as breakdown,
            value as cell_value
        from figures
    """)
    connection.execute("""
        create table intermediate.int_cell_equation_listed
        (equation_id varchar, cell_id varchar, coefficient bigint)
    """)
    return connection


def test_an_undeclared_balance_is_named_until_there_are_its_equations(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    (found,) = map(in_words, overlooked(warehouse))
    assert found.startswith("people = ")
    (addends,) = parse(BALANCE)
    assert parse(found.removeprefix("people = ")) == [addends]
    for term, factor in addends.items():
        warehouse.execute(
            """
            insert into intermediate.int_cell_equation_listed
            select 'Summe 1 von ' || wholes.cell_id, parts.cell_id, $factor
            from intermediate.int_cell_listed as wholes
            inner join intermediate.int_cell_listed as parts using (area_code)
            where wholes.counted = 'people' and parts.counted = $measure
                and wholes.period::integer - $years = parts.period::integer
                and wholes.period::integer > 2015
            """,
            {"factor": factor, "measure": term.measure, "years": term.years},
        )
    warehouse.execute("""
        insert into intermediate.int_cell_equation_listed
        select distinct equation_id, regexp_extract(equation_id, 'von (.*)', 1), -1
        from intermediate.int_cell_equation_listed
    """)
    assert overlooked(warehouse) == []


def test_what_equations_say_of_companies_and_of_groups_is_no_sum_of_measures(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    warehouse.execute("""
        insert into intermediate.int_cell_listed values
            ('stock', 'stock', 'company_count', '1', '2015-2018', 'all', 9)
    """)
    warehouse.execute("""
        insert into intermediate.int_cell_equation_listed values
            ('Bestand', 'stock', 1),
            ('Gebiete', 'people|1|2016', 1),
            ('Gebiete', 'people|2|2016', 1)
    """)
    assert len(overlooked(warehouse)) == 1
