"""From records to figures, in SQL: one row per value, with the rule it breaks, if any.

Tables: ``record`` (made by the caller), ``lookup_*``, ``measure_rule``, ``checked_value`` (all
values), ``repeated_key``, ``bad_value`` (values that break a rule).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb
import pandas as pd

from datenlabor.deliveries.catalogue import Known, ValueRange
from datenlabor.deliveries.layout import Layout
from datenlabor.deliveries.lookups import Lookup, create_lookup
from datenlabor.deliveries.numbers import number_sql, significant, trimmed
from datenlabor.deliveries.spec import MISSING
from datenlabor.errors import DatenlaborError
from datenlabor.publishing.tables import literal

_CELLS = 1_000_000
"""More columns than a file can have."""
_BLOCK = 500
"""Columns of a wide table that are spread over rows at once, to save memory."""
_PLACE = f"line * {_CELLS} + cell"
"""SQL of a number by which the values of a file are in the order of the file."""


@dataclass(frozen=True)
class Figures:
    """What the tables of the work database hold."""

    lookups: tuple[Lookup, ...]
    cells: tuple[int, ...]
    """Columns of the file that hold values."""


def create_figures(
    connection: duckdb.DuckDBPyConnection,
    layout: Layout,
    known: Known,
) -> Figures:
    """Turn the records into checked values.

    Raises:
        DatenlaborError: the spec names a place the file does not have.

    """
    cells = value_cells(layout)
    contract = layout.spec.contract
    lookups = tuple(
        create_lookup(connection, layout, column, cells, known.codes)
        for column in contract.columns
        if column.name != "value"
    )
    _create_rules(connection, layout, known.ranges)
    for number, block in enumerate(blocks(cells)):
        into = "insert into checked_value" if number else "create or replace table checked_value as"
        connection.execute(f"{into} {_checked_value(layout, lookups, block)}")
    connection.execute(_repeated_key(contract.key))
    connection.execute(_bad_value(contract.key, layout.spec.contract.column("value").hint))
    return Figures(lookups, cells)


def value_cells(layout: Layout) -> tuple[int, ...]:
    """Return the columns of the file that hold values. Raises DatenlaborError."""
    source = layout.spec.columns.get("value")
    kinds = [place.kind for place in source.places] if source else []
    if kinds not in (["cells"], ["column"]) or source is None:
        raise DatenlaborError(
            f"Spec {layout.spec.name} does not say where the values are.",
            hint="Write under columns: `value: {from: cells 3-}` or `value: {from: column 5}`.",
        )
    place = source.places[0]
    if place.kind == "cells":
        return layout.cells(place.place)
    return (layout.column(place.place),)


def blocks(cells: Sequence[int]) -> Iterator[Sequence[int]]:
    """Divide the columns of a wide table into blocks that fit into memory as rows."""
    return (cells[first : first + _BLOCK] for first in range(0, len(cells), _BLOCK))


def spread(cells: Sequence[int]) -> str:
    """Return SQL over ``record``: a row for each of some columns, ``cell`` and ``raw_value``."""
    texts = ", ".join(f"c{cell}" for cell in cells)
    return f"unnest([{', '.join(map(str, cells))}]) as cell, unnest([{texts}]) as raw_value"


def _create_rules(
    connection: duckdb.DuckDBPyConnection, layout: Layout, ranges: Mapping[str, ValueRange]
) -> None:
    """Put what is known of each measure's values beside the codes found in the file."""
    factors = layout.spec.factors
    unbounded = ValueRange(None, None, is_integer=False)
    frame = pd.DataFrame(
        [
            (code, factors.get(code, 1.0), rule.minimum, rule.maximum, rule.is_integer)
            for code, rule in (dict.fromkeys(factors, unbounded) | dict(ranges)).items()
        ],
        columns=["code", "factor", "minimum", "maximum", "is_integer"],
    ).astype(
        {
            "code": "str",
            "factor": "float64",
            "minimum": "float64",
            "maximum": "float64",
            "is_integer": "bool",
        }
    )
    connection.register("rule_frame", frame)
    connection.execute(
        "create or replace table measure_rule as "
        "select distinct lookup_measure_code.code_id, coalesce(rule_frame.factor, 1) as factor, "
        "coalesce(nullif(rule_frame.minimum, 'nan'::double), '-inf'::double) as minimum, "
        "coalesce(nullif(rule_frame.maximum, 'nan'::double), 'inf'::double) as maximum, "
        "coalesce(rule_frame.is_integer, false) as is_integer "
        "from lookup_measure_code "
        "left join rule_frame on lookup_measure_code.code = rule_frame.code"
    )
    connection.unregister("rule_frame")


