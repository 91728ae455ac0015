"""What is supplied about the economy: companies, awards, websites, commuters, business climate."""

from collections.abc import Iterable
from datetime import date

import pandas as pd

from datenlabor.demo.awards import awards
from datenlabor.demo.climate import business_climate
from datenlabor.demo.commuters import commuter_flows
from datenlabor.demo.companies import companies
from datenlabor.demo.digital import websites
from datenlabor.demo.releases import company_releases, event_releases
from datenlabor.demo.supply import Supply
from datenlabor.demo.town import Town

_FIRST_ON, _SECOND_ON = date(2024, 6, 30), date(2025, 6, 30)
_CLIMATE_ON = date(2025, 1, 31)


def economy(town: Town) -> list[Supply]:
    """Draw everything about the economy; companies in two yearly publications."""
    drawn = companies(town)
    first_years, second_years = company_releases(town, drawn.years)
    first_events, second_events = event_releases(town, drawn.events)
    return [
        _commercial("unternehmen", "company_year", "Unternehmen", _FIRST_ON, first_years),
        _commercial("unternehmen", "company_year", "Unternehmen", _SECOND_ON, second_years),
        _commercial(
            "ereignisse", "company_event", "Ereignisse in Unternehmen", _FIRST_ON, first_events
        ),
        _commercial(
            "ereignisse", "company_event", "Ereignisse in Unternehmen", _SECOND_ON, second_events
        ),
        _commercial(
            "zahlungsverhalten",
            "company_quarter",
            "Zahlungsverhalten von Unternehmen",
            _SECOND_ON,
            drawn.quarters,
        ),
        *_crawls(websites(town, drawn.years)),
        Supply(
            kind="municipal",
            name="innovationspreise",
            dataset="award",
            title="Innovationspreise",
            published_on=_SECOND_ON,
            rows=awards(town, drawn.years),
        ),
        Supply(
            kind="municipal",
            name="pendler",
            dataset="commuter_flow",
            title="Pendlerverflechtung",
            published_on=_SECOND_ON,
            rows=commuter_flows(town),
        ),
        Supply(
            kind="municipal",
            name="geschaeftsklima",
            dataset="business_climate",
            title="Konjunkturumfrage",
            published_on=_CLIMATE_ON,
            rows=business_climate(town),
        ),
    ]


def _crawls(sites: pd.DataFrame) -> Iterable[Supply]:
    for year, rows in sites.groupby("year"):
        day = date(int(str(year)), 11, 15)
        yield _commercial("webseiten", "company_website", "Webseiten von Unternehmen", day, rows)


def _commercial(
    name: str, dataset: str, title: str, published_on: date, rows: pd.DataFrame
) -> Supply:
    return Supply("commercial", name, dataset, title, published_on, rows)
