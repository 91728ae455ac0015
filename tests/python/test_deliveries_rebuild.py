"""Rebuild: proves the originals, and replaces the warehouse as a whole or not at all."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb
import pytest
from small_deliveries import (
    AREA_TEXT,
    AREAS,
    BROKEN,
    SPEC,
    TEXT,
    deliver,
    read,
    small_city,
    small_home,
    write_city,
)

from datenlabor import paths, warehouse
from datenlabor.city import City
from datenlabor.deliveries import journal, rebuild, store
from datenlabor.deliveries.catalogue import Known
from datenlabor.deliveries.deliver import Progress
from datenlabor.deliveries.reading import Reading, Target
from datenlabor.deliveries.spec import Spec
from datenlabor.errors import DatenlaborError
from datenlabor.paths import Home

FIRST = date(2020, 1, 1)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setattr(paths, "CITIES", tmp_path / "cities")
    write_city(tmp_path / "cities", inhabitants=SPEC, areas=AREAS)
    return small_home(tmp_path)


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


def test_failed_rebuild_leaves_the_warehouse(home: Home) -> None:
    deliver(home, FIRST, TEXT)
    write_warehouse(home, "old")
    with pytest.raises(DatenlaborError, match="dbt build failed"):
        rebuild.rebuild(home, small_city(), read=read, build=fail_to_build)
    assert tables(home) == ["before"]
    assert left_behind(home) == []


# Does what its last argument says with a warehouse, and waits for the end.
KILLED = """
import sys, time
from pathlib import Path
import duckdb
from datenlabor.city import City
from datenlabor.deliveries import rebuild
from datenlabor.paths import Home

def build(home, _city):
    connection = duckdb.connect(str(home.warehouse))
    connection.execute("create table half as select 1 as value")
    print("changed", flush=True)
    time.sleep(60)

home, city = Home(Path(sys.argv[1])), City(code="05162024", name="Musterstadt")
build(home, city) if sys.argv[2] == "build" else rebuild.rebuild(home, city, build=build)
"""


@contextmanager
def at_work(home: Home, job: str) -> Iterator[None]:
    """Another process with a warehouse open and changed; killed at the end."""
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(home.root), job], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        while (line := process.stdout.readline()) != b"changed\n":
            assert line
        try:
            yield
        finally:
            os.kill(process.pid, signal.SIGKILL)


def test_killed_rebuild_leaves_the_warehouse_and_nothing_for_the_next(home: Home) -> None:
    write_warehouse(home, "old")
    with at_work(home, "rebuild"):
        pass
    assert tables(home) == ["before"]
    assert (home.scratch / "warehouse.duckdb.wal").exists()
    with pytest.raises(DatenlaborError, match="dbt build failed"):
        rebuild.rebuild(home, small_city(), read=read, build=fail_to_build)
    assert tables(home) == ["before"]
    with at_work(home, "rebuild"):
        pass
    rebuild.rebuild(home, small_city(), read=read, build=build)
    assert tables(home) == ["built"]
    assert left_behind(home) == []


def test_rebuild_replaces_a_warehouse_and_the_log_of_a_killed_build(home: Home) -> None:
    write_warehouse(home, "old")
    with at_work(home, "build"):
        pass
    log = home.root / "warehouse.duckdb.wal"
    log.write_bytes(log.read_bytes()[:-3] + b"xyz")
    rebuild.rebuild(home, small_city(), read=read, build=build)
    assert tables(home) == ["built"]
    assert left_behind(home) == []


def test_rebuild_replaces_a_damaged_warehouse(home: Home) -> None:
    home.warehouse.write_bytes(b"no database" * 1000)
    rebuild.rebuild(home, small_city(), read=read, build=build)
    assert tables(home) == ["built"]


def test_rebuild_refuses_while_the_warehouse_is_being_written(home: Home) -> None:
    write_warehouse(home, "old")
    with at_work(home, "build"), pytest.raises(DatenlaborError, match="is writing"):
        rebuild.rebuild(home, small_city(), read=read, build=build)
    assert tables(home) == ["before", "half"]


def test_rebuild_holds_the_lock_and_passes_for_no_build(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "WAIT_SECONDS", 0)
    write_warehouse(home, "old")
    warehouse.mark(home, "abc")

    def refused(draft: Home, city: City) -> None:
        build(draft, city)
        with pytest.raises(DatenlaborError, match="at work"), store.locked(home):
            pass

    rebuild.rebuild(home, small_city(), read=read, build=refused)
    # So that `publish` makes a release of it, whatever the current one was made from.
    assert warehouse.built_from(home) is None


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
