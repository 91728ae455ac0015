"""What is built after a delivery: all it can change, and everything where that is not known."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from warehouse_deliveries import dbt, query, write_delivery, write_rows

from datenlabor import narrow
from datenlabor.dbt import build_command
from datenlabor.deliveries.record import Record, Withdrawal
from datenlabor.deliveries.store import Delivery
from datenlabor.narrow import FinishedBuild, Node

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


def node(name: str, kind: narrow.Kind, *parents: str, group: str = "") -> Node:
    return Node(name, kind, group, parents)


SOURCES = {
    name: node(name, "source", group="deliveries")
    for name in ("delivery", "withdrawal", "quarantined_row", "figure", "facility")
}
GRAPH = SOURCES | {
    "seed": node("seed", "other"),
    "list": node("list", "view", "delivery", "withdrawal"),
    "figures": node("figures", "view", "figure", "list"),
    "facilities": node("facilities", "view", "facility", "list"),
    "bad_rows": node("bad_rows", "view", "quarantined_row", "list"),
    "dim_release": node("dim_release", "table", "list", "seed"),
    "stg_register__sources": node("stg_register__sources", "view", "list", "seed"),
    "credits": node("credits", "table", "values", "stg_register__sources"),
    "titles": Node("titles", "table", "", ("values", "dim_release"), looks_up_releases=True),
    "values": node("values", "table", "figures", "seed"),
    "gaps": node("gaps", "table", "values", "bad_rows"),
    "places": node("places", "table", "facilities"),
    "places_with_source": node("places_with_source", "table", "facilities", "list"),
    "history": node("history", "snapshot", "facilities"),
    "lists": node("lists", "table", "seed"),
    "figures_keep_contract": node("figures_keep_contract", "test", "figure", "list"),
    "places_are_unique": node("places_are_unique", "test", "places"),
    "values_refer": node("values_refer", "test", "values", "lists"),
}


def delivery(delivery_id: str, dataset: str, **changes: object) -> Delivery:
    """Make a delivery of a spec that has the dataset's name."""
    content: dict[str, Any] = dict.fromkeys(Record.model_fields, 0) | {
        "spec_name": dataset,
        "delivery_id": delivery_id,
        "dataset": dataset,
        "replaces_delivery_id": None,
    }
    return Delivery(Record.model_construct(**content | changes), None, Path("nowhere"))


OF_FACILITIES = {
    *("dim_release", "places", "places_with_source", "history", "places_are_unique"),
}
OLD = [delivery("1", "figure"), delivery("2", "facility")]
FINISHED = FinishedBuild("rules", ("1", "2"), GRAPH, "manifest")


def selected(*came: Delivery, finished: FinishedBuild = FINISHED) -> set[str] | None:
    deliveries = [*OLD, *came]
    state = [item.id if item.is_active else f"-{item.id}" for item in deliveries]
    found = narrow.selection(finished, state, deliveries)
    return None if found is None else set(found.nodes)


def test_a_delivery_changes_what_reads_its_rows_or_the_list_for_its_own_sake() -> None:
    assert selected(delivery("3", "figure")) == {
        *("dim_release", "values", "gaps", "figures_keep_contract", "values_refer"),
        *("credits", "titles"),
    }
    assert selected(delivery("3", "facility")) == OF_FACILITIES


@pytest.mark.parametrize("changes", [{"source_title": "New"}, {"source_code": "new"}])
def test_a_source_that_is_new_or_called_otherwise_changes_what_reads_the_sources(
    changes: dict[str, str],
) -> None:
    assert selected(delivery("3", "facility", **changes)) == OF_FACILITIES | {"credits"}


def test_measures_that_a_spec_describes_come_with_its_figures(tmp_path: Path) -> None:
    (tmp_path / "facility.parquet").touch()
    (tmp_path / "quarantine.parquet").touch()
    changed = selected(replace(delivery("3", "figure"), path=tmp_path))
    assert changed is not None
    assert {"values", "places", "history"} <= changed
    assert "lists" not in changed


def test_rows_in_quarantine_are_of_every_dataset() -> None:
    changed = selected(delivery("3", "facility", records_quarantined=1))
    assert changed == OF_FACILITIES | {"gaps"}


def test_a_spec_that_changed_its_dataset_ends_rows_of_the_former_one() -> None:
    changed = selected(delivery("3", "figure", spec_name="facility"))
    assert changed is not None
    assert {"values", "places", "history"} <= changed


@pytest.mark.parametrize(
    "came",
    [
        delivery("3", "unheard_of"),
        delivery("3", "figure", replaces_delivery_id="1"),
        replace(
            delivery("3", "figure"),
            withdrawal=Withdrawal(delivery_id="3", withdrawn_at=MOMENT, reason="wrong"),
        ),
    ],
)
def test_what_is_no_plain_addition_means_everything(came: Delivery) -> None:
    assert selected(came) is None


def test_a_delivery_that_is_gone_or_withdrawn_means_everything() -> None:
    gone = replace(FINISHED, deliveries=("0", "1", "2"))
    assert selected(delivery("3", "figure"), finished=gone) is None
    withdrawn = replace(FINISHED, deliveries=("1", "-2"))
    assert selected(finished=withdrawn) is None


@given(st.sets(st.sampled_from(["figure", "facility", "quarantined_row"])))
def test_whoever_reads_what_changed_but_the_list_changes_too(unchanged: set[str]) -> None:
    changed = narrow.changed(GRAPH, unchanged)
    assert changed & SOURCES.keys() == SOURCES.keys() - unchanged
    for key, read in GRAPH.items():
        known = {"list", "delivery", "withdrawal"}
        if read.looks_up_releases:
            known |= {"dim_release"}
        if not (changed & set(read.parents)) <= known:
            assert key in changed


