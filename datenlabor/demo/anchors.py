"""Anchors: published figures the demo uses, and how well it honours them.

``anchors.csv`` is the only place of these figures: subjects are fitted to them, and the
calibration report and the tests compare them with what was generated. Nothing is claimed of those
of kind ``input``: they are structure or trend.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, cast, get_args

import numpy as np
import pandas as pd

from datenlabor.demo.social_figures import references
from datenlabor.demo.town import CITY, Array, Town

ANCHORS = Path(__file__).with_name("anchors.csv")
INDICATORS = Path(__file__).with_name("indicators.csv")

_FACTORS = {"percent": 100, "per_100": 100, "per_1000": 1_000, "per_100000": 100_000}
"""What a ratio is multiplied by, by unit; 1 for others (catalogue of units)."""

Kind = Literal["absolute", "relative", "at_least", "at_most", "input"]
"""How the tolerance is meant: in the unit of the value, or (all others) as a share of it; on both
sides, only above or only below it; or nothing is claimed."""


@dataclass(frozen=True)
class Anchor:
    """A published figure (one row of anchors.csv)."""

    anchor_code: str
    area_codes: tuple[str, ...]
    """Usually one; several where the figure is of these areas together."""
    year: int
    measure_code: str
    """Measure, else the indicator whose ratio was published, else what ``countings`` counts."""
    value: float
    """In the unit of the measure or indicator."""
    tolerance: float
    kind: Kind
    scale: float | None
    """What a figure of the demo city is multiplied with to stand for the one that was published;
    None where it stands for itself."""
    source: str

    @property
    def ratio(self) -> "Ratio | None":
        """The ratio that was published; None if a count was."""
        return None if self.measure_code in references() else ratios().get(self.measure_code)

    def deviation(self, generated: float) -> float:
        """Return how far a figure is away, in the unit of the tolerance."""
        difference = generated - self.value
        return difference if self.kind == "absolute" else difference / self.value

    def is_honoured(self, generated: float) -> bool:
        """Whether a figure is within the tolerance."""
        # A float is a little off the figure it was made from.
        deviation, most = self.deviation(generated), self.tolerance + 1e-9
        lowest = 0 if self.kind == "at_least" else -most
        return lowest <= deviation <= (0 if self.kind == "at_most" else most)


@dataclass(frozen=True)
class Ratio:
    """An indicator that is factor x numerator ÷ denominator."""

    numerator: str
    denominator: str
    factor: int


@dataclass(frozen=True)
class Known:
    """Published shares of a count in its base; NaN where nothing is published."""

    city: Array
    """One per year."""
    districts: Array
    """Districts by years."""


@cache
def anchors() -> tuple[Anchor, ...]:
    """Return all anchors in the order of the file."""
    return tuple(
        Anchor(
            anchor_code=row["anchor_code"],
            area_codes=tuple(row["area_code"].split("+")),
            year=int(row["year"]),
            measure_code=row["measure_code"],
            value=float(row["value"]),
            tolerance=float(row["tolerance"] or "nan"),
            kind=_kind(row["tolerance_kind"]),
            scale=float(row["scale"]) if row["scale"] else None,
            source=row["source"],
        )
        for row in _rows(ANCHORS)
    )


def claims() -> list[Anchor]:
    """Return the anchors the demo claims to honour."""
    return [anchor for anchor in anchors() if anchor.kind != "input"]


@cache
def ratios() -> dict[str, Ratio]:
    """Return the indicators of the demo that are ratios, by code."""
    return {
        row["indicator_code"]: Ratio(
            row["numerator_measure_code"],
            row["denominator_measure_code"],
            _FACTORS.get(row["unit_code"], 1),
        )
        for row in _rows(INDICATORS)
        if row["value_kind"] == "ratio"
    }


def published(measure_code: str, area_code: str = CITY) -> dict[int, float]:
    """Return the anchors of a measure for one area, by year."""
    return {
        anchor.year: anchor.value
        for anchor in anchors()
        if anchor.measure_code == measure_code and anchor.area_codes == (area_code,)
    }


def in_city(measure_code: str) -> dict[int, float]:
    """Return what the anchors of a measure, of whatever area, mean for the demo city, by year."""
    return {
        anchor.year: anchor.value / (anchor.scale or 1)
        for anchor in anchors()
        if anchor.measure_code == measure_code
    }


def known(town: Town, measure_code: str, base_code: str, base: Array) -> Known:
    """Return what is published about a measure as shares of its base (districts by years)."""
    result = Known(np.full(base.shape[1], np.nan), np.full(base.shape, np.nan))
    place = {district.code: row for row, district in enumerate(town.districts)}
    for anchor in anchors():
        ratio = anchor.ratio
        is_city = anchor.area_codes == (town.code,)
        if anchor.year not in town.years or not (is_city or place.keys() >= set(anchor.area_codes)):
            continue
        column = town.years.index(anchor.year)
        rows = list(place.values()) if is_city else [place[code] for code in anchor.area_codes]
        if anchor.measure_code == measure_code:
            share = anchor.value / base[rows, column].sum()
        elif ratio and (ratio.numerator, ratio.denominator) == (measure_code, base_code):
            share = anchor.value / ratio.factor
        else:
            continue
        if is_city:
            result.city[column] = share
        else:
            result.districts[rows, column] = share
    return result


def check(figures: pd.DataFrame) -> pd.DataFrame:
    """Compare figures (contract ``figure``, and ``countings``) with all anchors that are claimed.

    Returns one row per anchor: anchor_code, area_code, year, measure_code, target, generated,
    deviation (see ``Anchor.deviation``), tolerance,
    tolerance_kind, is_within, source. The city is the sum of its districts. ``generated`` is NaN
    and ``is_within`` false where a figure is missing.
    """
    wanted = {anchor.measure_code for anchor in claims()}
    parts = {part for ratio in ratios().values() for part in (ratio.numerator, ratio.denominator)}
    used = figures[figures["measure_code"].isin(wanted | parts)]
    districts = used["area_code"].str.fullmatch(rf"{CITY}-\d+")
    own = used.assign(year=used["period"].str[:4].astype(int))
    city = own[districts].assign(area_code=CITY)
    values = pd.concat([own, city]).groupby(["area_code", "year", "measure_code"])["value"].sum()
    rows = [_compared(anchor, values) for anchor in claims()]
    return pd.DataFrame(rows)


def _compared(anchor: Anchor, values: "pd.Series[float]") -> dict[str, object]:
    ratio = anchor.ratio
    if ratio:
        base = _sum(values, anchor, ratio.denominator)
        generated = ratio.factor * _sum(values, anchor, ratio.numerator) / base
    else:
        generated = _sum(values, anchor, anchor.measure_code) * (anchor.scale or 1)
    return {
        "anchor_code": anchor.anchor_code,
        "area_code": "+".join(anchor.area_codes),
        "year": anchor.year,
        "measure_code": anchor.measure_code,
        "target": anchor.value,
        "generated": round(generated, 4),
        "deviation": round(anchor.deviation(generated), 5),
        "tolerance": anchor.tolerance,
        "tolerance_kind": anchor.kind,
        "is_within": anchor.is_honoured(generated),
        "source": anchor.source,
    }


def _sum(values: "pd.Series[float]", anchor: Anchor, measure_code: str) -> float:
    areas = (CITY,) if anchor.scale else anchor.area_codes
    return sum(float(values.get((code, anchor.year, measure_code), np.nan)) for code in areas)


def _kind(text: str) -> Kind:
    (kind,) = (kind for kind in get_args(Kind) if kind == text)
    return cast("Kind", kind)


def _rows(file: Path) -> Sequence[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
