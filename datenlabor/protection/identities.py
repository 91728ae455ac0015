"""What adds up in the data although no equation says so.

Whoever sees a sum and all its addends but one knows the last. Sums are declared; one that was
forgotten shows itself in that it holds in every area and year.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from datenlabor.protection.system import Flags, Numbers

Identity = Mapping[str, int]
"""Coefficient by measure; the weighted sum is zero wherever all of them are known."""

_SPARE = 30
"""So many rows more than measures there must be: in few rows much adds up by chance."""
_ZERO = 1e-9
"""What is smaller, as a share of the size of a column, is rounding."""
_ROUNDED = 1e-5
"""What is smaller after some calculation is nothing."""
_LARGEST = 10
"""Coefficients of sums are small; fractions and larger numbers are no sums but accidents."""


def undeclared(values: pd.DataFrame, declared: Sequence[Identity]) -> list[Identity]:
    """Return what holds in all rows and does not follow from what is declared.

    ``values``: one column per measure, one row per area and period, NaN where there is no figure.
    Measures are looked at together as far as the same rows have them. Only as many are returned as
    must be declared for the others to follow.
    """
    known = list(declared)
    found: list[Identity] = []
    for names, rows in _complete(values):
        new = _beyond(names, rows, known)
        known += new
        found += new
    return found


def in_words(identity: Identity) -> str:
    """Return an identity as readers would write it."""
    sides = [
        " + ".join(
            name if abs(factor) == 1 else f"{abs(factor)} x {name}"
            for name, factor in identity.items()
            if factor * sign > 0
        )
        for sign in (1, -1)
    ]
    return " = ".join(side or "0" for side in sides)


def _complete(values: pd.DataFrame) -> Iterator[tuple[list[str], Numbers]]:
    """Yield measures with the rows all of them have, for all sets of rows that occur."""
    is_there = values.notna().to_numpy()
    everything = values.to_numpy(np.float64)
    # Totals first: they are then said to be the sum of the others.
    order = np.argsort(-values.mean().fillna(0).to_numpy(), kind="stable")
    for pattern in np.unique(is_there, axis=1).T:
        inside = [place for place in order.tolist() if is_there[pattern, place].all()]
        rows = everything[pattern][:, inside]
        filled: Flags = (rows != 0).any(axis=0)
        if len(rows) >= filled.sum() + _SPARE:
            names = [str(values.columns[place]) for place in inside]
            yield [name for name, keep in zip(names, filled, strict=True) if keep], rows[:, filled]


def _beyond(names: Sequence[str], rows: Numbers, declared: Sequence[Identity]) -> list[Identity]:
    """Return identities that hold in complete rows beyond those declared."""
    place = {name: number for number, name in enumerate(names)}
    size = np.linalg.norm(rows, axis=0)
    _, strength, directions = np.linalg.svd(rows / size, full_matrices=False)
    basis = _reduced(directions[strength <= _ZERO * strength.max(initial=0.0)] / size)
    known: list[Numbers] = []
    for identity in declared:
        if identity.keys() <= place.keys():
            row = np.zeros(len(names))
            row[[place[name] for name in identity]] = list(identity.values())
            _extend(known, row)
    found: list[Identity] = []
    # The shortest first: they are most likely what was meant.
    for row in sorted(basis, key=np.count_nonzero):
        whole = np.rint(row)
        is_sum = np.abs(row - whole).max() < _ROUNDED and np.abs(whole).max() <= _LARGEST
        if is_sum and _extend(known, whole):
            found.append({names[at]: int(whole[at]) for at in np.flatnonzero(whole).tolist()})
    return found


def _extend(known: list[Numbers], row: Numbers) -> bool:
    """Add to an orthonormal basis what a row has beyond it; return whether there is any."""
    rest = row / np.linalg.norm(row)
    for vector in known:
        rest = rest - (rest @ vector) * vector
    length = float(np.linalg.norm(rest))
    if length < _ROUNDED:
        return False
    known.append(rest / length)
    return True


def _reduced(vectors: Numbers) -> Numbers:
    """Return the same space in reduced row echelon form, in which sums are short."""
    rows = vectors / np.abs(vectors).max(axis=1, keepdims=True) if len(vectors) else vectors
    done = 0
    for column in range(rows.shape[1]):
        if done == len(rows):
            break
        pivot = done + int(np.argmax(np.abs(rows[done:, column])))
        if abs(rows[pivot, column]) < _ROUNDED:
            continue
        rows[[done, pivot]] = rows[[pivot, done]]
        rows[done] /= rows[done, column]
        others = np.arange(len(rows)) != done
        rows[others] -= np.outer(rows[others, column], rows[done])
        done += 1
    rows[np.abs(rows) < _ROUNDED] = 0
    return rows
