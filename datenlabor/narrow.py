"""What a build has to do when nothing but deliveries came since the last finished one.

Everything in the warehouse follows from code, configuration, day and deliveries. Where only
deliveries were added, all tables but those that read them, directly or over others, are what a full
build would make of them; views are the same in any case, and unit tests look at code alone.

The list of deliveries is read by nearly everyone, mostly to leave out rows that no longer count. A
delivery changes that for rows of its own dataset only: a model that joins the list to another
dataset, or to the first model of one, stays as it is. A model that reads the list without any
dataset reads it for its own sake.

Models that look up, in the list or in the releases made of it, only what their own rows came with
say so in their properties (``looks_up_releases``): what is new there is of rows they do not have.
The sources are what they were where a delivery describes its own as all before it did.

A delivery of figures speaks of few measures: large tables are made anew for these only
(``macros/changed_measures.sql``), or for the indicators in which something changed
(``macros/changed_indicators.sql``).

Whatever else may have happened is not guessed at: :func:`selection` returns None, and all is built.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import duckdb

from datenlabor.deliveries.contract import contracts
from datenlabor.deliveries.store import Delivery

Kind = Literal["source", "table", "view", "snapshot", "test", "other"]
_SOURCE = "deliveries"
_LISTS = ("delivery", "withdrawal")
_QUARANTINE = "quarantined_row"
_FIGURES = "figure"
_LOOKS_UP = "looks_up_releases"
_RELEASES = "dim_release"
SOURCES = ("stg_register__sources", "stg_register__licences")
_LASTING = (
    *("source_publisher", "source_title", "source_table_code", "source_url"),
    *("source_licence_code", "source_attribution", "source_rhythm", "source_lag_months"),
)
"""What ``SOURCES`` take from a delivery, as its record names it."""
_RESULTS = "https://schemas.getdbt.com/dbt/run-results/v6.json"
_MOST_MEASURES = 50
"""Of which the rows are replaced; beyond that all rows are made anew in less time."""


@dataclass(frozen=True)
class Node:
    """A source, seed, model, snapshot or test of the dbt project."""

    name: str
    kind: Kind
    group: str
    """Of a source the name of its group of tables, else empty."""
    parents: tuple[str, ...]
    """Keys of what it is made of or looks at."""
    looks_up_releases: bool = False
    """Whether it reads deliveries and releases only for those its other rows came with."""


@dataclass(frozen=True)
class Selection:
    """What has to be built anew."""

    nodes: tuple[str, ...]
    """Their keys in the graph."""
    measures: tuple[str, ...] = ()
    """Measures of which alone the rows of large tables change; of all if empty."""


def environment(selection: Selection | None) -> Mapping[str, str]:
    """Return the variables that tell the macros what is built, None meaning everything."""
    return {
        "DATENLABOR_SUPPLIES_ARE_READ": "true" if selection else "",
        "DATENLABOR_SELECTED_NODES": str(len(selection.nodes)) if selection else "",
        "DATENLABOR_CHANGED_MEASURES": ",".join(selection.measures) if selection else "",
    }


def write(selection: Selection, folder: Path) -> tuple[str, ...]:
    """Write the nodes into a folder as dbt takes them, and return the arguments that select them.

    They are what a former run has left out (``result:skipped``). Names would be compared with those
    of all nodes, one by one, which takes dbt seconds.
    """
    unknown = ("message", "failures", "compiled", "compiled_code", "relation_name")
    skipped = {"status": "skipped", "thread_id": "", "execution_time": 0, "timing": []}
    skipped |= {"adapter_response": {}, **dict.fromkeys(unknown)}
    content = {
        "metadata": {"dbt_schema_version": _RESULTS},
        "results": [{"unique_id": key, **skipped} for key in selection.nodes],
        "elapsed_time": 0,
        "args": {},
    }
    (folder / "run_results.json").write_text(json.dumps(content), encoding="utf-8")
    return ("--select", "result:skipped", "--state", str(folder))


Graph = Mapping[str, Node]
"""The nodes of a dbt project by their unique ids."""


@dataclass(frozen=True)
class FinishedBuild:
    """What a warehouse was built from and how, to tell what another delivery changes."""

    rules: str
    """Hash of code, configuration and day."""
    deliveries: tuple[str, ...]
    """State of the store, as :func:`store.state` gives it."""
    graph: Graph
    manifest: str
    """Hash of the manifest the graph is from."""


def digest(manifest: Path) -> str:
    """Return the hash of a manifest, empty if there is none."""
    return hashlib.sha256(manifest.read_bytes()).hexdigest() if manifest.exists() else ""


def read_graph(manifest: Path) -> Graph:
    """Read the graph dbt has written. Raises OSError, ValueError, KeyError if it is none."""
    content = json.loads(manifest.read_text(encoding="utf-8"))
    return {
        key: Node(
            name=node["name"],
            kind=_kind(node),
            group=node.get("source_name", ""),
            parents=tuple(node.get("depends_on", {}).get("nodes", ())),
            looks_up_releases=bool(node.get("config", {}).get("meta", {}).get(_LOOKS_UP)),
        )
        for part in ("nodes", "sources")
        for key, node in content[part].items()
    }


def selection(
    finished: FinishedBuild, state: Collection[str], deliveries: Iterable[Delivery]
) -> Selection | None:
    """Return what has to be built anew, None if that is everything.

    ``finished`` was built by today's rules on today's day. ``state`` is that of the store,
    ``deliveries`` are all that are there, also those that are part of the product.
    """
    known = list(deliveries)
    new = set(state) - set(finished.deliveries)
    came = [delivery for delivery in known if delivery.id in new]
    is_only_added = (
        set(finished.deliveries) <= set(state)
        # One that was withdrawn already has another name there.
        and len(came) == len(new)
        and not any(delivery.record.replaces_delivery_id for delivery in came)
    )
    if not is_only_added:
        return None
    # A full list ends the rows of older deliveries of its spec, whatever these were of.
    specs = {delivery.record.spec_name for delivery in came}
    touched = [delivery for delivery in known if delivery.record.spec_name in specs]
    datasets = {name for delivery in touched for name in _datasets(delivery)}
    if not datasets <= contracts().keys():
        return None
    unchanged = contracts().keys() - datasets
    records = [delivery.record for delivery in touched]
    if not any(record.records_quarantined or record.values_quarantined for record in records):
        unchanged |= {_QUARANTINE}
    are_known = _describe_known_sources(came, [item for item in known if item not in came])
    nodes = sorted(
        key
        for key in changed(finished.graph, unchanged, SOURCES if are_known else ())
        if finished.graph[key].kind in ("table", "snapshot", "test")
    )
    # What is said of a source is in rows of many measures.
    is_of_measures = are_known and datasets == {_FIGURES} and _QUARANTINE in unchanged
    return Selection(tuple(nodes), _measures(came) if is_of_measures else ())


def _describe_known_sources(came: Iterable[Delivery], known: Iterable[Delivery]) -> bool:
    """Return whether the sources are what they were: each is known, and always called the same."""
    descriptions: dict[str, set[tuple[object, ...]]] = {}
    for delivery in known:
        if delivery.is_active:
            descriptions.setdefault(delivery.record.source_code, set()).add(_description(delivery))
    return all(
        descriptions.get(delivery.record.source_code) == {_description(delivery)}
        for delivery in came
    )


def _description(delivery: Delivery) -> tuple[object, ...]:
    return tuple(getattr(delivery.record, name) for name in _LASTING)


def _measures(deliveries: Iterable[Delivery]) -> tuple[str, ...]:
    """Return the measures deliveries of figures speak of, none if these are too many."""
    files = [str(file) for delivery in deliveries for file in delivery.path.glob("figure.parquet")]
    if not files:
        return ()
    found = duckdb.read_parquet(files).project("measure_code").distinct().fetchall()
    return tuple(sorted(code for (code,) in found)) if len(found) <= _MOST_MEASURES else ()


def _datasets(delivery: Delivery) -> frozenset[str]:
    """Return the datasets a delivery has rows of: its own, and measures its spec describes."""
    files = {
        file.stem for suffix in ("parquet", "csv") for file in delivery.path.glob(f"*.{suffix}")
    }
    return frozenset({delivery.record.dataset} | files & contracts().keys())


def changed(
    graph: Graph, unchanged: Collection[str], same_models: Collection[str] = ()
) -> frozenset[str]:
    """Return the keys of all nodes that may change although those named do not.

    ``unchanged`` are delivered tables, ``same_models`` models that read the list.
    """
    sources = {key: node for key, node in graph.items() if node.group == _SOURCE}
    lists = {key for key, node in sources.items() if node.name in _LISTS}
    lists |= {key for key, node in graph.items() if node.parents and lists.issuperset(node.parents)}
    same = {key for key, node in sources.items() if node.name in unchanged}
    looked_up = lists | {key for key, node in graph.items() if node.name == _RELEASES}
    # What speaks of the rows of a table: itself and those who read it first.
    rows = same | {key for key, node in graph.items() if not same.isdisjoint(node.parents)}
    found = set(sources) - same
    is_growing = True
    while is_growing:
        reached = {
            key
            for key, node in graph.items()
            if key not in found
            and not found.isdisjoint(node.parents)
            and node.name not in same_models
            # It reads the list only for the sake of rows in which nothing changed.
            and not (not rows.isdisjoint(node.parents) and (found & set(node.parents)) <= lists)
            and not (node.looks_up_releases and (found & set(node.parents)) <= looked_up)
        }
        found |= reached
        is_growing = bool(reached)
    return frozenset(found)


def as_text(finished: FinishedBuild) -> str:
    """Write down how a warehouse was built."""
    return json.dumps(asdict(finished))


def from_text(text: str | None) -> FinishedBuild | None:
    """Read what :func:`as_text` wrote; None if it is something else."""
    try:
        content = json.loads(text or "")
        graph = {
            key: Node(**{**node, "parents": tuple(node["parents"])})
            for key, node in content["graph"].items()
        }
        return FinishedBuild(
            content["rules"], tuple(content["deliveries"]), graph, content["manifest"]
        )
    except (ValueError, TypeError, KeyError):
        return None


def _kind(node: Mapping[str, Mapping[str, str]]) -> Kind:
    match str(node["resource_type"]):
        case "source":
            return "source"
        case "snapshot":
            return "snapshot"
        case "test":
            return "test"
        case "model":
            return "view" if node["config"]["materialized"] == "view" else "table"
        case _:
            return "other"
