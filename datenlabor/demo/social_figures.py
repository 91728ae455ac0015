"""From arrays of districts and years to rows of contract ``figure``."""

import csv
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from datenlabor.demo.town import Array

MEASURES = Path(__file__).with_name("measures.csv")

Table = Mapping[str, Array]
"""Measure → its values, areas by years; NaN where there is none."""

COLUMNS = ["area_code", "period", "measure_code", "value", "obs_status", "provenance"]

# Measures of the product's catalogue that the demo has figures for.
_CATALOGUE = {
    "population": "31.12.",
    "population_male": "31.12.",
    "population_female": "31.12.",
    "employees_residence": "30.06.",
    "employees_workplace": "30.06.",
    "unemployed": "year_average",
    "unemployed_foreign": "year_average",
    "unemployed_disabled": "year_average",
    "unemployed_15_19": "year_average",
    "unemployed_15_24": "year_average",
    "unemployed_55_64": "year_average",
    "unemployed_longterm": "year_average",
}


@cache
def references() -> dict[str, str]:
    """Return what periods stand for (contract ``measure``: reference), by measure."""
    with MEASURES.open(encoding="utf-8", newline="") as stream:
        own = {row["measure_code"]: row["reference"] for row in csv.DictReader(stream)}
    return _CATALOGUE | own


def period(measure_code: str, year: int) -> str:
    """Return the period of a year's figure: the year, or its reference date.

    Raises KeyError if the measure is in no catalogue.
    """
    reference = references()[measure_code]
    if reference.startswith("year"):
        return str(year)
    day, month = reference.strip(".").split(".")
    return f"{year}-{month}-{day}"


def figures(table: Table, areas: Sequence[str], years: Sequence[int]) -> pd.DataFrame:
    """Return a table as rows of contract ``figure``, all synthetic.

    **Grain:** area, period, measure. Rows without a value are left out.
    """
    frames = [
        pd.DataFrame(
            {
                "area_code": np.repeat(np.array(areas, object), len(years)),
                "period": np.tile([period(code, year) for year in years], len(areas)),
                "measure_code": code,
                "value": np.asarray(values, np.float64).ravel(),
            }
        )
        for code, values in table.items()
    ]
    result = pd.concat(frames, ignore_index=True).dropna(subset=["value"])
    # Two decimals for square kilometres; all else is whole.
    result["value"] = result["value"].round(2)
    result = result.assign(obs_status="A", provenance="synthetic")[COLUMNS]
    return result.sort_values(["area_code", "period", "measure_code"], ignore_index=True)
