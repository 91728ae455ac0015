"""What is built after a delivery: all it can change, and everything where that is not known."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warehouse_deliveries import dbt, query, write_delivery

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
    "publications": node("publications", "table", "list", "seed"),
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


OLD = [delivery("1", "figure"), delivery("2", "facility")]
FINISHED = FinishedBuild("rules", ("1", "2"), GRAPH, "manifest")


def selected(*came: Delivery, finished: FinishedBuild = FINISHED) -> set[str] | None:
    deliveries = [*OLD, *came]
    state = [item.id if item.is_active else f"-{item.id}" for item in deliveries]
    names = narrow.selection(finished, state, deliveries)
    return None if names is None else set(names)


def test_a_delivery_changes_what_reads_its_rows_or_the_list_for_its_own_sake() -> None:
    assert selected(delivery("3", "figure")) == {
        *("publications", "values", "gaps", "figures_keep_contract", "values_refer"),
    }
    assert selected(delivery("3", "facility")) == {
        *("publications", "places", "places_with_source", "history", "places_are_unique"),
    }


def test_measures_that_a_spec_describes_come_with_its_figures(tmp_path: Path) -> None:
    (tmp_path / "facility.parquet").touch()
    (tmp_path / "quarantine.parquet").touch()
    changed = selected(replace(delivery("3", "figure"), path=tmp_path))
    assert changed is not None
    assert {"values", "places", "history"} <= changed
    assert "lists" not in changed


def test_rows_in_quarantine_are_of_every_dataset() -> None:
    changed = selected(delivery("3", "facility", records_quarantined=1))
    assert changed == {
        *("publications", "places", "places_with_source", "history", "places_are_unique"),
        "gaps",
    }


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
        if not (changed & set(read.parents)) <= {"list", "delivery", "withdrawal"}:
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


def content(home: Path) -> dict[str, object]:
    """Give a hash of the rows of every table that readers or evaluations may see."""
    tables = query(
        home,
        "select table_schema || '.' || table_name from information_schema.tables "
        "where table_schema in ('marts', 'protected') and table_name <> 'pub_test_result'",
    )
    return {
        table: query(home, f"select count(*), sum(hash(rows::varchar)) from {table} as rows")
        for (table,) in tables
    }


def narrow_build(home: Path, finished: FinishedBuild) -> None:
    """Build what the deliveries of a home change that came since ``finished``."""
    records = [
        Record.model_construct(**json.loads(file.read_text("utf-8")))
        for file in sorted((home / "deliveries").glob("*/record.json"))
    ]
    deliveries = [
        Delivery(
            record.model_copy(update={"replaces_delivery_id": None}), None, home / "deliveries"
        )
        for record in records
    ]
    names = narrow.selection(finished, [item.id for item in deliveries], deliveries)
    assert names is not None
    dbt(home, *build_command(names))


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

    write_delivery(tmp_path, "3", "figure", "2026-06-01", [figure(2024, 150_001)])
    narrow_build(tmp_path, FinishedBuild("", ("1", "2"), graph, ""))
    write_delivery(tmp_path, "4", "facility", "2026-07-01", [facility("a")])
    narrow_build(tmp_path, FinishedBuild("", ("1", "2", "3"), graph, ""))

    narrow_content = content(tmp_path)
    dbt(tmp_path, *full)
    assert narrow_content == content(tmp_path)
    changed = {table for table, rows in narrow_content.items() if rows != before[table]}
    assert {"marts.fct_indicator_vintage", "marts.dim_facility", "marts.dim_release"} <= changed
    assert date(2026, 7, 1).isoformat() in {
        str(day) for (day,) in query(tmp_path, "select published_on from protected.pub_delivery")
    }
