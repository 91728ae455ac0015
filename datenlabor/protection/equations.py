"""Equations of tables: sums along hierarchies, and links between cells of any kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

_COLUMNS = ["equation_id", "cell_id", "coefficient"]


@dataclass(frozen=True)
class Term:
    """One term of a link: the cells with these coordinates, times a whole number."""

    coefficient: int
    where: Mapping[str, object]
    shift: Mapping[str, int] = field(default_factory=dict)
    """Coordinates that are whole numbers and lie so far from those of the link: year -1."""
    is_required: bool = True
    """Whether there is no link without it; otherwise a missing cell is taken to be zero."""


def sums(table: pd.DataFrame, hierarchies: Mapping[str, Mapping[str, str]]) -> pd.DataFrame:
    """Return for each total and dimension that its parts add up to it.

    ``table``: ``cell_id`` (unique) and its coordinates, every other column being one.
    ``hierarchies``: by dimension, the parent of each code. Parts that are not in the table are
    taken to be zero; totals without any part have no equation. Returns ``equation_id``,
    ``cell_id``, ``coefficient``.
    """
    coordinates = [str(column) for column in table.columns if column != "cell_id"]
    found = [
        _sums_along(table, dimension, parents, coordinates)
        for dimension, parents in hierarchies.items()
    ]
    return pd.concat([pd.DataFrame(columns=_COLUMNS), *found], ignore_index=True)


def link(
    table: pd.DataFrame, name: str, terms: Sequence[Term], along: Sequence[str]
) -> pd.DataFrame:
    """Return that terms add up to zero, for all coordinates ``along`` which they share.

    ``table``: as for ``sums``. Returns ``equation_id`` (the name and the coordinates), ``cell_id``,
    ``coefficient``.
    """
    found = []
    for number, term in enumerate(terms):
        cells = table
        for column, value in term.where.items():
            cells = cells[cells[column] == value]
        cells = cells.assign(
            **{column: cells[column] - shift for column, shift in term.shift.items()}
        )
        found.append(cells.assign(coefficient=term.coefficient, term=number))
    rows = pd.concat(found, ignore_index=True)
    required = {number for number, term in enumerate(terms) if term.is_required}
    needed = rows["term"].where(rows["term"].isin(required))
    present = needed.groupby([rows[column] for column in along]).transform("nunique")
    rows = rows[present == len(required)]
    places = rows[list(along)].astype(str).agg(" ".join, axis="columns")
    return rows.assign(equation_id=name + " " + places)[_COLUMNS]


def _sums_along(
    table: pd.DataFrame, dimension: str, parents: Mapping[str, str], coordinates: Sequence[str]
) -> pd.DataFrame:
    """Return the sums along one dimension."""
    parts = table.assign(**{dimension: table[dimension].map(parents)}).dropna(subset=[dimension])
    pairs = parts.merge(table, on=list(coordinates), suffixes=("", "_of_total"))
    names = pairs["cell_id_of_total"] + " by " + dimension
    totals = pd.DataFrame({"equation_id": names, "cell_id": pairs["cell_id_of_total"]})
    return pd.concat(
        [
            pd.DataFrame({"equation_id": names, "cell_id": pairs["cell_id"], "coefficient": 1}),
            totals.drop_duplicates().assign(coefficient=-1),
        ]
    )
