"""One metric per indicator, written from the catalogue."""

import csv
from pathlib import Path
from typing import Any

import pytest
import yaml

from datenlabor.paths import PROJECT
from datenlabor.semantics.indicator_metrics import (
    Row,
    indicator_metrics_yaml,
    number_format,
    read_catalogue,
)

INDICATORS, UNITS = read_catalogue(PROJECT / "seeds")
DOCUMENT = yaml.safe_load(indicator_metrics_yaml(INDICATORS, UNITS))
METRICS: dict[str, dict[str, Any]] = {entry["name"]: entry for entry in DOCUMENT["metrics"]}
each_indicator = pytest.mark.parametrize(
    "row", INDICATORS, ids=[row["indicator_code"] for row in INDICATORS]
)


def test_one_metric_per_row_of_the_catalogue_in_its_order() -> None:
    assert DOCUMENT["version"] == 2
    assert [entry["name"] for entry in DOCUMENT["metrics"]] == [
        row["indicator_code"] for row in INDICATORS
    ]
    assert len(METRICS) == len(INDICATORS) > 0


@each_indicator
def test_rate_with_known_base_exists_only_as_ratio_of_sums(row: Row) -> None:
    """No rate is defined by another formula: the rest is a plain guarded value."""
    metric = METRICS[row["indicator_code"]]
    if row["denominator_measure_code"]:
        assert row["value_kind"] == "ratio"
        assert metric["type"] == "ratio"
        assert (metric["numerator"], metric["denominator"]) == (
            "guarded_numerator",
            "denominator_sum",
        )
        assert "expr" not in metric
    else:
        assert row["value_kind"] in {"count", "published"}
        assert metric["type"] == "derived"
        assert metric["expr"] == "guarded_value"
        assert metric["input_metrics"] == [{"name": "guarded_value"}]


@each_indicator
def test_metric_is_about_its_indicator_alone(row: Row) -> None:
    code = row["indicator_code"]
    assert METRICS[code]["filter"] == (
        f"{{{{ Dimension('indicator_value__indicator_code') }}}} = '{code}'"
    )
    assert METRICS[code]["label"] == row["name_de"]
    assert METRICS[code]["description"].startswith(row["definition_de"])
    assert METRICS[code]["description"].endswith(row["note_de"])


@each_indicator
def test_format_has_the_decimals_and_the_unit_of_the_catalogue(row: Row) -> None:
    meta = METRICS[row["indicator_code"]]["config"]["meta"]
    unit = UNITS[row["unit_code"]]
    assert meta["unit"] == unit["name_de"]
    assert meta["format"].endswith("%") == (unit["symbol_de"] == "%")
    assert f".{row['decimals']}" in meta["format"]
    assert ("currency" in meta) == (unit["symbol_de"] == "€")
    assert meta["direction"] in {-1, 0, 1}


@pytest.mark.parametrize(
    ("kind", "decimals", "expected"),
    [("f", "0", ",.0f"), ("f", "1", ",.1f"), ("%", "2", ",.2%")],
)
def test_number_format(kind: str, decimals: str, expected: str) -> None:
    assert number_format({"number_format": kind}, decimals) == expected


def test_text_of_any_kind_survives_the_yaml(tmp_path: Path) -> None:
    """A definition may hold what means something in YAML, and a line break."""
    row = dict(INDICATORS[0]) | {
        "name_de": "Größe: 'a' # \"b\"",
        "definition_de": "{{ x }} - [1]: *a\nzweite Zeile",
        "note_de": "",
        "unit_code": "u",
        "indicator_code": "no",
    }
    folder = tmp_path / "catalogue"
    folder.mkdir()
    unit = {"unit_code": "u", "name_de": "n", "symbol_de": "€", "number_format": "f"}
    for name, entry in (("catalogue_indicator", row), ("catalogue_unit", unit)):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(entry))
            writer.writeheader()
            writer.writerow(entry)
    [metric] = yaml.safe_load(indicator_metrics_yaml(*read_catalogue(tmp_path)))["metrics"]
    assert metric["name"] == "no"
    assert metric["label"] == row["name_de"]
    assert metric["description"] == row["definition_de"]
    assert metric["config"]["meta"]["currency"] == "EUR"
