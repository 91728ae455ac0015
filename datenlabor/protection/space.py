"""Spaces of vectors: what is nothing, what follows, and what is written shortest."""

from collections.abc import Sequence

import numpy as np

from datenlabor.protection.notation import LARGEST
from datenlabor.protection.system import Codes, Flags, Numbers

SPARE = 30
"""So many rows more than columns there must be: in few rows much adds up by chance."""
NOTHING = 1e-9
"""What is smaller, as a share of the size of a column, is rounding."""
ROUNDED = 1e-5
"""What is smaller after some calculation is nothing."""


def decomposed(rows: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Return directions of the rows, how strong they are, and the weights of columns they have.

    No column may be all zero, and there must be more rows than columns.
    """
    size = np.linalg.norm(rows, axis=0)
    directions, strength, weights = np.linalg.svd(rows / size, full_matrices=False)
    return directions, strength, weights / size


def null_space(rows: Numbers) -> Numbers:
    """Return vectors whose weighted sums of the columns of ``rows`` are zero everywhere."""
    _, strength, weights = decomposed(rows)
    return np.asarray(weights[strength <= NOTHING * strength.max(initial=0.0)])


def reduced(vectors: Numbers) -> tuple[Numbers, Codes]:
    """Return the same space in reduced row echelon form, in which sums are short.

    Also returns the pivots: the first columns that can be said by the others.
    """
    rows = vectors / np.abs(vectors).max(axis=1, keepdims=True) if len(vectors) else vectors
    pivots: list[int] = []
    for column in range(rows.shape[1]):
        done = len(pivots)
        if done == len(rows):
            break
        pivot = done + int(np.argmax(np.abs(rows[done:, column])))
        if abs(rows[pivot, column]) < ROUNDED:
            continue
        rows[[done, pivot]] = rows[[pivot, done]]
        rows[done] /= rows[done, column]
        others = np.arange(len(rows)) != done
        rows[others] -= np.outer(rows[others, column], rows[done])
        pivots.append(column)
    rows[np.abs(rows) < ROUNDED] = 0
    return rows, np.array(pivots, dtype=np.int64)


def as_sum(row: Numbers) -> Codes | None:
    """Return the whole coefficients of a row, None if it is no sum but an accident."""
    whole = np.rint(row)
    if np.abs(row - whole).max() >= ROUNDED or np.abs(whole).max() > LARGEST:
        return None
    return whole.astype(np.int64)


def extend(known: list[Numbers], row: Numbers) -> bool:
    """Add to an orthonormal basis what a row has beyond it; return whether there is any."""
    rest = row / np.linalg.norm(row)
    for vector in known:
        rest = rest - (rest @ vector) * vector
    length = float(np.linalg.norm(rest))
    if length < ROUNDED:
        return False
    known.append(rest / length)
    return True


def follows(row: Numbers, known: Sequence[Numbers]) -> bool:
    """Return whether a row is a weighted sum of others."""
    if not known:
        return False
    basis = np.array(known).T
    weights, *_ = np.linalg.lstsq(basis, row, rcond=None)
    return bool(np.linalg.norm(basis @ weights - row) < ROUNDED * np.linalg.norm(row))


def filled(rows: Numbers) -> Flags:
    """Return which columns are not all zero."""
    return np.asarray((rows != 0).any(axis=0))


def different(rows: Numbers) -> int:
    """Return how many different rows there are."""
    # Sorting single numbers is much faster than sorting rows.
    marks = rows @ np.random.default_rng(0).uniform(1, 2, rows.shape[1])
    return len(np.unique(np.round(marks, 6)))
