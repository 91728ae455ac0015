"""The companies of the demo: who they are each year, what happened to them, and their trail."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from datenlabor.demo.company_lives import STOCK_2014, Days, Flags, Lives, simulate
from datenlabor.demo.company_sizes import employees, turnover
from datenlabor.demo.company_trail import quarter_frame, trail
from datenlabor.demo.company_traits import codes, groups, is_b2b, legal_forms
from datenlabor.demo.industries import YEARS, divisions
from datenlabor.demo.town import Town

Whole = NDArray[np.int64]
Texts = NDArray[np.str_]

_DECLINE = 0.15
"""Ranks lost by a company at the height of its trouble, in deviations of size."""


@dataclass(frozen=True)
class Companies:
    """Rows of the contracts ``company_year``, ``company_event`` and ``company_quarter``."""

    years: pd.DataFrame
    """Companies there at the end of a year. Grain: company x year."""
    events: pd.DataFrame
    """Grain: company x day x kind."""
    quarters: pd.DataFrame
    """Companies there at the end of a quarter. Grain: company x quarter."""


def companies(town: Town, stock: int = STOCK_2014) -> Companies:
    """Draw the companies of a town 2008 to 2024, ``stock`` of them at the end of 2014.

    For each district and year from 2009: stock = stock of the year before + births + moves in
    - deaths - moves out, where a move within the town is both, out of one district into another.
    """
    lives = simulate(town, stock)
    course = trail(town, lives)
    heads = employees(town, lives, _DECLINE * course.ramp[:, 3::4], stock)
    keys = codes(town, len(lives))
    quarters = quarter_frame(town, lives, course, heads, keys)
    return Companies(
        years=_years(town, lives, heads, keys, quarters),
        events=_events(town, lives, keys),
        quarters=_sorted(quarters, ["company_code", "quarter"]),
    )


def _years(
    town: Town, lives: Lives, heads: Whole, keys: Texts, quarters: pd.DataFrame
) -> pd.DataFrame:
    areas = np.array([district.code for district in town.districts])
    company, column = np.nonzero(lives.seat[:, 1:] >= 0)
    seats = lives.seat[company, column + 1]
    forms = legal_forms(town, lives, heads)
    # Both frames have companies in the same order and know who is there on 31 December.
    at_end = quarters.loc[quarters["quarter"].str.endswith("Q4"), "risk_score"]
    frame = pd.DataFrame(
        {
            "company_code": keys[company],
            "year": np.array(YEARS)[column],
            "area_code": areas[seats],
            "industry_code": divisions()["industry_code"].to_numpy()[lives.division[company]],
            "legal_form": forms[company],
            "employees": heads[company, column],
            "turnover_eur": turnover(town, lives, heads)[company, column],
            "group_code": groups(town, lives, forms)[company],
            "is_b2b": is_b2b(town, lives)[company],
            "risk_score": at_end.to_numpy(),
            "founded_on": _iso(lives.founded_on[company]),
        }
    )
    return _sorted(frame, ["company_code", "year"])


def _events(town: Town, lives: Lives, keys: Texts) -> pd.DataFrame:
    enters, leaves = ~np.isnat(lives.entered_on), ~np.isnat(lives.left_on)
    # Some insolvent companies close only after the last year.
    leaves &= lives.left_on < np.datetime64(f"{YEARS[-1] + 1}-01-01", "D")
    day, last = lives.entered_on, lives.left_on
    first_seat, last_seat = _seats_at(lives, day, 1), _seats_at(lives, last, 0)
    failing_seat = _seats_at(lives, lives.insolvent_on, 0)
    none = np.full(len(lives), -1, np.int64)
    parts = [
        _event("birth", enters & lives.is_born, day, none, first_seat),
        _event("move_in", enters & ~lives.is_born, day, none, first_seat),
        _event("death", leaves & lives.is_closed, last, last_seat, none),
        _event("move_out", leaves & ~lives.is_closed, last, last_seat, none),
        _event("insolvency", ~np.isnat(lives.insolvent_on), lives.insolvent_on, failing_seat, none),
    ]
    parts += [
        _event("move", ~np.isnat(moved), moved, lives.seat[:, column], lives.seat[:, column + 1])
        for column, moved in enumerate(lives.moved_on.T)
    ]
    frame = pd.concat(parts, ignore_index=True)
    areas = np.array([*(district.code for district in town.districts), ""])
    frame["company_code"] = keys[frame["company"]]
    frame["from_area_code"] = areas[frame["from_seat"]]
    frame["to_area_code"] = areas[frame["to_seat"]]
    columns = ["company_code", "event_on", "kind", "from_area_code", "to_area_code"]
    return _sorted(frame[columns].replace("", None), ["company_code", "event_on", "kind"])


def _event(kind: str, who: Flags, on: Days, from_seat: Whole, to_seat: Whole) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "company": np.flatnonzero(who),
            "event_on": _iso(on[who]),
            "kind": kind,
            "from_seat": from_seat[who],
            "to_seat": to_seat[who],
        }
    )


def _seats_at(lives: Lives, days: Days, later: int) -> Whole:
    """Return the seat at the end of the year of a day (``later`` 1) or of the year before (0)."""
    years = np.where(np.isnat(days), YEARS[0], days.astype("datetime64[Y]").astype(np.int64) + 1970)
    column = np.clip(years - YEARS[0] + later, 0, len(YEARS))
    seats: Whole = lives.seat[np.arange(len(lives)), column]
    return seats


def _iso(days: Days) -> Texts:
    return np.datetime_as_string(days, unit="D")


def _sorted(frame: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    return frame.sort_values(by, kind="stable", ignore_index=True)
