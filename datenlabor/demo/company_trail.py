"""The quarterly trail a company leaves, from which trouble can be seen coming, if not surely.

Stress is made of what a company is, what it goes through, what hits its industry, and of a ramp
before a failure. Some fail without warning, and some get into trouble and recover.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from datenlabor.demo.company_lives import Days, Flags, Lives
from datenlabor.demo.industries import YEARS, severity
from datenlabor.demo.town import Array, Town

Whole = NDArray[np.int64]

QUARTERS = tuple(f"{year}-Q{quarter}" for year in YEARS for quarter in (1, 2, 3, 4))
_FIRST_MONTH = (YEARS[0] - 1970) * 12

_PERSISTENCE = 0.85
_SHOCK = 0.33
_SUDDEN = 0.15
"""Share of insolvencies without a sign before their quarter."""
_ALARM = 0.005
"""Share of companies that get into passing trouble, per quarter."""
_PASSING = (0.3, 0.6, 1.0, 1.0, 0.7, 0.3)
"""Course of passing trouble over quarters."""
_PROTECTED = 4
"""Quarters an insolvency that is survived takes."""
INSOLVENT = 600
"""Risk score of an insolvent company; the best is 100."""


@dataclass(frozen=True)
class Trail:
    """Quarter by quarter, arrays of companies by ``QUARTERS``."""

    ramp: Array
    """Trouble that ends in leaving the market."""
    stress: Array
    """All trouble, the ramp included; about 0 with a deviation of 1."""
    is_there: Flags
    """There at the end of the quarter."""


def trail(town: Town, lives: Lives) -> Trail:
    """Draw the trail of all companies."""
    chance = town.chance("company trail")
    ramp = _ramp(lives, chance)
    own = _autoregression((len(lives), len(QUARTERS)), chance)
    industry = np.repeat(severity()[lives.division], 4, axis=1)
    stress = 0.5 * lives.frailty[:, np.newaxis] + own + 0.8 * industry + ramp
    stress += _alarms(ramp.shape, chance)
    return Trail(ramp, stress, _is_there(lives))


def quarter_frame(
    town: Town, lives: Lives, trail: Trail, employees: Whole, codes: NDArray[np.str_]
) -> pd.DataFrame:
    """Return the contract's ``company_quarter``. Grain: company x quarter it is there at the end.

    Payment delay is in days, enquiries are those of the quarter, the change of the headcount is
    against the quarter before. ``employees`` has companies by years; the changes of a year add up
    to its difference, except in the years of coming and going.
    """
    chance = town.chance("company quarters")
    stress = trail.stress
    noise = chance.normal(0, 14, stress.shape)
    risk = np.clip(np.rint(238 + 52 * stress + noise), 100, INSOLVENT - 1).astype(np.int64)
    risk[is_insolvent(lives)] = INSOLVENT
    # Rounded, because the last bits of an exponential differ between machines.
    delay = np.minimum(chance.poisson(np.round(np.exp(1.5 + 0.45 * stress), 6)), 120)
    calls = 0.3 * stress + 0.3 * lives.size[:, np.newaxis] - 0.6
    enquiries = chance.poisson(np.round(np.exp(np.minimum(calls, 3)), 6))
    company, quarter = np.nonzero(trail.is_there)
    return pd.DataFrame(
        {
            "company_code": codes[company],
            "quarter": np.array(QUARTERS)[quarter],
            "risk_score": risk[company, quarter],
            "payment_delay_days": delay[company, quarter],
            "enquiries": enquiries[company, quarter],
            "headcount_change": _headcount_changes(employees, trail)[company, quarter],
        }
    )


def is_insolvent(lives: Lives) -> Flags:
    """Return in which quarters proceedings are open: companies by ``QUARTERS``."""
    since = np.arange(len(QUARTERS)) - _quarter_of(lives.insolvent_on)[:, np.newaxis]
    lasts = np.where(np.isnat(lives.left_on), _PROTECTED, len(QUARTERS))[:, np.newaxis]
    open_proceedings: Flags = (since >= 0) & (since < lasts)
    return open_proceedings


def _quarter_of(days: Days) -> Whole:
    """Return the number of the quarter, far beyond the last one for NaT."""
    months = days.astype("datetime64[M]").astype(np.int64) - _FIRST_MONTH
    quarters: Whole = np.where(np.isnat(days), 10 * len(QUARTERS), months // 3)
    return quarters


def _is_there(lives: Lives) -> Flags:
    quarter = np.arange(len(QUARTERS))
    entered = np.where(np.isnat(lives.entered_on), 0, _quarter_of(lives.entered_on))
    there: Flags = (quarter >= entered[:, np.newaxis]) & (
        quarter < _quarter_of(lives.left_on)[:, np.newaxis]
    )
    return there


def _ramp(lives: Lives, chance: np.random.Generator) -> Array:
    """Return trouble that grows over one to three years until a company fails or closes."""
    count = len(lives)
    fails = ~np.isnat(lives.insolvent_on)
    end = _quarter_of(np.where(fails, lives.insolvent_on, lives.left_on))
    height = np.clip(chance.normal(2.4, 0.9, count), 0.3, 4.5)
    height = np.where(fails, height, np.clip(chance.normal(0.6, 0.5, count), 0, 2))
    height *= fails | lives.is_closed
    length = np.where(chance.random(count) < _SUDDEN, 1, chance.integers(5, 13, count))
    before = end[:, np.newaxis] - np.arange(len(QUARTERS))
    rising = np.clip(1 - before / length[:, np.newaxis], 0, 1)
    # Survived insolvencies fade out.
    ramp: Array = height[:, np.newaxis] * np.where(before < 0, np.exp(before / 4), rising)
    return ramp


def _autoregression(shape: tuple[int, int], chance: np.random.Generator) -> Array:
    steps = chance.normal(0, _SHOCK, shape)
    steps[:, 0] /= np.sqrt(1 - _PERSISTENCE**2)
    for quarter in range(1, shape[1]):
        steps[:, quarter] += _PERSISTENCE * steps[:, quarter - 1]
    return steps


def _alarms(shape: tuple[int, ...], chance: np.random.Generator) -> Array:
    height = (chance.random(shape) < _ALARM) * np.clip(chance.normal(1.9, 0.7, shape), 0.3, 4)
    result = np.zeros(shape)
    for later, share in enumerate(_PASSING):
        result[:, later:] += share * height[:, : shape[1] - later]
    return result


def _headcount_changes(employees: Whole, trail: Trail) -> Whole:
    """Spread the differences between years over quarters; who leaves lets staff go before."""
    before = np.column_stack([employees[:, :1], employees[:, :-1]])
    there = employees >= 0
    leaving = (before >= 0) & ~there
    # In its last year a company in trouble loses up to half of its staff.
    last = np.rint(-np.clip(trail.ramp[:, 3::4], 0, 3) / 6 * before).astype(np.int64)
    difference = np.where(there & (before >= 0), employees - before, np.where(leaving, last, 0))
    parts = [difference * quarter // 4 for quarter in range(5)]
    return np.stack([end - start for start, end in pairwise(parts)], 2).reshape(len(employees), -1)
