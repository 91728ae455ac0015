"""What an asset refers to: pure functions over chart and dashboard documents."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from datenlabor.assets.normal_form import Document

_COLUMN_KEYS = (
    "x_axis",
    "groupby",
    "groupby_b",
    "columns",
    "all_columns",
    "series",
    "series_columns",
    "entity",
    "groupbyRows",
    "groupbyColumns",
    "granularity_sqla",
    "line_column",
    "dimension",
)
_METRIC_KEYS = (
    "metric",
    "metrics",
    "metrics_b",
    "secondary_metric",
    "size",
    "x",
    "y",
    "series_limit_metric",
    "timeseries_limit_metric",
    "timeseries_limit_metric_b",
    "x_axis_sort_by_metric",
)
_SORT_WORDS = {"name", "sum", "min", "max", "avg"}
# Places where a chart could smuggle in SQL or arithmetic of its own, totals of rates included.
_FORMULA_KEYS = (
    "sqlExpression",
    "where",
    "having",
    "rolling_type",
    "resample_rule",
    "time_compare",
    "compare_lag",
    "contributionMode",
    "percent_metrics",
    "rowTotals",
    "colTotals",
    "rowSubTotals",
    "colSubTotals",
)


@dataclass(frozen=True)
class References:
    """Names of columns and metrics a chart reads from its dataset."""

    columns: frozenset[str]
    metrics: frozenset[str]


def chart_references(chart: Document) -> References:
    """Return the columns and metrics that a chart's settings name."""
    params = chart.get("params", {})
    columns = {name for key in _COLUMN_KEYS for name in _names(params.get(key))}
    metrics = {name for key in _METRIC_KEYS for name in _names(params.get(key))}
    columns |= set(_subjects(params))
    spatial = params.get("spatial", {})
    columns |= {name for key in ("latCol", "lonCol") for name in _names(spatial.get(key))}
    tips = params.get("tooltip_contents", [])
    columns |= {*_names([tip.get("column_name") if isinstance(tip, dict) else tip for tip in tips])}
    for entry in params.get("order_by_cols", []):
        columns.add(json.loads(entry)[0])
    either = set(params.get("column_config", {}))
    either |= {*_names(params.get("x_axis_sort"))} - _SORT_WORDS
    either |= {rule["column"] for rule in params.get("conditional_formatting", [])}
    return References(frozenset(columns | (either - metrics)), frozenset(metrics))


def chart_formulas(chart: Document) -> list[str]:
    """Return every place in which a chart computes something of its own."""
    params = chart.get("params", {})
    found = [f"{path} = {value!r}" for path, value in _formula_entries(params, "params")]
    for key in (*_COLUMN_KEYS, *_METRIC_KEYS):
        value = params.get(key)
        entries = value if isinstance(value, list) else [value]
        found += [f"params.{key} defines {e!r}" for e in entries if isinstance(e, dict)]
    if params.get("query_mode") == "sql":
        found.append("params.query_mode = 'sql'")
    return found


def charts_of(dashboard: Document) -> list[str]:
    """Return the UUIDs of the charts on a dashboard, in the order of the layout."""
    return [
        str(node["meta"]["uuid"])
        for node in dashboard["position"].values()
        if isinstance(node, dict) and node.get("type") == "CHART"
    ]


def filter_targets(dashboard: Document) -> list[tuple[str, str]]:
    """Return (dataset UUID, column) of everything that native filters read."""
    return [
        (str(target["datasetUuid"]), column)
        for native_filter in _native_filters(dashboard)
        for target in native_filter.get("targets", [])
        if target
        for column in (str(target["column"]["name"]), *_subjects(native_filter))
    ]


def filter_orders(dashboard: Document) -> list[tuple[str, str]]:
    """Return (dataset UUID, metric) of everything that orders the choices of a native filter."""
    return [
        (str(target["datasetUuid"]), str(native_filter["sortMetric"]))
        for native_filter in _native_filters(dashboard)
        if native_filter.get("sortMetric")
        for target in native_filter.get("targets", [])
        if target
    ]


def filter_formulas(dashboard: Document) -> list[tuple[str, str]]:
    """Return (filter name, place) wherever a native filter computes something of its own."""
    return [
        (str(native_filter["name"]), f"{path} = {value!r}")
        for native_filter in _native_filters(dashboard)
        for path, value in _formula_entries(native_filter.get("adhoc_filters", []), "adhoc_filters")
    ]


def _native_filters(dashboard: Document) -> list[Document]:
    filters: list[Document] = dashboard.get("metadata", {}).get("native_filter_configuration", [])
    return filters


def _subjects(settings: Document) -> list[str]:
    conditions = (*settings.get("adhoc_filters", []), *settings.get("adhoc_filters_b", []))
    return [name for condition in conditions for name in _names(condition.get("subject"))]


def _names(value: Any) -> Iterator[str]:  # noqa: ANN401  a chart setting of any shape
    for entry in value if isinstance(value, list) else [value]:
        if isinstance(entry, str) and entry:
            yield entry


def _formula_entries(value: Any, path: str) -> Iterator[tuple[str, Any]]:  # noqa: ANN401  as above
    if isinstance(value, dict):
        for key, item in value.items():
            if key in _FORMULA_KEYS and item not in (None, "", [], "None", 0):
                yield f"{path}.{key}", item
            if key == "annotationType" and item == "FORMULA":
                yield f"{path}.{key}", item
            yield from _formula_entries(item, f"{path}.{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _formula_entries(item, f"{path}[{index}]")
