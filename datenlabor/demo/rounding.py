"""Whole numbers that keep their sums."""

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]


def round_to_sum(shares: NDArray[np.float64], total: int) -> Whole:
    """Round non-negative numbers to whole ones that add up to ``total`` (largest remainders).

    ``shares`` is scaled to the total first. Of equal remainders the earlier one is rounded up, so
    that the result does not depend on the machine. All zero shares and a total above 0 are spread
    evenly.
    """
    flat = np.asarray(shares, dtype=np.float64).ravel()
    largest = flat.max(initial=0)
    # The largest is 1, so that the sum neither overflows nor is too small to divide by.
    flat = flat / largest if largest > 0 else np.ones_like(flat)
    # Rounded, because the last bits of a float differ between machines.
    exact = np.round(flat * (total / flat.sum()), 9)
    whole = np.floor(exact).astype(np.int64)
    missing = total - int(whole.sum())
    order = np.argsort(-(exact - whole), kind="stable")
    whole[order[:missing]] += 1
    result: Whole = whole.reshape(np.shape(shares))
    return result


def round_within(shares: NDArray[np.float64], row_totals: Whole, column_totals: Whole) -> Whole:
    """Round a table to whole numbers that keep both given margins (controlled rounding).

    ``shares`` is rows by columns and should add up to the margins within 0.5; each cell moves by
    less than 1 where the margins allow it. Rows are rounded one after the other, each carrying what
    the rows before it left over or took too much in a column.
    """
    table = np.asarray(shares, dtype=np.float64)
    result = np.zeros(table.shape, dtype=np.int64)
    carried = np.zeros(table.shape[1])
    for row in range(table.shape[0]):
        wanted = np.clip(table[row] + carried, 0, None)
        result[row] = round_to_sum(wanted, int(row_totals[row]))
        carried += table[row] - result[row]
    return _repaired(result, np.asarray(column_totals, dtype=np.int64))


def _repaired(table: Whole, column_totals: Whole) -> Whole:
    """Move single units within rows until the columns add up, the largest cells first."""
    surplus = table.sum(axis=0) - column_totals
    while surplus.any():
        giving, taking = int(np.argmax(surplus)), int(np.argmin(surplus))
        row = int(np.argmax(table[:, giving]))
        table[row, giving] -= 1
        table[row, taking] += 1
        surplus[giving] -= 1
        surplus[taking] += 1
    return table
