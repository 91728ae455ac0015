"""From cells and rules to the status of every cell for every audience.

``tables``: one row per table and cell: ``table_code``, ``cell_id`` (the same wherever the cell is
shown), ``value``, ``units``, as far as rules need them ``holders``, ``x1``, ``x2`` …, and optional
``minimum`` (0), ``single_holder`` (None), ``priority`` (the value: large cells are wanted most),
``is_shown`` (True; else the cell is in equations only, and nobody is shown it).
Audiences come from the inside out: what is hidden from one is hidden from the next.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from datenlabor.protection.audit import audit
from datenlabor.protection.memory import DISTANCES, FREE, PRIMARY, SECONDARY, Memory
from datenlabor.protection.repair import widened
from datenlabor.protection.rules import Rules, assess
from datenlabor.protection.secrets import case, secrets_of, was_primary
from datenlabor.protection.suppression import PUBLISHED, suppress
from datenlabor.protection.system import Flags, ProtectionError, Secrets, System, listed

_ROUNDS = 10
"""Rounds of audit and repair; hiding only ever widens intervals, so that one is mostly enough."""
_NO_ROOM = "what is known of other cells leaves it too little room"


@dataclass(frozen=True)
class Protection:
    """The pattern of one release."""

    cells: pd.DataFrame
    """One row per cell: value, and status and distances for each audience, as remembered."""
    exposed: pd.DataFrame
    """``audience``, ``cell_id``, ``reason``: sensitive cells that hiding does not keep secret,
    because of what was published before."""


def protect(
    tables: pd.DataFrame,
    equations: pd.DataFrame,
    rules: Mapping[str, Mapping[str, Rules]],
    memory: Memory | None = None,
    *,
    accepted: frozenset[str] = frozenset(),
) -> Protection:
    """Return which cells each audience gets.

    ``rules``: by audience, from the inside out, and by table. ``memory``: the earlier releases.
    ``accepted``: cells of which it is known and put up with that they can
    be worked out from earlier releases. Raises ProtectionError where any other sensitive cell
    cannot be protected, and for input that contradicts itself.
    """
    cells = _united(tables)
    known = case(cells, equations, memory, list(rules))
    names = list(known.system.cells)
    result = cells.drop(columns=["priority", "is_shown"])
    present = pd.DataFrame(
        {"is_target": False, **dict.fromkeys(DISTANCES, 0.0)}, index=cells["cell_id"]
    ).assign(is_hidden=~cells["is_shown"].to_numpy(np.bool_), priority=cells["priority"].to_numpy())
    exposed = []
    for audience, by_table in rules.items():
        levels = _levels(tables, by_table).reindex(present.index)
        present = present.assign(
            is_target=present["is_target"] | levels["is_sensitive"],
            is_hidden=present["is_hidden"] | levels["is_sensitive"],
            is_known=levels["is_zero"],
            **{side: np.maximum(present[side], levels[side]) for side in DISTANCES},
        )
        secrets = secrets_of(known, audience, present)
        hidden, reasons = _pattern(known.system, secrets)
        found = pd.DataFrame(
            {
                "is_hidden": hidden,
                "is_primary": was_primary(known, audience),
                **{side: getattr(secrets, side) for side in DISTANCES},
            },
            index=names,
        ).loc[present.index]
        present["is_hidden"] = found["is_hidden"]
        is_primary = found["is_primary"] | present["is_target"]
        result = result.assign(
            **{
                f"status_{audience}": np.select(
                    [~found["is_hidden"], is_primary], [FREE, PRIMARY], SECONDARY
                ),
                **{f"{side}_{audience}": found[side].to_numpy() for side in DISTANCES},
            }
        )
        exposed += [(audience, names[cell], reason) for cell, reason in sorted(reasons.items())]
    lost = {cell for _, cell, reason in exposed if reason != PUBLISHED} - accepted
    if lost:
        raise ProtectionError(
            f"Cells that cannot be protected from what was published before: "
            f"{listed(sorted(lost))}. Withdraw the delivery that made them secret, or name them "
            "under `accepted` in protection.yml (docs/protection.md)."
        )
    return Protection(result, pd.DataFrame(exposed, columns=["audience", "cell_id", "reason"]))


def _pattern(system: System, secrets: Secrets) -> tuple[Flags, dict[int, str]]:
    """Return what to hide so that the audit passes, and the targets that cannot be helped."""
    pattern = suppress(system, secrets)
    hidden, exposed = pattern.hidden, dict(pattern.exposed)
    among = secrets.targets.copy()
    for number in range(_ROUNDS):
        # What takes a large part of a table to prove is not worth the few cells it saves: the
        # first time a cell more is hidden instead.
        findings = audit(system, secrets, hidden, among=among, effort="full" if number else "quick")
        failing = [one for one in findings if one.failures]
        if not failing:
            return hidden, exposed
        hidden, helpless = widened(system, secrets, hidden, failing)
        for cell in helpless:
            exposed.setdefault(cell, _NO_ROOM)
        among = np.zeros_like(among)
        among[[one.cell for one in failing if one.cell not in helpless]] = True
    left = [system.cells[cell] for cell in np.flatnonzero(among)]
    raise ProtectionError(
        f"Cells that still fail the audit after {_ROUNDS} rounds: {listed(left)}."
    )


def _united(tables: pd.DataFrame) -> pd.DataFrame:
    """Return one row per cell, in the order of cells; raises where tables contradict each other."""
    complete = tables.assign(
        minimum=tables.get("minimum", 0.0),
        single_holder=tables.get("single_holder"),
        priority=tables["priority"] if "priority" in tables else tables["value"],
        is_shown=tables.get("is_shown", True),
    )
    united = complete.groupby("cell_id").agg(
        lowest=("value", "min"),
        value=("value", "max"),
        minimum=("minimum", "max"),
        single_holder=("single_holder", "first"),
        priority=("priority", "max"),
        is_shown=("is_shown", "any"),
    )
    different = united.index[united["lowest"] != united["value"]]
    if len(different):
        raise ProtectionError(f"Cells with several values: {listed(different)}.")
    return united.drop(columns="lowest").reset_index()


def _levels(tables: pd.DataFrame, rules: Mapping[str, Rules]) -> pd.DataFrame:
    """Return by cell what the rules of its tables ask for: the strictest of them."""
    without = sorted(set(tables["table_code"]) - rules.keys())
    if without:
        raise ProtectionError(f"Tables without rules: {listed(without)}.")
    assessed = pd.concat(
        [
            assess(rows.set_index("cell_id"), rules[str(table)])
            for table, rows in tables.groupby("table_code")
        ]
    )
    return assessed.groupby(level=0).agg(
        {"is_sensitive": "any", "is_zero": "all", **dict.fromkeys(DISTANCES, "max")}
    )
