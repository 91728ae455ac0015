"""From records to rows of a register, in SQL: one row per record, and what is wrong with it."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from datenlabor.deliveries.catalogue import Codes
from datenlabor.deliveries.contract import Column, Contract, Shares, Type
from datenlabor.deliveries.layout import Layout
from datenlabor.deliveries.lookups import Lookup, create_lookup, row_text
from datenlabor.deliveries.numbers import number_sql, trimmed
from datenlabor.deliveries.spec_columns import ColumnSpec
from datenlabor.publishing.tables import literal

_ROUNDING = 1e-6
"""How far shares may be from 1 in sum; the data test of the warehouse allows the same."""


@dataclass(frozen=True)
class _Cell:
    """A contract column as SQL over ``record`` joined with its lookup."""

    column: Column
    value: str
    rule: str
    hint: str
    raw: str
    label: str


def create_rows(
    connection: duckdb.DuckDBPyConnection, layout: Layout, codes: Codes
) -> tuple[int, tuple[str, ...]]:
    """Turn the records into ``register_row`` (good) and ``bad_cell`` (what is wrong, and where).

    Returns how many columns of the file are used, and the columns of ``register_row``.

    Raises:
        DatenlaborError: the spec names a place the file does not have.

    """
    contract = layout.spec.contract
    lookups: list[Lookup] = []
    cells = [_cell(connection, layout, column, codes, lookups) for column in contract.columns]
    joins = " ".join(
        f"inner join {item.table} on {item.row_text} = {item.table}.row_text" for item in lookups
    )
    ignored = " or ".join(f"{item.table}.is_ignored" for item in lookups) or "false"
    values = ", ".join(
        f"{cell.value} as {cell.column.name}, {cell.rule} as rule_{cell.column.name}"
        for cell in cells
    )
    connection.execute(
        "create or replace table checked_row as "
        f"select line, {ignored} as is_ignored, {values} from record {joins} where not is_skipped"
    )
    connection.execute(f"create or replace table bad_cell as {_bad_cells(cells, joins)}")
    connection.execute(_bad_keys(contract))
    if contract.shares:
        connection.execute(_bad_shares(contract.shares))
    names = tuple(column.name for column in contract.columns)
    connection.execute(
        "create or replace view register_row as "
        f"select line, {', '.join(names)} from checked_row "
        "where not is_ignored and line not in (select line from bad_cell)"
    )
    return len({place for cell in cells for place in _places(layout, cell.column)}), names


def _places(layout: Layout, column: Column) -> tuple[int, ...]:
    source = layout.spec.columns.get(column.name)
    places = source.places if source else ()
    return tuple(layout.column(place.place) for place in places if place.kind == "column")


def _cell(
    connection: duckdb.DuckDBPyConnection,
    layout: Layout,
    column: Column,
    codes: Codes,
    lookups: list[Lookup],
) -> _Cell:
    numbers = _places(layout, column)
    raw = row_text(numbers)
    label = ", ".join(map(layout.label, numbers))
    source = layout.spec.columns.get(column.name)
    if column.type in {Type.NUMBER, Type.INTEGER} and source and source.constant is None:
        return _number(layout, column, raw, label)
    if column.type is Type.STRING and source and _is_plain(source) and len(numbers) == 1:
        return _text(column, raw, label)
    known = _with_own(connection, layout.spec.contract, column, codes, lookups)
    lookup = create_lookup(connection, layout, column, (0,), known)
    lookups.append(lookup)
    return _Cell(
        column,
        f"try_cast({lookup.table}.code as {column.type.sql})",
        f"{lookup.table}.rule",
        f"{lookup.table}.hint",
        raw,
        label,
    )


def _with_own(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    column: Column,
    codes: Codes,
    lookups: Sequence[Lookup],
) -> Codes:
    """Return the codes a column may name: rows of a register may name each other."""
    own = [lookup.table for lookup in lookups if (lookup.name,) == contract.key]
    if column.references != contract.dataset or contract.dataset not in codes or not own:
        return codes
    there = connection.execute(f"select code from {own[0]} where code is not null").fetchall()
    named = {code for (code,) in there}
    return {**codes, contract.dataset: named.union(codes[contract.dataset])}


def _is_plain(source: ColumnSpec) -> bool:
    return not (
        source.mapping or source.pattern or source.template or source.digits or source.ignore
    )


def _text(column: Column, raw: str, label: str) -> _Cell:
    value = f"nullif({trimmed(raw)}, '')"
    conditions = [(f"{value} is null", "'required'")] if column.required else []
    hint = column.hint or f"{column.name} must not be empty."
    if column.pattern:
        matches = f"regexp_full_match({value}, {literal(column.pattern)}, 's')"
        conditions.append((f"not {matches}", "'pattern'"))
        hint = column.hint or f"{column.name} must not be empty; allowed is {column.pattern}."
    branches = " ".join(f"when {condition} then {rule}" for condition, rule in conditions)
    rule = f"case {branches} end" if branches else "null"
    value = rf"regexp_replace({value}, '\s+', ' ', 'g')"
    return _Cell(column, value, rule, literal(hint), raw, label)


def _number(layout: Layout, column: Column, raw: str, label: str) -> _Cell:
    text = trimmed(raw)
    number = number_sql(text, layout.spec)
    conditions = [
        (f"{text} = '' or {number.is_symbol}", "'required'" if column.required else "null"),
        (f"{number.value} is null", "'not_a_number'"),
    ]
    if column.type is Type.INTEGER:
        conditions.append((f"{number.value} != floor({number.value})", "'not_an_integer'"))
    if column.minimum is not None:
        conditions.append((f"{number.value} < {column.minimum}", "'below_minimum'"))
    if column.maximum is not None:
        conditions.append((f"{number.value} > {column.maximum}", "'above_maximum'"))
    branches = " ".join(f"when {condition} then {rule}" for condition, rule in conditions)
    hint = column.hint or f"{column.description} {_bounds(column)}"
    value = f"case when {number.is_symbol} then null else {number.value} end"
    return _Cell(
        column,
        f"try_cast({value} as {column.type.sql})",
        f"case {branches} end",
        literal(hint),
        raw,
        label,
    )


def _bounds(column: Column) -> str:
    """Say which numbers are allowed."""
    bounds = [
        f"{word} {bound:g}"
        for word, bound in (("at least", column.minimum), ("at most", column.maximum))
        if bound is not None
    ]
    kind = "Whole numbers" if column.type is Type.INTEGER else "Numbers"
    return " ".join([kind, *([", ".join(bounds)] if bounds else []), "as under `numbers:`."])


def _bad_keys(contract: Contract) -> str:
    """Add rows that contradict each other, and what is said again, among the rows that are good."""
    keys = ", ".join(contract.key)
    columns = ", ".join(column.name for column in contract.columns)
    return f"""
        insert into bad_cell
        select line, {literal(keys)}, concat_ws(' | ', {keys}),
            if(is_same, 'repeated_row', 'repeated_key'),
            if(
                is_same,
                'The same row stands in line ' || first_line || ' already.',
                'Line ' || if(line = first_line, last_line, first_line)
                || ' says something else under the same key. Only one of them can be right.'
            )
        from (
            select line, {keys}, min(line) over same_key as first_line,
                max(line) over same_key as last_line,
                count(distinct ({columns})) over same_key = 1 as is_same
            from checked_row
            where not is_ignored and line not in (select line from bad_cell)
            window same_key as (partition by {keys})
        )
        where last_line > first_line and not (is_same and line = first_line)
    """


def _bad_shares(shares: Shares) -> str:
    """Add the parts of what is not whole; a part with a wrong cell is missing from the others."""
    whole = f"sum({shares.column}) over (partition by {', '.join(shares.of)})"
    hint = f"All rows with the same {', '.join(shares.of)} must add up to 1, not to "
    return f"""
        insert into bad_cell
        select line, {literal(shares.column)}, cast({shares.column} as varchar),
            'not_a_whole', {literal(hint)} || round({whole}, 6) || '.'
        from checked_row
        where not is_ignored and line not in (select line from bad_cell)
        qualify abs({whole} - 1) > {_ROUNDING}
    """


def _bad_cells(cells: Sequence[_Cell], joins: str) -> str:
    return " union all ".join(
        f"""
            select record.line, {literal(cell.label or cell.column.name)} as column_label,
                replace({cell.raw}, chr(31), ' | ') as raw_value,
                checked_row.rule_{cell.column.name} as rule, {cell.hint} as hint
            from record {joins}
            inner join checked_row on record.line = checked_row.line
            where not checked_row.is_ignored and checked_row.rule_{cell.column.name} is not null
        """
        for cell in cells
    )
