"""What adds up over several years although no equation says so.

Stocks and flows (``people = people@-1 + births - deaths``) and sums over years (``cases_3y = cases
+ cases@-1 + cases@-2``) have one thing in common: what a measure was in earlier years is a sum of
measures of this year. That is what is looked for.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from datenlabor.protection.notation import Addends, Term
from datenlabor.protection.space import (
    NOTHING,
    ROUNDED,
    SPARE,
    as_sum,
    decomposed,
    different,
    filled,
    follows,
    null_space,
    reduced,
)
from datenlabor.protection.system import Codes, Flags, Numbers

REACH = 5
"""Sums over more years, and changes over more, are not looked for."""

_PASTS = (
    *((years,) for years in range(1, REACH + 1)),
    *(tuple(range(1, years)) for years in range(3, REACH + 1)),
)
"""The years before whose values are added: one of them, or all from the last one on."""


def beyond_years(
    values: pd.DataFrame, are_there: Flags, declared: Sequence[Addends]
) -> list[Addends]:
    """Return what holds over several years beyond what is declared.

    ``values``: one column per measure, totals first, one row per area and year (index);
    ``are_there``: the rows all of them have. Returned are sums that are zero, the shortest first.
    """
    names = [str(name) for name in values.columns]
    now = values.to_numpy(np.float64)
    before = [now, *(_before(values, years) for years in range(1, REACH + 1))]
    found: list[Addends] = []
    known = [*declared]
    candidates = _candidates(names, before, are_there)
    for addends, rows in sorted(candidates, key=lambda candidate: len(candidate[0])):
        if not _follows(addends, names, known, [each[rows] for each in before]):
            known.append(addends)
            found.append(addends)
    return found


def _before(values: pd.DataFrame, years: int) -> Numbers:
    """Return the values of so many years before, row by row; NaN where there are none."""
    area, year = values.index.get_level_values(0), values.index.get_level_values(1)
    index = pd.MultiIndex.from_arrays([area, year - years])
    return values.reindex(index).to_numpy(np.float64)


def _candidates(
    names: Sequence[str], before: Sequence[Numbers], are_there: Flags
) -> Iterator[tuple[Addends, Flags]]:
    """Yield what past years of measures are the sum of, with the rows in which it is."""
    bases: dict[bytes, _Basis | None] = {}
    for years in _PASTS:
        past = np.sum([before[each] for each in years], axis=0)
        is_past = ~np.isnan(past) & are_there[:, None]
        alike: dict[bytes, list[int]] = {}
        for place, rows in enumerate(is_past.T):
            alike.setdefault(rows.tobytes(), []).append(place)
        for places in alike.values():
            pattern, same = is_past[:, places[0]], np.array(places)
            now, then = before[0][pattern], past[np.ix_(pattern, same)]
            same, then = same[filled(then)], then[:, filled(then)]
            if pattern.tobytes() not in bases:
                bases[pattern.tobytes()] = _basis(now)
            basis = bases[pattern.tobytes()]
            if basis is None or not len(same):
                continue
            together = np.isin(same, basis.free) if years == (1,) else np.zeros(len(same), bool)
            for weights in _sums(now, then, basis, together):
                addends = _named(names, weights, same, years)
                if _is_told(addends, names, before, pattern):
                    yield addends, pattern


@dataclass(frozen=True)
class _Basis:
    """What can be said with the measures of this year, in some of the rows."""

    rows: Codes
    """Rows that are looked at: as many as are enough; sums are then proved in all."""
    directions: Numbers
    """Orthonormal columns that span the measures in these rows."""
    free: Codes
    """Measures of which the others are sums: the largest possible, so that sums are short."""


def _basis(now: Numbers) -> _Basis | None:
    """Return the basis of rows of measures, None if there are too few to tell sums from chance."""
    places = np.flatnonzero(filled(now))[::-1]
    enough = 2 * len(places) + SPARE
    rows = np.unique(np.linspace(0, len(now) - 1, min(len(now), enough)).astype(np.int64))
    chosen = now[np.ix_(rows, places)]
    places, chosen = places[filled(chosen)], chosen[:, filled(chosen)]
    if len(rows) <= len(places) or not len(places):
        return None
    directions, strength, weights = decomposed(chosen)
    is_zero = strength <= NOTHING * strength.max()
    if different(chosen) < (~is_zero).sum() + 1 + SPARE:
        return None
    _, pivots = reduced(weights[is_zero])
    return _Basis(rows, directions[:, ~is_zero], np.sort(np.delete(places, pivots)))


def _sums(
    now: Numbers, then: Numbers, basis: _Basis, together: Flags
) -> Iterator[tuple[Codes, Codes]]:
    """Yield whole weights of the columns of both such that both sides are the same.

    Each column of ``then`` is looked at alone, for which few rows are enough; those flagged
    ``together`` also with each other: a stock may be known in parts only.
    """
    some = then[basis.rows]
    rest = some - basis.directions @ (basis.directions.T @ some)
    is_left = np.linalg.norm(rest, axis=0) > ROUNDED * np.linalg.norm(some, axis=0)
    ways = np.eye(then.shape[1])[~is_left]
    left = np.flatnonzero(is_left & together)
    if len(left) and len(rest) >= len(basis.free) + len(left) + SPARE:
        shares, _ = reduced(null_space(rest[:, left]))
        joint = np.zeros((len(shares), then.shape[1]))
        joint[:, left] = shares
        ways = np.vstack([ways, joint])
    if not len(ways):
        return
    free = now[:, basis.free]
    size = np.linalg.norm(free, axis=0)
    solved = np.linalg.lstsq((free / size)[basis.rows], some @ ways.T, rcond=None)[0]
    for way, row in zip(ways, (solved / size[:, None]).T, strict=True):
        whole_then, whole_free = as_sum(way), as_sum(row)
        if whole_then is None or whole_free is None:
            continue
        whole = np.zeros(now.shape[1], dtype=np.int64)
        whole[basis.free] = whole_free
        sides = now @ whole, then @ whole_then
        if np.abs(sides[0] - sides[1]).max() <= NOTHING * max(1.0, np.abs(sides[0]).max()):
            yield whole, whole_then


def _named(
    names: Sequence[str], weights: tuple[Codes, Codes], same: Codes, years: Sequence[int]
) -> Addends:
    """Return a sum that is zero: what is this year's, less what was."""
    now, then = weights
    addends = {Term(names[at]): int(now[at]) for at in np.flatnonzero(now).tolist()}
    for at in np.flatnonzero(then).tolist():
        addends |= {Term(names[same[at]], each): -int(then[at]) for each in years}
    return addends


