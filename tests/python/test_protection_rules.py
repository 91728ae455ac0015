"""Rules find the cells they are meant to find, and say how far attackers are to be kept."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datenlabor.protection.rules import Rules, assess
from datenlabor.protection.system import ProtectionError

PERSONS = Rules(is_count=True, zeros_are_sensitive=True)


def one(rules: Rules, **cell: float) -> dict[str, Any]:
    found = assess(pd.DataFrame([cell], index=["c"]), rules)
    return {str(name): value for name, value in found.iloc[0].items()}


def test_the_example_of_the_handbook_is_safe_by_p_and_sensitive_by_dominance() -> None:
    cell = {"value": 110_000, "units": 3, "x1": 52_000, "x2": 50_000}
    assert not one(Rules(is_count=False, p_percent=10), **cell)["is_sensitive"]
    found = one(Rules(is_count=False, dominance=((2, 90.9),)), **cell)
    assert found["is_sensitive"]
    assert found["up"] == pytest.approx(102_000 / 0.909 - 110_000)


@pytest.mark.parametrize(("units", "is_sensitive"), [(0, False), (1, True), (2, True), (3, False)])
def test_fewer_than_three_units_are_sensitive_and_zero_is_not(
    units: int, *, is_sensitive: bool
) -> None:
    found = one(Rules(is_count=True), value=units, units=units)
    assert found["is_sensitive"] == is_sensitive
    assert found["is_zero"] == (units == 0)


def test_zeros_of_persons_can_be_sensitive() -> None:
    assert one(PERSONS, value=0, units=0) == {
        "is_sensitive": True,
        "is_zero": False,
        "up": 3,
        "down": 0,
        "alone": 1,
    }


def test_a_group_with_many_units_does_not_hide_behind_their_number() -> None:
    rules = Rules(is_count=True, minimum_holders=3)
    assert one(rules, value=9, units=9, holders=2)["is_sensitive"]
    assert not one(rules, value=9, units=9, holders=3)["is_sensitive"]


@pytest.mark.parametrize("value", [1, 2])
def test_a_small_count_may_be_large_enough_for_all_that_is_known(value: int) -> None:
    found = one(Rules(is_count=True, minimum_units=5), value=value, units=value)
    assert value + found["up"] == 5
    assert found["down"] == 1


def test_a_sum_with_few_units_is_kept_at_a_share_of_it() -> None:
    found = one(Rules(is_count=False, range_percent=20), value=500, units=2)
    assert (found["up"], found["down"], found["alone"]) == (100, 100, 100)


@given(
    st.lists(st.integers(0, 10_000), min_size=3, max_size=8),
    st.floats(min_value=1, max_value=50),
)
def test_p_keeps_the_second_largest_from_estimating_the_largest(
    contributions: list[int], p: float
) -> None:
    largest = sorted(contributions, reverse=True)
    total = sum(largest)
    rules = Rules(is_count=False, minimum_units=0, p_percent=p, least_range=1e-9)
    found = one(rules, value=total, units=len(largest), x1=largest[0], x2=largest[1])
    # The second largest takes the total, subtracts its own part, and has the largest but for rest.
    error = total - largest[1] - largest[0]
    assert found["is_sensitive"] == (error < p / 100 * largest[0])
    if found["is_sensitive"]:
        assert error + found["up"] >= p / 100 * largest[0] * (1 - 1e-9)


def test_columns_a_rule_needs_must_be_there_and_filled() -> None:
    with pytest.raises(ProtectionError, match="x1"):
        one(Rules(is_count=False, p_percent=10), value=10, units=5)
    with pytest.raises(ProtectionError, match="x2 in cells: c"):
        one(Rules(is_count=False, p_percent=10), value=10, units=5, x1=4, x2=np.nan)


@pytest.mark.parametrize("wrong", [{"p_percent": 0}, {"dominance": ((0, 80),)}, {"least_range": 0}])
def test_parameters_without_sense_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ProtectionError):
        Rules(is_count=False, **wrong)
