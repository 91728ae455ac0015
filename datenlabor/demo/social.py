"""The figures of the social report, by district and year: counts and what they are divided by.

``social.csv`` says how each measure is made (one row each, bases before what is counted in them):

- ``kind``: ``share`` (at most its base) and ``rate`` (no such limit) are drawn; ``departures`` are
  the share of residents that leaves town, so that births, deaths and moves explain their number;
  ``sum`` adds up or, with a minus sign, subtracts the measures of ``base_code``; ``three_years`` is
  the sum of three years, ``five_years_before`` the figure of then;
- ``level_2009`` and ``level_2024``: about the city's share of the base, straight lines between;
- ``affluence`` to ``mean_age``: loadings of the drivers, see ``Subject``; ``debt`` and
  ``mean_age`` are the standardised rate of over-indebtedness and mean age of each year;
- ``years``: elections of that kind or from a first year on; empty for all;
- ``rest_code``: measure of what is left of the base.
"""

import csv
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from datenlabor.demo.anchors import Known, known
from datenlabor.demo.debt import overindebted, overindebtedness
from datenlabor.demo.facilities import STATES, facilities
from datenlabor.demo.geometry import in_kilometres, shapes
from datenlabor.demo.people import CENSUS_YEARS, drivers, population, residents
from datenlabor.demo.rounding import round_to_sum
from datenlabor.demo.social_counts import Subject, draw
from datenlabor.demo.social_figures import COLUMNS, Table, figures
from datenlabor.demo.town import CITY, TOWNS_AT_HAND, Array, Town

SOCIAL = Path(__file__).with_name("social.csv")

# Each kind of election takes place in these years.
_ELECTIONS = {"local": (2009, 2014, 2020), "federal": (2009, 2013, 2017, 2021)}

# Places in care homes for one resident over 80, and how unevenly they are spread.
_CARE_PLACES, _CARE_UNEVEN = 0.14, 0.7

# How a shock wears off: share of it that a year has.
_SHOCKS = {
    "shock_2009": {2009: 1.0, 2010: 0.6, 2011: 0.2},
    "shock_2015": {2015: 1.0, 2016: 0.9, 2017: 0.5, 2018: 0.3, 2019: 0.2, 2020: 0.1},
    "shock_2020": {2020: 1.0, 2021: 0.7, 2022: 0.25},
    "shock_2022": {2022: 1.0, 2023: 0.9, 2024: 0.7},
}


def social_figures(town: Town) -> pd.DataFrame:
    """Return all social figures as rows of contract ``figure``: residents, debt and the report's.

    **Grain:** area, period, measure, in this order.
    """
    districts = [district.code for district in town.districts]
    own = figures(_written(town), districts, town.years)
    result = pd.concat([population(town), overindebtedness(town), own], ignore_index=True)
    return result.sort_values(COLUMNS[:3], ignore_index=True)


@lru_cache(maxsize=TOWNS_AT_HAND)
def social(town: Town) -> Table:
    """Return the measures of ``social.csv`` and the area of land, districts by years.

    Elections are there for all years, as if there had been one in each.
    """
    given = dict(residents(town)) | {
        "land_area": _land_area(town),
        "job_sites": np.repeat(town.factor("job_sites")[:, None], len(town.years), axis=1),
        "care_sites": _care_sites(town, residents(town)["population_80_plus"]),
    }
    table = dict(given)
    moved_by = _drivers(town, given)
    for row in _rows():
        table |= _made(town, row, table, moved_by)
    return {code: table[code] for code in table if code == "land_area" or code not in given}


def _written(town: Town) -> Table:
    """Return the measures in the years they exist for, NaN in others."""
    table = dict(social(town))
    years = np.array(town.years)
    for row in _rows():
        if row["years"] in _ELECTIONS:
            exists = np.isin(years, _ELECTIONS[row["years"]])
        else:
            exists = years >= int(row["years"].removeprefix("from_") or years[0])
        table[row["measure_code"]] = np.where(exists, table[row["measure_code"]], np.nan)
    return table


