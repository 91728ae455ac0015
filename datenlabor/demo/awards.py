"""Innovation awards: nominees and winners among companies of certain industries."""

import math

import numpy as np
import pandas as pd

from datenlabor.demo.industries import divisions
from datenlabor.demo.town import Town

AWARD_YEARS = tuple(range(2010, 2025))
LEVELS = ("regional", "state", "federal")
CATEGORIES = ("product", "process", "service", "sustainability")

_NOMINEES = 0.05
"""Nominees per eligible company and year."""
_LEVEL_SHARES = (0.6, 0.28, 0.12)
_WIN = 0.27
_PAUSED = 2020
"""Fewer awards were given."""


def awards(town: Town, company_year: pd.DataFrame) -> pd.DataFrame:
    """Return the contract's ``award``. Grain: company x year, 2010 to 2024.

    Only companies of innovative industries (``industries.csv``) with employees; larger ones, those
    in good order and those nominated before are nominated more often.
    """
    chance = town.chance("awards")
    innovative = divisions().loc[divisions()["is_innovative"], "industry_code"]
    is_innovative = company_year["industry_code"].isin(innovative)
    eligible = company_year[is_innovative & (company_year["employees"] > 0)]
    nominated: set[str] = set()
    parts = []
    for year in AWARD_YEARS:
        parts.append(_nominees(eligible[eligible["year"] == year], nominated, year, chance))
        nominated.update(parts[-1]["company_code"])
    rows = pd.concat(parts, ignore_index=True)
    count = len(rows)
    rows["award_level"] = chance.choice(LEVELS, count, p=_LEVEL_SHARES)
    rows["category"] = chance.choice(CATEGORIES, count)
    columns = ["company_code", "year", "award_level", "category", "result"]
    return rows[columns].sort_values(["company_code", "year"], ignore_index=True)


def _nominees(
    there: pd.DataFrame, nominated: set[str], year: int, chance: np.random.Generator
) -> pd.DataFrame:
    count = round(_NOMINEES * len(there) * (0.4 if year == _PAUSED else 1))
    keys = 0.5 * np.log1p(there["employees"].to_numpy(np.float64))
    keys = keys - there["risk_score"].to_numpy(np.float64) / 80
    keys = keys + 1.2 * there["company_code"].isin(nominated).to_numpy()
    keys = keys + chance.gumbel(size=len(there))
    who = np.sort(np.argsort(-keys, kind="stable")[:count])
    winners = chance.choice(count, math.ceil(_WIN * count), replace=False)
    nominees = there.iloc[who][["company_code", "year"]].reset_index(drop=True)
    result = np.where(np.isin(np.arange(count), winners), "winner", "nominee")
    return nominees.assign(result=result)
