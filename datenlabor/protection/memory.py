"""What earlier releases have shown and kept secret.

A cell whose value was corrected is two unknown numbers: the present one and the former one, for
which the equations of its release hold together with all that was shown then.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

DISTANCES = ("up", "down", "alone")
"""What is remembered of how far attackers are kept from a cell; see ``Secrets``."""

FREE, PRIMARY, SECONDARY = "free", "primary", "secondary"
"""What became of a cell. Readers are never told which of the last two."""

_EQUATION = ["equation_id", "cell_id", "coefficient"]
_CELL = ["cell_id", "value", "minimum", "single_holder"]


@dataclass(frozen=True)
class Memory:
    """All earlier releases; ``release_id`` ascends in time."""

    cells: pd.DataFrame
    """``release_id``, ``cell_id``, ``value``, ``minimum``, ``single_holder`` (None for most), and
    ``status_<audience>`` and the distances (``up_<audience>`` …) of each audience."""
    equations: pd.DataFrame | None = None
    """``release_id``, ``equation_id``, ``cell_id``, ``coefficient``. None: the present equations
    hold in every release that has all their cells. Right only where no cell is left out."""

    def of_cells(self, names: Collection[str]) -> "Memory":
        """Return what is remembered of some cells, which no equation connects with others."""
        return Memory(
            self.cells[self.cells["cell_id"].isin(names)],
            None
            if self.equations is None
            else self.equations[self.equations["cell_id"].isin(names)],
        )


@dataclass(frozen=True)
class History:
    """The cells and equations of all releases, the present one included."""

    cells: pd.DataFrame
    """Present cells, and former values as cells of their own, with the first columns of the memory
    but the release."""
    equations: pd.DataFrame
    """``equation_id``, ``cell_id``, ``coefficient``."""
    traces: pd.DataFrame
    """The memory with ``origin``, the cell it speaks of, and ``cell_id`` of this value of it."""


def columns(audiences: Sequence[str]) -> list[str]:
    """Return the columns of remembered cells."""
    return ["release_id", *_CELL] + [
        f"{what}_{audience}" for audience in audiences for what in ("status", *DISTANCES)
    ]


def with_history(cells: pd.DataFrame, equations: pd.DataFrame, memory: Memory) -> History:
    """Return the present cells and equations together with those of earlier releases."""
    present = cells[_CELL].astype({"single_holder": "str"})
    traces = memory.cells.rename(columns={"cell_id": "origin"}).reset_index(drop=True)
    # Another holder has another number, even if it happens to be as large.
    same = ["origin", "value", "single_holder"]
    traces = traces.astype({"single_holder": "str"})
    traces = traces.merge(
        present.rename(columns={"cell_id": "origin"})[same].assign(is_present=True),
        on=same,
        how="left",
    )
    since = traces.groupby(same, dropna=False)["release_id"].transform("min").astype(str)
    traces = traces.assign(
        cell_id=traces["origin"].where(traces["is_present"].notna(), traces["origin"] + "@" + since)
    ).drop(columns="is_present")
    former = _former(equations if memory.equations is None else memory.equations, traces)
    return History(
        cells=pd.concat([present, traces[_CELL]]).drop_duplicates("cell_id"),
        equations=_distinct(pd.concat([equations[_EQUATION], former], ignore_index=True)),
        traces=traces,
    )


def _former(equations: pd.DataFrame, traces: pd.DataFrame) -> pd.DataFrame:
    """Return equations as they held in earlier releases, between the cells of each.

    ``equations``: those of each release; without ``release_id`` they are tried in all.
    """
    listed = equations.rename(columns={"cell_id": "origin"})
    known = [name for name in ("release_id", "origin") if name in listed]
    found = listed.merge(traces[["release_id", "origin", "cell_id"]], on=known)
    terms = listed.groupby([*known[:-1], "equation_id"]).size().rename("terms")
    found = found.join(terms, on=[*known[:-1], "equation_id"])
    present = found.groupby(["release_id", "equation_id"])["cell_id"].transform("size")
    found = found.assign(equation_id=found["equation_id"] + " in " + found["release_id"])
    return found.loc[present == found["terms"], _EQUATION]


def _distinct(equations: pd.DataFrame) -> pd.DataFrame:
    """Return equations without those that say the same of the same cells as one before."""
    number = pd.factorize(equations["equation_id"])[0]
    place = pd.factorize(equations["cell_id"])[0]
    factor = equations["coefficient"].to_numpy(np.int64)
    order = np.lexsort((place, number))
    terms = np.stack([place[order], factor[order]], axis=1)
    bounds = np.flatnonzero(np.diff(number[order], prepend=-1, append=-1)).tolist()
    known: set[bytes] = set()
    is_kept = []
    for begin, end in pairwise(bounds):
        saying = terms[begin:end].tobytes()
        is_kept.append(saying not in known)
        known.add(saying)
    return equations.loc[np.array(is_kept, dtype=np.bool_)[number], _EQUATION]
