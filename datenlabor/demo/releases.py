"""Two yearly publications of the same: provisional at first, later complete and corrected."""

import pandas as pd

from datenlabor.demo.town import Town

# Counts whose address is easily taken for that of the next district; no other figure is their sum.
_MISPLACED = (
    *("care_recipients", "casualties", "housing_benefit_households", "library_users", "offences"),
    *("severely_disabled", "sports_members", "volunteers"),
)
_MOVED = 3
"""Cases that were first counted in the wrong one of two districts."""
_NO_TURNOVER_YET = 0.12
"""Share of companies whose turnover of the last year is not yet known."""
_DECIDED_LATE = 0.3
"""Share of insolvencies of the last quarter that courts decide after the first publication."""

Releases = tuple[pd.DataFrame, pd.DataFrame]
"""Rows of the first publication, and of the one a year later."""


def figure_releases(town: Town, figures: pd.DataFrame) -> Releases:
    """Split figures (contract ``figure``).

    The first lacks the last year, its own last year is provisional, and in some of its counts cases
    are in the wrong district, with the sum of the city right. The second brings the last two years,
    the former now final and corrected, the latter provisional.
    """
    year = figures["period"].str[:4].astype(int)
    first, second = _last_two(town, figures, year)
    first.loc[year == town.years[-2], "obs_status"] = "P"
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


def company_releases(town: Town, years: pd.DataFrame) -> Releases:
    """Split rows of contract ``company_year``.

    At first the turnover of the last year is not known of all companies.
    """
    first, second = _last_two(town, years, years["year"])
    is_unknown = town.chance("late turnover").random(len(first)) < _NO_TURNOVER_YET
    first.loc[is_unknown & (first["year"] == town.years[-2]), "turnover_eur"] = None
    return first, second


def event_releases(town: Town, events: pd.DataFrame) -> Releases:
    """Split rows of contract ``company_event``. At first some late insolvencies are missing."""
    first, second = _last_two(town, events, events["event_on"].str[:4].astype(int))
    is_late = town.chance("late insolvencies").random(len(first)) < _DECIDED_LATE
    is_late &= first["kind"] == "insolvency"
    is_late &= first["event_on"] >= f"{town.years[-2]}-10-01"
    return first[~is_late], second


def _last_two(town: Town, rows: pd.DataFrame, year: "pd.Series[int]") -> Releases:
    """Return all rows but those of the last year, and those of the last two."""
    return rows[year < town.years[-1]].copy(), rows[year >= town.years[-2]].copy()
