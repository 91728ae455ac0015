"""Exact Poisson limits: printed values, and the probabilities that define them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datenlabor.methods.poisson import TAIL, limits_of, poisson_limits

PRINTED = [
    # Cases, lower and upper 95 % limit: table of Garwood (1936), as reprinted in textbooks.
    (0, 0.0, 3.689),
    (1, 0.02532, 5.572),
    (3, 0.6187, 8.767),
    (10, 4.795, 18.39),
    (100, 81.36, 121.6),
]


def at_most(cases: int, mean: float) -> float:
    """Return the probability of ``cases`` or fewer, term by term."""
    term, total = math.exp(-mean), 0.0
    for number in range(cases + 1):
        total += term
        term *= mean / (number + 1)
    return total


@pytest.mark.parametrize(("cases", "low", "high"), PRINTED)
def test_printed_limits(cases: int, low: float, high: float) -> None:
    found_low, found_high = poisson_limits(cases)
    assert found_low == pytest.approx(low, rel=5e-4)
    assert found_high == pytest.approx(high, rel=5e-4)


def test_three_insolvencies_of_400_companies() -> None:
    low, high = poisson_limits(3)
    assert [round(10_000 * cases / 400) for cases in (low, 3, high)] == [15, 75, 219]


@given(st.integers(1, 600))
def test_each_limit_leaves_its_tail(cases: int) -> None:
    low, high = poisson_limits(cases)
    assert low < cases < high
    assert at_most(cases, high) == pytest.approx(TAIL, rel=1e-9)
    assert 1 - at_most(cases - 1, low) == pytest.approx(TAIL, rel=1e-9)


def test_thousands_of_cases_are_near_the_normal_limits() -> None:
    low, high = poisson_limits(10_000)
    assert (low, high) == pytest.approx((10_000 - 196, 10_000 + 196), abs=4)


def test_a_negative_number_is_refused() -> None:
    with pytest.raises(ValueError, match="-1 is no number of cases"):
        poisson_limits(-1)


def test_each_count_has_one_row() -> None:
    frame = limits_of([3, 0, 3])
    assert frame["case_count"].tolist() == [0, 3]
    assert list(map(str, frame.dtypes)) == ["int64", "float64", "float64"]
    assert limits_of([]).empty
