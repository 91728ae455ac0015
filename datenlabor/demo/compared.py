"""What is delivered of the towns to compare the city with: their areas and figures by district."""

from collections.abc import Sequence
from datetime import date

import pandas as pd

from datenlabor.demo.anchors import ratios
from datenlabor.demo.registers import areas, peers
from datenlabor.demo.social import social_figures
from datenlabor.demo.supply import Supply
from datenlabor.demo.town import Town

FIRST_YEAR = 2014
"""Year from which figures are delivered: enough to compare, and small."""


def compared(towns: Sequence[Town], registers_on: date, figures_on: date) -> list[Supply]:
    """Return areas and figures of each town, and the list that has them shown."""
    parts = [
        supply
        for town in towns
        for supply in (
            Supply(
                kind="municipal",
                name=f"gebiete_{town.name.lower()}",
                dataset="area",
                title=f"Schematische Gebietsgliederung von {town.name}",
                published_on=registers_on,
                rows=areas(town),
            ),
            Supply(
                kind="municipal",
                name=f"kennzahlen_{town.name.lower()}",
                dataset="figure",
                title=f"Kennzahlen der Stadtteile von {town.name}",
                published_on=figures_on,
                rows=compared_figures(town),
            ),
        )
    ]
    shown = Supply(
        kind="municipal",
        name="vergleichsstaedte",
        dataset="peer",
        title="Vergleichsstädte",
        published_on=registers_on,
        rows=peers(towns),
    )
    return [*parts, shown]


def compared_figures(town: Town) -> pd.DataFrame:
    """Return figures (contract ``figure``) of all that indicators are made of.

    **Grain:** district, period since ``FIRST_YEAR``, measure.
    """
    wanted = {code for ratio in ratios().values() for code in (ratio.numerator, ratio.denominator)}
    figures = social_figures(town)
    is_wanted = figures["measure_code"].isin(wanted)
    return figures[is_wanted & (figures["period"].str[:4].astype(int) >= FIRST_YEAR)]
