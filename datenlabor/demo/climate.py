"""Business climate: half-yearly answers of companies on their situation and expectations."""

import numpy as np
import pandas as pd

from datenlabor.demo.town import Array, Town

BRANCHES = (
    "manufacturing",
    "construction",
    "wholesale",
    "retail",
    "hospitality",
    "transport",
    "services",
)
PERIODS = tuple(f"{year}-H{half}" for year in range(2008, 2025) for half in (1, 2))

# Usual balance of answers (good minus bad, points) and how many points a crisis costs.
_USUAL: Array = np.array([22.0, 26.0, 18.0, 12.0, 14.0, 15.0, 25.0])
_CRISES: dict[str, Array] = {
    "2009-H1": np.array([58.0, 24, 42, 22, 20, 48, 30]),
    "2020-H1": np.array([34.0, 12, 28, 36, 82, 34, 30]),
    "2020-H2": np.array([8.0, 2, 8, 14, 36, 10, 8]),
    "2022-H2": np.array([36.0, 46, 28, 36, 30, 30, 20]),
}
_RECOVERY = (1.0, 0.7, 0.4, 0.15)
"""What is left of a crisis in its half-year and those after it."""
_FORESIGHT = 0.15
"""By which part of a coming crisis expectations fall before it: hardly anyone sees it."""
_GLOOM = 0.75
"""By which part of a crisis expectations fall in it."""
_HOPE = 0.3
"""By which part of the crisis before they recover."""
_LASTING = 0.5
_NOISE = 3.5


def business_climate(town: Town) -> pd.DataFrame:
    """Return the contract's ``business_climate``. Grain: area x half-year x branch, since 2008.

    Balances from -100 to 100 points. Climate is the geometric mean of situation and expectations,
    both moved up by 200, as usual with business surveys.
    """
    chance = town.chance("business climate")
    costs = _costs()
    ahead = np.vstack([costs[1:], costs[-1:]])
    before = np.vstack([costs[:1], costs[:-1]])
    situation = _USUAL - costs + _noise(chance)
    mood = _FORESIGHT * ahead + _GLOOM * costs - _HOPE * before
    expectations = _USUAL / 2 - mood + _noise(chance)
    both = [np.round(np.clip(values, -95, 95), 1) for values in (situation, expectations)]
    climate = np.sqrt((both[0] + 200) * (both[1] + 200)) - 200
    return pd.DataFrame(
        {
            "area_code": town.code,
            "period": np.repeat(PERIODS, len(BRANCHES)),
            "branch": np.tile(BRANCHES, len(PERIODS)),
            "situation": both[0].ravel(),
            "expectations": both[1].ravel(),
            "climate": np.round(climate, 1).ravel(),
        }
    )


def _costs() -> Array:
    """Return the points lost to crises: half-years by branches."""
    result = np.zeros((len(PERIODS), len(BRANCHES)))
    for period, points in _CRISES.items():
        first = PERIODS.index(period)
        for later, left in enumerate(_RECOVERY):
            place = first + later
            if place < len(PERIODS):
                result[place] = np.maximum(result[place], points * left)
    return result


def _noise(chance: np.random.Generator) -> Array:
    """Return what lasts beyond a half-year: the same for all branches, and for each."""
    drawn = chance.normal(0, _NOISE, (len(PERIODS), len(BRANCHES) + 1))
    for place in range(1, len(PERIODS)):
        drawn[place] += _LASTING * drawn[place - 1]
    return drawn[:, :-1] + drawn[:, -1:]
