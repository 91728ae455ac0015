"""What a build has to do when nothing but deliveries came since the last finished one.

Everything in the warehouse follows from code, configuration, day and deliveries. Where only
deliveries were added, all tables but those that read them, directly or over others, are what a full
build would make of them; views are the same in any case, and unit tests look at code alone.

The list of deliveries is read by nearly everyone, mostly to leave out rows that no longer count. A
delivery changes that for rows of its own dataset only: a model that joins the list to another
dataset, or to the first model of one, stays as it is. A model that reads the list without any
dataset reads it for its own sake.

A delivery of figures speaks of few measures: large tables are made anew for these only
(``macros/changed_measures.sql``).

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
    nodes = sorted(
        key
        for key in changed(finished.graph, unchanged)
        if finished.graph[key].kind in ("table", "snapshot", "test")
    )
    are_figures = datasets == {_FIGURES} and _QUARANTINE in unchanged
    return Selection(tuple(nodes), _measures(came) if are_figures else ())


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


def changed(graph: Graph, unchanged: Collection[str]) -> frozenset[str]:
    """Return the keys of all nodes that may change although the delivered tables named do not."""
    sources = {key: node for key, node in graph.items() if node.group == _SOURCE}
    lists = {key for key, node in sources.items() if node.name in _LISTS}
    lists |= {key for key, node in graph.items() if node.parents and lists.issuperset(node.parents)}
    same = {key for key, node in sources.items() if node.name in unchanged}
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
            and not (
                # It reads the list only for the sake of rows in which nothing changed.
                not rows.isdisjoint(node.parents) and (found & set(node.parents)) <= lists
            )
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
