"""Translation of a metric of the semantic layer into one SQL expression over its table.

The semantic layer stays the only definition: Superset's dataset metrics are produced here and
proved equal to MetricFlow's answers in the tests. A metric that one expression over one table
cannot express (offsets, cumulative windows, conversions, joins) is refused, never approximated.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from datenlabor.errors import DatenlaborError
from datenlabor.semantics.artifacts import Metric, Project, SemanticModel

_AGGREGATIONS = {
    "sum": "SUM({})",
    "count": "COUNT({})",
    "count_distinct": "COUNT(DISTINCT {})",
    "min": "MIN({})",
    "max": "MAX({})",
}
_DIMENSION = re.compile(r"\{\{\s*Dimension\(\s*'(\w+)__(\w+)'\s*\)\s*\}\}")


@dataclass(frozen=True)
class MetricSql:
    """A metric as an aggregate expression over the table of one semantic model."""

    semantic_model: str
    expression: str


def metric_sql(project: Project, name: str) -> MetricSql:
    """Translate the metric ``name``.

    Raises:
        DatenlaborError: the metric does not exist, or cannot be expressed over one table.

    """
    return _translate(project, name, filters=())


def _translate(project: Project, name: str, filters: tuple[str, ...]) -> MetricSql:
    metric = project.metrics.get(name)
    if metric is None:
        raise DatenlaborError(f"Metric {name} does not exist in the semantic layer.")
    filters += _filters(metric, metric.spec["filter"])
    match metric.kind:
        case "simple":
            return _simple(project, metric, filters)
        case "ratio":
            return _ratio(project, metric, filters)
        case "derived":
            return _derived(project, metric, filters)
        case _:
            raise _inexpressible(metric, f"its type is {metric.kind}")


def _simple(project: Project, metric: Metric, filters: tuple[str, ...]) -> MetricSql:
    params = metric.spec["type_params"]
    aggregation = params["metric_aggregation_params"]
    if aggregation is None:
        raise _inexpressible(metric, "it stands on a measure, not on a column")
    template = _AGGREGATIONS.get(aggregation["agg"])
    if template is None:
        raise _inexpressible(metric, f"its aggregation is {aggregation['agg']}")
    if aggregation["non_additive_dimension"]:
        raise _inexpressible(metric, "it is semi-additive")
    if params["fill_nulls_with"] is not None or params["join_to_timespine"]:
        raise _inexpressible(metric, "it fills missing values")
    semantic_model = project.semantic_models[aggregation["semantic_model"]]
    conditions = [_condition(metric, semantic_model, text) for text in filters]
    argument = str(params["expr"] or metric.name)
    if conditions:
        argument = f"CASE WHEN {' AND '.join(conditions)} THEN {argument} END"
    return MetricSql(semantic_model.name, template.format(argument))


def _ratio(project: Project, metric: Metric, filters: tuple[str, ...]) -> MetricSql:
    params = metric.spec["type_params"]
    numerator = _input(project, metric, params["numerator"], filters)
    denominator = _input(project, metric, params["denominator"], filters)
    if numerator.semantic_model != denominator.semantic_model:
        raise _inexpressible(metric, "numerator and denominator come from different tables")
    return MetricSql(
        numerator.semantic_model,
        f"CAST({numerator.expression} AS DOUBLE) / NULLIF({denominator.expression}, 0)",
    )


def _derived(project: Project, metric: Metric, filters: tuple[str, ...]) -> MetricSql:
    params = metric.spec["type_params"]
    parts = {
        entry["alias"] or entry["name"]: _input(project, metric, entry, filters)
        for entry in params["metrics"]
    }
    if len({part.semantic_model for part in parts.values()}) != 1:
        raise _inexpressible(metric, "its parts come from different tables")
    names = "|".join(re.escape(part) for part in sorted(parts, key=len, reverse=True))
    expression = re.sub(
        rf"'[^']*'|\b({names})\b",  # a name in a text is none
        lambda found: f"({parts[found[1]].expression})" if found[1] else found[0],
        params["expr"],
    )
    return MetricSql(next(iter(parts.values())).semantic_model, expression)


def _input(
    project: Project, metric: Metric, entry: Mapping[str, Any], filters: tuple[str, ...]
) -> MetricSql:
    if entry["offset_window"] or entry["offset_to_grain"]:
        raise _inexpressible(metric, f"its part {entry['name']} is shifted in time")
    return _translate(project, entry["name"], filters + _filters(metric, entry["filter"]))


def _filters(metric: Metric, spec: Mapping[str, Any] | None) -> tuple[str, ...]:
    if not spec:
        return ()
    filters = tuple(str(entry["where_sql_template"]) for entry in spec["where_filters"])
    for text in filters:
        if "{{" in _DIMENSION.sub("", text):
            raise _inexpressible(metric, f"its filter is not on plain dimensions: {text}")
    return filters


def _condition(metric: Metric, semantic_model: SemanticModel, text: str) -> str:
    for entity, dimension in _DIMENSION.findall(text):
        if entity != semantic_model.name:
            raise _inexpressible(metric, f"its filter needs a join to {entity}: {text}")
        if dimension not in semantic_model.dimensions:
            raise _inexpressible(metric, f"{entity} has no dimension {dimension}: {text}")
    return f"({_DIMENSION.sub(lambda found: found[2], text)})"


def _inexpressible(metric: Metric, reason: str) -> DatenlaborError:
    return DatenlaborError(
        f"Metric {metric.name} cannot become a Superset metric: {reason}.",
        hint="Precompute it as a column of the protected table, or hide it (`hidden: true`).",
    )
