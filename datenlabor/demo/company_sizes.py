"""Employees and turnover of companies: ranks drawn, size classes and totals published.

Companies are ranked by size within their industry; the largest get the places of the largest size
class, and so on. Thus classes are met in every year while each company changes slowly.
"""

import numpy as np
from numpy.typing import NDArray

from datenlabor.demo.anchors import in_city, published
from datenlabor.demo.company_lives import LARGE, STOCK_2014, Lives
from datenlabor.demo.fitting import fit
from datenlabor.demo.industries import (
    YEARS,
    divisions,
    section_of_division,
    sections,
    severity,
    stocks,
)
from datenlabor.demo.rounding import round_to_sum, round_within
from datenlabor.demo.town import Array, Town

Whole = NDArray[np.int64]

# Employees subject to social insurance at place of work, 30 June, where nothing is published: by
# assumption, with the dips of the crises.
_EMPLOYEES = {
    2008: 64_700,
    2009: 63_600,
    2010: 63_900,
    2011: 65_000,
    2014: 66_900,
    2020: 72_000,
    2024: 82_400,
}
_IN_COMPANIES = 0.94
"""Share of these in the industries of the register: without agriculture, public administration,
private households. An assumption, as is that all of them work for companies seated in the city."""

# Of the employees of all companies: wholesale and transport.
KNOWN_SHARES = {
    code: in_city(f"share_employees_{code.lower()}")[2018] / 100 for code in ("46", "H")
}

SIZE_CLASSES = (0, 10, 50, 250)
"""Lower bounds."""

_MICRO = np.cumsum([0.50, 0.16, 0.10, 0.07, 0.05, 0.04, 0.03, 0.02, 0.02, 0.01])
"""Shares of companies with 0 to at most 0 to 9 employees."""
_INDEX_BASE = YEARS.index(2014)
_INFLATION = 0.018
_LOSS = 0.45
"""Share of its turnover that an industry loses in a crisis of severity 1."""
_PRICES_SINCE = 2022
"""From then on higher prices make up for half of what is sold less."""


def employee_targets(stock: int = STOCK_2014) -> Whole:
    """Return the employees of all companies in each of ``YEARS``."""
    known = _EMPLOYEES | published("employees_workplace")
    totals = np.interp(YEARS, sorted(known), [known[year] for year in sorted(known)])
    targets: Whole = np.rint(totals * _IN_COMPANIES * stock / STOCK_2014).astype(np.int64)
    return targets


def size_class_targets(stock: int = STOCK_2014) -> Whole:
    """Return the companies of each size class in 2014.

    The city has a quarter of the companies of the Kreis, but 48 % of the employees: of the upper
    classes it is assumed to have more; the lowest is what is left.
    """
    names = ("10_49", "50_249", "250_plus")
    in_2014 = np.array([in_city(f"companies_{name}")[2014] for name in names])
    upper = np.rint(in_2014 * stock / STOCK_2014)
    return np.array([stock - upper.sum(), *upper], np.int64)


def employees(town: Town, lives: Lives, decline: Array, stock: int = STOCK_2014) -> Whole:
    """Return employees at the end of each year: companies by ``YEARS``, -1 while not there.

    ``decline`` (same shape) is how far trouble has taken a company down the ranks. Totals equal
    ``employee_targets``.
    """
    strata = _stratum_of_division()[lives.division]
    classes = _class_counts(stock)
    targets = employee_targets(stock)
    index = targets / targets[_INDEX_BASE]
    size = _sizes(town, lives) - decline
    result = np.full(size.shape, -1, np.int64)
    for column in range(len(YEARS)):
        there = np.flatnonzero(lives.seat[:, column + 1] >= 0)
        heads = np.zeros(len(lives))
        for stratum, counts in enumerate(classes):
            of = there[strata[there] == stratum]
            ranked = of[np.argsort(size[of, column], kind="stable")]
            grown = np.rint(counts * [1, index[column], index[column], 1]).astype(np.int64)
            heads[ranked] = _heads(len(ranked), grown)
        result[there, column] = _scaled(heads[there], strata[there], int(targets[column]))
    return result


