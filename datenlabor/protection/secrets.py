"""From the cells of a release and its history to what an audience must not learn."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from datenlabor.protection.memory import FREE, PRIMARY, History, Memory, columns, with_history
from datenlabor.protection.system import NOBODY, Flags, Numbers, Secrets, System, assemble


@dataclass(frozen=True)
class Case:
    """All cells and equations there are, before anything is decided for an audience."""

    system: System
    history: History
    holders: tuple[str, ...]
    """Names of the single holders, by their code."""

    def flags(self, cells: pd.Series) -> Flags:
        """Return flags by cell for every cell of the system; without one it is False."""
        return cells.reindex(list(self.system.cells), fill_value=False).to_numpy(np.bool_)

    def among(self, names: Collection[str]) -> Flags:
        """Return which cells of the system have one of these names."""
        return np.array([cell in names for cell in self.system.cells], dtype=np.bool_)


def case(
    cells: pd.DataFrame,
    equations: pd.DataFrame,
    memory: Memory | None,
    audiences: Sequence[str],
) -> Case:
    """Return the case of a release.

    ``cells``: one row per cell, with the columns of the memory. No memory: the first release.
    Raises ProtectionError for input that contradicts itself.
    """
    past = memory or Memory(pd.DataFrame(columns=columns(audiences)))
    history = with_history(cells, equations, past)
    holders = sorted(history.cells["single_holder"].dropna().astype(str).unique())
    return Case(assemble(history.cells, history.equations), history, tuple(holders))


def was_primary(known: Case, audience: str) -> Flags:
    """Return for every cell of the system whether a rule found it sensitive at an earlier time."""
    traces = known.history.traces
    return known.among(set(traces.loc[traces[f"status_{audience}"] == PRIMARY, "cell_id"]))


def secrets_of(known: Case, audience: str, present: pd.DataFrame) -> Secrets:
    """Return what an audience must not learn.

    ``present``: by ``cell_id`` ``is_target``, ``is_hidden``, ``is_known`` and the distances as they
    follow from this release alone, and ``priority``. What was ever hidden from the audience stays
    hidden, what was ever sensitive stays a target, and what it was ever shown it knows.
    """
    names = list(known.system.cells)
    traces = known.history.traces
    is_shown = traces[f"status_{audience}"] == FREE
    kept = set(traces.loc[~is_shown, "cell_id"]) | set(traces.loc[~is_shown, "origin"])
    shown = set(traces.loc[is_shown, "cell_id"])
    sensitive = traces[traces[f"status_{audience}"] == PRIMARY].groupby("cell_id")

    def distance(side: str) -> Numbers:
        now = present[side].reindex(names, fill_value=0.0).to_numpy(np.float64)
        before = sensitive[f"{side}_{audience}"].max().reindex(names, fill_value=0.0)
        result: Numbers = np.maximum(now, before.to_numpy(np.float64))
        return result

    holders = known.history.cells.set_index("cell_id")["single_holder"].reindex(names)
    codes = {holder: code for code, holder in enumerate(known.holders)}
    return Secrets(
        targets=known.flags(present["is_target"]) | was_primary(known, audience),
        up=distance("up"),
        down=distance("down"),
        alone=distance("alone"),
        hidden=known.flags(present["is_hidden"]) | known.among(kept),
        known=known.flags(present["is_known"]) | known.among(shown),
        holders=holders.map(codes).fillna(NOBODY).to_numpy().astype(np.int64),
        priority=present["priority"].reindex(names, fill_value=0.0).to_numpy(np.float64),
    )
