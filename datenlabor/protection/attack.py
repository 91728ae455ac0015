"""Attacks on the targets of one component: a search for tables that prove their protection.

A table is proposed by a linear program and counted only once every equation has been checked. It
proves as much for all targets that differ in it, so that most programs need not be solved.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from datenlabor.protection.components import Component, surroundings
from datenlabor.protection.programs import Move, Moves, furthest
from datenlabor.protection.system import NOBODY, Secrets, System

_NEAR = (400, 1200)
"""Cells of a large component that are looked at first; the rest is taken to stay."""
_WINDOW = 1500
"""Cells whose targets are moved together."""
_PASSES = 3
"""How often all targets are moved together, before single holders are looked at."""
_TURNS = 3
"""If all targets were to rise at once, there would be none to fall: one in three does."""
_ROUNDING = 1e-6
"""Share of a distance by which the solver may miss it."""
_SOUND = 100.0
"""Changes are large against what an equation may be missed by."""
_EVERYONE = 1
"""Attackers are bits of a number; the first is a reader who knows nothing of their own."""
_DIRECTIONS = (1, -1)


@dataclass(frozen=True)
class Finding:
    """What can be learnt about one target, in the worst case among attackers."""

    cell: int
    lower: float
    """Lowest value proved possible, for all attackers together; exact where ``is_exact``."""
    upper: float
    is_exact: bool
    failures: tuple["Failure", ...] = ()
    """Empty: protected."""


@dataclass(frozen=True)
class Failure:
    """One attacker who comes too close from one side."""

    direction: int
    """1: the highest possible value is too low; -1: the lowest is too high."""
    holder: int
    """Code of the attacker; ``NOBODY``: any reader."""
    needed: float
    """Distance wanted between the true value and the end of the attacker's interval."""
    reach: float
    """The exact distance."""
    equations: tuple[int, ...]
    """What proves it, as numbers of equations."""


@dataclass
class _Proofs:
    """What has been shown of one target in one direction."""

    needed: float
    alone: float
    """The distance wanted for readers, and for single holders."""
    open: int
    """Attackers against whom no table has been found."""
    reach: float = 0.0

    def distance(self, attackers: int) -> float:
        """Return the distance wanted for all of the attackers."""
        return self.needed if attackers & _EVERYONE else self.alone