def turnover(town: Town, lives: Lives, employees: Whole) -> Whole:
    """Return yearly turnover in euro, rounded to thousands: companies by ``YEARS``."""
    chance = town.chance("company turnover")
    per_head = divisions()["turnover_per_head"].to_numpy(np.float64)
    trend = 1 + divisions()["growth"].to_numpy(np.float64) + _INFLATION
    years = np.array(YEARS) - YEARS[_INDEX_BASE]
    lost = severity() * np.where(np.array(YEARS) < _PRICES_SINCE, _LOSS, _LOSS / 2)
    by_industry = per_head[:, np.newaxis] * trend[:, np.newaxis] ** years * (1 - lost)
    own = chance.normal(0, 0.45, len(lives))[:, np.newaxis]
    yearly = chance.normal(0, 0.08, employees.shape)
    # The owner works, too.
    thousands = by_industry[lives.division] * (employees + 0.7) * np.exp(own + yearly)
    euros: Whole = np.rint(np.clip(thousands, 1, None)).astype(np.int64) * 1_000
    return euros


def _stratum_of_division() -> Whole:
    """Return the section of each division; wholesale, whose share is known, is one of its own."""
    is_wholesale = (divisions()["industry_code"] == "46").to_numpy()
    strata: Whole = np.where(is_wholesale, len(sections()), section_of_division())
    return strata


def _class_counts(stock: int) -> Whole:
    """Return companies by stratum and size class in 2014, fitted to both margins."""
    strata = _stratum_of_division()
    totals = np.bincount(strata, stocks(stock)[:, _INDEX_BASE + 1])
    odds = sections()["size_odds"].to_numpy(np.float64)
    odds = np.append(odds, 2 * odds[sections()["section_code"] == "G"])
    classes = size_class_targets(stock)
    start = odds[:, np.newaxis] ** np.arange(len(classes)) * classes * totals[:, np.newaxis]
    table = fit(
        start.astype(np.float64),
        {(0,): totals.astype(np.float64), (1,): classes.astype(np.float64)},
    )
    return round_within(table, totals, classes)


def _sizes(town: Town, lives: Lives) -> Array:
    """Return standardised sizes: companies by ``YEARS``; young ones grow."""
    chance = town.chance("company sizes")
    steps = chance.normal(0, 0.07, (len(lives), len(YEARS)))
    # Few are large: if they changed ranks, thousands of employees would change companies.
    steps[lives.size > LARGE] /= 8
    ends = np.array([f"{year}-12-31" for year in YEARS], "datetime64[D]")
    age = (ends - lives.founded_on[:, np.newaxis]).astype(np.float64) / 365.25
    young = np.clip(age, 0, 8) / 8
    sizes: Array = lives.size[:, np.newaxis] + steps.cumsum(axis=1) + 0.5 * young
    return sizes


def _heads(count: int, counts: Whole) -> Array:
    """Return employees of companies of a stratum in ascending order of size."""
    upper = counts[1:]
    micro = max(count - int(upper.sum()), 0)
    parts = [
        np.searchsorted(_MICRO, _places(micro)).astype(np.float64),
        np.floor(10 * 5 ** (_places(int(upper[0])) ** 1.3)),
        np.floor(50 * 5 ** (_places(int(upper[1])) ** 1.2)),
        np.floor(250 * (1 - 0.95 * _places(int(upper[2]))) ** -0.5),
    ]
    ascending: Array = np.concatenate(parts)[-count:] if count else np.zeros(0)
    return ascending


def _places(count: int) -> Array:
    return (np.arange(count) + 0.5) / max(count, 1)


def _scaled(heads: Array, strata: Whole, total: int) -> Whole:
    """Let the largest companies make up the difference to the totals."""
    codes = [*sections()["section_code"], "46"]
    shares = {codes.index(code): share for code, share in KNOWN_SHARES.items()}
    targets = {stratum: round(share * total) for stratum, share in shares.items()}
    result = np.zeros(len(heads), np.int64)
    for stratum, target in targets.items():
        result[strata == stratum] = _reached(heads[strata == stratum], target)
    others = ~np.isin(strata, list(targets))
    result[others] = _reached(heads[others], total - int(result.sum()))
    return result


def _reached(heads: Array, total: int) -> Whole:
    """Stretch or shrink what the largest companies have beyond their class to meet a total."""
    result = heads.astype(np.int64)
    large = heads >= SIZE_CLASSES[-1]
    beyond = total - int(result[~large].sum()) - SIZE_CLASSES[-1] * int(large.sum())
    if large.any() and beyond >= 0:
        result[large] = SIZE_CLASSES[-1] + round_to_sum(heads[large] - SIZE_CLASSES[-1], beyond)
    return result
