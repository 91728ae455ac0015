"""Over-indebted adults by district, intensity and age group, 1 October of each year.

The city's rates are those published; years without one follow the Kreis, whose rate of 2022 is not
at hand and assumed between its neighbours. The published 37 % of Barbaraviertel in 2012 is left
out: its data basis had changed. Ages and intensity follow Germany as far as published.
"""

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import pandas as pd

from datenlabor.demo.anchors import Known, in_city, known, published
from datenlabor.demo.debt_types import GERMANY, debtor_types
from datenlabor.demo.people import drivers, residents
from datenlabor.demo.rounding import round_to_sum
from datenlabor.demo.social_counts import Subject, draw, fit_whole, persistent
from datenlabor.demo.social_figures import Table, figures
from datenlabor.demo.town import CITY, COUNTY, RIESA, TOWNS_AT_HAND, Array, Town

AGES = ("18_29", "30_39", "40_49", "50_59", "60_69", "70_plus")

# Assumed, where the anchors have nothing: the rate of the Kreis, those of Germany by age group, and
# the share of hard over-indebtedness.
_KREIS = {2022: 8.77}
_AGE_RATES = {
    "18_29": {2009: 12.5, 2024: 6.6},
    "30_39": {2009: 16.0, 2024: 13.2},
    "40_49": {2009: 12.0, 2021: 12.2, 2024: 12.0},
    "50_59": {2009: 8.0, 2021: 9.3, 2024: 9.0},
    "60_69": {2009: 4.5, 2024: 7.2},
    "70_plus": {2009: 0.9, 2021: 2.6, 2024: 2.9},
}
_AGE_NOISE = 0.09
_HARD = {2009: 0.545, 2024: 0.60}


def overindebtedness(town: Town) -> pd.DataFrame:
    """Return over-indebtedness as rows of contract ``figure``.

    **Grain:** district, 1 October, measure (persons, hard, soft, by age), and for types of
    debtors in the demo city observation area, city, Germany or Riesa, 1 October, measure.
    """
    table = overindebted(town)
    districts = figures(table, [district.code for district in town.districts], town.years)
    if town.code != CITY:
        return districts
    riesa = overindebted(Town.read(RIESA))["overindebted_adults"].sum(axis=0)
    types = debtor_types(town, table["overindebted_adults"], riesa)
    return pd.concat([districts, types], ignore_index=True)


@lru_cache(maxsize=TOWNS_AT_HAND)
def overindebted(town: Town) -> Table:
    """Return over-indebted adults by measure, districts by years."""
    people = residents(town)
    adults = people["population_18_plus"]
    all_persons = Subject(
        "overindebted_adults",
        tuple(_path(town, _KREIS | published("overindebted", COUNTY)) / 100),
        {"affluence": -0.24, "density": 0.12, "migration": 0.10},
        noise=0.05,
        persistence=0.95,
    ).in_town(town)
    factors = drivers(town)
    chance = town.chance("over-indebtedness")
    shares = known(town, all_persons.measure_code, "population_18_plus", adults)
    persons = draw(all_persons, adults, shares, factors, chance).astype(np.float64)
    hard = Subject(
        "overindebted_hard",
        tuple(_path(town, _HARD | in_city("overindebted_hard_share"))),
        {"affluence": -0.12, "age": -0.03},
        noise=0.04,
    ).in_town(town)
    nothing = Known(np.full(len(town.years), np.nan), np.full(adults.shape, np.nan))
    hardly = draw(hard, persons, nothing, factors, chance).astype(np.float64)
    return {
        "overindebted_adults": persons,
        "overindebted_hard": hardly,
        "overindebted_soft": persons - hardly,
        **_by_age(town, people, persons),
    }


def _by_age(town: Town, people: Mapping[str, Array], persons: Array) -> dict[str, Array]:
    """Spread persons over age groups: the city like Germany, districts by their ages."""
    adults = np.stack([people[f"population_{age}"] for age in AGES], axis=1)
    rates = [
        _path(town, rates | published(f"overindebted_rate_{age}", GERMANY))
        for age, rates in _AGE_RATES.items()
    ]
    # What else makes an age group of a district different lasts.
    own = persistent(town.chance("debtors by age"), (adults[:, :, 0].size, len(town.years)), 0.97)
    weights = adults * np.exp(_AGE_NOISE * own).reshape(adults.shape)
    years = []
    for place in range(len(town.years)):
        start = weights[:, :, place] * np.stack(rates)[:, place]
        rows = persons[:, place].astype(np.int64)
        columns = round_to_sum(start.sum(axis=0), int(rows.sum()))
        years.append(fit_whole(start, rows, columns))
    cells = np.stack(years, axis=2).astype(np.float64)
    return {f"overindebted_{age}": cells[:, group] for group, age in enumerate(AGES)}


def _path(town: Town, values: Mapping[int, float]) -> Array:
    """Return a figure in all years of a town, on straight lines between those that are given."""
    years = sorted(values)
    return np.interp(town.years, years, [values[year] for year in years])
