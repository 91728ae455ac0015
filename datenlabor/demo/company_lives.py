"""Lives of companies: who comes, moves, fails and goes, year by year.

The number of companies per industry and year is given (``industries.stocks``). Chance decides who
leaves; newcomers fill up to what is given. So stocks are met and births answer to deaths.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from datenlabor.demo.anchors import in_city
from datenlabor.demo.company_sites import site_shares
from datenlabor.demo.industries import YEARS, section_of_division, sections, severity, stocks
from datenlabor.demo.town import Array, Town

Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]
Days = NDArray[np.datetime64]

# Of companies: those of the city where published; else the city's share of those of the Kreis, as
# Creditreform states it, or of Germany.
INSOLVENCIES = {year: round(count) for year, count in in_city("company_insolvencies").items()}
STOCK_2014 = 5_000
"""About 5,000 enterprises are in the city, as its economic development says."""

_NEVER = np.datetime64("NaT", "D")
_CLOSURE = 0.047
_AGES = (3, 6)
_CLOSURE_BY_AGE: Array = np.array([1.8, 1.3, 0.85])
"""How often companies below each of these ages, and older ones, close against the average."""
_START_DAYS = 730
_MOVE = 0.028
_MOVE_OUT = 0.014
_MOVE_IN = 0.17
"""Share of newcomers that come from elsewhere; the others are born."""
_SURVIVE_INSOLVENCY = 0.15
LARGE = 1.6
"""Size from which companies are settled: they hardly close and do not move."""
_LARGEST_NEWCOMER = 1.2


@dataclass
class Lives:
    """Companies (n) as arrays; days are NaT where something never happens."""

    division: Whole
    """Place in ``industries.divisions()``."""
    frailty: Array
    """Standardised proneness to fail."""
    size: Array
    """Standardised size on entry."""
    founded_on: Days
    entered_on: Days
    """NaT: there at the end of 2007."""
    is_born: Flags
    left_on: Days
    """NaT: still there at the end."""
    is_closed: Flags
    """Left by closing, not by moving out."""
    insolvent_on: Days
    moved_on: Days
    """Move within the town, shape n by years."""
    seat: Whole
    """Place of the district at the end of 2007 and of each year, -1 while not there."""

    @classmethod
    def joined(cls, parts: Sequence["Lives"]) -> "Lives":
        """Put cohorts one after the other."""
        names = [field.name for field in fields(cls)]
        return cls(**{name: np.concatenate([getattr(p, name) for p in parts]) for name in names})

    def __len__(self) -> int:
        return len(self.division)


def simulate(town: Town, stock: int = STOCK_2014) -> Lives:
    """Return all companies that are in the town at any time of ``YEARS``.

    ``stock`` is the number of companies in 2014; everything grows with it.
    """
    chance = town.chance("companies")
    wanted = stocks(stock)
    lives = _initial(town, wanted[:, 0], chance)
    for column, year in enumerate(YEARS, start=1):
        failing = round(INSOLVENCIES[year] * stock / STOCK_2014)
        _fail(lives, column, failing, chance)
        _leave(lives, column, chance)
        newcomers = wanted[:, column] - _trim(lives, column, wanted[:, column], chance)
        _settle(town, lives, column, chance)
        lives = Lives.joined([lives, _newcomers(town, newcomers, column, chance)])
    return lives


def _days(year: int, count: int, chance: np.random.Generator) -> Days:
    return np.datetime64(f"{year}-01-01", "D") + chance.integers(0, 365, count)


def _cohort(division: Whole, chance: np.random.Generator) -> Lives:
    """Return companies of which only the industry and the proneness to fail are known."""
    count = len(division)
    never = np.full(count, _NEVER)
    return Lives(
        division=division,
        frailty=chance.normal(0, 1, count),
        size=chance.normal(0, 1, count),
        founded_on=never.copy(),
        entered_on=never.copy(),
        is_born=np.zeros(count, np.bool_),
        left_on=never.copy(),
        is_closed=np.zeros(count, np.bool_),
        insolvent_on=never.copy(),
        moved_on=np.full((count, len(YEARS)), _NEVER),
        seat=np.full((count, len(YEARS) + 1), -1, np.int64),
    )


def _founded_before(day: Days, mean_age: float, chance: np.random.Generator) -> Days:
    age = np.minimum(chance.exponential(mean_age, len(day)) + 0.1, 140)
    return day - (age * 365.25).astype(np.int64)


def _initial(town: Town, counts: Whole, chance: np.random.Generator) -> Lives:
    lives = _cohort(np.repeat(np.arange(len(counts)), counts), chance)
    last_day = np.full(len(lives), np.datetime64(f"{YEARS[0] - 1}-12-31", "D"))
    lives.founded_on = _founded_before(last_day, 13, chance)
    lives.seat[:, 0] = _drawn_seats(site_shares(town, lives.division, lives.size > LARGE), chance)
    return lives


def _newcomers(town: Town, counts: Whole, column: int, chance: np.random.Generator) -> Lives:
    lives = _cohort(np.repeat(np.arange(len(counts)), counts), chance)
    lives.is_born = chance.random(len(lives)) >= _MOVE_IN
    # Who begins is small; who moves in has begun elsewhere.
    size = np.where(lives.is_born, 0.8 * lives.size - 0.6, lives.size)
    lives.size = np.minimum(size, _LARGEST_NEWCOMER)
    lives.entered_on = _days(YEARS[column - 1], len(lives), chance)
    elsewhere = _founded_before(lives.entered_on, 8, chance)
    lives.founded_on = np.where(lives.is_born, lives.entered_on, elsewhere)
    shares = site_shares(town, lives.division, lives.size > LARGE)
    lives.seat[:, column] = _drawn_seats(shares, chance)
    return lives


def _drawn_seats(shares: Array, chance: np.random.Generator) -> Whole:
    """Draw a district for each company; ``shares`` has a row per company and adds up to 1."""
    drawn = chance.random(len(shares))[:, np.newaxis]
    bounds = shares.cumsum(axis=1)[:, :-1]
    places: Whole = (bounds < drawn).sum(axis=1).astype(np.int64)
    return places


def _fail(lives: Lives, column: int, count: int, chance: np.random.Generator) -> None:
    """Let exactly ``count`` companies become insolvent; most close within a year."""
    year = YEARS[column - 1]
    hazard = sections()["insolvency"].to_numpy(np.float64)[section_of_division()[lives.division]]
    hit = severity()[lives.division, column - 1]
    log_weight = np.log(hazard) + 0.9 * lives.frailty + 0.8 * hit
    # Who has just begun fails seldom: it takes time to become insolvent.
    log_weight -= 1.2 * (np.datetime64(f"{year}-01-01", "D") - lives.founded_on < _START_DAYS)
    log_weight -= 3 * (lives.size > LARGE)
    can = _is_there(lives, column) & np.isnat(lives.left_on) & np.isnat(lives.insolvent_on)
    # The largest of Gumbel's draws are a sample without replacement in proportion to the weights.
    keys = np.where(can, log_weight + chance.gumbel(size=len(lives)), -np.inf)
    who = np.sort(np.argsort(-keys, kind="stable")[:count])
    lives.insolvent_on[who] = _days(year, count, chance)
    closing = who[chance.random(count) >= _SURVIVE_INSOLVENCY]
    lives.left_on[closing] = lives.insolvent_on[closing] + chance.integers(92, 300, len(closing))
    lives.is_closed[closing] = True


def _is_there(lives: Lives, column: int) -> Flags:
    """Return who was there at the end of the year before."""
    there: Flags = lives.seat[:, column - 1] >= 0
    return there


def _leave(lives: Lives, column: int, chance: np.random.Generator) -> None:
    """Let companies close or move out."""
    year = YEARS[column - 1]
    age = (np.datetime64(f"{year}-01-01", "D") - lives.founded_on).astype(np.float64) / 365.25
    by_age = _CLOSURE_BY_AGE[np.searchsorted(_AGES, age, side="right")]
    hazard = _CLOSURE * by_age * np.exp(0.25 * lives.frailty - 0.3 * lives.size)
    hazard *= 1 + 0.6 * severity()[lives.division, column - 1]
    hazard = np.where(lives.size > LARGE, hazard / 40, hazard)
    drawn = chance.random((2, len(lives)))
    staying = _is_there(lives, column) & np.isnat(lives.left_on) & ~_fails(lives, column)
    closing = staying & (drawn[0] < hazard)
    leaving = staying & ~closing & (drawn[1] < _MOVE_OUT) & (lives.size <= LARGE)
    days = _days(year, len(lives), chance)
    lives.left_on = np.where(closing | leaving, days, lives.left_on)
    lives.is_closed |= closing


def _fails(lives: Lives, column: int) -> Flags:
    """Return who becomes insolvent in this year."""
    fails: Flags = lives.insolvent_on >= np.datetime64(f"{YEARS[column - 1]}-01-01", "D")
    return fails


def _staying(lives: Lives, column: int) -> Flags:
    next_year = np.datetime64(f"{YEARS[column - 1] + 1}-01-01", "D")
    return _is_there(lives, column) & (np.isnat(lives.left_on) | (lives.left_on >= next_year))


def _trim(lives: Lives, column: int, wanted: Whole, chance: np.random.Generator) -> Whole:
    """Close the smallest where more stay than are wanted; return how many stay per division."""
    staying = _staying(lives, column)
    counts = np.bincount(lives.division[staying], minlength=len(wanted))
    for division in np.flatnonzero(counts > wanted):
        is_own = staying & (lives.division == division)
        free = np.flatnonzero(is_own & np.isnat(lives.left_on) & ~_fails(lives, column))
        surplus = int(counts[division] - wanted[division])
        who = free[np.argsort(lives.size[free], kind="stable")[:surplus]]
        lives.left_on[who] = _days(YEARS[column - 1], len(who), chance)
        # Of very few, too many may be insolvent: those close by the end of the year.
        rest = np.setdiff1d(np.flatnonzero(is_own), who)[: surplus - len(who)]
        lives.left_on[rest] = np.datetime64(f"{YEARS[column - 1]}-12-31", "D")
        lives.is_closed[[*who, *rest]] = True
        counts[division] -= surplus
    return counts


def _settle(town: Town, lives: Lives, column: int, chance: np.random.Generator) -> None:
    """Write down the seats of those who stay; some move to another district."""
    staying = _staying(lives, column)
    before = lives.seat[:, column - 1]
    lives.seat[staying, column] = before[staying]
    can = staying & np.isnat(lives.left_on) & ~_fails(lives, column) & (lives.size <= LARGE)
    who = np.flatnonzero(can & (chance.random(len(lives)) < _MOVE))
    shares = site_shares(town, lives.division[who], np.zeros(len(who), np.bool_))
    shares[np.arange(len(who)), before[who]] = 0
    shares /= shares.sum(axis=1, keepdims=True)
    lives.seat[who, column] = _drawn_seats(shares, chance)
    lives.moved_on[who, column - 1] = _days(YEARS[column - 1], len(who), chance)
