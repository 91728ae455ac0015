"""Residents by district, sex, age group and nationality, 31.12. of each year.

Base is the official population (Fortschreibung), so that districts add up to the published figures
of the city: those of 2009 to 2015 and 2022, and age by sex in 2015. Official figures of 2016 to
2021 are not at hand and follow the register of residents here; that of 2022 is taken to stand on
the census of that year, which found fewer. Those of 2023 and 2024 are extrapolated; shares of age
groups in other years than 2015 are assumptions. What is published for districts comes from the
register, which counts about 2 % more: it is honoured as structure. Other towns have the ages of
the city, scaled to their size and older or younger as a whole.
"""

import csv
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from datenlabor.demo.anchors import anchors, known, published
from datenlabor.demo.rounding import Whole, round_to_sum
from datenlabor.demo.social_counts import Subject, draw, fit_whole, persistent
from datenlabor.demo.social_figures import Table, figures
from datenlabor.demo.town import TOWNS_AT_HAND, Array, Town

SEXES = ("male", "female")
CENSUS_YEARS = (2011, 2022)
"""In these the official population has another base than in the year before."""

_AGES_FILE = Path(__file__).with_name("social_ages.csv")

# Groups are cut where a subject needs another age: group → (first age of the upper part, share of
# the upper part); the share of 80+ in 75+ grows.
_CUTS: dict[int, tuple[int, dict[int, float]]] = {
    10: (14, {2015: 0.2}),
    20: (21, {2015: 0.8}),
    65: (70, {2015: 0.47}),
    75: (80, {2009: 0.51, 2015: 0.53, 2024: 0.64}),
}
_MEAN_AGE_OVER_75 = 81.5

# Name → first age and the age before which it ends.
_AGES = {
    "under_15": (0, 15),
    "under_18": (0, 18),
    "under_21": (0, 21),
    "under_65": (0, 65),
    "14_20": (14, 21),
    "15_24": (15, 25),
    "15_64": (15, 65),
    "18_64": (18, 65),
    "25_64": (25, 65),
    "55_64": (55, 65),
    "18_29": (18, 30),
    "30_39": (30, 40),
    "40_49": (40, 50),
    "50_59": (50, 60),
    "60_69": (60, 70),
    "70_plus": (70, 120),
    "18_plus": (18, 120),
    "60_plus": (60, 120),
    "65_plus": (65, 120),
    "80_plus": (80, 120),
}

# What grew in 2012, goes on, more slowly.
_SLOWER = 0.3
# How much more residents over 60, and fewer under 40, a deviation of age is between towns.
_AGE_LOADING = {"age": 0.18}

# Years in which the register and the official population are compared: for districts, and the last.
_REGISTER_YEAR = 2012
_LAST_COMPARED = 2015

# Share of foreigners where nothing is published: about as in the region (assumption).
_FOREIGN = {2009: 0.122, 2021: 0.172, 2022: 0.187, 2024: 0.199}


def population(town: Town) -> pd.DataFrame:
    """Return residents as rows of contract ``figure``.

    **Grain:** district, 31.12., measure: population, by sex, by 17 age groups, both together, by
    nationality, and in the ages other subjects refer to.
    """
    return figures(residents(town), [district.code for district in town.districts], town.years)


@lru_cache(maxsize=TOWNS_AT_HAND)
def residents(town: Town) -> Table:
    """Return residents by measure, districts by years."""
    cells = _residents_by_age_and_sex(town)
    by_age = cells.sum(axis=2)
    table: dict[str, Array] = {"population": by_age.sum(axis=1)}
    for place, sex in enumerate(SEXES):
        table[f"population_{sex}"] = cells[:, :, place].sum(axis=1)
    for group, name in enumerate(group_names()):
        table[f"population_{name}"] = by_age[:, group]
        for place, sex in enumerate(SEXES):
            table[f"population_{sex}_{name}"] = cells[:, group, place]
    table |= _aggregates(town, by_age)
    table["population_female_15_64"] = cells[:, _aged(15, 65) > 0, 1].sum(axis=1)
    # Whole years, so that mean ages of areas are ratios of sums.
    table["population_age_sum"] = np.rint(np.einsum("dgy,g->dy", by_age, _middles()))
    base = table["population"]
    subject = Subject(
        "population_foreign",
        tuple(np.interp(town.years, list(_FOREIGN), list(_FOREIGN.values()))),
        {"migration": 0.72, "density": 0.1},
        noise=0.06,
        persistence=0.97,
    ).in_town(town)
    known_shares = known(town, "population_foreign", "population", base)
    foreign = draw(subject, base, known_shares, drivers(town), town.chance("foreigners"))
    table["population_foreign"] = foreign.astype(np.float64)
    table["population_german"] = base - foreign
    return table


def drivers(town: Town) -> dict[str, Array]:
    """Return the factors of the town, districts by 1, by name."""
    names = ("affluence", "density", "age", "migration")
    return {name: town.factor(name)[:, None] for name in names}


def group_names() -> list[str]:
    """Return the names of the age groups as in the codes of measures."""
    groups = _groups()
    return [*(f"{first}_{end - 1}" for first, end in pairwise(groups)), f"{groups[-1]}_plus"]


def _groups() -> list[int]:
    """Return the first age of the 17 groups of the published age structure."""
    return [int(row["first_age"]) for row in _rows(_AGES_FILE)]


@cache
def _rows(file: Path) -> tuple[dict[str, str], ...]:
    with file.open(encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream))


def _residents_by_age_and_sex(town: Town) -> Array:
    """Return whole numbers of residents, districts by groups by sexes by years."""
    structure = _structure(town)
    districts = _district_path(town)
    by_year = []
    for place, year in enumerate(town.years):
        city = _town_age(town, year)
        totals = round_to_sum(districts[:, place], int(city.sum()))
        table = fit_whole(structure * city.ravel(), totals, city.ravel())
        by_year.append(table.reshape(len(totals), *city.shape))
    return np.stack(by_year, axis=3).astype(np.float64)


