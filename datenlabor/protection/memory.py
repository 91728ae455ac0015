"""What earlier releases have shown and kept secret.

A release is remembered as rows: ``release_id`` (ascending in time), ``cell_id``, ``value``,
``minimum``, ``single_holder`` (None for most), and per audience ``status_<audience>`` and the
distances ``up_<audience>``, ``down_<audience>``, ``alone_<audience>``. A cell whose value was
corrected is two unknown numbers: the present one and the former one, for which the equations hold
together with all that was shown in its release.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from datenlabor.protection.system import ProtectionError, listed

DISTANCES = ("up", "down", "alone")
"""What is remembered of how far attackers are kept from a cell; see ``Secrets``."""

FREE, PRIMARY, SECONDARY = "free", "primary", "secondary"
"""What became of a cell. Readers are never told which of the last two."""

_CELL = ["cell_id", "value", "minimum", "single_holder"]


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
    """Return the columns of the memory."""
    return ["release_id", *_CELL] + [
        f"{what}_{audience}" for audience in audiences for what in ("status", *DISTANCES)
    ]


def with_history(cells: pd.DataFrame, equations: pd.DataFrame, memory: pd.DataFrame) -> History:
    """Return the present cells and equations together with those of earlier releases.

    An equation holds in every release that has all its cells. Raises ProtectionError for equations
    that hold in none.
    """
    present = cells[_CELL]
    traces = memory.rename(columns={"cell_id": "origin"}).merge(
        present[["cell_id", "value"]].rename(columns={"cell_id": "origin", "value": "now"}),
        on="origin",
        how="left",
    )
    since = traces.groupby(["origin", "value"])["release_id"].transform("min").astype(str)
    former = traces["origin"] + "@" + since
    traces = traces.assign(
        cell_id=traces["origin"].where(traces["value"] == traces["now"], former)
    ).drop(columns="now")
    names = [_holding(equations, present.set_index("cell_id", drop=False)["cell_id"])]
    for release, rows in traces.groupby("release_id", sort=True):
        found = _holding(equations, rows.set_index("origin")["cell_id"])
        names.append(found.assign(equation_id=found["equation_id"] + f" in {release}"))
    held = pd.concat(names, ignore_index=True)
    unused = set(equations["equation_id"]) - set(held["equation_of"])
    if unused:
        raise ProtectionError(f"Equations name cells that are not there: {listed(sorted(unused))}.")
    return History(
        cells=pd.concat([present, traces[_CELL]]).drop_duplicates("cell_id"),
        equations=_distinct(held),
        traces=traces,
    )


def _holding(equations: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    """Return the equations of which all cells have a name, with this name."""
    found = equations.assign(
        equation_of=equations["equation_id"], cell_id=equations["cell_id"].map(names)
    )
    complete = found["cell_id"].notna().groupby(found["equation_id"]).transform("all")
    return found[complete]


def _distinct(equations: pd.DataFrame) -> pd.DataFrame:
    """Return equations without those that say the same of the same cells as one before."""
    terms = equations["cell_id"] + "*" + equations["coefficient"].astype(str)
    contents = terms.sort_values().groupby(equations["equation_id"], sort=False).agg("|".join)
    kept = contents[~contents.duplicated()].index
    return equations.loc[
        equations["equation_id"].isin(kept), ["equation_id", "cell_id", "coefficient"]
    ]
