"""What must hold for every table; exact algebra of its own attacks it."""

from collections.abc import Mapping, Sequence
from itertools import accumulate

import pandas as pd
from hypothesis import event, given, settings
from hypothesis import strategies as st
from protection_cases import (
    ALL,
    RULES,
    equations_of,
    hidden_in,
    holders_of,
    remembered,
    rows_of,
    sensitive_in,
    table_of,
    worked_out,
)

from datenlabor.protection.examining import examine
from datenlabor.protection.protecting import Protection, protect
from datenlabor.protection.rules import Rules
from datenlabor.protection.system import ProtectionError

Units = Sequence[tuple[str, ...]]

TREE = {"a1": "A", "a2": "A", "b1": "B", "b2": "B", "A": ALL, "B": ALL}
"""Districts in areas in a city."""
PARTS = dict.fromkeys("xyz", ALL)
YEARS = dict.fromkeys(["2020", "2021"], ALL)

unit = st.tuples(
    st.sampled_from(["a1", "a2", "b1", "b2"]),
    st.sampled_from("xyz"),
    st.sampled_from([f"h{number}" for number in range(8)]),
)
units = st.lists(unit, min_size=1, max_size=40)
cubes = st.lists(
    st.tuples(
        st.sampled_from(["a1", "a2", "b1"]),
        st.sampled_from("xy"),
        st.sampled_from(sorted(YEARS)),
        st.sampled_from(["g", "h", "i", "j"]),
    ),
    min_size=1,
    max_size=30,
)
slow = settings(deadline=None, max_examples=25)


def protected(
    rows: Units, *parents: Mapping[str, str]
) -> tuple[pd.DataFrame, pd.DataFrame, Protection]:
    """Return table, equations and their protection."""
    table = table_of(rows, parents)
    equations = equations_of(table, parents)
    return table, equations, protect(table, equations, RULES)


def check_that_nobody_works_out(
    table: pd.DataFrame, equations: pd.DataFrame, result: Protection
) -> None:
    """Fail if any reader or single holder can work out a sensitive cell."""
    found = worked_out(
        rows_of(equations), hidden_in(result), sensitive_in(result), holders_of(table)
    )
    assert not found


@given(units)
@slow
def test_no_sensitive_cell_of_a_nested_table_can_be_worked_out(rows: Units) -> None:
    table, equations, result = protected(rows, TREE, PARTS)
    check_that_nobody_works_out(table, equations, result)
    assert sensitive_in(result) == set(table.loc[table["units"] < 3, "cell_id"])
    assert examine(result.cells, equations, "public")["is_ok"].all()


@given(cubes)
@slow
def test_no_sensitive_cell_of_three_dimensions_can_be_worked_out(rows: Units) -> None:
    table, equations, result = protected(rows, TREE, PARTS, YEARS)
    check_that_nobody_works_out(table, equations, result)
    assert examine(result.cells, equations, "public")["is_ok"].all()


@given(units)
@slow
def test_whatever_is_opened_the_audit_finds_what_can_be_worked_out_then(rows: Units) -> None:
    table, equations, result = protected(rows, TREE, PARTS)
    cells = result.cells
    for opened in sorted(hidden_in(result) - sensitive_in(result)):
        found = worked_out(
            rows_of(equations),
            hidden_in(result) - {opened},
            sensitive_in(result),
            holders_of(table),
        )
        sabotaged = cells.assign(
            status_public=cells["status_public"].where(cells["cell_id"] != opened, "free")
        )
        audited = examine(sabotaged, equations, "public")
        assert found <= set(audited.loc[~audited["is_ok"], "cell_id"])
        assert (audited.loc[~audited["is_ok"], "equations"] != "").all()


@given(units)
@slow
def test_the_order_of_rows_does_not_matter(rows: Units) -> None:
    table, equations, result = protected(rows, TREE, PARTS)
    shuffled = table.sample(frac=1, random_state=len(rows))
    mixed = equations.sample(frac=1, random_state=len(rows) + 1)
    pd.testing.assert_frame_equal(protect(shuffled, mixed, RULES).cells, result.cells)


@given(units, st.integers(1, 4), st.integers(1, 4))
@slow
def test_the_public_never_gets_more_than_the_city(rows: Units, inner: int, outer: int) -> None:
    table = table_of(rows, [TREE, PARTS])
    equations = equations_of(table, [TREE, PARTS])
    rules = {
        "internal": {"t": Rules(is_count=True, minimum_units=inner)},
        "public": {"t": Rules(is_count=True, minimum_units=outer)},
    }
    result = protect(table, equations, rules)
    assert hidden_in(result, "internal") <= hidden_in(result)
    assert sensitive_in(result, "internal") <= sensitive_in(result)
    for audience in rules:
        assert examine(result.cells, equations, audience)["is_ok"].all()
        assert not worked_out(
            rows_of(equations),
            hidden_in(result, audience),
            sensitive_in(result, audience),
            holders_of(table),
        )


@given(units, st.lists(st.lists(unit, min_size=1, max_size=3), min_size=1, max_size=2))
@slow
def test_later_releases_reveal_no_secret_of_earlier_ones(
    first: list[tuple[str, ...]], changes: list[list[tuple[str, ...]]]
) -> None:
    releases = list(accumulate([first, *changes]))
    memory = None
    rows: set[tuple[tuple[str, int], ...]] = set()
    hidden_before: set[str] = set()
    shown: set[str] = set()
    secret: set[str] = set()
    kept: set[str] = set()
    for number, release in enumerate(releases):
        table = table_of(release, [TREE, PARTS])
        equations = equations_of(table, [TREE, PARTS])
        try:
            result = protect(table, equations, RULES, memory)
        except ProtectionError:
            # A cell that became sensitive can lie between others published before.
            event("cannot be protected")
            return
        assert hidden_before & set(table["cell_id"]) <= hidden_in(result)
        hidden_before |= hidden_in(result)
        # Cells with the same value in two releases are one unknown number.
        names = {
            cell: f"{cell}={value:g}"
            for cell, value in zip(table["cell_id"], table["value"], strict=True)
        }
        rows |= {tuple(sorted(row.items())) for row in rows_of(equations, names)}
        shown |= {names[cell] for cell in set(table["cell_id"]) - hidden_in(result)}
        secret |= {names[cell] for cell in sensitive_in(result)}
        kept |= {names[cell] for cell in hidden_in(result)}
        exposed = {names[cell] for cell in result.exposed["cell_id"] if cell in names}
        assert exposed <= shown
        found = worked_out([dict(row) for row in rows], kept - shown, secret - shown, {})
        assert not found
        assert examine(result.cells, equations, "public", memory)["is_ok"].all()
        memory = remembered(memory, f"r{number}", result, equations)