def _town_age(town: Town, year: int) -> Whole:
    """Return the residents, groups by sexes, that meet the official totals by sex."""
    # Relative to 2015: the baby boomers grow older (assumption).
    ageing = [
        float(np.interp(year, (2009, 2015, 2024), (float(of_2009), 1.0, float(of_2024))))
        for _, of_2009, of_2024 in (row.values() for row in _rows(_AGES_FILE))
    ]
    age = np.exp(town.tilt(_AGE_LOADING) * (_aged(60, 120) - _aged(0, 40)))
    columns = []
    for sex in SEXES:
        of_2015 = [published(f"population_{sex}_{name}")[2015] for name in group_names()]
        total = round(_official(sex, year) * town.scale(year))
        columns.append(round_to_sum(np.array(of_2015) * ageing * age, total))
    return np.stack(columns, axis=1)


def _official(sex: str, year: int) -> float:
    """Return the official residents of a sex; along the register before the last census."""
    of_sex, all_of = published(f"population_{sex}"), published("population")
    if year >= CENSUS_YEARS[-1]:
        return _extended(of_sex, year)
    share = {known_year: of_sex[known_year] / all_of[known_year] for known_year in of_sex}
    registered = {
        later: count * _official_per_register(_LAST_COMPARED) * _extended(share, later)
        for later, count in published("population_register").items()
        if later > _LAST_COMPARED
    }
    course = of_sex | registered
    return _extended({key: course[key] for key in course if key < CENSUS_YEARS[-1]}, year)


def _extended(values: dict[int, float], year: int) -> float:
    """Return a yearly figure, on straight lines through the known ones and beyond the last."""
    years = sorted(values)
    if year <= years[-1]:
        return float(np.interp(year, years, [values[known_year] for known_year in years]))
    before, last = years[-2:]
    return values[last] + (values[last] - values[before]) / (last - before) * (year - last)


def _structure(town: Town) -> Array:
    """Return the weight of groups by sexes (flattened) in each district; 1 is average."""
    factors = drivers(town)
    is_young = town.factor("is_young")[:, None]
    weights = (
        0.277 * factors["age"] * _aged(60, 120)
        + 0.1 * factors["age"] * _aged(75, 120)
        + 0.20 * is_young * _aged(0, 18)
        + (0.07 * factors["density"] + 0.04 * factors["migration"]) * _aged(18, 35)
    )
    noise = town.chance("age structure").standard_normal((len(weights), len(_groups()), len(SEXES)))
    cells: Array = np.exp(weights[:, :, None] + 0.02 * noise)
    return cells.reshape(len(weights), -1)


def _aged(first: int, end: int) -> Array:
    """Return 1 for the groups from a first age on and before an end, else 0."""
    starts = np.array(_groups())
    return ((starts >= first) & (starts < end)).astype(np.float64)


def _district_path(town: Town) -> Array:
    """Return about how many residents each district has, districts by years.

    Through the sizes of 2015 and what is published, else with the trend of 2012 and some noise.
    """
    about = town.factor("population")
    size = about * published("population")[2015] * town.scale(2015) / about.sum()
    since = np.array(town.years) - 2015
    codes = [district.code for district in town.districts]
    assumed = dict(zip(codes, town.factor("change_2012"), strict=True))
    change = [published("population_change", code).get(2012, assumed[code]) for code in codes]
    growth = _SLOWER * np.array(change) / size
    noise = 0.01 * persistent(town.chance("districts"), (len(size), len(since)), 0.9)
    path = size[:, None] * np.exp(growth[:, None] * since + noise)
    whole = [sum(_official(sex, year) for sex in SEXES) * town.scale(year) for year in town.years]
    path = path * np.array(whole) / path.sum(axis=0)
    anchored = [anchor for anchor in anchors() if anchor.measure_code == "population"]
    result: Array = path.copy()
    for row, code in enumerate(codes):
        missed = {2015: float(np.log(size[row] / path[row, town.years.index(2015)]))}
        for anchor in (anchor for anchor in anchored if code in anchor.area_codes):
            column = town.years.index(anchor.year)
            rows = [codes.index(member) for member in anchor.area_codes]
            wanted = anchor.value * _official_per_register(_REGISTER_YEAR)
            missed[anchor.year] = float(np.log(wanted / path[rows, column].sum()))
        at = sorted(missed)
        result[row] *= np.exp(np.interp(town.years, at, [missed[year] for year in at]))
    return result


def _official_per_register(year: int) -> float:
    """Return the official population for one resident of the register."""
    return published("population")[year] / published("population_register")[year]


def _middles() -> Array:
    """Return the mean age of each group."""
    middles = [(first + end) / 2 for first, end in pairwise(_groups())]
    return np.array([*middles, _MEAN_AGE_OVER_75])


def _aggregates(town: Town, by_age: Array) -> dict[str, Array]:
    """Return residents in the ages of ``_AGES``, as sums of whole groups or of parts of them."""
    pieces: dict[int, Array] = {}
    for place, first in enumerate(_groups()):
        pieces[first] = by_age[:, place]
        if first in _CUTS:
            cut, shares = _CUTS[first]
            share = np.interp(town.years, list(shares), list(shares.values()))
            pieces[cut] = np.floor(pieces[first] * share)
            pieces[first] = pieces[first] - pieces[cut]
    return {
        f"population_{name}": np.asarray(
            sum(piece for age, piece in pieces.items() if first <= age < end)
        )
        for name, (first, end) in _AGES.items()
    }
