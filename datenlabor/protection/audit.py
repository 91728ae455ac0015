"""How closely can the published tables be worked out? An audit that trusts no pattern.

For every target it looks for two other tables that agree with all an attacker knows: one in which
the cell is higher than it is by the distance wanted, one in which it is lower. Attackers are every
reader, and every single holder of a cell, who knows it. A table is proposed by a linear program and
counted only once each equation has been checked; it proves as much for all cells that differ in
it, so that most linear programs need not be solved. Where there is no such table, the exact end
of the interval is found with the equations that prove it.

Nothing here is shared with the search for a pattern but the description of cells.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from datenlabor.protection.programs import Move, Moves, furthest
from datenlabor.protection.system import (
    NOBODY,
    Component,
    Flags,
    Secrets,
    System,
    connected,
    surroundings,
)

_NEAR = 300
"""Cells of a large component that are looked at first; the rest is taken to stay."""
_ROUNDING = 1e-6
"""Share of a distance by which the solver may miss it."""
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
    reach: float
    """Exact distance between the true value and the end of the attacker's interval."""
    equations: tuple[int, ...]
    """What proves it, as numbers of equations."""


@dataclass
class _Proofs:
    """Tables that were found, as far as they concern one target and direction."""

    needed: float
    reach: float = 0.0
    found: list[tuple[float, int]] = field(default_factory=list)
    """How far the target moves, and which holders know a cell that moves with it."""

    def remaining(self, attackers: int) -> int:
        """Return for which of the attackers no table is good enough yet."""
        for reach, touched in self.found:
            if reach >= self.needed * (1 - _ROUNDING):
                attackers &= touched
        return attackers


def audit(
    system: System,
    secrets: Secrets,
    hidden: Flags,
    *,
    among: Flags | None = None,
    exact: bool = False,
) -> list[Finding]:
    """Return a finding for every target that is hidden and not known, in the order of cells.

    ``among`` restricts the targets. ``exact``: the ends of all intervals are computed, for any
    reader. Without it they are as far out as had to be shown.
    """
    unknown = hidden & ~secrets.known
    targets = secrets.targets & unknown
    if among is not None:
        targets &= among
    findings: list[Finding] = []
    for component in connected(system, unknown):
        wanted = [cell for cell in component.cells if targets[cell]]
        if wanted:
            attack = _Attack(system, secrets, component)
            findings += [attack.finding(cell, exact=exact) for cell in wanted]
    return sorted(findings, key=lambda finding: finding.cell)


