"""Figures counted in what is delivered, to be compared with what is published about its subject."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from datenlabor.deliveries.contract import contracts
from datenlabor.demo.debt_types import GERMANY, TOTAL
from datenlabor.demo.hazards import EDITION, affected_residents
from datenlabor.demo.industries import divisions
from datenlabor.demo.supply import Supply
from datenlabor.demo.town import CITY, Array, Town

_SIZES = {"10_49": (10, 49), "50_249": (50, 249), "250_plus": (250, np.inf)}
_KINDS = {"day_nursery": "Kindertagesstätte", "care_home": "Pflegeheim"}
_PLURALS = {"day_nursery": "day_nurseries", "care_home": "care_homes"}
_TYPES_ON = "2019-10-01"

Counts = Mapping[tuple[str, int], float]
"""Measure and year → figure of the demo city."""


def delivered(supplies: Sequence[Supply], dataset: str) -> pd.DataFrame:
    """Return the rows of all deliveries of a dataset; of each key the one published last."""
    ordered = sorted(supplies, key=lambda supply: supply.published_on)
    rows = pd.concat([supply.rows for supply in ordered if supply.dataset == dataset])
    return rows.drop_duplicates(list(contracts()[dataset].key), keep="last", ignore_index=True)


def countings(town: Town, supplies: Sequence[Supply]) -> pd.DataFrame:
    """Return figures in the columns area_code, period, measure_code and value.

    **Grain:** measure, year, all of the demo city: companies (by section, by employees, theirs, in
    insolvency), commuters, facilities, residents flooded, and how types of debtors differ.
    """
    counts = {
        **_companies(delivered(supplies, "company_year"), delivered(supplies, "company_event")),
        **_commuters(delivered(supplies, "commuter_flow")),
        **_facilities(supplies),
        **_debtor_types(town, delivered(supplies, "figure")),
        ("flood_residents", int(EDITION)): affected_residents(town, "extreme"),
    }
    return pd.DataFrame(
        [(CITY, str(year), code, float(value)) for (code, year), value in counts.items()],
        columns=["area_code", "period", "measure_code", "value"],
    )


def _companies(years: pd.DataFrame, events: pd.DataFrame) -> Counts:
    sections = divisions().set_index("industry_code")["section_code"].str.lower()
    section = years["industry_code"].map(sections)
    return {
        **_named("companies", years.groupby("year").size()),
        **_named("establishments", years.groupby("year").size()),
        **_named("employees_companies", years.groupby("year")["employees"].sum()),
        **dict(_by_section(years, section)),
        **dict(_by_size(years)),
        **_named("share_employees_46", _employee_share(years, years["industry_code"] == "46")),
        **_named("share_employees_h", _employee_share(years, section == "h")),
        **_named("company_insolvencies", _insolvencies(events)),
    }


def _named(measure_code: str, by_year: "pd.Series[int] | pd.Series[float]") -> Counts:
    return {(measure_code, int(str(year))): value for year, value in by_year.items()}


def _by_section(
    years: pd.DataFrame, section: "pd.Series[str]"
) -> Iterator[tuple[tuple[str, int], float]]:
    """Yield companies by section, 0 included."""
    table = pd.crosstab(years["year"], section)
    codes = sorted(set(divisions()["section_code"].str.lower()))
    for code, by_year in table.reindex(columns=codes, fill_value=0).items():
        yield from _named(f"companies_{code}", by_year).items()


def _by_size(years: pd.DataFrame) -> Iterator[tuple[tuple[str, int], float]]:
    for name, (fewest, most) in _SIZES.items():
        of_size = years[years["employees"].between(fewest, most)]
        yield from _named(f"companies_{name}", of_size.groupby("year").size()).items()


def _employee_share(years: pd.DataFrame, is_part: "pd.Series[bool]") -> "pd.Series[float]":
    """Return the percentage of all employees of companies, by year."""
    all_of = years.groupby("year")["employees"].sum()
    return 100 * years[is_part].groupby("year")["employees"].sum() / all_of


def _insolvencies(events: pd.DataFrame) -> "pd.Series[int]":
    days = events.loc[events["kind"] == "insolvency", "event_on"]
    return days.str[:4].value_counts().sort_index()


def _commuters(flows: pd.DataFrame) -> Counts:
    counts: dict[tuple[str, int], float] = {}
    for direction, rows in flows.groupby("direction"):
        counts |= _named(f"commuters_{direction}", rows.groupby("year")["commuters"].sum())
    return counts


def _facilities(supplies: Sequence[Supply]) -> Counts:
    """Count facilities in each published state, by its year."""
    counts: dict[tuple[str, int], float] = {}
    for supply in supplies:
        if supply.dataset != "facility":
            continue
        rows, year = supply.rows, supply.published_on.year
        counts["facilities", year] = len(rows)
        counts["facility_categories", year] = rows["category"].nunique()
        for code, category in _KINDS.items():
            own = rows[rows["category"] == category]
            counts[_PLURALS[code], year] = len(own)
            counts[f"{code}_places", year] = own["capacity"].sum()
    return counts


def _debtor_types(town: Town, figures: pd.DataFrame) -> Counts:
    """Compare types of debtors with Germany, and between observation areas."""
    on_day = figures[figures["period"] == _TYPES_ON]
    table = on_day.pivot_table("value", "area_code", "measure_code")
    codes = [town.observation_area_code(name) for name in town.observation_areas]
    names = ("emergency", "denier", "lifestyle")
    types = table[[TOTAL, *(f"debtor_{name}" for name in names)]]
    own, germany = types.loc[codes], types.loc[GERMANY]
    year = int(_TYPES_ON[:4])
    city = own.sum() / own[TOTAL].sum()
    relative = (city / (germany / germany[TOTAL])).to_dict()
    shares = own.div(own[TOTAL], axis=0)
    return {
        **{(f"{name}_to_germany", year): relative[f"debtor_{name}"] for name in names},
        ("emergency_by_density", year): _correlation(town, shares["debtor_emergency"], "density"),
        ("lifestyle_by_affluence", year): _correlation(
            town, shares["debtor_lifestyle"], "affluence"
        ),
    }


def _correlation(town: Town, shares: "pd.Series[float]", factor: str) -> float:
    """Correlate shares of the observation areas, in their order, with a factor of them."""
    people = town.factor("population")
    values: list[float] = []
    for name in town.observation_areas:
        weights: Array = people * [district.observation_area == name for district in town.districts]
        values.append(float(weights @ town.factor(factor) / weights.sum()))
    return float(np.corrcoef(shares.to_numpy(np.float64), values)[0, 1])
