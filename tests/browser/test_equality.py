"""One number, three ways: Superset, MetricFlow and plain SQL give the same answer.

Superset's metrics are translated from the semantic layer (``datenlabor.semantics.metric_sql``);
nothing of that translation is used here. The plain SQL is written by hand from the columns of the
published tables.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import equality_places as places
import pytest
from access_world import World
from debt_metrics import DEBT_DIMENSIONS, DEBT_METRICS, DEBT_MODELS
from economy_metrics import ECONOMY_DIMENSIONS, ECONOMY_METRICS, ECONOMY_MODELS
from installation import ARTIFACTS, Installation
from metricflow_answers import Answers, metricflow
from social_metrics import SOCIAL_DIMENSIONS, SOCIAL_METRICS, SOCIAL_MODELS

from datenlabor.audiences import INTERNAL
from datenlabor.semantics.artifacts import Project, read_project

VALUES = "pub_indicator_value"
PARTS = "pub_measure_breakdown"
MAP = "pub_indicator_map"
DELIVERIES = "pub_delivery"
COVERAGE = "pub_indicator_coverage"
SOURCES = "pub_indicator_source"
TESTS = "pub_test_result"
SEMANTIC_MODELS = {
    VALUES: "indicator_value",
    PARTS: "measure_breakdown",
    MAP: "indicator_map",
    DELIVERIES: "delivery",
    COVERAGE: "indicator_coverage",
    SOURCES: "indicator_source",
    TESTS: "test_result",
    **DEBT_MODELS,
    **ECONOMY_MODELS,
    **places.MODELS,
    **SOCIAL_MODELS,
}
PRECISION = 1e-12

FINEST = ["indicator_code", "area_code", "calendar_year"]
"""Dimensions with more groups than Superset gives at once."""

DIMENSIONS = [
    (VALUES, ()),
    (VALUES, ("area_code",)),
    (VALUES, ("area_level",)),
    (VALUES, ("indicator_code",)),
    (VALUES, ("calendar_year",)),
    (VALUES, ("area_code", "calendar_year")),
    (VALUES, ("area_level", "calendar_year")),
    (VALUES, ("peer_group", "calendar_year")),
    (VALUES, ("indicator_name", "area_level", "calendar_year")),
    (VALUES, tuple(FINEST)),
    (PARTS, ()),
    (PARTS, ("area_code",)),
    (PARTS, ("measure_code", "area_code")),
    (PARTS, ("total_measure_code", "breakdown", "calendar_year")),
    (PARTS, ("area_level", "calendar_year")),
    (PARTS, ("part_name", "area_level", "calendar_year")),
    (PARTS, ("measure_code", "area_code", "calendar_year")),
    (MAP, ()),
    (MAP, ("indicator_code", "calendar_year")),
    (MAP, ("area_code", "calendar_year")),
    (DELIVERIES, ()),
    (DELIVERIES, ("kind_name",)),
    (DELIVERIES, ("release_id",)),
    (COVERAGE, ()),
    (COVERAGE, ("indicator_name",)),
    (COVERAGE, ("indicator_name", "calendar_year")),
    (SOURCES, ()),
    (SOURCES, ("freshness",)),
    (SOURCES, ("indicator_name", "source_code")),
    (TESTS, ()),
    (TESTS, ("kind_name", "layer_name")),
    (TESTS, ("test_id",)),
    *DEBT_DIMENSIONS,
    *ECONOMY_DIMENSIONS,
    *places.DIMENSIONS,
    *SOCIAL_DIMENSIONS,
]

# A figure of the group, where its rows may be added up (one aggregation key).
ONE_VALUE = """
    case when count(distinct aggregation_key) = 1 then
        case max(value_kind)
            when 'ratio' then sum(numerator * ratio_factor) / nullif(sum(denominator), 0)
            else sum(indicator_value)
        end
    end"""
# Every metric that is no indicator of the catalogue.
GENERAL: Mapping[str, Mapping[str, str]] = {
    VALUES: {
        "indicator_value": ONE_VALUE,
        "displayed_value": f"({ONE_VALUE}) * max(display_factor)",
        "figures": "count(*) filter (where indicator_value is not null)",
        "change_on_year": "case when count(indicator_value) = 1 then sum(change_on_year) end",
        "displayed_distance_to_state": "case when count(indicator_value) = 1"
        " then sum(distance_to_state * display_factor) end",
        "displayed_distance_to_country": "case when count(indicator_value) = 1"
        " then sum(distance_to_country * display_factor) end",
    },
    PARTS: {
        "part_value": "case when count(distinct aggregation_key) = 1 then sum(part_value) end",
        "part_share": "case when count(distinct aggregation_key) = 1"
        " then sum(part_value) / nullif(sum(total_value), 0) end",
    },
    MAP: {
        "map_colour": "case when count(distinct (indicator_code, calendar_year)) = 1"
        " then max(coalesce(nullif(shown_value, 0), shown_value + 0.0001)) end",
    },
    DELIVERIES: {
        "deliveries": "count(*) filter (where is_delivery)",
        "base_publications": "count(*) filter (where not is_delivery)",
        "quarantined_records": "coalesce("
        "sum(quarantined_record_count) filter (where is_active), 0)",
    },
    COVERAGE: {
        "coverage": "sum(figure_count) / sum(expected_count)",
        "missing_figures": "sum(expected_count - figure_count)",
        "revised_figures": "sum(revised_count)",
    },
    SOURCES: {
        "overdue_sources": "count(distinct source_code) filter (where overdue_days > 0)",
        "overdue_days": "max(overdue_days)",
        "sources_in_use": "count(distinct source_code)",
    },
    TESTS: {
        "tests": "count(*)",
        "passed_tests": "count(*) filter (where result_name = 'bestanden')",
        "passed_share": "count(*) filter (where is_passed) / count(*)",
        "violations": "sum(violation_count)",
        "build_moment": "1000 * epoch(max(checked_at))",
    },
    **DEBT_METRICS,
    **ECONOMY_METRICS,
    **places.METRICS,
    **SOCIAL_METRICS,
}

# Figures of public record: metric, area, year, value.
KNOWN = [
    ("overindebtedness_rate", "05162", 2021, 0.0904),
    ("overindebtedness_rate", "05116", 2021, 0.1507),
    ("overindebtedness_rate", "DE", 2021, 0.0886),
    ("company_insolvencies", "05162", 2009, 281.0),
]

Key = tuple[Any, ...]
Answer = dict[Key, dict[str, float]]
"""Values other than null by group and metric; a group without any is there, empty."""


@pytest.fixture(scope="module")
def installation(world: World) -> Installation:
    """Return what an administrator sees, two municipalities among it."""
    return world.installation


@pytest.fixture(scope="module")
def project() -> Project:
    return read_project(ARTIFACTS)


@pytest.fixture(scope="module")
def answers(installation: Installation) -> Iterator[Answers]:
    with metricflow(ARTIFACTS, installation.home.warehouse, INTERNAL) as answers:
        yield answers


def metrics_of(installation: Installation, table: str) -> list[str]:
    """Return the metrics that Superset offers on a table."""
    [dataset] = [
        document
        for document in installation.assets.assets["datasets"].values()
        if document["table_name"] == table
    ]
    return [str(metric["metric_name"]) for metric in dataset["metrics"]]


def answer(
    rows: Sequence[Mapping[str, Any]], dimensions: Sequence[str], metrics: Sequence[str]
) -> Answer:
    result = {
        tuple(row[name] for name in dimensions): {
            name: float(row[name]) for name in metrics if row[name] is not None
        }
        for row in rows
    }
    assert len(result) == len(rows), "a group came twice"
    return result


def plain_sql(installation: Installation, table: str, dimensions: Sequence[str]) -> Answer:
    keys = "".join(f"{name}, " for name in dimensions)
    general = GENERAL[table]
    columns = ", ".join(general.values())
    count = len(dimensions)
    result: Answer = {}
    for row in installation.rows(f"select {keys}{columns} from protected.{table} group by all"):
        values = zip(general, row[count:], strict=True)
        result[row[:count]] = {name: value for name, value in values if value is not None}
    if table == VALUES:
        named = set(metrics_of(installation, table))
        for row in installation.rows(
            f"select {keys}indicator_code as metric, {ONE_VALUE} "
            f"from protected.{table} group by all"
        ):
            *key, metric, value = row
            if value is not None and metric in named:
                result[tuple(key)][metric] = value
    return result


def all_rows(
    installation: Installation, table: str, columns: list[str], metrics: list[str]
) -> list[dict[str, Any]]:
    """Ask Superset for all groups; the finest are more than it gives at once, and asked by year."""
    if columns != FINEST:
        return installation.chart_data(table, columns, metrics)
    years = installation.rows(f"select distinct calendar_year from protected.{table}")
    return [
        row
        for (year,) in years
        for row in installation.chart_data(table, columns, metrics, {"calendar_year": year})
    ]


def differences(expected: Answer, found: Answer) -> list[str]:
    result = [f"group only on one side: {key}" for key in expected.keys() ^ found.keys()]
    for key in expected.keys() & found.keys():
        for metric in expected[key].keys() | found[key].keys():
            left, right = expected[key].get(metric), found[key].get(metric)
            if left is None or right is None or not math.isclose(left, right, rel_tol=PRECISION):
                result.append(f"{metric} {key}: {left} and {right}")
    return result


def test_superset_offers_every_visible_metric(installation: Installation, project: Project) -> None:
    visible = {metric.name for metric in project.metrics.values() if not metric.is_hidden}
    assert {name for table in GENERAL for name in metrics_of(installation, table)} == visible
    assert len(visible) > 40


@pytest.mark.parametrize(("table", "dimensions"), DIMENSIONS, ids=str)
def test_three_ways_give_one_number(
    installation: Installation, answers: Answers, table: str, dimensions: tuple[str, ...]
) -> None:
    metrics = metrics_of(installation, table)
    columns = list(dimensions)
    plain = plain_sql(installation, table, columns)
    superset = answer(all_rows(installation, table, columns, metrics), columns, metrics)
    flow = answer(answers.rows(SEMANTIC_MODELS[table], columns, metrics), columns, metrics)
    assert differences(plain, superset) == []
    assert differences(plain, flow) == []
    unknown = {name for values in plain.values() for name in values} - set(metrics)
    assert not unknown, "indicators without a metric"
    assert plain


@pytest.mark.parametrize("table", GENERAL)
def test_no_metric_is_empty_everywhere(installation: Installation, table: str) -> None:
    """An equality of nulls would prove nothing."""
    seen = {
        name
        for columns in (names for of, names in DIMENSIONS if of == table)
        for values in plain_sql(installation, table, columns).values()
        for name in values
    }
    assert set(metrics_of(installation, table)) - seen == set()


def test_nothing_is_added_up_over_levels(installation: Installation, answers: Answers) -> None:
    """Without any dimension, what has figures of several levels stays empty in all three."""
    levels = dict(
        installation.rows(
            f"select indicator_code, count(distinct area_level) from protected.{VALUES} "
            "where indicator_value is not null group by all"
        )
    )
    named = set(metrics_of(installation, VALUES))
    mixed = sorted(name for name, count in levels.items() if count > 1 and name in named)
    assert len(mixed) > 20
    metrics = [*mixed, "indicator_value", "figures"]
    [plain] = plain_sql(installation, VALUES, []).values()
    [superset] = installation.chart_data(VALUES, [], metrics)
    [flow] = answers.rows(SEMANTIC_MODELS[VALUES], [], metrics)
    figures = plain["figures"]
    assert figures > 1000
    for name in metrics:
        wanted = figures if name == "figures" else None
        assert (plain.get(name), superset[name], flow[name]) == (wanted,) * 3, name


@pytest.mark.parametrize(("metric", "area", "year", "value"), KNOWN)
def test_figures_of_record(  # noqa: PLR0913, PLR0917  fixtures and a row
    installation: Installation,
    answers: Answers,
    metric: str,
    area: str,
    year: int,
    value: float,
) -> None:
    sql = (
        f"select indicator_value from protected.{VALUES} where indicator_code = '{metric}' "
        f"and area_code = '{area}' and calendar_year = {year} and audience_code = '{INTERNAL}'"
    )
    assert installation.warehouse_rows(sql) == [(value,)]
    assert installation.rows(sql) == [(value,)]
    conditions = {"area_code": area, "calendar_year": year}
    assert installation.chart_data(VALUES, [], [metric], conditions) == [{metric: value}]
    flow = answers.rows(SEMANTIC_MODELS[VALUES], list(conditions), [metric])
    assert {**conditions, metric: value} in flow
