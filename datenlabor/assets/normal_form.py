"""The normal form of an asset: what Superset adds on its own is dropped, order is fixed.

A file is normal when it equals the dump of its normal form, so a change made in the user
interface comes back as a small difference. ``complete`` is the way back: it adds every default, so
that an import overwrites whatever the server had.
"""

import copy
from collections.abc import Mapping
from typing import Any

import yaml

Document = dict[str, Any]

VERSION = "1.0.0"

# What Superset writes for a property that nobody set.
_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "charts": {
        "cache_timeout": None,
        "certification_details": None,
        "certified_by": None,
        "description": None,
        "query_context": None,
        "version": VERSION,
    },
    "dashboards": {
        "certification_details": None,
        "certified_by": None,
        "css": "",
        "description": None,
        "published": True,
        "theme_uuid": None,
        "version": VERSION,
    },
    "datasets": {
        "always_filter_main_dttm": False,
        "cache_timeout": None,
        "catalog": None,
        "currency_code_column": None,
        "default_endpoint": None,
        "extra": None,
        "fetch_values_predicate": None,
        "filter_select_enabled": True,
        "folders": None,
        "main_dttm_col": None,
        "normalize_columns": False,
        "offset": 0,
        "params": None,
        "sql": None,
        "template_params": None,
        "version": VERSION,
    },
    "databases": {"version": VERSION},
}
_COLUMN_DEFAULTS: Mapping[str, Any] = {
    "advanced_data_type": None,
    "datetime_format": None,
    "expression": None,
    "extra": None,
    "filterable": True,
    "groupby": True,
    "is_active": True,
    "is_dttm": False,
    "python_date_format": None,
}
_METRIC_DEFAULTS: Mapping[str, Any] = {
    "currency": None,
    "extra": None,
    "metric_type": None,
    "warning_text": None,
}
# Computed by Superset from ids of its own database, or left over from other charts' settings.
_NOISE = {
    "charts": {"params"},
    "params": {"datasource", "slice_id", "dashboards", "dashboardId", "url_params", "label_colors"},
    "metadata": {
        "chart_configuration",
        "global_chart_configuration",
        "map_label_colors",
        "shared_label_colors",
        "color_scheme_domain",
        "default_filters",
        "show_native_filters",
        "show_chart_timestamps",
        "import_time",
        "remote_id",
        "positions",
    },
    "native_filter": {"chartsInScope", "tabsInScope", "type"},
    "adhoc_filter": {"filterOptionName", "datasourceWarning", "isExtra", "isNew"},
}


def normalise(kind: str, document: Document) -> Document:
    """Return the normal form of an asset of ``kind`` (charts, dashboards, datasets, databases)."""
    result = _without_defaults(copy.deepcopy(document), _DEFAULTS[kind])
    match kind:
        case "charts":
            result["params"] = _normal_params(result.get("params") or {})
        case "dashboards":
            _normalise_dashboard(result)
        case "datasets":
            _normalise_dataset(result)
    return result


def complete(kind: str, document: Document) -> Document:
    """Return an importable document: defaults written out, chart numbers filled in."""
    result = {**copy.deepcopy(dict(_DEFAULTS[kind])), **copy.deepcopy(document)}
    if kind == "dashboards":
        _number_charts(result)
    if kind == "datasets":
        result["columns"] = [{**_COLUMN_DEFAULTS, **column} for column in result["columns"]]
        result["metrics"] = [{**_METRIC_DEFAULTS, **metric} for metric in result["metrics"]]
    return result


def dump(document: Document, names: Mapping[str, str], header: str = "") -> str:
    """Return the document as YAML text; a reference by UUID gets the referred name as comment."""
    text: str = yaml.safe_dump(
        document, allow_unicode=True, sort_keys=True, width=100, default_flow_style=False
    )
    lines = [_annotated(line, names) for line in text.splitlines()]
    return header + "\n".join(lines) + "\n"


def _annotated(line: str, names: Mapping[str, str]) -> str:
    is_reference = line.startswith((" ", "-")) or line.startswith("dataset_uuid:")
    name = names.get(line.rsplit(" ", maxsplit=1)[-1].strip("'"))
    return f"{line}  # {name}" if is_reference and name else line


def _without_defaults(document: Document, defaults: Mapping[str, Any]) -> Document:
    missing = object()
    return {
        key: value
        for key, value in document.items()
        if not (value == defaults.get(key, missing) or (key in defaults and value in ({}, [])))
    }


def _normal_params(params: Document) -> Document:
    kept = {key: value for key, value in params.items() if key not in _NOISE["params"]}
    return {key: _prune(value) for key, value in kept.items() if value not in (None, [], {}, "")}


def _prune(value: Any) -> Any:  # noqa: ANN401  a JSON value of any shape
    if isinstance(value, list):
        return [_prune(item) for item in value]
    if isinstance(value, dict):
        return {
            key: _prune(item)
            for key, item in value.items()
            if key not in _NOISE["adhoc_filter"] and item is not None
        }
    return value


def _normalise_dashboard(document: Document) -> None:
    numbers: dict[int, str] = {}
    for node in document.get("position", {}).values():
        if isinstance(node, dict) and "meta" in node:
            number = node["meta"].pop("chartId", None)
            if number is not None and "uuid" in node["meta"]:
                numbers[number] = node["meta"]["uuid"]
            if not node["meta"]:
                del node["meta"]
    metadata = {
        key: value
        for key, value in (document.get("metadata") or {}).items()
        if key not in _NOISE["metadata"] and value not in (None, [], {}, "")
    }
    for native_filter in metadata.get("native_filter_configuration", []):
        for key in _NOISE["native_filter"]:
            native_filter.pop(key, None)
        scope = native_filter.get("scope", {})
        scope["excluded"] = [numbers.get(chart, chart) for chart in scope.get("excluded", [])]
    document["metadata"] = metadata


def _number_charts(document: Document) -> None:
    numbers: dict[str, int] = {}
    for node in document["position"].values():
        if isinstance(node, dict) and node.get("type") == "CHART":
            number = len(numbers) + 1
            node["meta"]["chartId"] = numbers.setdefault(node["meta"]["uuid"], number)
    for native_filter in document["metadata"].get("native_filter_configuration", []):
        native_filter["type"] = "NATIVE_FILTER"
        scope = native_filter["scope"]
        scope["excluded"] = [numbers[uuid] for uuid in scope["excluded"]]


def _normalise_dataset(document: Document) -> None:
    document["columns"] = sorted(
        (_without_defaults(column, _COLUMN_DEFAULTS) for column in document["columns"]),
        key=lambda column: str(column["column_name"]),
    )
    document["metrics"] = sorted(
        (_without_defaults(metric, _METRIC_DEFAULTS) for metric in document["metrics"]),
        key=lambda metric: str(metric["metric_name"]),
    )
