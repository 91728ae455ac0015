"""Types of over-indebted adults by observation area and city, for Germany and Riesa, 1 October.

Eight types in three groups by how long over-indebtedness lasts, as named by their publisher; two
names were not published. All shares are assumptions that show what was found in kind: densely built
poor areas have a high share of emergencies, well-off ones of lifestyle debtors; the city has more
emergencies than Germany, fewer who close their eyes and fewer lifestyle debtors.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from datenlabor.demo.anchors import published
from datenlabor.demo.rounding import round_to_sum
from datenlabor.demo.social_counts import fit_whole, persistent
from datenlabor.demo.social_figures import figures
from datenlabor.demo.town import RIESA, Array, Town

GERMANY = "DE"

TOTAL = "overindebted_typed"


@dataclass(frozen=True)
class DebtorType:
    """A type of over-indebted adults."""

    code: str
    group: str
    germany: float
    """Share in Germany in the middle of the years, %."""
    trend: float
    """Change of the logarithm of the share per year."""
    city: float
    """Share in the city relative to Germany."""
    riesa: float
    affluence: float
    """Change of the log share per standard deviation of affluence."""
    density: float


TYPES = (
    DebtorType("emergency", "lasting", 17.0, 0.010, 1.35, 1.15, -0.26, 0.12),
    DebtorType("denier", "lasting", 15.0, -0.004, 0.84, 1.02, -0.05, 0.02),
    DebtorType("permanent", "lasting", 13.0, 0.002, 1.05, 1.30, -0.20, 0.05),
    DebtorType("consumer", "temporary", 13.0, -0.012, 1.00, 0.95, 0.02, 0.02),
    DebtorType("lifestyle", "temporary", 11.0, 0.008, 0.82, 0.70, 0.38, -0.03),
    DebtorType("pragmatist", "periodic", 12.0, 0.002, 0.97, 0.85, 0.20, -0.06),
    DebtorType("type_7", "periodic", 10.0, -0.003, 0.94, 0.90, 0.10, -0.04),
    DebtorType("type_8", "periodic", 9.0, -0.002, 0.95, 0.95, 0.05, -0.08),
)
GROUPS = ("lasting", "temporary", "periodic")


def debtor_types(town: Town, persons: Array, riesa: Array) -> pd.DataFrame:
    """Return persons by type, group and together as rows of contract ``figure``.

    **Grain:** observation area, city, Germany or Riesa, 1 October, measure. ``persons`` are over-
    indebted adults, districts by years: observation areas and city have the sum of theirs;
    ``riesa`` are those of Riesa by years.
    """
    is_within = np.array(
        [
            [district.observation_area == name for district in town.districts]
            for name in town.observation_areas
        ],
        np.float64,
    )
    of_areas = _of_areas(town, is_within, is_within @ persons)
    known = published(TOTAL, GERMANY)
    germany = np.rint(np.interp(town.years, list(known), list(known.values())))
    of_germany = _apportioned(_shares(town), germany)
    of_riesa = _apportioned(_shares(town) * _column("riesa"), riesa)
    of_city = of_areas.sum(axis=0)
    cells = np.concatenate([of_areas, [of_city, of_germany, of_riesa]]).astype(np.float64)
    codes = [town.observation_area_code(name) for name in town.observation_areas]
    table = {f"debtor_{kind.code}": cells[:, place] for place, kind in enumerate(TYPES)}
    for group in GROUPS:
        members = [place for place, kind in enumerate(TYPES) if kind.group == group]
        table[f"debtors_{group}"] = cells[:, members].sum(axis=1)
    table[TOTAL] = cells.sum(axis=1)
    return figures(table, [*codes, town.code, GERMANY, RIESA], town.years)


def _column(name: str) -> Array:
    """Return a property of all types, types by 1."""
    return np.array([getattr(kind, name) for kind in TYPES], np.float64)[:, None]


def _shares(town: Town) -> Array:
    """Return the weight of each type in Germany, types by years."""
    years = np.array(town.years)
    result: Array = _column("germany") * np.exp(_column("trend") * (years - years.mean()))
    return result


def _apportioned(weights: Array, totals: Array) -> Array:
    """Return whole persons by type, types by years, that add up to the totals."""
    columns = [
        round_to_sum(weights[:, year], int(total)).astype(np.float64)
        for year, total in enumerate(totals)
    ]
    return np.stack(columns, axis=1)


def _of_areas(town: Town, is_within: Array, persons: Array) -> Array:
    """Return whole persons, observation areas by types by years, fitted to the city's shares."""
    members = is_within * town.factor("population")
    weights = members / members.sum(axis=1, keepdims=True)
    tilt = sum(
        (weights @ town.factor(name))[:, None] * _column(name)[:, 0]
        for name in ("affluence", "density")
    )
    chance = town.chance("debtor types")
    city = _apportioned(_shares(town) * _column("city"), persons.sum(axis=0))
    shape = (tilt.size, len(town.years))
    noise = persistent(chance, shape, 0.95).reshape(*tilt.shape, -1)
    years = []
    for place in range(len(town.years)):
        rows = persons[:, place].astype(np.int64)
        columns = city[:, place].astype(np.int64)
        start = rows[:, None] * columns * np.exp(tilt + 0.05 * noise[:, :, place])
        years.append(fit_whole(start, rows, columns))
    return np.stack(years, axis=2).astype(np.float64)
