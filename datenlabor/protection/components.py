"""The parts into which a system falls once some of its cells are known."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from datenlabor.protection.system import Codes, Flags, Numbers, Row, System

_STEPS = 5
"""Length of the ways by which near cells are found: a rectangle in a linked table takes four."""


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


def leaders(first: Codes, second: Codes, count: int) -> Codes:
    """Return for each of ``count`` numbers the smallest of those that pairs connect with it."""
    leader = np.arange(count)
    while (leader[first] != leader[second]).any():
        one, other = leader[first], leader[second]
        np.minimum.at(leader, np.maximum(one, other), np.minimum(one, other))
        while (leader != leader[leader]).any():
            leader = leader[leader]
    return leader


def connected(system: System, unknown: Flags, wanted: Flags) -> list[Component]:
    """Return the parts with wanted cells into which equations fall once other cells are known.

    They come in the order of their first cells. An unknown cell that is in no equation is a part
    of its own.
    """
    inside = unknown[system.terms.cells]
    numbers, cells = system.terms.equations[inside], system.terms.cells[inside]
    is_first = np.diff(numbers, prepend=-1) != 0
    firsts = cells[is_first]
    leader = leaders(firsts[np.cumsum(is_first) - 1], cells, len(unknown))
    is_wanted = np.zeros(len(unknown), dtype=np.bool_)
    is_wanted[leader[unknown & wanted]] = True
    kept = np.flatnonzero(unknown & is_wanted[leader])
    members: dict[int, list[int]] = {}
    for cell, first in zip(kept.tolist(), leader[kept].tolist(), strict=True):
        members.setdefault(first, []).append(cell)
    rows: dict[int, dict[int, Row]] = {first: {} for first in members}
    for number, first in zip(numbers[is_first].tolist(), leader[firsts].tolist(), strict=True):
        if first in rows:
            row = system.equations[number].items()
            rows[first][number] = {cell: factor for cell, factor in row if unknown[cell]}
    return [
        Component(tuple(cells), tuple(rows[first]), tuple(rows[first].values()))
        for first, cells in members.items()
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