class Attack:
    """All attacks on the targets of one component."""

    def __init__(
        self, system: System, secrets: Secrets, component: Component, *, is_thorough: bool
    ) -> None:
        sizes = [most for most in _NEAR if most < len(component.cells)]
        is_complete = is_thorough or not sizes
        self._sizes = [*sizes, len(component.cells)] if is_complete else sizes
        self._is_complete = is_complete
        self._system, self._component = system, component
        self._members = set(component.cells)
        codes = sorted({int(secrets.holders[cell]) for cell in component.cells} - {NOBODY})
        self._holders = [NOBODY, *codes]
        bits = {code: 1 << place for place, code in enumerate(self._holders)}
        self._known_to = {
            cell: bits[int(secrets.holders[cell])]
            for cell in component.cells
            if secrets.holders[cell] != NOBODY
        }
        # Whoever has a share in a cell knows that it is no less: of single holders only the upper
        # end is asked for.
        everybody = (1 << len(self._holders)) - 1
        self._proofs = {
            (cell, direction): _Proofs(
                float(needed[cell]),
                float(secrets.alone[cell]),
                (everybody if direction > 0 else _EVERYONE) & ~self._known_to.get(cell, 0),
            )
            for cell in component.cells
            if secrets.targets[cell]
            for direction, needed in zip(_DIRECTIONS, (secrets.up, secrets.down), strict=True)
            if needed[cell] > 0
        }
        self._owned: dict[int, list[int]] = {}
        for cell, bit in self._known_to.items():
            self._owned.setdefault(bit, []).append(cell)
        distances = [proofs.needed for proofs in self._proofs.values()]
        self._unit = float(np.median(distances)) if distances else 1.0
        # A move that leaves the cells of single holders alone protects against them as well.
        self._cost = np.where(secrets.holders == NOBODY, 1.0, 3.0)
        self._searches: dict[tuple[int | None, int], Moves] = {}

    def finding(self, cell: int, *, exact: bool) -> Finding:
        """Return what attackers can learn about a target."""
        failures = tuple(
            failure for direction in _DIRECTIONS for failure in self._failures(cell, direction)
        )
        if exact:
            rise, fall = (self._end(cell, direction, _EVERYONE)[0] for direction in _DIRECTIONS)
        else:
            rise, fall = (self._reach(cell, direction, failures) for direction in _DIRECTIONS)
        value = float(self._system.amounts[cell])
        return Finding(cell, value - fall, value + rise, exact, failures)

    def _reach(self, cell: int, direction: int, failures: Sequence[Failure]) -> float:
        """Return how far a target has been shown to move whoever attacks."""
        proofs = self._proofs.get((cell, direction))
        failed = [failure.reach for failure in failures if failure.direction == direction]
        return min([proofs.reach if proofs else 0.0, *failed])

    def _failures(self, cell: int, direction: int) -> Iterator[Failure]:
        """Yield the attackers who come too close; one who needs no knowledge stands for all."""
        proofs = self._proofs.get((cell, direction))
        if proofs is None:
            return
        for attacker in self._unproved(cell, direction, proofs):
            reach, equations = self._end(cell, direction, attacker)
            needed = proofs.distance(attacker)
            if reach < needed * (1 - _ROUNDING):
                holder = self._holders[attacker.bit_length() - 1]
                yield Failure(direction, holder, needed, reach, equations)
                if attacker == _EVERYONE:
                    return

    def _unproved(self, cell: int, direction: int, proofs: _Proofs) -> Iterator[int]:
        """Yield those of the attackers against whom no table can be found."""
        if proofs.open & _EVERYONE and not self._searched(cell, direction, _EVERYONE):
            proofs.open &= ~_EVERYONE
            yield _EVERYONE
        while proofs.open:
            single = proofs.open & -proofs.open
            # One table in which no cell of any of them differs serves against all at once.
            if not self._searched(cell, direction, proofs.open) and (
                single == proofs.open or not self._searched(cell, direction, single)
            ):
                proofs.open &= ~single
                yield single

    def _searched(self, cell: int, direction: int, attackers: int) -> bool:
        """Look for a table that protects a target against some attackers, and remember it."""
        fixed = [other for other in self._cells_of(attackers) if other != cell]
        proofs = self._proofs[cell, direction]
        for moves in self._models(cell):
            amount = direction * proofs.distance(attackers)
            self._take(moves.cheapest(cell, amount, fixed))
            if not proofs.open & attackers:
                return True
        return False

    def sweep(self, targets: Sequence[int]) -> None:
        """Find tables that move many targets at once.

        In turn, one half of the single holders is left out of them, then the other: any two of
        them are on different sides at least once.
        """
        halves = [_EVERYONE] * _PASSES
        for place in range((len(self._holders) - 1).bit_length()):
            side = sum(1 << code for code in range(len(self._holders)) if code >> place & 1)
            halves += [side & ~_EVERYONE, (1 << len(self._holders)) - 1 & ~side & ~_EVERYONE]
        left = set(targets)
        while left:
            window = surroundings(self._component, min(left), _WINDOW)
            inside = left & set(window.cells)
            left -= inside
            search = self._moves(window)
            for half, direction, turn in product(halves, _DIRECTIONS, range(_TURNS)):
                fixed = set(self._cells_of(half))
                wanted = {
                    cell: direction * proofs.distance(half)
                    for cell in sorted(inside - fixed)[turn::_TURNS]
                    if (proofs := self._proofs.get((cell, direction))) and proofs.open & half
                }
                if wanted:
                    self._take(search.most(wanted, fixed))

    def _models(self, cell: int) -> Iterator[Moves]:
        """Yield what to search: the surroundings of a cell, near and far, then all."""
        for most in self._sizes:
            centre = None if most == len(self._component.cells) else cell
            if (centre, most) not in self._searches:
                # A large component has too many surroundings to keep them all.
                self._searches = {
                    key: kept for key, kept in self._searches.items() if key[0] in {None, cell}
                }
                part = surroundings(self._component, cell, most)
                self._searches[centre, most] = self._moves(part)
            yield self._searches[centre, most]

    def _moves(self, part: Component) -> Moves:
        """Return a search among the cells of a part."""
        return Moves(part, self._system.room, self._cost, self._unit)

    def _end(self, cell: int, direction: int, attacker: int) -> tuple[float, tuple[int, ...]]:
        """Return the exact end of an attacker's interval, and the equations that prove it."""
        if not self._is_complete:
            return 0.0, ()
        component = self._component
        fixed = {other for other in self._cells_of(attacker) if other != cell}
        end = furthest(component, self._system.room, cell, direction, fixed)
        return end.distance, tuple(component.equations[row] for row in end.rows)

    def _cells_of(self, attackers: int) -> list[int]:
        """Return the cells some of the attackers know."""
        cells: list[int] = []
        while attackers:
            bit = attackers & -attackers
            cells += self._owned.get(bit, [])
            attackers &= ~bit
        return cells

    def _holds(self, move: Move) -> bool:
        """Return whether a proposed table agrees with all equations, minima and known cells."""
        slack = _ROUNDING * self._unit
        equations, room = self._system.equations, self._system.room
        return (
            move.keys() <= self._members
            and all(change >= -room[cell] - slack for cell, change in move.items())
            and all(
                abs(sum(factor * move.get(cell, 0.0) for cell, factor in equations[number].items()))
                <= slack
                for number in {number for cell in move for number in self._system.uses[cell]}
            )
        )

    def _take(self, move: Move | None) -> None:
        """Note what a proposed table, and the one opposite to it, prove for all targets."""
        if not move or not self._holds(move):
            return
        touched = 0
        for cell in move:
            touched |= self._known_to.get(cell, 0)
        for sign in _DIRECTIONS:
            longest = min(
                (
                    float(self._system.room[cell]) / abs(change)
                    for cell, change in move.items()
                    if sign * change < 0
                ),
                default=np.inf,
            )
            if sign > 0:
                # The table itself has been checked; rounding must not shorten it.
                longest = max(longest, 1.0)
            for cell, change in move.items():
                proofs = self._proofs.get((cell, 1 if sign * change > 0 else -1))
                if proofs is not None and abs(change) > _SOUND * _ROUNDING * self._unit:
                    reach = longest * abs(change)
                    proofs.reach = max(proofs.reach, reach)
                    if reach >= proofs.needed * (1 - _ROUNDING):
                        proofs.open &= ~_EVERYONE
                    if reach >= proofs.alone * (1 - _ROUNDING):
                        proofs.open &= touched | _EVERYONE
