"""All deliveries of the demo city."""

from datetime import date
from pathlib import Path

import pandas as pd

from datenlabor.demo import facilities, hazards, registers
from datenlabor.demo.comments import comments
from datenlabor.demo.compared import compared
from datenlabor.demo.economy import economy
from datenlabor.demo.releases import figure_releases
from datenlabor.demo.social import social_figures
from datenlabor.demo.supply import Supply
from datenlabor.demo.town import COMPARED, Town

_HERE = Path(__file__).parent
_START = date(2020, 1, 15)
"""Day on which the town begins to speak of its areas and indicators."""
_HAZARDS_ON = date(2022, 1, 15)
_FIRST_REPORT_ON, _SECOND_REPORT_ON = date(2024, 9, 30), date(2025, 9, 30)


def supplies(town: Town) -> list[Supply]:
    """Draw everything; the same for the same town."""
    others = [Town.read(code, town.seed) for code in COMPARED]
    return [
        *_registers(town),
        *_social_report(town),
        *economy(town),
        *compared(others, _START, _SECOND_REPORT_ON),
    ]


def _registers(town: Town) -> list[Supply]:
    return [
        Supply(
            kind="municipal",
            name="gebiete",
            dataset="area",
            title="Schematische Gebietsgliederung",
            published_on=_START,
            rows=registers.areas(town),
        ),
        *(
            Supply(
                kind="municipal",
                name="einrichtungen",
                dataset="facility",
                title="Sozialatlas",
                published_on=state,
                rows=facilities.facilities(town, state),
            )
            for state in facilities.STATES
        ),
        Supply(
            kind="municipal",
            name="gefahrengebiete",
            dataset="hazard_zone",
            title="Schematische Hochwasser- und Starkregenzonen",
            published_on=_HAZARDS_ON,
            rows=hazards.hazard_zones(town),
        ),
    ]


def _social_report(town: Town) -> list[Supply]:
    title = "Sozial- und Jugendbericht"
    first, second = figure_releases(town, social_figures(town))
    catalogues = [
        ("messgroessen", "measure", "measures.csv"),
        ("indikatoren", "indicator", "indicators.csv"),
    ]
    reports = [(_FIRST_REPORT_ON, first), (_SECOND_REPORT_ON, second)]
    return [
        *(
            Supply(
                kind="municipal",
                name=name,
                dataset=dataset,
                title=f"{title}: Katalog",
                published_on=_START,
                rows=pd.read_csv(_HERE / file, dtype=str, keep_default_na=False),
            )
            for name, dataset, file in catalogues
        ),
        *(
            Supply(
                kind="municipal",
                name="sozialbericht",
                dataset="figure",
                title=title,
                published_on=published_on,
                rows=rows,
            )
            for published_on, rows in reports
        ),
        Supply(
            kind="municipal",
            name="einordnungen",
            dataset="comment",
            title="Einordnungen aus Fachämtern und Praxis",
            published_on=_SECOND_REPORT_ON,
            rows=comments(town),
        ),
    ]
