"""What protection does with links, several tables, audiences' histories, and hopeless cases."""

import ast
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from protection_cases import ALL, RULES, hidden_in, remembered

import datenlabor.protection
from datenlabor.protection.equations import Term, link, sums
from datenlabor.protection.examining import examine
from datenlabor.protection.loss import information_loss
from datenlabor.protection.memory import Memory
from datenlabor.protection.protecting import protect
from datenlabor.protection.rules import Rules
from datenlabor.protection.system import ProtectionError

PARENTS = {"part": dict.fromkeys("abcdef", ALL)}
LINES = "abcdef"


def counts(**values: float) -> pd.DataFrame:
    """Return a table of counts by part, with the total."""
    complete = values | {ALL: sum(values.values())}
    return pd.DataFrame(
        {
            "table_code": "t",
            "cell_id": list(complete),
            "part": list(complete),
            "value": list(map(float, complete.values())),
            "units": list(complete.values()),
        }
    )


def sums_of(table: pd.DataFrame) -> pd.DataFrame:
    return sums(table[["cell_id", "part"]], PARENTS)


def test_what_was_hidden_stays_hidden_when_it_is_large_again() -> None:
    first = counts(a=1, b=9, c=30, d=40)
    before = protect(first, sums_of(first), RULES)
    memory = remembered(None, "1", before, sums_of(first))
    later = counts(a=50, b=60, c=30, d=40)
    assert hidden_in(before) <= hidden_in(protect(later, sums_of(later), RULES, memory))
    assert not hidden_in(protect(later, sums_of(later), RULES))


def test_a_later_release_does_not_reveal_an_earlier_secret_by_differencing() -> None:
    first = counts(a=2, b=5, c=30)
    before = protect(first, sums_of(first), RULES)
    assert hidden_in(before) == {"a", "b"}
    memory = remembered(None, "1", before, sums_of(first))
    # Only a changes: with the total of both releases anyone could tell by how much.
    later = counts(a=8, b=5, c=30)
    result = protect(later, sums_of(later), RULES, memory)
    assert examine(result.cells, sums_of(later), "public", memory)["is_ok"].all()
    careless = result.cells.assign(status_public="free")
    found = examine(careless, sums_of(later), "public", memory).set_index("cell_id").loc["a@1"]
    assert found["upper"] == pytest.approx(2)
    assert not found["is_ok"]
    # Where no cell is left out, the equations need not be remembered.
    assert memory.equations is not None
    result_without = protect(later, sums_of(later), RULES, Memory(memory.cells))
    pd.testing.assert_frame_equal(result_without.cells, result.cells)


def test_a_cell_that_was_empty_before_needs_the_equations_of_then() -> None:
    first = counts(a=2, b=5, c=30)
    memory = remembered(None, "1", protect(first, sums_of(first), RULES), sums_of(first))
    later = counts(a=2, b=5, c=30, d=8)
    result = protect(later, sums_of(later), RULES, memory)
    assert examine(result.cells, sums_of(later), "public", memory)["is_ok"].all()
    gone = counts(a=2, b=5)
    with pytest.raises(ProtectionError, match="all by part in 1"):
        protect(gone, sums_of(gone), RULES, Memory(memory.cells))


def test_a_remembered_secret_that_is_shown_fails_the_audit() -> None:
    first = counts(a=2, b=5, c=30)
    memory = remembered(None, "1", protect(first, sums_of(first), RULES), sums_of(first))
    result = protect(first, sums_of(first), RULES, memory)
    careless = result.cells.assign(status_public="free")
    found = examine(careless, sums_of(first), "public", memory)
    assert found["cell_id"].tolist() == ["a"]
    assert not found["is_ok"].any()


def test_a_secret_that_was_published_before_is_reported() -> None:
    table = counts(a=4, b=5, c=30)
    equations = sums_of(table)
    memory = remembered(None, "1", protect(table, equations, RULES), equations)
    stricter = {"public": {"t": Rules(is_count=True, minimum_units=5)}}
    result = protect(table, equations, stricter, memory)
    assert "a" in hidden_in(result)
    assert result.exposed.to_dict("records") == [
        {"audience": "public", "cell_id": "a", "reason": "was published before"}
    ]


def test_a_secret_that_follows_from_what_was_published_before_is_an_error_until_accepted() -> None:
    table = counts(a=4, b=5, c=30)
    equations = sums_of(table)
    shown = protect(table, equations, RULES).cells
    careless = shown[shown["cell_id"] != "a"]
    memory = Memory(careless.assign(release_id="1"), equations.head(0).assign(release_id="1"))
    stricter = {"public": {"t": Rules(is_count=True, minimum_units=5)}}
    with pytest.raises(ProtectionError, match="a"):
        protect(table, equations, stricter, memory)
    result = protect(table, equations, stricter, memory, accepted=frozenset("a"))
    assert result.exposed["cell_id"].tolist() == ["a"]


