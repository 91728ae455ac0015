"""Which further cells must be hidden so that nobody can work out a sensitive one exactly.

Cells are published from the most to the least wanted. One is hidden instead where, together with
all that is published before it, it would put a target into the span of what is published. The
result depends on cells and equations alone, not on the order of their rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from datenlabor.protection.components import Component, connected
from datenlabor.protection.elimination import (
    PRIME,
    Space,
    Vector,
    combined,
    modular,
    ratio,
    solved_for_last,
)
from datenlabor.protection.system import NOBODY, Flags, Secrets, System

_ROUNDS = 50
"""After so many rounds against single holders everything in a component is hidden instead."""

PUBLISHED = "was published before"
"""Why a target is exposed: everyone has its value."""
_FOLLOWS = "follows from what was published before"
_HELD = "is known to the only holder of another cell, whatever is hidden"


@dataclass(frozen=True)
class Pattern:
    """What an audience does not get, and what cannot be kept from it any more."""

    hidden: Flags
    exposed: dict[int, str]
    """Targets that can be worked out whatever is hidden now, with the reason in words."""


@dataclass
class _Part:
    """A component on its way: what is hidden in any case, and what may be published, in order."""

    component: Component
    kept: list[int]
    wanted: list[int]
    targets: set[int]
    owners: dict[int, list[int]]
    """Cells by their only holder."""
    solved: dict[int, Vector]

    def keep(self, cells: set[int]) -> None:
        """Hide cells in any case."""
        self.kept = sorted({*self.kept, *cells})
        self.wanted = [cell for cell in self.wanted if cell not in cells]
        self.solved = solved_for_last(self.component.rows, self.kept + self.wanted)


def suppress(system: System, secrets: Secrets) -> Pattern:
    """Return the pattern for one audience.

    Cells that are known stay out of it even where they are to be hidden: they are hidden, and
    targets among them are exposed.
    """
    hidden = secrets.hidden.copy()
    exposed = dict.fromkeys(np.flatnonzero(secrets.targets & secrets.known).tolist(), PUBLISHED)
    for component in connected(system, ~secrets.known, secrets.targets):
        part = _prepared(component, secrets)
        further, lost = _pattern_of(part, secrets)
        hidden[[*part.kept, *further]] = True
        exposed |= lost
    return Pattern(hidden, exposed)


def _prepared(component: Component, secrets: Secrets) -> _Part:
    """Return a component with its cells in the order in which they are walked."""
    kept = [cell for cell in component.cells if secrets.hidden[cell]]
    wanted = sorted(
        (cell for cell in component.cells if not secrets.hidden[cell]),
        key=lambda cell: (-secrets.priority[cell], cell),
    )
    owners: dict[int, list[int]] = {}
    for cell in component.cells:
        if secrets.holders[cell] != NOBODY:
            owners.setdefault(int(secrets.holders[cell]), []).append(cell)
    return _Part(
        component=component,
        kept=kept,
        wanted=wanted,
        targets={cell for cell in kept if secrets.targets[cell]},
        owners=owners,
        solved=solved_for_last(component.rows, kept + wanted),
    )


def _pattern_of(part: _Part, secrets: Secrets) -> tuple[set[int], dict[int, str]]:
    """Return the cells to hide beside those kept, and the targets that are lost.

    A single holder who could work out a target does so by a combination of it and cells of their
    own that others can work out. Each such combination found becomes a target itself, and the walk
    begins anew.
    """
    combinations: list[dict[int, int]] = []
    for _ in range(_ROUNDS):
        space, further, lost = _walk(part, combinations)
        found = _worked_out_by_holders(part, space, part.targets - lost.keys(), secrets)
        new = [one for one in found if one not in combinations]
        if not new:
            return further, lost
        combinations += new
        if further & {cell for terms in new for cell in terms}:
            part.keep(further & {cell for terms in new for cell in terms})
    return set(part.wanted), lost


def _walk(
    part: _Part, combinations: Sequence[dict[int, int]]
) -> tuple[Space, set[int], dict[int, str]]:
    """Publish what can be published.

    Returns what is hidden then, the cells hidden beside those kept anyway, and the targets that
    could be worked out before anything was published.
    """
    space = Space()
    for cell in part.kept:
        space.hide(cell, _vector(space, part.solved, cell) or _own(part.solved, cell))
    lost = {cell: _FOLLOWS for cell in sorted(part.targets) if not space.vectors[cell]}
    targets = part.targets - lost.keys()
    for number, terms in enumerate(combinations, start=1):
        vector = combined((factor, space.vectors[cell]) for cell, factor in terms.items())
        if vector:
            # Numbers below zero: no cell has one.
            space.hide(-number, vector)
            targets.add(-number)
        else:
            lost.setdefault(next(iter(terms)), _HELD)
    further = set()
    for cell in part.wanted:
        vector = _vector(space, part.solved, cell)
        if not vector:
            continue
        if space.parallels(vector) & targets:
            space.hide(cell, vector)
            further.add(cell)
        else:
            space.publish(vector)
    return space, further, lost


def _vector(space: Space, solved: dict[int, Vector], cell: int) -> Vector:
    """Return what a cell is made of among what is hidden; empty where it harms nobody."""
    parts = solved.get(cell, {})
    return combined(
        (factor, space.vectors[other]) for other, factor in parts.items() if other in space.vectors
    )


def _own(solved: dict[int, Vector], cell: int) -> Vector:
    """Return the vector of a hidden cell of which nothing is known but itself."""
    return {} if cell in solved else {cell: 1}


def _worked_out_by_holders(
    part: _Part, space: Space, targets: set[int], secrets: Secrets
) -> list[dict[int, int]]:
    """Return the combinations by which single holders can work out a target.

    The target comes first, with factor one; the holder's own cells follow.
    """
    found = []
    for holder, cells in sorted(part.owners.items()):
        own: list[tuple[int, Vector, Vector]] = []
        for cell in cells:
            vector, terms = _reduced(space.vectors.get(cell, {}), {cell: 1}, own)
            if vector:
                own.append((min(vector), vector, terms))
        places = set[int]().union(*(vector for _, vector, _ in own))
        for target in sorted(space.touched(places) & targets):
            if secrets.holders[target] != holder and space.vectors[target].keys() <= places:
                rest, terms = _reduced(space.vectors[target], {target: 1}, own)
                if not rest:
                    found.append({target: terms.pop(target), **terms})
    return found


def _reduced(
    vector: Vector, terms: Vector, own: Sequence[tuple[int, Vector, Vector]]
) -> tuple[Vector, Vector]:
    """Return a vector without what a holder's own cells explain, and the terms this takes."""
    rest, used = dict(vector), modular(terms)
    for pivot, other, other_terms in own:
        if pivot in rest:
            factor = ratio(PRIME - rest[pivot], other[pivot])
            rest = combined(((1, rest), (factor, other)))
            used = combined(((1, used), (factor, other_terms)))
    return rest, used
