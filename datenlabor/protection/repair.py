"""Hide further cells where intervals are too narrow.

A target needs room to move; the cheapest move that would also change published cells says which of
them to hide. Cells that are wanted less cost less, cells that are hidden already nearly nothing.
"""

from collections.abc import Collection

import numpy as np

from datenlabor.protection.attack import Finding
from datenlabor.protection.components import connected, surroundings
from datenlabor.protection.programs import Moves
from datenlabor.protection.system import NOBODY, Flags, Numbers, Secrets, System

_NEAR = 600
"""Cells that are looked at first; the rest of a component only where these are not enough."""
_HIDDEN_COST = 0.2
_DEAREST = 10.0
"""Cost of the cell wanted most; that wanted least costs 1."""


def widened(
    system: System, secrets: Secrets, hidden: Flags, findings: Collection[Finding]
) -> tuple[Flags, set[int]]:
    """Return what to hide so that no finding fails any more, and the targets nothing helps.

    What is hidden stays so; findings are worked off in their order.
    """
    result = hidden.copy()
    failing = np.zeros_like(hidden)
    failing[[finding.cell for finding in findings]] = True
    parts = {}
    price = np.zeros(len(hidden))
    for component in connected(system, ~secrets.known, failing):
        parts.update(dict.fromkeys(component.cells, component))
        price[list(component.cells)] = _price(secrets.priority[list(component.cells)])
    helpless: set[int] = set()
    for finding in findings:
        cell = finding.cell
        for failure in finding.failures:
            own = set[int]()
            if failure.holder != NOBODY:
                own = set(np.flatnonzero(secrets.holders == failure.holder).tolist()) - {cell}
            cost = np.where(result, _HIDDEN_COST, price)
            amount = failure.direction * failure.needed
            for most in (_NEAR, len(system.cells)):
                search = Moves(
                    surroundings(parts[cell], cell, most), system.room, cost, abs(amount)
                )
                move = search.cheapest(cell, amount, own)
                if move is not None:
                    result[sorted(move)] = True
                    break
            else:
                helpless.add(cell)
    return result, helpless


def _price(priority: Numbers) -> Numbers:
    """Return what hiding costs, by the place of a cell in its component when ordered by priority.

    Of other components it is independent, so that each can be protected apart from them.
    """
    price = np.empty(len(priority))
    price[np.argsort(priority, kind="stable")] = np.linspace(1, _DEAREST, len(priority))
    return price
