"""Linear programs over unknown cells, solved by HiGHS: moves to other tables, and intervals.

A move changes unknown cells so that every equation still holds and no cell falls below its
minimum. If a cell can move by an amount, an attacker cannot exclude that it differs by this
amount. Moves are proposals of a solver that rounds: whoever relies on one checks it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

from datenlabor.protection.components import Component
from datenlabor.protection.system import Codes, Numbers, ProtectionError, Row

Move = dict[int, float]
"""Change by number of the cell; cells that stay are missing."""

Columns = NDArray[np.int32]

_WORTH = 30.0
"""How many other cells may move by one so that a wanted one moves by one."""
_FAR = 1e6
"""Longest change of a cell against the unit: longer ones only blur the numbers."""
_NOTHING = 1e-7
"""Changes below this share of the wanted one are rounding."""


class Moves:
    """Looks for the cheapest moves among the cells of a part; all others stay.

    ``room``: how far each cell of the system may fall, ``cost`` of changing it by one. ``unit``: a
    typical change that is looked for.
    """

    def __init__(self, part: Component, room: Numbers, cost: Numbers, unit: float) -> None:
        self._cells = list(part.cells)
        self._place = {cell: place for place, cell in enumerate(self._cells)}
        self._unit = unit
        # Two columns per cell, since rises and falls both cost: first all rises, then all falls.
        falls = np.minimum(room[self._cells] / unit, _FAR)
        self._highest = np.concatenate((np.full(len(falls), _FAR), falls))
        self._cost = np.tile(cost[self._cells], 2)
        self._solver = _solver(
            _matrix(self._place, part.rows, signs=(1, -1)),
            lower=np.zeros(2 * len(falls)),
            upper=self._highest,
            cost=self._cost,
        )

    def cheapest(self, cell: int, amount: float, fixed: Iterable[int] = ()) -> Move | None:
        """Return the cheapest move that changes the cell by the amount (signed), or None.

        ``fixed``: cells that stay. Raises ProtectionError where the solver gives up.
        """
        return self._found({cell: amount}, fixed, gain=0.0)

    def most(self, wanted: Mapping[int, float], fixed: Iterable[int] = ()) -> Move | None:
        """Return a move that brings many cells far towards the changes wanted (signed).

        None of them moves the other way; none at all moves that would take too many others.
        """
        return self._found(wanted, fixed, gain=_WORTH)

    def _found(self, wanted: Mapping[int, float], fixed: Iterable[int], gain: float) -> Move | None:
        """Return the best move; without a gain the wanted changes have to be made in full."""
        count = len(self._cells)
        rises = np.array([amount > 0 for amount in wanted.values()])
        places = np.array([self._place[cell] for cell in wanted], dtype=np.int32)
        columns = np.where(rises, places, count + places).astype(np.int32)
        sizes = np.abs(np.array(list(wanted.values()))) / self._unit
        highest = np.minimum(sizes, self._highest[columns])
        if not gain and (highest < sizes).any():
            return None
        stay = np.array([self._place[one] for one in fixed if one in self._place], dtype=np.int32)
        against = np.where(rises, count + places, places).astype(np.int32)
        still = np.concatenate((stay, stay + np.int32(count), against))
        self._bound(still, np.zeros(len(still)), np.zeros(len(still)))
        self._bound(columns, np.zeros(len(columns)) if gain else highest, highest)
        if gain:
            self._solver.changeColsCost(len(columns), columns, np.full(len(columns), -gain))
        solution = _solution(self._solver)
        changed = np.concatenate((still, columns))
        self._bound(changed, np.zeros(len(changed)), self._highest[changed])
        if gain:
            self._solver.changeColsCost(len(columns), columns, self._cost[columns])
        if solution is None:
            return None
        change = (solution[:count] - solution[count:]) * self._unit
        moved = np.flatnonzero(np.abs(change) > _NOTHING * float(np.max(sizes)) * self._unit)
        return {self._cells[found]: float(change[found]) for found in moved.tolist()}

    def _bound(self, columns: Columns, lower: Numbers, upper: Numbers) -> None:
        self._solver.changeColsBounds(len(columns), columns, lower, upper)


@dataclass(frozen=True)
class End:
    """One end of what an attacker thinks possible of a cell."""

    distance: float
    """From the true value; inf where nothing bounds it."""
    rows: tuple[int, ...]
    """Places of the equations that together prove it."""


def furthest(
    part: Component, room: Numbers, cell: int, direction: int, fixed: Collection[int] = ()
) -> End:
    """Return how far a cell can move up (1) or down (-1), exactly.

    Only cells of the part move; ``room`` and ``fixed`` as for ``Moves``.
    """
    place = {other: number for number, other in enumerate(part.cells)}
    falls = room[list(part.cells)]
    unit = max(1.0, float(np.median(np.append(falls[np.isfinite(falls)], 1.0))))
    held = np.isin(np.array(part.cells), list(fixed))
    cost = np.zeros(len(part.cells))
    cost[place[cell]] = -direction
    solver = _solver(
        _matrix(place, part.rows, signs=(1,)),
        lower=np.where(held, 0.0, -falls / unit),
        upper=np.where(held, 0.0, highspy.kHighsInf),
        cost=cost,
    )
    solution = _solution(solver)
    if solution is None:
        return End(np.inf, ())
    duals = np.abs(np.array(solver.getSolution().row_dual))
    used = tuple(np.flatnonzero(duals > _NOTHING).tolist())
    return End(max(0.0, direction * float(solution[place[cell]]) * unit), used)


@dataclass(frozen=True)
class _Matrix:
    """A sparse matrix by columns, in the form HiGHS takes."""

    rows: int
    starts: Codes
    places: Codes
    factors: Numbers


def _matrix(place: Mapping[int, int], rows: Sequence[Row], signs: Sequence[int]) -> _Matrix:
    """Return the coefficients of the cells, once for each sign."""
    triples = [
        (place[cell], number, factor)
        for number, row in enumerate(rows)
        for cell, factor in row.items()
    ]
    entries = np.array(sorted(triples), dtype=np.float64).reshape(-1, 3)
    counts = np.bincount(entries[:, 0].astype(np.int64), minlength=len(place))
    return _Matrix(
        rows=len(rows),
        starts=np.append(0, np.cumsum(np.tile(counts, len(signs)))),
        places=np.tile(entries[:, 1], len(signs)).astype(np.int64),
        factors=np.concatenate([sign * entries[:, 2] for sign in signs]),
    )


def _solver(matrix: _Matrix, lower: Numbers, upper: Numbers, cost: Numbers) -> highspy.Highs:
    """Return a solver for: least cost, all rows zero, columns within their bounds."""
    program = highspy.HighsLp()
    program.num_col_ = len(cost)
    program.num_row_ = matrix.rows
    program.col_cost_ = cost
    program.col_lower_ = lower
    program.col_upper_ = upper
    program.row_lower_ = np.zeros(matrix.rows)
    program.row_upper_ = np.zeros(matrix.rows)
    program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    program.a_matrix_.start_ = matrix.starts.astype(np.int32)
    program.a_matrix_.index_ = matrix.places.astype(np.int32)
    program.a_matrix_.value_ = matrix.factors
    solver = highspy.Highs()  # type: ignore[no-untyped-call]  # HiGHS's own
    options: dict[str, bool | int | str] = {
        "output_flag": False,
        # The programs are small and many: preparing each costs more than it saves.
        "presolve": "off",
        "solver": "simplex",
        "threads": 1,
    }
    for option, value in options.items():
        solver.setOptionValue(option, value)
    solver.passModel(program)
    return solver


def _solution(solver: highspy.Highs) -> Numbers | None:
    """Return the columns at the optimum; None if there is none (nothing is possible, or no end)."""
    solver.run()
    status = solver.getModelStatus()
    if status == highspy.HighsModelStatus.kOptimal:
        return np.array(solver.getSolution().col_value)
    if status in {
        highspy.HighsModelStatus.kInfeasible,
        highspy.HighsModelStatus.kUnbounded,
        highspy.HighsModelStatus.kUnboundedOrInfeasible,
    }:
        return None
    raise ProtectionError(f"The solver gave up: {solver.modelStatusToString(status)}.")