def _made(
    town: Town, row: Mapping[str, str], table: Table, moved_by: Mapping[str, Array]
) -> dict[str, Array]:
    """Return the measure of a row and, if there is one, the rest of its base."""
    code = row["measure_code"]
    if row["kind"] == "sum":
        parts = row["base_code"].split()
        added = [table[part] for part in parts if not part.startswith("-")]
        taken = [table[part.removeprefix("-")] for part in parts if part.startswith("-")]
        return {code: sum(added, np.zeros(1)) - sum(taken, np.zeros(1))}
    base = table[row["base_code"]]
    if row["kind"] == "three_years":
        return {code: base + _before(base, 1) + _before(base, 2)}
    if row["kind"] == "five_years_before":
        return {code: _before(base, 5)}
    published = known(town, code, row["base_code"], base)
    if row["kind"] == "departures":
        published = _balanced(town, published, table)
    counts = draw(_subject(town, row), base, published, moved_by, town.chance(f"social {code}"))
    made = {code: counts.astype(np.float64)}
    if row["rest_code"]:
        made[row["rest_code"]] = base - counts
    return made


def _subject(town: Town, row: Mapping[str, str]) -> Subject:
    level = np.interp(
        town.years,
        (town.years[0], town.years[-1]),
        (float(row["level_2009"]), float(row["level_2024"])),
    )
    names = ("affluence", "density", "age", "migration", "debt", "mean_age")
    shocks = {
        place: sum(float(row[name]) * fading.get(year, 0) for name, fading in _SHOCKS.items())
        for place, year in enumerate(town.years)
    }
    return Subject(
        row["measure_code"],
        tuple(level),
        {name: float(row[name]) for name in names if row[name]},
        noise=float(row["noise"]),
        persistence=float(row["persistence"]),
        is_share=row["kind"] != "rate",
        is_modelled=row["is_modelled"] == "yes",
        shocks=shocks,
    ).in_town(town)


def _balanced(town: Town, published: Known, table: Table) -> Known:
    """Add the departures that follow from residents, births, deaths and arrivals of the town."""
    people, born, dead, came = (
        table[code].sum(axis=0) for code in ("population", "births", "deaths", "in_migrations")
    )
    left = born - dead + came - np.diff(people, prepend=np.nan)
    left[[town.years.index(year) for year in CENSUS_YEARS]] = np.nan
    is_open = np.isnan(published.city)
    return Known(np.where(is_open, left / people, published.city), published.districts)


def _drivers(town: Town, people: Table) -> dict[str, Array]:
    debt = overindebted(town)["overindebted_adults"] / people["population_18_plus"]
    mean_age = people["population_age_sum"] / people["population"]
    return drivers(town) | {
        "debt": _standardised(debt),
        "mean_age": _standardised(mean_age),
    }


def _standardised(values: Array) -> Array:
    """Return how many standard deviations districts are above the mean of each year."""
    result: Array = (values - values.mean(axis=0)) / values.std(axis=0)
    return result


def _before(values: Array, years: int) -> Array:
    """Return the values of some years before, NaN where there are none."""
    result = np.full(values.shape, np.nan)
    result[:, years:] = values[:, :-years]
    return result


def _care_sites(town: Town, old: Array) -> Array:
    """Return the places of care homes, as in the register of facilities where there is one."""
    if town.code == CITY:
        register = facilities(town, STATES[-1])
        homes = register[register["category"] == "Pflegeheim"].groupby("area_code")["capacity"]
        places = homes.sum().reindex([district.code for district in town.districts], fill_value=0)
        sites = places.to_numpy(np.float64)
    else:
        uneven = town.chance("care homes").normal(0, _CARE_UNEVEN, len(old))
        sites = _CARE_PLACES * old[:, -1] * np.exp(uneven)
    return np.repeat(sites[:, None], len(town.years), axis=1)


def _land_area(town: Town) -> Array:
    """Return square kilometres as on the schematic map, scaled to the area of the town."""
    borders = shapes(town)
    areas = [in_kilometres(borders[district.code]).area for district in town.districts]
    hectares = round_to_sum(np.array(areas), town.hectares).astype(np.float64)
    return np.repeat(hectares[:, None] / 100, len(town.years), axis=1)


@cache
def _rows() -> tuple[dict[str, str], ...]:
    with SOCIAL.open(encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream))
