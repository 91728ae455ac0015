"""dbt's manifest and semantic manifest as typed objects.

Only what assets and documentation need is read. Source: ``target/manifest.json`` and
``target/semantic_manifest.json`` written by ``dbt parse`` and ``dbt build``.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from datenlabor.errors import DatenlaborError

PROTECTED = "protected"

_REF = re.compile(r"""ref\(\s*['"]([a-z0-9_]+)['"]\s*\)""")


@dataclass(frozen=True)
class Column:
    """One column of a model; ``label`` is its German name on a dashboard."""

    name: str
    data_type: str
    description: str
    label: str


@dataclass(frozen=True, order=True)
class ForeignKey:
    """A column whose values are those of a column of another model, as a test guards."""

    column: str
    model: str
    field: str


@dataclass(frozen=True)
class Model:
    """One dbt model with its declared columns in order."""

    name: str
    schema: str
    layer: str
    description: str
    label: str
    is_essential: bool
    """Whether a dashboard on it has nothing to show while it is empty."""
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]
    """Empty where no constraint says it."""
    foreign_keys: tuple[ForeignKey, ...]
    path: str
    depends_on: tuple[str, ...]

    @property
    def column_names(self) -> frozenset[str]:
        """Names of the declared columns."""
        return frozenset(column.name for column in self.columns)


@dataclass(frozen=True)
class SemanticModel:
    """What a semantic model says about a table: its time axis and its dimensions."""

    name: str
    model_name: str
    time_dimension: str | None
    dimensions: frozenset[str]


@dataclass(frozen=True)
class Metric:
    """One metric; ``spec`` is the raw definition that :mod:`metric_sql` translates."""

    name: str
    label: str
    description: str
    kind: str
    is_hidden: bool
    meta: Mapping[str, Any]
    spec: Mapping[str, Any]


@dataclass(frozen=True)
class Project:
    """Everything the artifacts say, by name."""

    models: Mapping[str, Model]
    semantic_models: Mapping[str, SemanticModel]
    metrics: Mapping[str, Metric]

    @property
    def protected_models(self) -> list[Model]:
        """The published tables, by name."""
        return sorted(
            (model for model in self.models.values() if model.schema == PROTECTED),
            key=lambda model: model.name,
        )


def read_project(target: Path) -> Project:
    """Read both manifests from dbt's target folder.

    Raises:
        DatenlaborError: a manifest is missing or no JSON; dbt has to run first.

    """
    manifest = _read_json(target / "manifest.json")
    semantic = _read_json(target / "semantic_manifest.json")
    nodes = manifest["nodes"]
    foreign_keys = _foreign_keys(nodes.values())
    return Project(
        models={
            node["name"]: _model(node, tuple(sorted(foreign_keys.get(key, ()))))
            for key, node in nodes.items()
            if node["resource_type"] == "model"
        },
        semantic_models={
            entry["name"]: _semantic_model(entry) for entry in semantic["semantic_models"]
        },
        metrics={entry["name"]: _metric(entry) for entry in semantic["metrics"]},
    )


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise DatenlaborError(f"{path} does not exist.", hint="Run `dbt parse` first.") from error
    except json.JSONDecodeError as error:
        raise DatenlaborError(
            f"{path} is not valid JSON ({error}).", hint="Delete it and run `dbt parse`."
        ) from error
    return content


def _foreign_keys(nodes: Iterable[Mapping[str, Any]]) -> dict[str, set[ForeignKey]]:
    """Return the foreign keys that tests ``references`` and ``relationships`` guard, by model."""
    found: dict[str, set[ForeignKey]] = {}
    for node in nodes:
        test = node.get("test_metadata") or {}
        given = test.get("kwargs", {})
        if test.get("name") == "references":
            targets = {column: to.partition(".") for column, to in given["keys"].items()}
            keys = {ForeignKey(column, to, at or column) for column, (to, _, at) in targets.items()}
        elif test.get("name") == "relationships":
            keys = {ForeignKey(given["column_name"], _referenced(given["to"]), given["field"])}
        else:
            continue
        found.setdefault(node["attached_node"], set()).update(keys)
    return found


def _referenced(expression: str) -> str:
    """Return the model of ``ref('model')``."""
    found = _REF.search(expression)
    if found is None:
        raise DatenlaborError(
            f"{expression!r} in a test of foreign keys is no ref('…').",
            hint="Name the model it refers to.",
        )
    return found[1]


def _model(node: Mapping[str, Any], foreign_keys: tuple[ForeignKey, ...]) -> Model:
    return Model(
        name=node["name"],
        schema=node["schema"],
        layer=node["fqn"][1],
        description=node["description"].strip(),
        label=node["config"]["meta"].get("label", node["name"]),
        is_essential=bool(node["config"]["meta"].get("is_essential")),
        columns=tuple(
            Column(
                name=column["name"],
                data_type=(column["data_type"] or "").lower(),
                description=" ".join(column["description"].split()),
                label=column["config"]["meta"].get("label", column["name"]),
            )
            for column in node["columns"].values()
        ),
        primary_key=tuple(
            column
            for constraint in node["constraints"]
            if constraint["type"] == "primary_key"
            for column in constraint["columns"]
        ),
        foreign_keys=foreign_keys,
        path=node["original_file_path"],
        depends_on=tuple(node["depends_on"]["nodes"]),
    )


def _semantic_model(entry: Mapping[str, Any]) -> SemanticModel:
    return SemanticModel(
        name=entry["name"],
        model_name=entry["node_relation"]["alias"],
        time_dimension=(entry["defaults"] or {}).get("agg_time_dimension"),
        dimensions=frozenset(dimension["name"] for dimension in entry["dimensions"]),
    )


def _metric(entry: Mapping[str, Any]) -> Metric:
    return Metric(
        name=entry["name"],
        label=entry["label"] or entry["name"],
        description=" ".join((entry["description"] or "").split()),
        kind=entry["type"],
        is_hidden=bool(entry["type_params"]["is_private"]),
        meta=entry["config"]["meta"],
        spec=entry,
    )
