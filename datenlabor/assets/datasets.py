"""Superset datasets, generated from the dbt project: nobody writes a dataset by hand."""

from typing import Any

from datenlabor.assets.bundle import ESSENTIAL
from datenlabor.assets.identity import asset_uuid
from datenlabor.assets.normal_form import Document
from datenlabor.errors import DatenlaborError
from datenlabor.semantics.artifacts import Column, Metric, Model, Project
from datenlabor.semantics.metric_sql import metric_sql

DATABASE_UUID = asset_uuid("databases", "Datenlabor")
_NUMBERS = ("double", "integer", "bigint", "decimal")


def generate_datasets(project: Project) -> list[Document]:
    """Return one dataset per protected model, with its columns and visible metrics."""
    metrics = _metrics_by_model(project)
    return [_dataset(project, model, metrics.get(model.name, [])) for model in _models(project)]


def _models(project: Project) -> list[Model]:
    models = project.protected_models
    for model in models:
        unlabelled = [column.name for column in model.columns if column.label == column.name]
        if unlabelled:
            raise DatenlaborError(
                f"{model.path}: no German label for column {unlabelled[0]} of {model.name}.",
                hint="Add `config: {meta: {label: …}}` to the column.",
            )
    return models


def _metrics_by_model(project: Project) -> dict[str, list[tuple[Metric, str]]]:
    result: dict[str, list[tuple[Metric, str]]] = {}
    for metric in project.metrics.values():
        if metric.is_hidden:
            continue
        missing = [key for key in ("unit", "format") if key not in metric.meta]
        if missing:
            raise DatenlaborError(
                f"Metric {metric.name} has no {missing[0]}.",
                hint="Add `config: {meta: {unit: …, format: …}}` to it, or `hidden: true`.",
            )
        translated = metric_sql(project, metric.name)
        model = project.semantic_models[translated.semantic_model].model_name
        result.setdefault(model, []).append((metric, translated.expression))
    return result


def _dataset(project: Project, model: Model, metrics: list[tuple[Metric, str]]) -> Document:
    time_columns = {
        semantic.time_dimension
        for semantic in project.semantic_models.values()
        if semantic.model_name == model.name
    }
    return {
        "uuid": asset_uuid("datasets", model.name),
        "database_uuid": DATABASE_UUID,
        "table_name": model.name,
        "schema": model.schema,
        "description": model.description,
        "main_dttm_col": next(iter(time_columns), None),
        "extra": {
            **_certified(f"dbt-Modell {model.name}, mit Vertrag und Tests"),
            **({ESSENTIAL: True} if model.is_essential else {}),
        },
        "columns": [_column(column) for column in model.columns],
        "metrics": [_metric(metric, expression) for metric, expression in metrics],
    }


def _column(column: Column) -> dict[str, Any]:
    return {
        "column_name": column.name,
        "verbose_name": column.label,
        "description": column.description,
        "type": column.data_type.upper(),
        "is_dttm": column.data_type in ("date", "timestamp"),
        "groupby": not column.data_type.startswith(_NUMBERS) or column.name.endswith("_year"),
    }


def _metric(metric: Metric, expression: str) -> dict[str, Any]:
    document: dict[str, Any] = {
        "metric_name": metric.name,
        "verbose_name": metric.label,
        "description": f"{metric.description} Einheit: {metric.meta['unit']}.",
        "expression": expression,
        "d3format": metric.meta["format"],
        "extra": _certified("Definition in der semantischen Schicht (dbt)"),
    }
    if currency := metric.meta.get("currency"):
        document["currency"] = {"symbol": currency, "symbolPosition": "suffix"}
    return document


def _certified(details: str) -> dict[str, Any]:
    return {"certification": {"certified_by": "Datenlabor", "details": details}}
