"""What deliveries are checked against: the product's lists, active deliveries, the spec itself."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import duckdb

from datenlabor.deliveries.catalogue import Known, spec_measures, value_ranges
from datenlabor.deliveries.spec import Spec
from datenlabor.deliveries.store import Delivery
from datenlabor.paths import SEEDS
from datenlabor.product_lists import AREAS, INDICATORS, current_rows, rows_of

_LISTS = {
    "obs_status": ("codes/code_obs_status.csv", "status_code"),
    "provenance": ("codes/code_provenance.csv", "provenance_code"),
    "area_level": ("codes/code_area_level.csv", "area_level"),
    "industry": ("codes/code_industry.csv", "industry_code"),
    "unit": ("catalogue/catalogue_unit.csv", "unit_code"),
    "chapter": ("catalogue/catalogue_chapter.csv", "chapter_code"),
}
"""Name of a code list → its seed and column."""
Row = Mapping[str, str | None]
"""Column → text; None or "" for empty."""
_PARTS = ("numerator_measure_code", "denominator_measure_code")


def known_to(deliveries: Iterable[Delivery], spec: Spec) -> Known:
    """Return the codes of every list and the possible values of measures.

    ``area:<level>`` lists the areas a level has today. Raises OSError or duckdb.Error if a list
    or a delivery cannot be read, DatenlaborError if a measure of the spec is wrong.
    """
    active = [delivery for delivery in deliveries if delivery.is_active]
    codes = {
        name: frozenset(row[column] for row in _seed(file))
        for name, (file, column) in _LISTS.items()
    }
    measures = _measures(active, spec)
    codes["measure"] = frozenset(measures)
    ranges = value_ranges(_seed("catalogue/catalogue_unit.csv"), measures.values())
    return Known(codes | _areas(active), ranges)


def _measures(active: list[Delivery], spec: Spec) -> dict[str, Row]:
    """Return the rows of all measures by code; what is said by a measure goes before indicators."""
    indicators: list[Row] = [
        *current_rows(INDICATORS),
        *_delivered(active, "indicator", (*_PARTS, "unit_code", "value_kind")),
    ]
    # The product's catalogue goes before what others say of the same measure, as in the warehouse.
    measures: list[Row] = [
        *spec_measures(spec),
        *_delivered(active, "measure", ("measure_code", "unit_code")),
        *_seed("catalogue/catalogue_measure.csv"),
    ]
    found: dict[str, Row] = {}
    for indicator in indicators:
        # The unit of a ratio is that of the quotient, not of its parts.
        unit = None if indicator["value_kind"] == "ratio" else indicator["unit_code"]
        for part in _PARTS:
            if code := indicator[part]:
                found[code] = {"measure_code": code, "unit_code": unit}
    return found | {str(measure["measure_code"]): measure for measure in measures}


def _areas(active: list[Delivery]) -> dict[str, frozenset[str]]:
    columns = ("area_code", "area_level", "valid_to")
    # What counts today is the newest state of each register; what was may still be delivered.
    newest = {delivery.record.spec_name: delivery for delivery in active}
    levels: dict[str, set[str]] = {}
    for area in (*current_rows(AREAS), *_delivered(newest.values(), "area", columns)):
        if area["area_code"] and not area["valid_to"]:
            levels.setdefault(f"area:{area['area_level']}", set()).add(area["area_code"])
    every = (*rows_of(AREAS), *_delivered(active, "area", ("area_code",)))
    codes = frozenset(area["area_code"] for area in every if area["area_code"])
    return {"area": codes} | {name: frozenset(of) for name, of in levels.items()}


def _seed(file: str) -> list[dict[str, str]]:
    return _rows(SEEDS / file)


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _delivered(deliveries: Iterable[Delivery], dataset: str, columns: Sequence[str]) -> list[Row]:
    """Return the distinct texts of columns in the delivered rows of a dataset."""
    found: list[Row] = []
    stored: list[str] = []
    for delivery in deliveries:
        # Those of the store hold Parquet, supplied ones text.
        if (file := delivery.path / f"{dataset}.parquet").exists():
            stored.append(str(file))
        if (file := delivery.path / f"{dataset}.csv").exists():
            found += [{name: row[name] for name in columns} for row in _rows(file)]
    if stored:
        with duckdb.connect() as connection:
            rows = connection.read_parquet(stored, union_by_name=True)
            texts = rows.project(", ".join(f"{column}::varchar" for column in columns)).distinct()
            found += [dict(zip(columns, row, strict=True)) for row in texts.fetchall()]
    return found
