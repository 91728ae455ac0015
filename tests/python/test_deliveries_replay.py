"""History: which days are lived through again, and a rebuild that proves or changes nothing."""

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
    BROKEN,
    SPEC,
    TEXT,
    read,
    small_city,
    small_home,
    write_city,
)

from datenlabor import paths
from datenlabor.city import City
from datenlabor.deliveries import journal, rebuild, replay, store
from datenlabor.deliveries.catalogue import Known
from datenlabor.deliveries.deliver import Progress
from datenlabor.deliveries.ingest import ingest
from datenlabor.deliveries.reading import Reading, Target
from datenlabor.deliveries.replay import Day, bring_up_to_date, plan
from datenlabor.deliveries.spec import Spec
from datenlabor.errors import DatenlaborError
from datenlabor.paths import Home

FIRST, SECOND, THIRD = (date(2020 + year, 1, 1) for year in range(3))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setattr(paths, "CITIES", tmp_path / "cities")
    write_city(tmp_path / "cities", inhabitants=SPEC, areas=AREAS)
    return small_home(tmp_path)


def deliver(home: Home, day: date, text: str) -> str:
    name = "bezirke" if text.startswith("Schlüssel") else "einwohner"
    file = home.root.parent / f"{name}.csv"
    file.write_text(text, "utf-8")
    [outcome] = ingest(home, small_city(), [file], published_on=day, read=read)
    assert outcome.delivery
    return outcome.delivery.id


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


def test_a_day_that_failed_is_replayed_again(home: Home) -> None:
    areas(home, FIRST, "a")
    bring(home)
    areas(home, SECOND, "b")

    def fail(_day: date) -> None:
        raise DatenlaborError("dbt build failed.")

    with pytest.raises(DatenlaborError, match="dbt build failed"):
        bring_up_to_date(home, store.deliveries(home), fail)
    assert bring(home) == [SECOND]


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


def build(home: Home, _city: City) -> None:
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute("create table built as select 1 as value")


def fail_to_build(home: Home, city: City) -> None:
    build(home, city)
    raise DatenlaborError("dbt build failed.")


def write_warehouse(home: Home, text: str) -> None:
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute(f"create table before as select '{text}' as value")


def tables(home: Home) -> list[str]:
    with duckdb.connect(str(home.warehouse)) as connection:
        return [name for (name,) in connection.execute("show tables").fetchall()]


def left_behind(home: Home) -> list[str]:
    return [p.name for p in home.root.iterdir() if p not in (home.warehouse, home.deliveries)]


def test_rebuild_proves_and_builds_from_nothing(home: Home) -> None:
    deliver(home, FIRST, TEXT)
    deliver(home, FIRST, AREA_TEXT)
    write_warehouse(home, "old")
    rebuild.rebuild(home, small_city(), read=read, build=build)
    assert tables(home) == ["built"]
    assert left_behind(home) == []
    assert len(store.ids(home)) == 2
    assert journal.read(home)[-1]["event"] == "rebuilt"


def test_failed_rebuild_puts_the_warehouse_back(home: Home) -> None:
    deliver(home, FIRST, TEXT)
    write_warehouse(home, "old")
    with pytest.raises(DatenlaborError, match="dbt build failed"):
        rebuild.rebuild(home, small_city(), read=read, build=fail_to_build)
    assert tables(home) == ["before"]
    assert left_behind(home) == []


def test_rebuild_after_a_killed_one(home: Home) -> None:
    write_warehouse(home, "old")
    home.warehouse.rename(home.root / "warehouse.duckdb.before-rebuild")
    build(home, small_city())
    with pytest.raises(DatenlaborError, match="dbt build failed"):
        rebuild.rebuild(home, small_city(), read=read, build=fail_to_build)
    assert tables(home) == ["before"]


def test_first_build_may_be_a_rebuild(home: Home) -> None:
    with pytest.raises(DatenlaborError, match="dbt build failed"):
        rebuild.rebuild(home, small_city(), read=read, build=fail_to_build)
    assert not home.warehouse.exists()
    rebuild.rebuild(home, small_city(), read=read, build=build)
    assert tables(home) == ["built"]


def test_damaged_original_stops_the_rebuild(home: Home) -> None:
    damaged = store.read_delivery(home, deliver(home, FIRST, TEXT))
    damaged.original.chmod(0o644)
    damaged.original.write_text("other", "utf-8")
    write_warehouse(home, "old")
    with pytest.raises(DatenlaborError, match="not what was delivered") as caught:
        rebuild.rebuild(home, small_city(), read=read, build=build)
    assert str(damaged.original) in str(caught.value)
    assert tables(home) == ["before"]


def read_otherwise(
    file: Path, spec: Spec, target: Target, known: Known, progress: Progress
) -> Reading:
    """Read as before, but with another value in one row."""
    reading = read(file, spec, target, known, progress)
    rows = target.folder / f"{spec.dataset}.parquet"
    new = target.folder / "new"
    duckdb.sql(
        f"copy (select * replace (coalesce(value, 0) + 1 as value) from '{rows}') "
        f"to '{new}' (format parquet)"
    )
    new.rename(rows)
    return reading


def test_changed_reading_stops_until_it_is_accepted(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    old = deliver(home, FIRST, TEXT)
    with pytest.raises(DatenlaborError, match="1 deliveries are read differently") as caught:
        rebuild.rebuild(home, small_city(), read=read_otherwise, build=build)
    assert "--accept" in caught.value.hint
    assert f"{old}: figure.parquet: 2 rows gone, 2 new" in capsys.readouterr().out
    assert store.ids(home) == [old]
    rebuild.rebuild(home, small_city(), accept=True, read=read_otherwise, build=build)
    former, new = store.deliveries(home)
    assert former.withdrawal
    assert former.withdrawal.replaced_by_delivery_id == new.id
    assert new.record.published_on == FIRST
    assert new.original.read_text("utf-8") == TEXT
    rebuild.rebuild(home, small_city(), read=read_otherwise, build=build)
    assert len(store.ids(home)) == 2


def test_original_that_is_refused_today(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    deliver(home, FIRST, TEXT)

    def refuse(
        file: Path, _spec: Spec, _target: Target, _known: Known, _progress: Progress
    ) -> Reading:
        raise DatenlaborError(f"{file.name} is {BROKEN}.")

    with pytest.raises(DatenlaborError, match="read differently"):
        rebuild.rebuild(home, small_city(), read=refuse, build=build)
    assert "refused today: einwohner.csv is broken." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("stored", "today", "text"),
    [
        ("(1), (2)", "(2), (1)", ""),
        ("(1), (1)", "(1)", "x.parquet: 1 rows gone, 0 new"),
        ("(1), (2)", "(1), (3)", "x.parquet: 1 rows gone, 1 new"),
        ("(1)", "('a')", "x.parquet has other columns"),
        ("(1)", None, "x.parquet is gone"),
        (None, "(1)", "x.parquet is new"),
        (None, None, ""),
        ("(null)", "(null)", ""),
    ],
)
def test_rows_are_compared_whatever_their_order(
    tmp_path: Path, stored: str | None, today: str | None, text: str
) -> None:
    for name, rows in (("stored", stored), ("today", today)):
        (tmp_path / name).mkdir()
        if rows:
            file = tmp_path / name / "x.parquet"
            duckdb.sql(f"copy (from (values {rows}) t(a)) to '{file}' (format parquet)")
    assert rebuild.compare_rows(tmp_path / "stored", tmp_path / "today") == text
