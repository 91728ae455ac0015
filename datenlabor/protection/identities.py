"""What adds up in the data although no equation says so.

Whoever sees a sum and all its addends but one knows the last. Sums are declared; one that was
forgotten shows itself in that it holds in every area and year.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from datenlabor.protection.notation import Addends, Term, written
from datenlabor.protection.over_years import beyond_years
from datenlabor.protection.space import SPARE, as_sum, extend, filled, null_space, reduced
from datenlabor.protection.system import Flags, Numbers

Identity = Addends
"""Coefficient by measure and year; the weighted sum is zero wherever all of them are known."""


def undeclared(values: pd.DataFrame, declared: Sequence[Identity]) -> list[Identity]:
    """Return what holds in all rows and does not follow from what is declared.

    ``values``: one column per measure, one row per area and year (index, in this order), NaN where
    there is no figure. Measures are looked at together as far as the same rows have them, first
    within the year, then with earlier ones (``over_years``). Only as many are returned as must be
    declared for the others to follow.
    """
    known = list(declared)
    found: list[Identity] = []
    complete = list(_complete(values))
    for names, are_there in complete:
        rows = values.loc[are_there, names].to_numpy(np.float64)
        new = _beyond(names, rows, known)
        known += new
        found += new
    for names, are_there in _largest(complete):
        new = beyond_years(values[names], are_there, known)
        known += new
        found += new
    return found


def in_words(identity: Identity) -> str:
    """Return an identity as readers would write it: a measure, and what its ``sum_of`` could be."""
    wholes = [term for term, factor in identity.items() if not term.years and abs(factor) == 1]
    whole = wholes[0] if wholes else next(iter(identity))
    others = {
        term: -factor if identity[whole] > 0 else factor
        for term, factor in identity.items()
        if term != whole
    }
    times = abs(identity[whole])
    return f"{written({whole: times})} = {written(others) or '0'}"


def _complete(values: pd.DataFrame) -> Iterator[tuple[list[str], Flags]]:
    """Yield measures with the rows all of them have, for all sets of rows that occur."""
    is_there = values.notna().to_numpy()
    everything = values.to_numpy(np.float64)
    # Totals first: they are then said to be the sum of the others.
    order = np.argsort(-values.mean().fillna(0).to_numpy(), kind="stable")
    for pattern in _together(is_there):
        inside = [place for place in order.tolist() if is_there[pattern, place].all()]
        rows = everything[pattern][:, inside]
        is_filled = filled(rows)
        if len(rows) >= is_filled.sum() + SPARE:
            kept = [place for place, keep in zip(inside, is_filled, strict=True) if keep]
            yield [str(values.columns[place]) for place in kept], pattern


def _together(is_there: Flags) -> list[Flags]:
    """Return the rows that single measures have, and those that two or three have together."""
    found = {rows.tobytes(): rows for rows in is_there.T}
    single = list(found.values())
    for _ in range(2):
        found |= {
            both.tobytes(): both
            for rows in list(found.values())
            for others in single
            if (both := rows & others).sum() > SPARE
        }
    return list(found.values())


def _largest(complete: Sequence[tuple[list[str], Flags]]) -> list[tuple[list[str], Flags]]:
    """Return what is not part of another: what holds in more rows holds in fewer too."""
    kept: list[tuple[list[str], Flags]] = []
    for names, are_there in sorted(complete, key=lambda each: -len(each[0])):
        if not any(set(names) <= set(others) for others, _ in kept):
            kept.append((names, are_there))
    return kept


def _beyond(names: Sequence[str], rows: Numbers, declared: Sequence[Identity]) -> list[Identity]:
    """Return identities that hold in complete rows beyond those declared."""
    place = {Term(name): number for number, name in enumerate(names)}
    known: list[Numbers] = []
    for identity in declared:
        if identity.keys() <= place.keys():
            row = np.zeros(len(names))
            row[[place[term] for term in identity]] = list(identity.values())
            extend(known, row)
    basis, _ = reduced(null_space(rows))
    found: list[Identity] = []
    # The shortest first: they are most likely what was meant.
    for row in sorted(basis, key=np.count_nonzero):
        whole = as_sum(row)
        if whole is not None and extend(known, whole.astype(np.float64)):
            found.append({Term(names[at]): int(whole[at]) for at in np.flatnonzero(whole).tolist()})
    return found
