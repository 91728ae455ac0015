"""Over-indebted adults by district, intensity and age group, 1 October of each year.

The city's rates are those published; years without one follow the Kreis, whose rate of 2022 is not
at hand and assumed between its neighbours. The published 37 % of Barbaraviertel in 2012 is left
out: its data basis had changed. Ages and intensity follow Germany as far as published.
"""

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import pandas as pd

from datenlabor.demo.anchors import Known, known
from datenlabor.demo.debt_types import debtor_types
from datenlabor.demo.people import drivers, residents
from datenlabor.demo.rounding import round_to_sum
from datenlabor.demo.social_counts import Subject, draw, fit_whole
from datenlabor.demo.social_figures import Table, figures
from datenlabor.demo.town import CITY, RIESA, TOWNS_AT_HAND, Array, Town

AGES = ("18_29", "30_39", "40_49", "50_59", "60_69", "70_plus")

# Rhein-Kreis Neuss, % of adults: INKAR to 2021, 2022 assumed, then press.
_KREIS = (
    9.29,
    9.75,
    9.86,
    10.21,
    10.52,
    10.79,
    10.68,
    10.73,
    10.52,
    10.62,
    10.57,
    10.38,
    9.04,
    8.77,
    8.51,
    8.29,
)

# Germany, % of adults by age group: 2017 published, 2021 partly (40 to 59 and 70+ assumed), 2009
# and 2024 assumed.
_AGE_RATES = {
    2009: (12.5, 16.0, 12.0, 8.0, 4.5, 0.9),
    2017: (14.06, 18.93, 12.88, 8.80, 5.48, 1.50),
    2021: (6.98, 15.13, 12.2, 9.3, 7.32, 2.6),
    2024: (6.6, 13.2, 12.0, 9.0, 7.2, 2.9),
}

# Share of hard over-indebtedness: Kreis 2011, Germany 2017, 2020 and 2021 (from published numbers
# of persons), else assumed.
_HARD = {2009: 0.545, 2011: 0.558, 2017: 0.611, 2020: 0.557, 2021: 0.583, 2024: 0.60}


def overindebtedness(town: Town) -> pd.DataFrame:
    """Return over-indebtedness as rows of contract ``figure``.

    **Grain:** district, 1 October, measure (persons, hard, soft, by age), and for types of
    debtors in the demo city observation area, Germany or Riesa, 1 October, measure.
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
        tuple(rate / 100 for rate in _KREIS),
        {"affluence": -0.24, "density": 0.12, "migration": 0.10},
        noise=0.05,
        persistence=0.95,
    ).in_town(town)
    factors = drivers(town)
    chance = town.chance("over-indebtedness")
    published = known(town, all_persons.measure_code, "population_18_plus", adults)
    persons = draw(all_persons, adults, published, factors, chance).astype(np.float64)
    hard = Subject(
        "overindebted_hard",
        tuple(np.interp(town.years, list(_HARD), list(_HARD.values()))),
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
    years = []
    for place, year in enumerate(town.years):
        rates = [
            np.interp(year, list(_AGE_RATES), [rates[age] for rates in _AGE_RATES.values()])
            for age in range(len(AGES))
        ]
        start = adults[:, :, place] * np.array(rates)
        rows = persons[:, place].astype(np.int64)
        columns = round_to_sum(start.sum(axis=0), int(rows.sum()))
        years.append(fit_whole(start, rows, columns))
    cells = np.stack(years, axis=2).astype(np.float64)
    return {f"overindebted_{age}": cells[:, group] for group, age in enumerate(AGES)}
