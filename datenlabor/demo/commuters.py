"""Commuters between the city and other places; sums are published, places are synthetic."""

from pathlib import Path

import numpy as np
import pandas as pd

from datenlabor.demo.rounding import round_to_sum
from datenlabor.demo.town import Town

COMMUTER_YEARS = tuple(range(2015, 2025))

# Commuters over the border of the city, 30 June: 2015, 2017 and 2019 published (Regionalstatistik
# 13111, Stadt Neuss, regional press); between them halfway, after them assumed.
TOTALS = {
    "in": (44_551, 45_806, 47_060, 47_558, 48_056, 47_620, 48_930, 50_970, 52_640, 52_980),
    "out": (32_887, 33_903, 34_918, 35_616, 36_313, 36_060, 36_640, 37_410, 38_050, 38_270),
}
_NOISE = 0.02


def commuter_flows(town: Town) -> pd.DataFrame:
    """Return the contract's ``commuter_flow``. Grain: city x year x direction x place.

    Places are neighbouring municipalities of the Kreis, cities and other Kreise, and the rest;
    none contains another, so that they add up to ``TOTALS``.
    """
    chance = town.chance("commuters")
    places = pd.read_csv(Path(__file__).with_name("commuter_places.csv"), dtype={"place_code": str})
    parts = []
    for direction, totals in TOTALS.items():
        start = places[f"{direction}_2015"].to_numpy(np.float64)
        growth = 1 + places[f"{direction}_growth"].to_numpy(np.float64)
        for year, total in zip(COMMUTER_YEARS, totals, strict=True):
            noise = np.exp(chance.normal(0, _NOISE, len(places)))
            shares = start * growth ** (year - COMMUTER_YEARS[0]) * noise
            part = {"area_code": town.code, "year": year, "direction": direction}
            part |= {"place_code": places["place_code"], "place_name": places["place_name"]}
            parts.append(pd.DataFrame(part | {"commuters": round_to_sum(shares, total)}))
    rows = pd.concat(parts, ignore_index=True)
    return rows.assign(provenance="synthetic")
