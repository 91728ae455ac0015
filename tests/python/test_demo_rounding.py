"""Whole numbers keep their sums, whatever the weights."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from datenlabor.demo.rounding import round_to_sum, round_within

SMALLEST = 5e-324
LARGEST = 1.7e308

weights = st.lists(
    st.floats(min_value=0, max_value=LARGEST, allow_subnormal=True), min_size=1, max_size=30
)


@given(weights, st.integers(0, 10**9))
@example([SMALLEST], 5)
@example([SMALLEST, SMALLEST, 0.0], 7)
@example([LARGEST, LARGEST], 3)
@example([SMALLEST, LARGEST], 10)
@example([0.0, 0.0, 0.0], 4)
def test_any_weights_add_up_to_the_total(shares: list[float], total: int) -> None:
    found = round_to_sum(np.array(shares), total)
    assert found.sum() == total
    assert (found >= 0).all()
    assert not found[np.array(shares) == 0].any() or sum(shares) == 0


@given(weights, st.integers(0, 10**6))
def test_none_is_further_than_one_from_its_share(shares: list[float], total: int) -> None:
    largest = max(shares) or 1
    parts = np.array([share / largest for share in shares])
    exact = total * parts / parts.sum() if parts.any() else np.full(len(parts), total / len(parts))
    assert (np.abs(round_to_sum(np.array(shares), total) - exact) < 1 + 1e-6).all()


@pytest.mark.parametrize("unit", [1e-300, 1e-9, 1.0, 1e12, 1e300])
def test_the_unit_of_the_weights_does_not_matter(unit: float) -> None:
    shares = np.array([3.0, 1.0, 0.0, 2.5, 2.5])
    assert round_to_sum(shares * unit, 10).tolist() == [3, 1, 0, 3, 3]


@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 2**32))
def test_tables_keep_both_margins(rows: int, columns: int, seed: int) -> None:
    table = np.random.Generator(np.random.Philox(seed)).integers(0, 50, (rows, columns))
    found = round_within(table.astype(float), table.sum(axis=1), table.sum(axis=0))
    assert (found.sum(axis=1) == table.sum(axis=1)).all()
    assert (found.sum(axis=0) == table.sum(axis=0)).all()
    assert (np.abs(found - table) <= 1).all()