def _is_told(
    addends: Addends, names: Sequence[str], before: Sequence[Numbers], pattern: Flags
) -> bool:
    """Return whether rows enough say so.

    What one measure says of itself (it never changes, it grows evenly) is no sum, and where nearly
    all is zero anything adds up.
    """
    if len({term.measure for term in addends}) == 1:
        return False
    columns = [before[term.years][pattern, names.index(term.measure)] for term in addends]
    rows = np.array(columns).T
    rows = rows[(rows != 0).any(axis=1)]
    return len(rows) >= len(addends) + SPARE and different(rows) >= 2 * len(addends)


def _follows(
    addends: Addends, names: Sequence[str], declared: Sequence[Addends], before: Sequence[Numbers]
) -> bool:
    """Return whether a sum follows from those declared, of whatever year, and from even courses.

    ``before``: the values of this year and of each before, in the rows in which the sum holds.
    """
    place = {name: number for number, name in enumerate(names)}

    def vector(terms: Addends) -> Numbers:
        row = np.zeros((REACH + 1, len(names)))
        for term, factor in terms.items():
            row[term.years, place[term.measure]] = factor
        return row.ravel()

    known = [
        vector({term.before(years): factor for term, factor in identity.items()})
        for identity in declared
        if {term.measure for term in identity} <= place.keys()
        for years in range(REACH + 1 - max(term.years for term in identity))
    ]
    last = max(term.years for term in addends)
    for measure in sorted({term.measure for term in addends}):
        course = np.array([each[:, place[measure]] for each in before[: last + 1]]).T
        course = course[~np.isnan(course).any(axis=1)]
        if len(course) > last and filled(course).all():
            known += [
                vector({Term(measure, years): factor for years, factor in enumerate(law) if factor})
                for law in null_space(course).tolist()
            ]
    return follows(vector(addends), known)
