"""What models promise that narrow builds rely on."""

import re
from pathlib import Path

import pytest
from warehouse_deliveries import manifest

from datenlabor import narrow
from datenlabor.deliveries.contract import contracts

CONTENT = "model.datenlabor.fct_indicator_content"


@pytest.fixture
def graph(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> narrow.Graph:
    monkeypatch.setenv("DATENLABOR_HOME", str(tmp_path))
    manifest().write(str(tmp_path / "manifest.json"))
    return narrow.read_graph(tmp_path / "manifest.json")


def kept_in_part(*, by_indicator: bool) -> set[str]:
    """Return the models that keep rows of measures, or of indicators, in which nothing changed."""
    return {
        key
        for key, node in manifest().nodes.items()
        if node.config.materialized == "incremental"
        and (node.config.get("incremental_strategy") == "changed_indicators") is by_indicator
    }


def changed_by_figures(graph: narrow.Graph) -> frozenset[str]:
    """Return what changes where rows are kept: the sources are called as before."""
    unchanged = contracts().keys() - {"figure"} | {"quarantined_row"}
    return narrow.changed(graph, unchanged, narrow.SOURCES)


def test_models_with_rows_of_a_measure_read_nothing_else_that_figures_change(
    graph: narrow.Graph,
) -> None:
    changed = changed_by_figures(graph)
    by_measure = kept_in_part(by_indicator=False) & changed - {CONTENT}
    # Rows of figures or indicators; and periods of areas in former borders: another figure can
    # add a period, but change none of those that the figures of other measures are about.
    harmless = {
        *("stg_delivery__figures", "stg_delivery__void_figures", "int_comparison_year_selected"),
        "int_area_period_outdated",
    }
    assert len(by_measure) > 10
    for key in by_measure:
        read = changed & set(graph[key].parents) - by_measure
        assert {graph[name].name for name in read} <= harmless, key


def test_models_with_rows_of_an_indicator_read_nothing_else_that_figures_change(
    graph: narrow.Graph,
) -> None:
    """What they read is in the hash of the indicator, or of their own kind."""
    changed = changed_by_figures(graph)
    by_indicator = kept_in_part(by_indicator=True)
    known = by_indicator | {CONTENT} | set(graph[CONTENT].parents)
    # Limits of a count are what they are; releases are looked up, see below.
    harmless = {"int_poisson_limit_calculated", "dim_release"}
    assert len(by_indicator) > 5
    for key in by_indicator:
        assert CONTENT in graph[key].parents, key
        read = changed & stored_parents(graph, key) - known
        assert {graph[name].name for name in read} <= harmless, key


def test_models_with_rows_of_an_indicator_look_at_no_other_indicator() -> None:
    """A window over several indicators would see those alone that changed."""
    nodes = manifest().nodes
    windows = [
        (key, window)
        for key in kept_in_part(by_indicator=True)
        for window in re.findall(r"partition by\s+([^()]*?)(?:order by|\))", nodes[key].raw_code)
    ]
    assert windows
    assert [key for key, window in windows if "indicator_code" not in window] == []


def stored_parents(graph: narrow.Graph, key: str) -> set[str]:
    """Return what a model reads, directly or over views."""
    return {
        found
        for parent in graph[key].parents
        for found in (
            stored_parents(graph, parent)
            if parent in graph and graph[parent].kind == "view"
            else {parent}
        )
    }


@pytest.mark.parametrize(
    ("listed", "key"), [("dim_release", "release_id"), ("stg_delivery__deliveries", "delivery_id")]
)
def test_models_that_look_up_releases_ask_for_those_of_their_rows_only(
    listed: str, key: str
) -> None:
    """Any other use of the list would show what is new there, though the model is not built."""
    imported = re.compile(rf"(\w+) as \(\s*select \* from \{{\{{ ref\(\"{listed}\"\) \}}\}}\s*\)")
    model_of_list = f"model.datenlabor.{listed}"
    asking = 0
    for node in manifest().nodes.values():
        if not node.config.meta.get("looks_up_releases"):
            continue
        if model_of_list not in node.depends_on_nodes:
            continue
        found = imported.search(node.raw_code)
        assert found, node.name
        name, sql = found[1], node.raw_code[found.end() :]
        uses = re.findall(rf"\b(?:from|join) {name}\b", sql)
        by_id = re.findall(
            rf"\bjoin {name}(?: as (\w+))?\s+on \w+\.\w*(?:release|delivery)_id = (\w+)\.{key}\b"
            r"(?!\s+(?:and|or)\b)",
            sql,
        )
        assert uses, node.name
        assert [(alias or name) for alias, _ in by_id] == [asked for _, asked in by_id], node.name
        assert len(by_id) == len(uses), node.name
        asking += 1
    assert asking
