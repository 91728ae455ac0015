"""History: which days are lived through again, and from where."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_deliveries import (
    AREA_TEXT,
    AREAS,
    SPEC,
    TEXT,
    deliver,
    small_home,
    write_city,
)

from datenlabor import paths
from datenlabor.deliveries import replay, store
from datenlabor.deliveries.replay import Day, bring_up_to_date, plan
from datenlabor.errors import DatenlaborError
from datenlabor.paths import Home

FIRST, SECOND, THIRD = (date(2020 + year, 1, 1) for year in range(3))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setattr(paths, "CITIES", tmp_path / "cities")
    write_city(tmp_path / "cities", inhabitants=SPEC, areas=AREAS)
    return small_home(tmp_path)


def areas(home: Home, day: date, name: str) -> str:
    return deliver(home, day, f"{AREA_TEXT}05162024-03;{name}\n")


def withdraw(home: Home, delivery_id: str) -> None:
    with store.locked(home):
        store.withdraw(home, delivery_id, "falsch")


def bring(home: Home) -> list[date]:
    """Bring the history up to date with snapshots that only note their days; return these."""
    taken: list[date] = []

    def take_snapshots(day: date) -> None:
        with duckdb.connect(str(home.warehouse)) as connection:
            connection.execute("create schema if not exists snapshots")
            connection.execute("create table if not exists snapshots.days (day date)")
            connection.execute("insert into snapshots.days values (?)", [day])
        taken.append(day)

    assert bring_up_to_date(home, store.deliveries(home), take_snapshots) == len(taken)
    return taken


def history(home: Home) -> list[date]:
    with duckdb.connect(str(home.warehouse)) as connection:
        return [day for (day,) in connection.execute("from snapshots.days").fetchall()]


def test_without_registers_nothing_is_done(home: Home) -> None:
    assert bring(home) == []
    deliver(home, FIRST, TEXT)
    assert bring(home) == []
    assert not home.warehouse.exists()


def test_only_new_days_are_replayed(home: Home) -> None:
    areas(home, FIRST, "a")
    areas(home, SECOND, "b")
    assert bring(home) == [FIRST, SECOND]
    assert bring(home) == []
    areas(home, THIRD, "c")
    deliver(home, FIRST, TEXT)
    assert bring(home) == [THIRD]
    assert history(home) == [FIRST, SECOND, THIRD]


def test_a_late_same_day_or_withdrawn_delivery_replays_all(home: Home) -> None:
    areas(home, FIRST, "a")
    last = areas(home, THIRD, "c")
    bring(home)
    late = areas(home, SECOND, "b")
    assert bring(home) == history(home) == [FIRST, SECOND, THIRD]
    areas(home, THIRD, "d")
    assert bring(home) == history(home) == [FIRST, SECOND, THIRD]
    withdraw(home, late)
    assert bring(home) == history(home) == [FIRST, THIRD]
    withdraw(home, last)
    assert bring(home) == history(home) == [FIRST, THIRD]


def test_the_last_register_withdrawn_empties_the_history(home: Home) -> None:
    only = areas(home, FIRST, "a")
    bring(home)
    withdraw(home, only)
    assert bring(home) == []
    with pytest.raises(duckdb.CatalogException):
        history(home)


def test_changed_snapshots_replay_all(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    areas(home, FIRST, "a")
    bring(home)
    monkeypatch.setattr(replay, "snapshot_definition", lambda: "other")
    assert bring(home) == history(home) == [FIRST]


def test_snapshots_of_before_the_first_day_go(home: Home) -> None:
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute("create schema snapshots")
        connection.execute("create table snapshots.days as select date '2026-01-01' as day")
    areas(home, FIRST, "a")
    assert bring(home) == history(home) == [FIRST]


def fail_on(home: Home, day: date) -> None:
    """Fail after some snapshots of the day were taken."""

    def fail(day_taken: date) -> None:
        with duckdb.connect(str(home.warehouse)) as connection:
            connection.execute("insert into snapshots.days values (?)", [day_taken])
        if day_taken == day:
            raise DatenlaborError("dbt snapshot failed.")

    with pytest.raises(DatenlaborError, match="dbt snapshot failed"):
        bring_up_to_date(home, store.deliveries(home), fail)


def test_after_a_day_that_failed_all_begins_from_nothing(home: Home) -> None:
    areas(home, FIRST, "a")
    bring(home)
    areas(home, SECOND, "b")
    fail_on(home, SECOND)
    assert bring(home) == history(home) == [FIRST, SECOND]


def test_a_day_that_failed_and_was_withdrawn_leaves_nothing(home: Home) -> None:
    areas(home, FIRST, "a")
    bring(home)
    last = areas(home, SECOND, "b")
    fail_on(home, SECOND)
    withdraw(home, last)
    assert bring(home) == history(home) == [FIRST]


def test_warehouse_that_is_open_elsewhere_is_a_message(home: Home) -> None:
    areas(home, FIRST, "a")
    home.warehouse.write_text("no database" * 100)
    with pytest.raises(DatenlaborError, match="cannot be opened"):
        bring(home)


DAYS = st.lists(
    st.builds(Day, st.integers(0, 4).map(lambda n: FIRST + timedelta(n)), st.sampled_from("xy")),
    unique_by=lambda day: day.day,
).map(sorted)


@given(DAYS, DAYS)
def test_a_plan_leads_from_any_history_to_the_wanted_one(
    wanted: Sequence[Day], replayed: Sequence[Day]
) -> None:
    due = plan(wanted, replayed)
    start = [] if due.from_nothing else list(replayed)
    assert [*start, *due.days] == list(wanted)
    assert plan(wanted, wanted).days == ()
