"""Cells of all published tables as one system of linear equations.

A cell is an unknown number, an equation says that a sum of cells with whole coefficients is zero.
Cells that several tables share are one cell.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

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


_STEPS = 5
"""Length of the ways by which near cells are found: a rectangle in a linked table takes four."""


class ProtectionError(Exception):
    """What is wrong with cells, equations or a pattern, with the names of what it concerns."""


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


@dataclass(frozen=True)
class Incidence:
    """Pairs of rows and cells of a component, by their places in it."""

    rows: Codes
    cells: Codes
    weights: Numbers
    """One divided by the number of cells in the row."""


@dataclass(frozen=True)
class Component:
    """Unknown cells that hang together by equations, and these equations without known cells."""

    cells: tuple[int, ...]
    equations: tuple[int, ...]
    rows: tuple[Row, ...]

    @cached_property
    def incidence(self) -> "Incidence":
        """Which cell is in which row."""
        place = {cell: number for number, cell in enumerate(self.cells)}
        pairs = np.array(
            [(number, place[cell]) for number, row in enumerate(self.rows) for cell in row],
            dtype=np.int64,
        ).reshape(-1, 2)
        rows, cells = pairs[:, 0], pairs[:, 1]
        return Incidence(rows, cells, 1 / np.bincount(rows)[rows])

    @cached_property
    def by_number(self) -> dict[int, Row]:
        """The rows by the number of their equation."""
        return dict(zip(self.equations, self.rows, strict=True))


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
    labels, rows = _rows(equations, {name: number for number, name in enumerate(names)})
    _check_sums(labels, rows, values)
    return System(names, values, minima, labels, rows)


def connected(system: System, unknown: Flags) -> list[Component]:
    """Return the parts into which the equations fall once all other cells are known.

    Unknown cells in no equation are parts of their own, without equations.
    """
    free = unknown.tolist()
    leaders = list(range(len(free)))

    def leader(cell: int) -> int:
        while leaders[cell] != cell:
            leaders[cell] = leaders[leaders[cell]]
            cell = leaders[cell]
        return cell

    restricted: list[tuple[int, Row]] = []
    for number, equation in enumerate(system.equations):
        row: Row = {cell: factor for cell, factor in equation.items() if free[cell]}
        if row:
            restricted.append((number, row))
            first, *others = map(leader, row)
            for other in others:
                # The smallest number leads, so that parts come in the order of cells.
                low, high = sorted((leader(first), leader(other)))
                leaders[high] = low
    members: dict[int, list[int]] = {}
    for cell in np.flatnonzero(unknown).tolist():
        members.setdefault(leader(cell), []).append(cell)
    rows: dict[int, list[tuple[int, Row]]] = {}
    for number, row in restricted:
        rows.setdefault(leader(next(iter(row))), []).append((number, row))
    return [
        Component(
            tuple(cells),
            tuple(number for number, _ in rows.get(first, ())),
            tuple(row for _, row in rows.get(first, ())),
        )
        for first, cells in sorted(members.items())
    ]


def surroundings(part: Component, cell: int, most: int) -> Component:
    """Return the cells of a component nearest to one of them, with their equations.

    Near are cells to which many short ways lead by equations of few cells. The equations lack the
    cells outside, which are taken to stay as they are.
    """
    if len(part.cells) <= most:
        return part
    incidence = part.incidence
    step: Numbers = np.zeros(len(part.cells))
    step[part.cells.index(cell)] = 1.0
    nearness = step.copy()
    for _ in range(_STEPS):
        by_row = np.bincount(incidence.rows, step[incidence.cells] * incidence.weights)
        step = np.bincount(incidence.cells, by_row[incidence.rows], len(step)).astype(np.float64)
        nearness += step
    # The lower number comes first where two are equally near.
    chosen = np.sort(np.argsort(-nearness, kind="stable")[:most])
    inside = {part.cells[place] for place in chosen.tolist()}
    rows = {
        number: {one: factor for one, factor in row.items() if one in inside}
        for number, row in part.by_number.items()
    }
    filled = {number: row for number, row in rows.items() if row}
    return Component(tuple(sorted(inside)), tuple(filled), tuple(filled.values()))


def listed(names: Iterable[object], most: int = 10) -> str:
    """Return names for a message: the first of them, and how many more there are."""
    found = [str(name) for name in names]
    more = f" and {len(found) - most} more" if len(found) > most else ""
    return ", ".join(found[:most]) + more


def _rows(
    equations: pd.DataFrame, place: Mapping[str, int]
) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    """Return names and rows of equations, in the order of names; terms of one cell are added."""
    factors = equations["coefficient"].to_numpy(np.float64)
    whole = np.rint(factors)
    if (factors != whole).any():
        wrong = equations.loc[factors != whole, "equation_id"].unique()
        raise ProtectionError(f"Equations with coefficients that are not whole: {listed(wrong)}.")
    unknown = sorted(set(equations["cell_id"]) - set(place))
    if unknown:
        raise ProtectionError(f"Equations name cells that are not there: {listed(unknown)}.")
    found: dict[str, dict[int, int]] = {}
    for name, cell, factor in zip(
        equations["equation_id"], equations["cell_id"], whole.astype(np.int64).tolist(), strict=True
    ):
        row = found.setdefault(str(name), {})
        row[place[cell]] = row.get(place[cell], 0) + factor
    rows = {
        name: {cell: row[cell] for cell in sorted(row) if row[cell]}
        for name, row in sorted(found.items())
    }
    filled = {name: row for name, row in rows.items() if row}
    return tuple(filled), tuple(filled.values())


def _check_sums(names: Sequence[str], rows: Sequence[Row], values: Numbers) -> None:
    """Raise ProtectionError where an equation does not hold for the true values."""
    wrong = []
    for name, row in zip(names, rows, strict=True):
        terms = [factor * values[cell] for cell, factor in row.items()]
        if abs(sum(terms)) > _ROUNDING * max(1.0, *map(abs, terms)) * len(terms):
            wrong.append(f"{name} (misses zero by {sum(terms):g})")
    if wrong:
        raise ProtectionError(f"Equations that do not hold: {listed(wrong)}.")
