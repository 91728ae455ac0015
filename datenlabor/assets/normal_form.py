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

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # many times faster, where it is there
VERSION = "1.0.0"
_FILTER = "NATIVE_FILTER"  # the other kind of entry in a filter bar is a divider

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
# Computed by Superset from ids of its own database, meant for those ids, or left over from other
# charts' settings.
_NOISE = {
    "params": {"datasource", "slice_id", "dashboards", "dashboardId", "url_params", "label_colors"},
    "metadata": {
        "chart_configuration",
        "global_chart_configuration",
        "expanded_slices",
        "filter_scopes",
        "timed_refresh_immune_slices",
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
    "native_filter": {"chartsInScope", "tabsInScope"},
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
    result = {**copy.deepcopy(dict(_DEFAULTS[kind])), **normalise(kind, document)}
    if kind == "dashboards":
        _number_charts(result)
    if kind == "datasets":
        result["columns"] = [{**_COLUMN_DEFAULTS, **column} for column in result["columns"]]
        result["metrics"] = [{**_METRIC_DEFAULTS, **metric} for metric in result["metrics"]]
    return result


def dump(document: Document, names: Mapping[str, str], header: str = "") -> str:
    """Return the document as YAML text; a reference by UUID gets the referred name as comment."""
    text: str = yaml.dump(
        document,
        Dumper=_Dumper,
        allow_unicode=True,
        sort_keys=True,
        width=100,
        default_flow_style=False,
    )
    lines = text.split("\n")
    for token in yaml.scan(text, Loader=LOADER):
        if isinstance(token, yaml.ScalarToken) and token.value in names:
            number = token.end_mark.line
            if not lines[number].startswith("uuid:"):
                lines[number] += f"  # {' '.join(names[token.value].split())}"
    return header + "\n".join(lines)


class _Dumper(yaml.SafeDumper):
    """Writes equal parts out; anchors would depend on what is one object in memory."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ANN401, ARG002  as in the base class
        return True


def _without_defaults(document: Document, defaults: Mapping[str, Any]) -> Document:
    missing = object()
    return {
        key: value
        for key, value in document.items()
        if not (value == defaults.get(key, missing) or (key in defaults and value in ({}, [])))
    }


def _normal_params(params: Document) -> Document:
    kept = {key: _prune(value) for key, value in params.items() if key not in _NOISE["params"]}
    return {key: value for key, value in kept.items() if value not in (None, [], {}, "")}


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
    placed: dict[int | str, str] = {}
    for node in document.get("position", {}).values():
        if isinstance(node, dict) and "meta" in node:
            number = node["meta"].pop("chartId", None)
            if uuid := node["meta"].get("uuid"):
                placed |= {number: uuid, uuid: uuid}
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
        if native_filter.get("type") == _FILTER:
            del native_filter["type"]
        if scope := native_filter.get("scope"):
            excluded = scope.get("excluded", [])
            scope["excluded"] = [placed[chart] for chart in excluded if chart in placed]
    document["metadata"] = metadata


def _number_charts(document: Document) -> None:
    numbers: dict[str, int] = {}
    for node in document["position"].values():
        if isinstance(node, dict) and node.get("type") == "CHART":
            number = len(numbers) + 1
            node["meta"]["chartId"] = numbers.setdefault(node["meta"]["uuid"], number)
    for native_filter in document["metadata"].get("native_filter_configuration", []):
        native_filter.setdefault("type", _FILTER)
        if scope := native_filter.get("scope"):
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