class _Attack:
    """All attacks on the targets of one component."""

    def __init__(self, system: System, secrets: Secrets, component: Component) -> None:
        self._system, self._component = system, component
        self._members = set(component.cells)
        targets = [cell for cell in component.cells if secrets.targets[cell]]
        self._proofs = {
            (cell, direction): _Proofs(float(needed[cell]))
            for cell in targets
            for direction, needed in zip(_DIRECTIONS, (secrets.up, secrets.down), strict=True)
        }
        codes = sorted({int(secrets.holders[cell]) for cell in component.cells} - {NOBODY})
        self._holders = [NOBODY, *codes]
        bits = {code: 1 << place for place, code in enumerate(self._holders)}
        self._known_to = {
            cell: bits[int(secrets.holders[cell])]
            for cell in component.cells
            if secrets.holders[cell] != NOBODY
        }
        self._owned: dict[int, list[int]] = {}
        for cell, bit in self._known_to.items():
            self._owned.setdefault(bit, []).append(cell)
        distances = [proofs.needed for proofs in self._proofs.values() if proofs.needed > 0]
        self._unit = float(np.median(distances)) if distances else 1.0
        # A move that leaves the cells of single holders alone protects against them as well.
        self._cost = np.where(secrets.holders == NOBODY, 1.0, 3.0)
        self._searches: dict[int | None, Moves] = {}

    def finding(self, cell: int, *, exact: bool) -> Finding:
        """Return what attackers can learn about a target."""
        failures = tuple(
            failure for direction in _DIRECTIONS for failure in self._failures(cell, direction)
        )
        if exact:
            rise, fall = (self._end(cell, direction, _EVERYONE)[0] for direction in _DIRECTIONS)
        else:
            rise, fall = (
                min(
                    [self._proofs[cell, direction].reach]
                    + [failure.reach for failure in failures if failure.direction == direction]
                )
                for direction in _DIRECTIONS
            )
        value = float(self._system.values[cell])
        return Finding(cell, value - fall, value + rise, exact, failures)

    def _failures(self, cell: int, direction: int) -> Iterator[Failure]:
        """Yield the attackers who come too close; one who needs no knowledge stands for all."""
        proofs = self._proofs[cell, direction]
        if not proofs.needed:
            return
        # Whoever has a share in a cell knows that it is no less: of single holders only the upper
        # end is asked for.
        attackers = (1 << len(self._holders)) - 1 if direction > 0 else _EVERYONE
        attackers &= ~self._known_to.get(cell, 0)
        for attacker in self._unproved(cell, direction, attackers):
            reach, equations = self._end(cell, direction, attacker)
            if reach < proofs.needed * (1 - _ROUNDING):
                holder = self._holders[attacker.bit_length() - 1]
                yield Failure(direction, holder, reach, equations)
                if attacker == _EVERYONE:
                    return

    def _unproved(self, cell: int, direction: int, attackers: int) -> Iterator[int]:
        """Yield those of the attackers against whom no table can be found."""
        proofs = self._proofs[cell, direction]
        while remaining := proofs.remaining(attackers):
            single = remaining & -remaining
            # One table in which no cell of any of them differs serves against all at once.
            if self._searched(cell, direction, remaining):
                continue
            if single != remaining and self._searched(cell, direction, single):
                continue
            yield single
            attackers &= ~single

    def _searched(self, cell: int, direction: int, attackers: int) -> bool:
        """Look for a table that protects a target against attackers, and remember it."""
        fixed = [other for other in self._cells_of(attackers) if other != cell]
        amount = direction * self._proofs[cell, direction].needed
        for moves in self._models(cell):
            move = moves.cheapest(cell, amount, fixed)
            if move is not None and self._holds(move) and not set(fixed) & move.keys():
                self._remember(move)
                return not self._proofs[cell, direction].remaining(attackers)
        return False

    def _models(self, cell: int) -> Iterator[Moves]:
        """Yield what to search: the surroundings of a cell, then all its component."""
        if len(self._component.cells) > _NEAR:
            if cell not in self._searches:
                # Only those of the cell in hand are kept: a large component has many.
                self._searches = {key: kept for key, kept in self._searches.items() if key is None}
                near = surroundings(self._system, self._component, cell, _NEAR)
                self._searches[cell] = self._moves(near)
            yield self._searches[cell]
        if None not in self._searches:
            self._searches[None] = self._moves(self._component)
        yield self._searches[None]

    def _moves(self, part: Component) -> Moves:
        """Return a search among the cells of a part."""
        return Moves(part.cells, part.rows, self._system.room, self._cost, self._unit)

    def _end(self, cell: int, direction: int, attacker: int) -> tuple[float, tuple[int, ...]]:
        """Return the exact end of an attacker's interval, and the equations that prove it."""
        component = self._component
        fixed = {other for other in self._cells_of(attacker) if other != cell}
        end = furthest(component.cells, component.rows, self._system.room, cell, direction, fixed)
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
        slack = _ROUNDING * max(map(abs, move.values()))
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

    def _remember(self, move: Move) -> None:
        """Note what a table, and the one opposite to it, prove for all targets."""
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
                if proofs is not None:
                    reach = longest * abs(change)
                    proofs.reach = max(proofs.reach, reach)
                    proofs.found.append((reach, touched))
