"""The offline proof: dashboard → chart → dataset → model → column or metric, without a server."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from datenlabor.assets.bundle import Bundle, read_folder
from datenlabor.assets.normal_form import Document
from datenlabor.assets.references import (
    chart_formulas,
    chart_references,
    charts_of,
    filter_formulas,
    filter_orders,
    filter_targets,
)
from datenlabor.publishing.connection import READ_ONLY_CONFIG


def problems(
    folder: Path, expected: Mapping[str, str], links: Collection[tuple[str, str]] = ()
) -> list[str]:
    """Return everything that is wrong with the assets in ``folder``, one sentence each.

    Args:
        folder: the asset folder.
        expected: path → content of every generated file of the folder.
        links: table and name of the generated columns that may be made by a formula.

    """
    bundle = read_folder(folder)
    return [
        *_file_problems(folder, bundle, expected),
        *_database_problems(bundle),
        *_dataset_problems(bundle, links),
        *_chart_problems(bundle),
        *_dashboard_problems(bundle),
    ]


def _file_problems(folder: Path, bundle: Bundle, expected: Mapping[str, str]) -> Iterator[str]:
    on_disk = {
        str(path.relative_to(folder)): path.read_text("utf-8") for path in folder.rglob("*.yaml")
    }
    normal = bundle.files()
    for path in sorted(on_disk.keys() - normal.keys()):
        yield f"{path}: the file is not named after its title; run `datenlabor assets normalise`."
    for path in sorted(expected.keys() | on_disk.keys()):
        if path.startswith("datasets/"):
            if on_disk.get(path) != expected.get(path):
                yield f"{path}: not what dbt says; run `datenlabor assets generate`."
        elif path in normal and on_disk[path] != normal[path]:
            yield f"{path}: not in normal form; run `datenlabor assets normalise`."


def _database_problems(bundle: Bundle) -> Iterator[str]:
    for database in bundle.assets["databases"].values():
        engine = (database.get("extra") or {}).get("engine_params") or {}
        arguments = engine.get("connect_args") or {}
        if arguments.get("read_only") is not True or arguments.get("config") != READ_ONLY_CONFIG:
            yield f"Database {database['database_name']}: its connection is not hardened."
        if "$DATENLABOR_HOME" not in database.get("sqlalchemy_uri", ""):
            yield f"Database {database['database_name']}: its address is that of one machine."


def _dataset_problems(bundle: Bundle, links: Collection[tuple[str, str]]) -> Iterator[str]:
    for dataset in bundle.assets["datasets"].values():
        name = dataset["table_name"]
        if dataset.get("database_uuid") not in bundle.assets["databases"]:
            yield f"Dataset {name}: its database is not in the bundle."
        if dataset.get("sql"):
            yield f"Dataset {name}: contains SQL of its own; only tables are allowed."
        for column in dataset["columns"]:
            if column.get("expression") and (name, column["column_name"]) not in links:
                yield f"Dataset {name}: column {column['column_name']} contains a formula."


def _chart_problems(bundle: Bundle) -> Iterator[str]:
    used = {uuid for item in bundle.assets["dashboards"].values() for uuid in charts_of(item)}
    for uuid, chart in bundle.assets["charts"].items():
        where = f"Chart {chart['slice_name']}"
        if uuid not in used:
            yield f"{where}: is on no dashboard."
        if not chart.get("description"):
            yield f"{where}: has no description that names source and state of its data."
        yield from (f"{where}: contains a formula: {text}." for text in chart_formulas(chart))
        dataset_uuid = str(chart.get("dataset_uuid"))
        dataset = bundle.assets["datasets"].get(dataset_uuid)
        if dataset is None:
            yield f"{where}: its dataset {dataset_uuid} does not exist."
            continue
        references = chart_references(chart)
        yield from _unknown(where, "column", references.columns, _columns(dataset), dataset)
        yield from _unknown(where, "metric", references.metrics, _metrics(dataset), dataset)


def _dashboard_problems(bundle: Bundle) -> Iterator[str]:
    for dashboard in bundle.assets["dashboards"].values():
        where = f"Dashboard {dashboard['dashboard_title']}"
        if not dashboard.get("slug") or not dashboard.get("description"):
            yield f"{where}: needs a slug and a description."
        for uuid in charts_of(dashboard):
            if uuid not in bundle.assets["charts"]:
                yield f"{where}: chart {uuid} does not exist."
        yield from (f"{where}: {text}" for text in _layout_problems(dashboard["position"]))
        for name, place in filter_formulas(dashboard):
            yield f"{where}: filter {name} contains a formula: {place}."
        for uuid, column in filter_targets(dashboard):
            dataset = bundle.assets["datasets"].get(uuid)
            if dataset is None:
                yield f"{where}: a filter reads dataset {uuid}, which does not exist."
            else:
                yield from _unknown(where, "column", [column], _columns(dataset), dataset)
        for uuid, metric in filter_orders(dashboard):
            dataset = bundle.assets["datasets"].get(uuid)
            if dataset is not None:
                yield from _unknown(where, "metric", [metric], _metrics(dataset), dataset)


def _layout_problems(position: Mapping[str, object]) -> Iterator[str]:
    nodes = {key: node for key, node in position.items() if isinstance(node, dict)}
    reached = {"ROOT_ID", "HEADER_ID"}
    for key, node in nodes.items():
        for child in node.get("children", []):
            reached.add(child)
            if child not in nodes:
                yield f"layout element {key} contains {child}, which does not exist."
    yield from (f"layout element {key} is nowhere." for key in sorted(nodes.keys() - reached))


def _unknown(
    where: str, kind: str, names: Iterable[str], known: set[str], dataset: Document
) -> Iterator[str]:
    for name in sorted(set(names) - known):
        yield f"{where}: {kind} {name} does not exist in {dataset['table_name']}."


def _columns(dataset: Document) -> set[str]:
    return {column["column_name"] for column in dataset["columns"]}


def _metrics(dataset: Document) -> set[str]:
    return {metric["metric_name"] for metric in dataset["metrics"]}