def test_years_are_linked_by_what_begins_and_ends() -> None:
    values = {
        ("stock", 2020): 50.0,
        ("stock", 2021): 53.0,
        ("births", 2021): 4.0,
        ("deaths", 2021): 1.0,
    }
    table = pd.DataFrame(
        {
            "table_code": "t",
            "measure": [measure for measure, _ in values],
            "year": [year for _, year in values],
            "value": list(values.values()),
            "units": list(values.values()),
        }
    ).assign(cell_id=lambda rows: rows["measure"] + " " + rows["year"].astype(str))
    equations = link(
        table[["cell_id", "measure", "year"]],
        "balance",
        [
            Term(1, {"measure": "stock"}),
            Term(-1, {"measure": "stock"}, {"year": -1}),
            Term(-1, {"measure": "births"}, is_required=False),
            Term(1, {"measure": "deaths"}, is_required=False),
        ],
        ["year"],
    )
    assert equations["equation_id"].unique().tolist() == ["balance 2021"]
    assert hidden_in(protect(table, equations, RULES)) == {"deaths 2021", "births 2021"}


def test_a_cell_of_two_tables_is_one_cell_and_the_stricter_rule_counts() -> None:
    table = counts(a=4, b=5, c=30)
    both = pd.concat([table, table[table["part"] == "a"].assign(table_code="u")])
    rules = {
        "public": {"t": Rules(is_count=True), "u": Rules(is_count=True, minimum_units=5)},
    }
    assert "a" in hidden_in(protect(both, sums_of(table), rules))
    contradicting = both.assign(value=both["value"] + (both["table_code"] == "u"))
    with pytest.raises(ProtectionError, match="several values: a"):
        protect(contradicting, sums_of(table), rules)
    with pytest.raises(ProtectionError, match="without rules: u"):
        protect(both, sums_of(table), RULES)


def test_a_table_of_secrets_is_hidden_as_a_whole() -> None:
    table = counts(a=1, b=1)
    result = protect(table, sums_of(table), RULES)
    assert hidden_in(result) == {"a", "b", ALL}


def test_zeros_are_known_and_protect_nobody() -> None:
    table = counts(a=2, b=0, c=7, d=30)
    assert hidden_in(protect(table, sums_of(table), RULES)) == {"a", "c"}


def test_loss_counts_what_is_hidden() -> None:
    table = counts(a=2, b=8, c=10, d=0)
    loss = information_loss(table, protect(table, sums_of(table), RULES).cells, "public")
    assert loss.to_dict("records") == [
        {
            "table_code": "t",
            "cells": 4,
            "primary": 1,
            "secondary": 1,
            "share_of_cells": 0.5,
            "share_of_value": 0.25,
        }
    ]


@given(
    st.lists(
        st.lists(st.integers(1, 10**6), min_size=1, max_size=5), min_size=2, max_size=len(LINES)
    )
)
@settings(deadline=None, max_examples=40)
def test_sums_are_kept_at_the_distance_of_the_rule(parts: list[list[int]]) -> None:
    groups = dict(zip(LINES, parts, strict=False)) | {ALL: [x for part in parts for x in part]}
    largest = {part: [*sorted(group, reverse=True), 0] for part, group in groups.items()}
    table = pd.DataFrame(
        {
            "table_code": "t",
            "cell_id": list(groups),
            "part": list(groups),
            "value": [float(sum(group)) for group in groups.values()],
            "units": [len(group) for group in groups.values()],
            "x1": [group[0] for group in largest.values()],
            "x2": [group[1] for group in largest.values()],
            "single_holder": [part if len(group) == 1 else None for part, group in groups.items()],
        }
    )
    rules = {"public": {"t": Rules(is_count=False, p_percent=10)}}
    result = protect(table, sums_of(table), rules)
    found = examine(result.cells, sums_of(table), "public", effort="exact")
    assert found["is_ok"].all()
    assert (found["upper"] >= found["needed_upper"] * (1 - 1e-5)).all()
    assert (found["lower"] <= found["needed_lower"] + 1e-5 * found["value"]).all()


def test_the_audit_shares_no_code_with_the_search_for_a_pattern() -> None:
    folder = Path(datenlabor.protection.__path__[0])
    trusted = {"audit", "attack", "programs", "system", "components"}
    for module in trusted:
        tree = ast.parse((folder / f"{module}.py").read_text(encoding="utf-8"))
        imported = {
            node.module.rsplit(".", 1)[-1]
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            and node.module
            and node.module.startswith("datenlabor")
        }
        assert imported <= trusted


def test_large_components_are_protected_and_audited_in_parts() -> None:
    random = np.random.Generator(np.random.Philox(1))
    lines = [f"{number:02}" for number in range(60)]
    inner = pd.DataFrame(random.poisson(2.0, (60, 60)), index=lines, columns=lines)
    inner.loc[ALL] = inner.sum()
    inner[ALL] = inner.sum(axis="columns")
    table = inner.rename_axis("row").reset_index().melt("row", var_name="column")
    table = table.assign(
        table_code="t",
        cell_id=table["row"] + " " + table["column"].astype(str),
        value=table["value"].astype("float64"),
        units=table["value"],
    )
    above = dict.fromkeys(lines, ALL)
    equations = sums(table[["cell_id", "row", "column"]], {"row": above, "column": above})
    result = protect(table, equations, RULES)
    found = examine(result.cells, equations, "public")
    assert len(found) > 1200
    assert found["is_ok"].all()