def _checked_value(layout: Layout, lookups: Sequence[Lookup], cells: Sequence[int]) -> str:
    """Return the query that looks every value up, parses it and finds the rule it breaks.

    What depends on the record alone is looked up before its values are spread over rows.
    """
    number = number_sql("raw_text", layout.spec)
    by_row = [item for item in lookups if item.row_columns and not item.is_per_cell]
    by_cell = [item for item in lookups if item.is_per_cell]
    row_joins = " ".join(
        f"inner join {item.table} on {item.row_text} = {item.table}.row_text" for item in by_row
    )
    cell_joins = " ".join(
        f"inner join {item.table} on value_cell.cell = {item.table}.cell "
        f"and value_cell.text_{item.name} = {item.table}.row_text"
        for item in by_cell
    )
    row_columns = "".join(f"{_looked_up(item)}, " for item in by_row) + "".join(
        f"{item.row_text} as text_{item.name}, " for item in by_cell
    )
    cell_columns = "".join(f"{_looked_up(item)}, " for item in by_cell)
    missing = ", ".join(map(literal, MISSING))
    return f"""
        with value_cell as (
            select line, {row_columns}
                {spread(cells)}
            from record {row_joins}
            where not is_skipped
        ),
        looked_up as (
            select value_cell.*, {cell_columns} {trimmed("raw_value")} as raw_text
            from value_cell {cell_joins}
        ),
        coded as (
            select line, cell, raw_text,
                {", ".join(f"{item.code_id} as {item.name}_id" for item in lookups)},
                {_any(lookups, "is_bad")} as has_bad_code,
                {_any(lookups, "is_ignored")} as is_ignored,
                {_given_status(lookups)} as given_status
            from looked_up
        ),
        written as (
            select coded.*, factor, minimum, maximum, is_integer,
                {number.value} as number, {number.status} as written_status,
                {number.is_symbol} or (raw_text = '' and given_status in ({missing})) as is_missing
            from coded inner join measure_rule on coded.measure_code_id = measure_rule.code_id
        ),
        parsed as (
            select *, if(factor = 1, number, {significant("number * factor")}) as value
            from written
        )
        select line, cell, {", ".join(f"{item.name}_id" for item in lookups)},
            is_ignored, has_bad_code and not is_ignored as has_bad_code,
            case when not is_missing then value end as value,
            coalesce(written_status, given_status) as status,
            case
                when is_ignored or is_missing then null
                when raw_text = '' then 'empty_value'
                when value is null then 'not_a_number'
                when coalesce(written_status, given_status) in ({missing})
                    then 'value_despite_status'
                when is_integer and value != floor(value) then 'not_an_integer'
                when value < minimum then 'below_minimum'
                when value > maximum then 'above_maximum'
            end as value_rule
        from parsed
    """


def _looked_up(item: Lookup) -> str:
    return (
        f"{item.table}.code_id as code_{item.name}, "
        f"{item.table}.rule is not null as is_bad_{item.name}, "
        f"{item.table}.is_ignored as is_ignored_{item.name}"
    )


def _any(lookups: Sequence[Lookup], what: str) -> str:
    varying = [f"{what}_{item.name}" for item in lookups if not item.is_constant]
    return " or ".join(varying) or "false"


def _given_status(lookups: Sequence[Lookup]) -> str:
    """Return SQL for the status a column of the file or the spec gives."""
    [status] = [item for item in lookups if item.name == "obs_status"]
    codes = f"(select any_value(code) from {status.table}"
    return f"{codes})" if status.is_constant else f"{codes} where code_id = code_{status.name})"


def _repeated_key(key: Sequence[str]) -> str:
    ids = ", ".join(f"{name}_id" for name in key)
    return f"""
        create or replace table repeated_key as
        select {ids}, min({_PLACE}) as first_place,
            count(distinct (value, status)) = 1 as is_same
        from (
            select * from checked_value
            where not is_ignored and not has_bad_code and value_rule is null
        )
        semi join (
            select {ids} from checked_value
            where not is_ignored and not has_bad_code and value_rule is null
            group by all having count(*) > 1
        ) using ({ids})
        group by {ids}
    """


def _bad_value(key: Sequence[str], hint: str) -> str:
    ids = ", ".join(f"{name}_id" for name in key)
    return f"""
        create or replace table bad_value as
        select line, cell, null as rule, null as hint from checked_value where has_bad_code
        union all
        select line, cell, value_rule, {_value_hint(hint)} from checked_value
        where value_rule is not null and not has_bad_code
        union all
        select checked_value.line, checked_value.cell,
            if(repeated_key.is_same, 'repeated_row', 'contradicting_rows'),
            if(
                repeated_key.is_same,
                'The same figure stands in line ' || first_place // {_CELLS} || ' already.',
                'Line ' || first_place // {_CELLS} || ' gives another value for the same area, '
                || 'period and measure. If one is a total or a part, leave it out with `skip`.'
            )
        from checked_value inner join repeated_key using ({ids})
        where not is_ignored and not has_bad_code and value_rule is null
            and not (
                repeated_key.is_same
                and {_PLACE} = repeated_key.first_place
            )
    """


def _value_hint(hint: str) -> str:
    return f"""case value_rule
        when 'empty_value' then 'Say under symbols what an empty cell stands for: `"": O`.'
        when 'value_despite_status' then 'The status says that there is no value.'
        when 'not_an_integer' then 'Whole numbers are expected. Is the decimal separator right?'
        when 'below_minimum' then 'The value is below what the unit allows.'
        when 'above_maximum' then 'The value is above what the unit allows. Is it the right unit?'
        else {literal(hint)} end"""
