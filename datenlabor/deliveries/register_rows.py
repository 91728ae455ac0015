"""From records to rows of a register, in SQL: one row per record, and what is wrong with it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb

from datenlabor.deliveries.catalogue import Codes
from datenlabor.deliveries.contract import Column, Type
from datenlabor.deliveries.layout import Layout
from datenlabor.deliveries.lookups import Lookup, create_lookup, row_text
from datenlabor.deliveries.numbers import number_sql, trimmed
from datenlabor.deliveries.spec import ColumnSpec
from datenlabor.publishing.tables import literal

_PLAIN = (Type.STRING, Type.GEOMETRY)


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
    connection.execute(_bad_cell(cells, contract.key, joins))
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
    if column.type in _PLAIN and source and _is_plain(source) and len(numbers) == 1:
        return _text(column, raw, label)
    lookup = create_lookup(connection, layout, column, (0,), codes)
    lookups.append(lookup)
    return _Cell(
        column,
        f"try_cast({lookup.table}.code as {column.type.sql})",
        f"{lookup.table}.rule",
        f"{lookup.table}.hint",
        raw,
        label,
    )


def _is_plain(source: ColumnSpec) -> bool:
    return not (
        source.mapping or source.pattern or source.template or source.digits or source.ignore
    )


def _text(column: Column, raw: str, label: str) -> _Cell:
    value = f"nullif({trimmed(raw)}, '')"
    rule = f"case when {value} is null then 'required' end" if column.required else "null"
    if column.type is Type.GEOMETRY:
        rule = f"case when not json_valid({value}) then 'not_a_geometry' else {rule} end"
    else:
        value = rf"regexp_replace({value}, '\s+', ' ', 'g')"
    hint = column.hint or f"{column.name} must not be empty."
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


def _bad_cell(cells: Sequence[_Cell], key: Sequence[str], joins: str) -> str:
    keys = ", ".join(key)
    return f"""
        create or replace table bad_cell as
        {" union all ".join(_broken(cells, joins))}
        union all
        select line, {literal(keys)} as column_label,
            concat_ws(' | ', {keys}) as raw_value, 'repeated_key' as rule,
            'Line ' || min(line) over (partition by {keys}) || ' has the same key.' as hint
        from checked_row
        where not is_ignored
        qualify row_number() over (partition by {keys} order by line) > 1
    """


def _broken(cells: Sequence[_Cell], joins: str) -> Iterator[str]:
    for cell in cells:
        yield f"""
            select record.line, {literal(cell.label or cell.column.name)} as column_label,
                replace({cell.raw}, chr(31), ' | ') as raw_value,
                checked_row.rule_{cell.column.name} as rule, {cell.hint} as hint
            from record {joins}
            inner join checked_row on record.line = checked_row.line
            where not checked_row.is_ignored and checked_row.rule_{cell.column.name} is not null
        """