def test_what_is_written_down_is_read_again_and_nothing_else() -> None:
    text = narrow.as_text(FINISHED)
    assert narrow.from_text(text) == FINISHED
    for other in (None, "", "{", "[]", "{}", text.replace('"kind"', '"sort"')):
        assert narrow.from_text(other) is None


def figure(year: int, value: float) -> dict[str, object]:
    return {
        "area_code": "05162024",
        "period": f"{year}-12-31",
        "measure_code": "population",
        "value": value,
        "obs_status": "A",
        "provenance": "published",
    }


def facility(code: str) -> dict[str, object]:
    return {
        "facility_code": code,
        "facility_name": f"Haus {code}",
        "category": "library",
        "longitude": 6.7,
        "latitude": 51.2,
    }


def write_figures(folder: Path, measures: list[str]) -> Path:
    folder.mkdir()
    rows = [{**figure(2024, 1), "measure_code": code} for code in measures]
    write_rows(folder / "figure.parquet", "figure", folder.name, rows)
    return folder


def measures_of(*came: Delivery) -> tuple[str, ...]:
    found = narrow.selection(FINISHED, ["1", "2", *(item.id for item in came)], [*OLD, *came])
    assert found is not None
    return found.measures


def test_of_few_measures_the_rows_are_replaced_of_many_all_are_made_anew(tmp_path: Path) -> None:
    few = replace(delivery("3", "figure"), path=write_figures(tmp_path / "few", ["b", "a", "b"]))
    assert measures_of(few) == ("a", "b")
    many = [f"m{number}" for number in range(51)]
    assert measures_of(replace(few, path=write_figures(tmp_path / "many", many))) == ()


def test_with_anything_but_figures_all_rows_are_made_anew(tmp_path: Path) -> None:
    path = write_figures(tmp_path / "figures", ["a"])
    figures = replace(delivery("3", "figure"), path=path)
    assert measures_of(figures, delivery("4", "facility")) == ()
    quarantined = replace(delivery("3", "figure", records_quarantined=1), path=path)
    assert measures_of(quarantined) == ()


def content(home: Path) -> dict[str, object]:
    """Give a hash of the rows of every table that readers or evaluations may see.

    But not of those that speak of the build itself.
    """
    tables = query(
        home,
        "select table_schema || '.' || table_name from information_schema.tables "
        "where table_schema in ('marts', 'protected') "
        "and table_name not in ('pub_test_result', 'fct_indicator_content')",
    )
    return {
        table: query(home, f"select count(*), sum(hash(rows::varchar)) from {table} as rows")
        for (table,) in tables
    }


def narrow_build(
    home: Path, finished: FinishedBuild, monkeypatch: pytest.MonkeyPatch
) -> tuple[str, ...]:
    """Build what the deliveries of a home change that came since ``finished``.

    Returns the measures of which rows were replaced.
    """
    deliveries = [
        Delivery(
            Record.model_construct(
                **dict.fromkeys(Record.model_fields) | json.loads(file.read_text("utf-8"))
            ),
            None,
            file.parent,
        )
        for file in sorted((home / "deliveries").glob("*/record.json"))
    ]
    found = narrow.selection(finished, [item.id for item in deliveries], deliveries)
    assert found is not None
    with monkeypatch.context() as patch:
        for name, value in narrow.environment(found).items():
            patch.setenv(name, value)
        dbt(home, *build_command(found, home))
    return found.measures


def test_a_build_that_finds_nothing_to_do_has_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATENLABOR_HOME", str(tmp_path))
    command = build_command(narrow.Selection(("model.datenlabor.unknown",)), tmp_path)
    with pytest.raises(AssertionError, match="does not match any enabled nodes"):
        dbt(tmp_path, *command)


def compare_counts(home: Path) -> None:
    """Leave rows of an indicator of which a build makes none: counts are not compared."""
    with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
        table = "marts.fct_indicator_comparison"
        made = f"select count(*) from {table} where indicator_code = 'population'"
        assert connection.sql(made).fetchall() == [(0,)]
        connection.execute(
            f"insert into {table} select * replace ('population' as indicator_code) from {table} "
            f"where indicator_code = (select min(indicator_code) from {table})"
        )
        assert connection.sql(made).fetchall() != [(0,)]


def test_a_narrow_build_makes_what_a_full_one_makes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATENLABOR_HOME", str(tmp_path))
    full = ("build", "--exclude-resource-type", "unit_test", "test")
    write_delivery(tmp_path, "1", "figure", "2025-06-01", [figure(2024, 150_000)])
    write_delivery(tmp_path, "2", "facility", "2025-07-01", [facility("a"), facility("b")])
    dbt(tmp_path, *full)
    graph = narrow.read_graph(tmp_path / "target" / "manifest.json")
    before = content(tmp_path)
    compare_counts(tmp_path)

    write_delivery(tmp_path, "3", "figure", "2026-06-01", [figure(2024, 150_001)])
    assert narrow_build(tmp_path, FinishedBuild("", ("1", "2"), graph, ""), monkeypatch) == (
        "population",
    )
    write_delivery(tmp_path, "4", "facility", "2026-07-01", [facility("a")])
    finished = FinishedBuild("", ("1", "2", "3"), graph, "")
    assert narrow_build(tmp_path, finished, monkeypatch) == ()

    narrow_content = content(tmp_path)
    dbt(tmp_path, *full)
    assert narrow_content == content(tmp_path)
    changed = {table for table, rows in narrow_content.items() if rows != before[table]}
    assert {"marts.fct_indicator_vintage", "marts.dim_facility", "marts.dim_release"} <= changed
    assert date(2026, 7, 1).isoformat() in {
        str(day) for (day,) in query(tmp_path, "select published_on from protected.pub_delivery")
    }
