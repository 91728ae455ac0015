"""The industries of the demo companies: structure, trends, sites, and how crises hit them.

Divisions and sections of WZ 2008 as the business register covers them (B to N, P to S). Counts of
2014 are published (``anchors.csv``); all else is an assumption.
"""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from datenlabor.demo.anchors import in_city, published
from datenlabor.demo.rounding import round_to_sum
from datenlabor.demo.town import COUNTY

YEARS = tuple(range(2008, 2025))
"""Years the companies cover."""

Array = NDArray[np.float64]
Whole = NDArray[np.int64]

# Establishments of the Kreis where nothing is published.
_ESTABLISHMENTS = {
    2007: 20_450,
    2008: 20_560,
    2019: 21_630,
    2020: 21_370,
    2021: 21_420,
    2022: 21_330,
    2023: 21_260,
    2024: 21_330,
}
_BASE_YEAR = 2014
_CRISES = (2009, 2020, 2022)
_RECOVERY = (1.0, 0.6, 0.25)
"""What is left of a crisis in its year and the two after it."""
_ENERGY = 0.45
"""What energy-intensive industries suffered from 2022 beyond their section."""
_STOCK_FALL = 0.08
"""By how much a crisis of severity 1 reduces the number of companies."""


@cache
def sections() -> pd.DataFrame:
    """Return a row per section in the order of their codes.

    ``in_2014`` companies of the city, ``growth`` of their number per year, ``size_odds`` of
    the next larger size class, ``insolvency`` hazard against the average, and the severity of each
    crisis from 0 to 1.
    """
    rows = pd.read_csv(Path(__file__).with_name("sections.csv"))
    codes = rows["section_code"].str.lower()
    return rows.assign(in_2014=[in_city(f"companies_{code}")[_BASE_YEAR] for code in codes])


@cache
def divisions() -> pd.DataFrame:
    """Return a row per division in the order of their codes.

    ``weight`` within the section, ``growth`` per year beyond it, ``business_share`` of B2B from 0
    to 1, ``turnover_per_head`` in thousand euro of 2014; of the seats, ``industrial_site`` and
    ``central_site`` are shares, the rest follows the residents.
    """
    return pd.read_csv(Path(__file__).with_name("industries.csv"), dtype={"industry_code": str})


@cache
def section_of_division() -> Whole:
    """Return the place of its section in ``sections()`` for every division."""
    places = {code: place for place, code in enumerate(sections()["section_code"])}
    return np.array([places[code] for code in divisions()["section_code"]], np.int64)


@cache
def severity() -> Array:
    """Return how hard each division is hit in each of ``YEARS``: 0 not at all, 1 most."""
    energy = divisions()["is_energy_intensive"].to_numpy(np.float64) * _ENERGY
    result = np.zeros((len(divisions()), len(YEARS)))
    for crisis in _CRISES:
        hit = sections()[f"crisis_{crisis}"].to_numpy(np.float64)[section_of_division()]
        hit = hit + energy if crisis == max(_CRISES) else hit
        for later, left in enumerate(_RECOVERY):
            place = YEARS.index(crisis) + later
            result[:, place] = np.maximum(result[:, place], hit * left)
    return result


def section_counts(stock: int) -> Whole:
    """Return the companies of each section in 2014, scaled to ``stock``."""
    return round_to_sum(sections()["in_2014"].to_numpy(np.float64), stock)


def stocks(stock: int) -> Whole:
    """Return the companies of each division at the end of 2007 and of each of ``YEARS``.

    Shape: divisions by years + 1. In 2014 sections keep ``section_counts(stock)``.
    """
    years = np.array([YEARS[0] - 1, *YEARS])
    known = _ESTABLISHMENTS | published("establishments", COUNTY)
    course = np.interp(years, sorted(known), [known[year] for year in sorted(known)])
    totals = course / known[_BASE_YEAR] * stock
    section = section_of_division()
    base = section_counts(stock).astype(np.float64)
    growth = sections()["growth"].to_numpy(np.float64)
    falls = np.column_stack([np.zeros(len(divisions())), severity() * _STOCK_FALL])
    weight = divisions()["weight"].to_numpy(np.float64)
    trend = divisions()["growth"].to_numpy(np.float64)
    result = np.zeros((len(divisions()), len(years)), np.int64)
    for place, year in enumerate(years):
        passed = int(year) - _BASE_YEAR
        before = weight * (1 + trend) ** passed
        after = before * (1 - falls[:, place])
        left = np.bincount(section, after) / np.bincount(section, before)
        counts = round_to_sum(base * (1 + growth) ** passed * left, round(float(totals[place])))
        for number, count in enumerate(counts):
            of = section == number
            result[of, place] = round_to_sum(after[of], int(count))
    return result
