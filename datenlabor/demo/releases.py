"""Two yearly publications of the same figures: provisional at first, later final and corrected."""

import pandas as pd

from datenlabor.demo.town import Town

# Counts whose address is easily taken for that of the next district; no other figure is their sum.
_MISPLACED = (
    *("care_recipients", "casualties", "housing_benefit_households", "library_users", "offences"),
    *("severely_disabled", "sports_members", "volunteers"),
)
_MOVED = 3
"""Cases that were first counted in the wrong one of two districts."""


def releases(town: Town, figures: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Split figures (contract ``figure``) into a first publication and the one a year later.

    The first lacks the last year, its own last year is provisional, and in some of its counts cases
    are in the wrong district, with the sum of the city right. The second brings the last two years,
    the former now final and corrected, the latter provisional.
    """
    year = figures["period"].str[:4].astype(int)
    first = figures[year < town.years[-1]].copy()
    first.loc[year == town.years[-2], "obs_status"] = "P"
    second = figures[year >= town.years[-2]].copy()
    second.loc[year == town.years[-1], "obs_status"] = "P"
    return _misplaced(town, first), second


def _misplaced(town: Town, first: pd.DataFrame) -> pd.DataFrame:
    chance = town.chance("corrections")
    districts = [district.code for district in town.districts]
    for measure in _MISPLACED:
        rows = first.index[
            (first["obs_status"] == "P")
            & (first["measure_code"] == measure)
            & first["area_code"].isin(districts)
            & (first["value"] >= 2 * _MOVED)
        ]
        giving, taking = chance.permutation(rows.to_numpy())[:2]
        first.loc[giving, "value"] -= _MOVED
        first.loc[taking, "value"] += _MOVED
    return first
