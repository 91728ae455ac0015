"""From the cells of a release and its history to what an audience must not learn."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from datenlabor.protection.memory import FREE, PRIMARY, History, columns, with_history
from datenlabor.protection.system import NOBODY, Secrets, System, assemble


@dataclass(frozen=True)
class Case:
    """All cells and equations there are, before anything is decided for an audience."""

    system: System
    history: History
    holders: tuple[str, ...]
    """Names of the single holders, by their code."""

    def flags(self, cells: pd.Series) -> pd.Series:
        """Return values by cell for every cell of the system; those without one are False."""
        return cells.reindex(list(self.system.cells), fill_value=False).astype(bool)


def case(
    cells: pd.DataFrame,
    equations: pd.DataFrame,
    memory: pd.DataFrame | None,
    audiences: Sequence[str],
) -> Case:
    """Return the case of a release.

    ``cells`` (one row per cell) and ``memory``: see ``memory``; no memory: the first release.
    Raises ProtectionError for input that contradicts itself.
    """
    past = pd.DataFrame(columns=columns(audiences)) if memory is None else memory
    history = with_history(cells, equations, past)
    holders = sorted(history.cells["single_holder"].dropna().astype(str).unique())
    return Case(assemble(history.cells, history.equations), history, tuple(holders))


def was_primary(known: Case, audience: str) -> pd.Series:
    """Return for every cell of the system whether a rule found it sensitive at an earlier time."""
    traces = known.history.traces
    found = traces.loc[traces[f"status_{audience}"] == PRIMARY, "cell_id"].unique()
    return known.flags(pd.Series(data=True, index=found))


def secrets_of(known: Case, audience: str, present: pd.DataFrame) -> Secrets:
    """Return what an audience must not learn.

    ``present``: by ``cell_id`` ``is_target``, ``is_hidden``, ``is_known`` and the distances as they
    follow from this release alone, and ``priority``. What was ever hidden from the audience stays
    hidden, what a rule ever found sensitive stays a target, what it was ever shown it knows.
    """
    names = list(known.system.cells)
    traces = known.history.traces
    kept = traces[traces[f"status_{audience}"] != FREE]
    shown = traces[traces[f"status_{audience}"] == FREE]
    present_of_kept = pd.Series(data=True, index=kept["origin"].unique())
    was_kept = known.flags(pd.Series(data=True, index=kept["cell_id"].unique()))
    targets = known.flags(present["is_target"]) | was_primary(known, audience)
    room = pd.Series(known.system.room, index=names)

    def distance(side: str) -> pd.Series:
        now = present[side].reindex(names, fill_value=0.0)
        before = kept.groupby("cell_id")[f"{side}_{audience}"].max().reindex(names, fill_value=0.0)
        return pd.concat([now, before], axis=1).max(axis=1)

    cells = known.history.cells.set_index("cell_id")["single_holder"].reindex(names)
    codes = {holder: code for code, holder in enumerate(known.holders)}
    return Secrets(
        targets=targets.to_numpy(),
        up=distance("up").to_numpy(np.float64),
        down=distance("down").clip(upper=room).to_numpy(np.float64),
        alone=distance("alone").to_numpy(np.float64),
        hidden=(
            known.flags(present["is_hidden"]) | known.flags(present_of_kept) | was_kept
        ).to_numpy(),
        known=(
            known.flags(present["is_known"])
            | known.flags(pd.Series(data=True, index=shown["cell_id"].unique()))
        ).to_numpy(),
        holders=cells.map(codes).fillna(NOBODY).to_numpy().astype(np.int64),
        priority=present["priority"].reindex(names, fill_value=0.0).to_numpy(np.float64),
    )
