"""From the cells of the warehouse and what was published before to what each audience gets."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from datenlabor.audiences import AUDIENCES
from datenlabor.processes import side_by_side
from datenlabor.protection.components import leaders
from datenlabor.protection.memory import DISTANCES, FREE, SECONDARY, Memory
from datenlabor.protection.parameters import Parameters
from datenlabor.protection.protecting import protect
from datenlabor.protection.rules import assess

COLUMNS = {
    "cell_value": "value",
    "unit_count": "units",
    "holder_count": "holders",
    "largest_contribution": "x1",
    "second_contribution": "x2",
}
"""What ``datenlabor.protection`` calls the columns of ``int_cell_listed``."""

UNPUBLISHED = "unpublished"
"""Table of wholes that nobody is shown."""

_MANY = 20_000
"""Cells from which on it is worth starting a second process."""


@dataclass(frozen=True)
class _Part:
    """Whole components, to be protected apart from others."""

    tables: pd.DataFrame
    equations: pd.DataFrame
    memory: Memory
    parameters: Parameters

    def protected(self) -> pd.DataFrame:
        """Return one row per cell."""
        return protect(
            self.tables,
            self.equations,
            self.parameters.rules(),
            self.memory,
            accepted=self.parameters.accepted,
        ).cells


def protected_cells(
    listed: pd.DataFrame, equations: pd.DataFrame, memory: Memory, parameters: Parameters
) -> pd.DataFrame:
    """Return one row per cell, as the memory of releases has them, with ``component_id``.

    ``listed``: rows of ``int_cell_listed``; ``equations``: of ``int_cell_equation_listed``;
    ``memory``: of ``remembered_cell`` and ``remembered_equation``. Cells that no equation connects
    with a secret are free and are passed by. Raises ProtectionError where a secret cannot be kept.
    """
    with side_by_side(_Part.protected, is_long=len(listed) >= _MANY) as protected:
        tables = listed.rename(columns=COLUMNS).assign(
            minimum=0.0, is_shown=listed["table_code"] != UNPUBLISHED
        )
        tables["single_holder"] = _holders(tables, equations)
        connected = components(equations, memory)
        tables["component_id"] = connected(tables["cell_id"])
        known = memory.cells.assign(component_id=connected(memory.cells["cell_id"]))
        touched = _components_with_secrets(tables, known, parameters)
        free = _free(tables[~tables["component_id"].isin(touched)])
        parts = []
        for share in _shares(tables.loc[tables["component_id"].isin(touched), "component_id"]):
            among = tables[tables["component_id"].isin(share)]
            parts.append(
                _Part(
                    among.drop(columns="component_id"),
                    equations[equations["cell_id"].isin(set(among["cell_id"]))],
                    memory.of_cells(set(known.loc[known["component_id"].isin(share), "cell_id"])),
                    parameters,
                )
            )
        result = pd.concat([free, *protected(parts)], ignore_index=True)
    result["component_id"] = connected(result["cell_id"])
    return result.sort_values("cell_id", ignore_index=True)


def components(equations: pd.DataFrame, memory: Memory | None) -> Callable[[pd.Series], list[str]]:
    """Return what gives each cell the name of its component.

    Cells of one component are connected by equations that hold now or held in a release.
    """
    now = equations[["equation_id", "cell_id"]].assign(release_id="")
    past = memory.equations if memory else None
    terms = now if past is None else pd.concat([now, past[now.columns]], ignore_index=True)
    firsts = terms.groupby(["release_id", "equation_id"], sort=False)["cell_id"].transform("first")
    roots = _roots(firsts, terms["cell_id"])
    return lambda cells: [roots.get(cell, cell) for cell in cells]


def _shares(component_of_cells: pd.Series) -> list[set[str]]:
    """Return components in two shares of about as many cells; in one if there are few cells."""
    sizes = component_of_cells.value_counts()
    if len(component_of_cells) < _MANY:
        return [set(sizes.index)] if len(sizes) else []
    # The largest first, in turn: each gets as many large ones.
    ordered = sizes.sort_index().sort_values(ascending=False, kind="stable").index
    return [set(ordered[0::2]), set(ordered[1::2])]


def _free(tables: pd.DataFrame) -> pd.DataFrame:
    """Return cells that everyone gets, as far as they are shown at all."""
    apart = tables.drop_duplicates("cell_id")
    cells = apart[["cell_id", "value", "minimum", "single_holder"]]
    for audience in AUDIENCES:
        cells = cells.assign(**{f"status_{audience}": np.where(apart["is_shown"], FREE, SECONDARY)})
        cells = cells.assign(**{f"{distance}_{audience}": 0.0 for distance in DISTANCES})
    return cells


def _components_with_secrets(
    tables: pd.DataFrame, memory: pd.DataFrame, parameters: Parameters
) -> set[str]:
    """Return the components in which anything is or was secret for any audience.

    What is secret inside is secret outside: the rules of the outermost audience find all.
    """
    rules = parameters.rules()[AUDIENCES[-1]]
    found: set[str] = set()
    for table, rows in tables.groupby("table_code"):
        assessed = assess(rows.set_index("cell_id"), rules[str(table)])
        found |= set(rows.loc[assessed["is_sensitive"].to_numpy(), "component_id"])
    was_secret = memory[f"status_{AUDIENCES[-1]}"] != FREE
    return found | set(memory.loc[was_secret, "component_id"])


def _holders(tables: pd.DataFrame, equations: pd.DataFrame) -> pd.Series:
    """Return who is alone in each cell.

    The only person of a district is the only one of the city too, if there is one alone: where a
    whole and a part of it both have one person, it is the same. Where something is taken away, as
    in a balance over years, it need not be.
    """
    subtracted = equations[equations["coefficient"] < 0].groupby("equation_id").size()
    equations = equations[equations["equation_id"].isin(subtracted.index[subtracted == 1])]
    alone = tables.loc[(tables["table_code"] == "person") & (tables["units"] == 1), "cell_id"]
    terms = equations[equations["cell_id"].isin(set(alone))]
    pairs = terms[terms["coefficient"] == -1].merge(
        terms[terms["coefficient"] == 1], on="equation_id"
    )
    same = _roots(pairs["cell_id_x"], pairs["cell_id_y"])
    return tables["single_holder"].map(lambda holder: same.get(holder, holder))


def _roots(first: pd.Series, second: pd.Series) -> Mapping[str, str]:
    """Return for each name that pairs connect with others one that stands for all of them."""
    codes, names = pd.factorize(pd.concat([first, second], ignore_index=True), sort=True)
    leader = leaders(codes[: len(first)], codes[len(first) :], len(names))
    return dict(zip(names, names[leader], strict=True))
