"""How closely can the published tables be worked out? An audit that trusts no pattern.

For every target it looks for two other tables that agree with all an attacker knows: one in which
the cell is higher than it is by the distance wanted, one in which it is lower. Attackers are every
reader, and every single holder of a cell, who knows it. Where there is no such table, the exact end
of the interval is found with the equations that prove it.

Nothing here is shared with the search for a pattern but the description of cells and of what hangs
together.
"""

from typing import Literal

import numpy as np

from datenlabor.protection.attack import Attack, Failure, Finding
from datenlabor.protection.components import connected
from datenlabor.protection.system import NOBODY, Flags, Secrets, System

Effort = Literal["quick", "full", "exact"]


def audit(
    system: System,
    secrets: Secrets,
    hidden: Flags,
    *,
    among: Flags | None = None,
    effort: Effort = "full",
) -> list[Finding]:
    """Return a finding for every target that is not known, in the order of cells.

    ``among`` restricts the targets. Ends of intervals are as far out as had to be shown, or those
    for any reader (``exact``). A ``quick`` audit takes a target for unprotected where its
    surroundings in a large component do not prove otherwise, and gives no equations.
    """
    unknown = hidden & ~secrets.known
    targets = secrets.targets & ~secrets.known
    if among is not None:
        targets &= among
    findings = [
        _shown(cell, float(system.amounts[cell]), float(secrets.up[cell]))
        for cell in np.flatnonzero(targets & ~hidden).tolist()
    ]
    for component in connected(system, unknown, targets):
        wanted = [cell for cell in component.cells if targets[cell]]
        attack = Attack(system, secrets, component, is_thorough=effort != "quick")
        attack.sweep(wanted)
        findings += [attack.finding(cell, exact=effort == "exact") for cell in wanted]
    return sorted(findings, key=lambda finding: finding.cell)


def _shown(cell: int, value: float, needed: float) -> Finding:
    """Return the finding for a target that is published: it needs no equation."""
    failure = Failure(direction=1, holder=NOBODY, needed=needed, reach=0.0, equations=())
    return Finding(cell, value, value, is_exact=True, failures=(failure,))
