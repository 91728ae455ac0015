"""Cells of all published tables as one system of linear equations.

A cell is an unknown number, an equation says that a sum of cells with whole coefficients is zero.
Cells that several tables share are one cell.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Row = Mapping[int, int]
"""One equation: coefficient by number of the cell; their weighted sum is zero."""

Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]

NOBODY = -1
"""Code of the only holder of a cell that has none or several."""

_ROUNDING = 1e-9
"""Share of the largest term that an equation may miss zero by: values are binary numbers."""


class ProtectionError(Exception):
    """What is wrong with cells, equations or a pattern, with the names of what it concerns."""


@dataclass(frozen=True)
class Terms:
    """Which cell is in which equation; ordered by equation."""

    equations: Codes
    cells: Codes


@dataclass(frozen=True)
class System:
    """Cells in the order of their names, and what holds between them."""

    cells: tuple[str, ...]
    amounts: Numbers
    """The true values, in the unit of each cell."""
    minima: Numbers
    """What everyone knows each cell to be at least; mostly zero."""
    names: tuple[str, ...]
    """One per equation."""
    equations: tuple[Row, ...]

    @cached_property
    def uses(self) -> list[list[int]]:
        """The numbers of the equations of each cell."""
        uses: list[list[int]] = [[] for _ in self.cells]
        for number, equation in enumerate(self.equations):
            for cell in equation:
                uses[cell].append(number)
        return uses

    @cached_property
    def terms(self) -> "Terms":
        """The equations as long columns."""
        lengths = np.fromiter(map(len, self.equations), np.int64, len(self.equations))
        cells = np.fromiter(chain.from_iterable(self.equations), np.int64, lengths.sum())
        return Terms(np.repeat(np.arange(len(lengths)), lengths), cells)

    @cached_property
    def room(self) -> Numbers:
        """How far each cell may fall from its true value."""
        return self.amounts - self.minima

    def numbers_of(self, cells: Iterable[str]) -> list[int]:
        """Return the numbers of cells; raises ProtectionError for one that is unknown."""
        place = {cell: number for number, cell in enumerate(self.cells)}
        wanted = list(cells)
        unknown = sorted(set(wanted) - set(place))
        if unknown:
            raise ProtectionError(f"Unknown cells: {listed(unknown)}.")
        return [place[cell] for cell in wanted]

    def words(self, equation: int) -> str:
        """Return an equation as readers would write it."""
        terms = [
            f"{'-' if factor < 0 else '+'} {'' if abs(factor) == 1 else f'{abs(factor)} x '}"
            f"{self.cells[cell]}"
            for cell, factor in sorted(self.equations[equation].items())
        ]
        return f"{self.names[equation]}: {' '.join(terms).removeprefix('+ ')} = 0"


@dataclass(frozen=True)
class Secrets:
    """What one audience must not learn; one entry per cell of a system."""

    targets: Flags
    """Cells nobody of the audience may work out."""
    up: Numbers
    """By how much the highest value an attacker thinks possible must exceed the true one."""
    down: Numbers
    """By how much the lowest value an attacker thinks possible must lie below the true one."""
    alone: Numbers
    """By how much the highest value must exceed the true one for an attacker who is the only
    holder of other cells."""
    hidden: Flags
    """Cells that are not shown in any case; every target is one of them."""
    known: Flags
    """Cells the audience knows whatever is decided now: zeros, and what was once published."""
    holders: Codes
    """Who alone stands behind a cell and therefore knows it; ``NOBODY`` for most cells."""
    priority: Numbers
    """How much a cell is wanted; the most wanted are published first."""


def assemble(cells: pd.DataFrame, equations: pd.DataFrame) -> System:
    """Return the system of long tables.

    ``cells``: ``cell_id`` (unique), ``value``, ``minimum``. ``equations``: ``equation_id``,
    ``cell_id``, ``coefficient`` (whole). The result does not depend on the order of rows. Raises
    ProtectionError where a cell is twice there, unknown or not a number, a coefficient is not
    whole, or an equation does not hold.
    """
    ordered = cells.sort_values("cell_id")
    names = tuple(ordered["cell_id"].astype(str))
    twice = ordered.loc[ordered["cell_id"].duplicated(), "cell_id"]
    if len(twice):
        raise ProtectionError(f"Cells that are there twice: {listed(twice)}.")
    values = ordered["value"].to_numpy(np.float64)
    if not np.isfinite(values).all():
        wrong = ordered.loc[~np.isfinite(values), "cell_id"]
        raise ProtectionError(f"Cells without a number: {listed(wrong)}.")
    minima = ordered["minimum"].to_numpy(np.float64)
    if not (values >= minima).all():
        wrong = ordered.loc[~(values >= minima), "cell_id"]
        raise ProtectionError(
            f"Cells below what everyone takes to be their minimum: {listed(wrong)}."
        )
    labels, rows = _rows(equations, names)
    _check_sums(labels, rows, values)
    return System(names, values, minima, labels, rows)


def listed(names: Iterable[object], most: int = 10) -> str:
    """Return names for a message: the first of them, and how many more there are."""
    found = [str(name) for name in names]
    more = f" and {len(found) - most} more" if len(found) > most else ""
    return ", ".join(found[:most]) + more


def _rows(equations: pd.DataFrame, cells: Sequence[str]) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    """Return names and rows of equations, in the order of names; terms of one cell are added."""
    factors = equations["coefficient"].to_numpy(np.float64)
    whole = np.rint(factors)
    if (factors != whole).any():
        wrong = equations.loc[factors != whole, "equation_id"].unique()
        raise ProtectionError(f"Equations with coefficients that are not whole: {listed(wrong)}.")
    place = pd.Index(list(cells)).get_indexer(pd.Index(equations["cell_id"]))
    if (place < 0).any():
        unknown = sorted(set(equations.loc[place < 0, "cell_id"]))
        raise ProtectionError(f"Equations name cells that are not there: {listed(unknown)}.")
    number, names = pd.factorize(equations["equation_id"], sort=True)
    every = pd.DataFrame({"number": number, "place": place, "factor": whole.astype(np.int64)})
    added_up = every.groupby(["number", "place"], as_index=False).agg({"factor": "sum"})
    terms = added_up[added_up["factor"] != 0]
    left, starts = np.unique(terms["number"], return_index=True)
    places, added = terms["place"].tolist(), terms["factor"].tolist()
    bounds = [*starts.tolist(), len(places)]
    rows = tuple(
        dict(zip(places[begin:end], added[begin:end], strict=True))
        for begin, end in pairwise(bounds)
    )
    return tuple(names[left].astype(str)), rows


def _check_sums(names: Sequence[str], rows: Sequence[Row], values: Numbers) -> None:
    """Raise ProtectionError where an equation does not hold for the true values."""
    wrong = []
    for name, row in zip(names, rows, strict=True):
        terms = [factor * values[cell] for cell, factor in row.items()]
        if abs(sum(terms)) > _ROUNDING * max(1.0, *map(abs, terms)) * len(terms):
            wrong.append(f"{name} (misses zero by {sum(terms):g})")
    if wrong:
        raise ProtectionError(f"Equations that do not hold: {listed(wrong)}.")
