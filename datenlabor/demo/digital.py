"""Websites of the companies in four groups of features: presence, interaction, media, people.

How digital a company is depends on its size, industry and age, and on whom it sells to. A feature
is empty where the crawler could not know it: no site, not reached, or refused.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from datenlabor.demo.town import Array, Town

CRAWLS = (2022, 2024)
STATUSES = ("ok", "no_site", "unreachable", "refused")
HOSTINGS = ("builder", "mass_hosting", "own_server", "cloud")

_UNREACHABLE = 0.05
_REFUSED = 0.04
_MEDIA_UNKNOWN = 0.08
_PEOPLE_UNKNOWN = 0.22
_DIGITAL_DIVISIONS = ("58", "59", "61", "62", "63", "72", "73", "79")
_MISSING = pd.NA


def websites(town: Town, company_year: pd.DataFrame) -> pd.DataFrame:
    """Return the contract's ``company_website``. Grain: company x year of the crawl, 2022 and 2024.

    Numbers are counts, ``last_changed_days`` days since the last visible change.
    """
    chance = town.chance("websites")
    # What makes a company digital lasts; both crawls see it.
    codes = np.array(sorted(set(company_year["company_code"])))
    lasting = chance.normal(0, 0.8, len(codes))
    parts = []
    for year in CRAWLS:
        there = company_year[company_year["year"] == year].reset_index(drop=True)
        own = lasting[np.searchsorted(codes, there["company_code"].to_numpy(np.str_))]
        parts.append(_crawl(there, own + chance.normal(0, 0.35, len(there)), year, chance))
    rows = pd.concat(parts, ignore_index=True)
    return rows.sort_values(["company_code", "year"], ignore_index=True)


def _digitality(there: pd.DataFrame, own: Array, year: int) -> Array:
    """Return how digital each company is: about 0 on average, 1 a deviation."""
    staff = np.log1p(there["employees"].to_numpy(np.float64))
    is_digital = there["industry_code"].isin(_DIGITAL_DIVISIONS).to_numpy()
    level = own + 0.4 * (staff - 0.8) - 0.012 * (_age(there, year) - 12) + 0.9 * is_digital
    return np.asarray(level + 0.1 * (year - CRAWLS[0]), np.float64)


def _age(there: pd.DataFrame, year: int) -> Array:
    founded = there["founded_on"].str[:4].astype(int).to_numpy(np.float64)
    return np.clip(year - founded, 0, 60)


def _crawl(there: pd.DataFrame, own: Array, year: int, chance: np.random.Generator) -> pd.DataFrame:
    count = len(there)
    level = _digitality(there, own, year)
    staff = np.log1p(there["employees"].to_numpy(np.float64))
    is_b2b = there["is_b2b"].to_numpy(np.bool_)
    young = np.exp(-_age(there, year) / 8)
    status = _statuses(level, chance)

    def drawn(logit: Array) -> NDArray[np.bool_]:
        return chance.random(count) < 1 / (1 + np.exp(-np.round(logit, 9)))

    def counted(logarithm: Array, most: int) -> NDArray[np.int64]:
        rate = np.round(np.exp(np.clip(logarithm, -8, 7)), 6)
        return np.minimum(chance.poisson(rate), most)

    has_shop_tool = drawn(0.6 * level - 1.9 - 1.0 * is_b2b)
    presence: dict[str, NDArray[np.generic]] = {
        "domains": 1 + counted(0.4 * level + 0.3 * staff - 2.0, 20),
        "pages": 1 + counted(2.6 + 0.8 * level + 0.3 * staff, 5_000),
        "hosting": np.array(HOSTINGS)[np.clip(np.rint(1 + 0.8 * level), 0, 3).astype(np.int64)],
        "last_changed_days": counted(5.2 - 0.6 * level - 0.5 * young, 2_500),
        "has_shop_tool": has_shop_tool,
    }
    interaction: dict[str, NDArray[np.generic]] = {
        "has_shop": has_shop_tool & drawn(1.4 + 0.3 * level),
        "has_contact_form": drawn(0.6 + 0.5 * level + 0.3 * is_b2b),
        "has_newsletter": drawn(0.8 * level - 1.7),
        "has_app": drawn(0.9 * level + 0.2 * staff - 4.2 - 0.4 * is_b2b),
        "has_booking": drawn(0.5 * level - 1.4 - 1.6 * is_b2b),
    }
    media: dict[str, NDArray[np.generic]] = {
        "social_networks": counted(0.45 * level - 0.3 + 0.5 * young - 0.25 * is_b2b, 9),
        "platforms": counted(0.3 * level - 0.5 - 0.5 * is_b2b, 12),
        "has_map_entry": drawn(1.2 + 0.4 * level - 0.9 * is_b2b),
    }
    named = counted(0.6 * staff + 0.3 * level - 0.2 + 0.2 * is_b2b, 400)
    people: dict[str, NDArray[np.generic]] = {
        "people_named": named,
        "managers_named": np.minimum(named, counted(0.35 * staff + 0.2 * level - 0.7, 40)),
        "network_profiles": counted(0.7 * staff + 0.4 * level - 0.8 + 0.5 * is_b2b, 900),
    }
    is_read = status == "ok"
    rows = there[["company_code", "year"]].assign(status=status)
    for group, unknown in (
        (presence, 0.0),
        (interaction, 0.0),
        (media, _MEDIA_UNKNOWN),
        (people, _PEOPLE_UNKNOWN),
    ):
        known = is_read & (chance.random(count) >= unknown)
        for name, values in group.items():
            rows[name] = _known(values, known)
    return rows


def _statuses(level: Array, chance: np.random.Generator) -> NDArray[np.str_]:
    """Return what the crawler met; the more digital a company, the likelier it has a site."""
    has_site = chance.random(len(level)) < 1 / (1 + np.exp(-np.round(1.0 + 1.1 * level, 9)))
    drawn = chance.random(len(level))
    met = np.select([drawn < _UNREACHABLE, drawn < _UNREACHABLE + _REFUSED], STATUSES[2:], "ok")
    return np.where(has_site, met, "no_site")


def _known(values: NDArray[np.generic], known: NDArray[np.bool_]) -> pd.Series:
    """Return a nullable series, empty where nothing is known."""
    return pd.Series(values).convert_dtypes().where(known, _MISSING)
