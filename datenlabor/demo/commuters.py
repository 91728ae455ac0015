"""Commuters between the city and other places; sums are published, places are synthetic."""

from pathlib import Path

import numpy as np
import pandas as pd

from datenlabor.demo.anchors import published
from datenlabor.demo.rounding import round_to_sum
from datenlabor.demo.town import Town

COMMUTER_YEARS = tuple(range(2015, 2025))

# Commuters over the border of the city, 30 June, where nothing is published: halfway between years
# that are, after them assumed.
_ASSUMED = {
    "in": {
        2016: 45_806,
        2018: 47_558,
        2020: 47_620,
        2021: 48_930,
        2022: 50_970,
        2023: 52_640,
        2024: 52_980,
    },
    "out": {
        2016: 33_903,
        2018: 35_616,
        2020: 36_060,
        2021: 36_640,
        2022: 37_410,
        2023: 38_050,
        2024: 38_270,
    },
}
_NOISE = 0.02


def commuter_flows(town: Town) -> pd.DataFrame:
    """Return the contract's ``commuter_flow``. Grain: city x year x direction x place.

    Places are neighbouring municipalities of the Kreis, cities and other Kreise, and the rest;
    none contains another, so that they add up to what crosses the border.
    """
    chance = town.chance("commuters")
    places = pd.read_csv(Path(__file__).with_name("commuter_places.csv"), dtype={"place_code": str})
    parts = []
    for direction, assumed in _ASSUMED.items():
        totals = assumed | published(f"commuters_{direction}")
        start = places[f"{direction}_2015"].to_numpy(np.float64)
        growth = 1 + places[f"{direction}_growth"].to_numpy(np.float64)
        for year in COMMUTER_YEARS:
            noise = np.exp(chance.normal(0, _NOISE, len(places)))
            shares = start * growth ** (year - COMMUTER_YEARS[0]) * noise
            part = {"area_code": town.code, "year": year, "direction": direction}
            part |= {"place_code": places["place_code"], "place_name": places["place_name"]}
            parts.append(
                pd.DataFrame(part | {"commuters": round_to_sum(shares, round(totals[year]))})
            )
    rows = pd.concat(parts, ignore_index=True)
    return rows.assign(provenance="synthetic")
