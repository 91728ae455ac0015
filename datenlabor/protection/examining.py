"""The audit of a release, as a table."""

import pandas as pd

from datenlabor.protection.attack import Failure, Finding
from datenlabor.protection.audit import Effort, audit
from datenlabor.protection.memory import DISTANCES, FREE, PRIMARY, Memory
from datenlabor.protection.secrets import Case, case, secrets_of
from datenlabor.protection.system import NOBODY, Secrets


def examine(
    cells: pd.DataFrame,
    equations: pd.DataFrame,
    audience: str,
    memory: Memory | None = None,
    *,
    effort: Effort = "full",
) -> pd.DataFrame:
    """Audit what an audience gets; one row per target that was never published before.

    ``cells``: those of a ``Protection``, or as remembered. ``memory``: earlier releases. Returns
    ``cell_id``, ``value``, ``lower``, ``upper`` (what any attacker must think possible at least,
    or any reader exactly), ``needed_lower``, ``needed_upper``, ``is_ok``, ``attacker`` (a single
    holder; None: any reader), ``equations`` (in words: what reveals a cell that fails).
    """
    known = case(cells, equations, memory, [audience])
    by_cell = cells.set_index("cell_id")
    status = by_cell[f"status_{audience}"]
    present = pd.DataFrame(
        {
            "is_target": status == PRIMARY,
            "is_hidden": status != FREE,
            "is_known": False,
            **{side: by_cell[f"{side}_{audience}"] for side in DISTANCES},
            "priority": 0.0,
        }
    )
    secrets = secrets_of(known, audience, present)
    # What is really shown counts, not what the memory says should be hidden.
    shown = known.among(set(by_cell.index[status == FREE]))
    findings = audit(known.system, secrets, ~shown, effort=effort)
    return pd.DataFrame(
        [_reported(known, secrets, finding) for finding in findings],
        columns=[
            "cell_id",
            "value",
            "lower",
            "upper",
            "needed_lower",
            "needed_upper",
            "is_ok",
            "attacker",
            "equations",
        ],
    )


def _reported(known: Case, secrets: Secrets, finding: Finding) -> tuple[object, ...]:
    """Return a finding as a row."""
    cell, system = finding.cell, known.system
    value = float(system.amounts[cell])
    failure: Failure | None = next(iter(finding.failures), None)
    attacker = None
    if failure is not None and failure.holder != NOBODY:
        attacker = known.holders[failure.holder]
    return (
        system.cells[cell],
        value,
        finding.lower,
        finding.upper,
        value - float(secrets.down[cell]),
        value + float(secrets.up[cell]),
        not finding.failures,
        attacker,
        "; ".join(system.words(number) for number in failure.equations) or "it is shown"
        if failure
        else "",
    )
