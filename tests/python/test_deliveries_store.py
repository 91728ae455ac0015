"""The store of deliveries: names, withdrawals, the log, and what a kill leaves behind."""

import importlib
import json
import multiprocessing
import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_deliveries import (
    BROKEN,
    OTHER_TEXT,
    SPEC,
    TEXT,
    read,
    small_city,
    small_home,
    write_city,
)

from datenlabor import paths
from datenlabor.deliveries import journal, store
from datenlabor.deliveries.ingest import ingest
from datenlabor.errors import DatenlaborError
from datenlabor.paths import Home

NEW_SPEC = SPEC.replace("title: Einwohner nach Bezirken", "title: Einwohner")
CHILDREN = multiprocessing.get_context("forkserver")
CHILDREN.set_forkserver_preload(["small_deliveries", "datenlabor.deliveries.ingest"])


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setattr(paths, "CITIES", tmp_path / "cities")
    write_city(tmp_path / "cities", inhabitants=SPEC)
    return small_home(tmp_path)


def deliver(home: Home, text: str = TEXT, name: str = "einwohner.csv") -> store.Delivery:
    file = home.root.parent / name
    file.write_text(text, "utf-8")
    [outcome] = ingest(home, small_city(), [file], read=read)
    assert outcome.error is None
    assert outcome.delivery is not None
    return outcome.delivery


def events(home: Home) -> list[str]:
    return [entry["event"] for entry in journal.read(home)]


def test_a_delivery_holds_everything(home: Home) -> None:
    delivery = deliver(home)
    assert delivery.original.read_text("utf-8") == TEXT
    assert delivery.original.stat().st_mode & 0o777 == 0o444
    assert delivery.spec_text == SPEC
    record = json.loads((delivery.path / "record.json").read_text("utf-8"))
    assert record["delivery_id"] == delivery.path.name == delivery.id
    assert record["file_name"] == "einwohner.csv"
    assert record["file_bytes"] == len(TEXT)
    assert record["records_read"] == 3
    assert record["values_loaded"] == 2
    assert record["replaces_delivery_id"] is None
    assert record["received_at"].replace("-", "").replace(":", "") == delivery.id[:16]
    assert record["published_on"] == record["received_at"][:10]
    assert delivery.id.endswith(record["sha256"][:8])
    assert sorted(path.name for path in home.deliveries.iterdir()) == [
        ".lock",
        delivery.id,
        "log.jsonl",
    ]


def test_duckdb_reads_the_store_with_plain_globs(home: Home) -> None:
    first, second = deliver(home), deliver(home, OTHER_TEXT)
    with store.locked(home):
        store.withdraw(home, first.id, "wrong")
        unfinished = store.incoming(home, "20300101T000000Z-00000000")
        (unfinished / "figure.parquet").write_bytes(b"half")
        glob = str(home.deliveries / "*")
        rows = duckdb.sql(
            f"select delivery_id, file_name, withdrawn_at from read_json('{glob}/record.json') r "
            f"left join read_json('{glob}/withdrawal.json') w using (delivery_id) order by 1"
        ).fetchall()
        figures = duckdb.sql(f"select count(*) from read_parquet('{glob}/figure.parquet')")
        assert figures.fetchall() == [(4,)]
    assert [row[:2] for row in rows] == [(d.id, "einwohner.csv") for d in (first, second)]
    assert isinstance(rows[0][2], datetime)
    assert rows[1][2] is None


def test_withdrawal_keeps_everything_and_says_why(home: Home) -> None:
    delivery = deliver(home)
    before = sorted(delivery.path.rglob("*"))
    assert store.state(home) == [delivery.id]
    with store.locked(home):
        withdrawn = store.withdraw(home, delivery.id, " falsche Datei ")
    assert withdrawn.withdrawal is not None
    assert withdrawn.withdrawal.reason == "falsche Datei"
    assert withdrawn.withdrawal.replaced_by_delivery_id is None
    assert not withdrawn.is_active
    assert sorted(delivery.path.rglob("*")) == sorted([*before, delivery.path / "withdrawal.json"])
    assert store.state(home) == [f"-{delivery.id}"]
    assert events(home) == ["delivered", "withdrawn"]
    with store.locked(home):
        with pytest.raises(DatenlaborError, match="already withdrawn"):
            store.withdraw(home, delivery.id, "again")
        for reason in ("", " \n"):
            with pytest.raises(DatenlaborError, match="needs a reason"):
                store.withdraw(home, delivery.id, reason)
    assert events(home) == ["delivered", "withdrawn"]


@pytest.mark.parametrize("name", ["x", "", "..", "../..", "20261122T031500Z-1a2b3c4d", ".incoming"])
def test_unknown_delivery(home: Home, name: str) -> None:
    deliver(home)
    with pytest.raises(DatenlaborError, match="no delivery") as caught, store.locked(home):
        store.withdraw(home, name, "wrong")
    assert "datenlabor deliveries" in caught.value.hint


@pytest.mark.parametrize("text", ["", "{", "[]", '{"delivery_id": 1}'])
def test_damaged_record_is_named(home: Home, text: str) -> None:
    delivery = deliver(home)
    record = delivery.path / "record.json"
    record.chmod(0o644)
    record.write_text(text, "utf-8")
    with pytest.raises(DatenlaborError, match=rf"{delivery.id} is damaged"):
        store.deliveries(home)


@given(st.lists(st.datetimes(datetime(2020, 1, 1), datetime(2020, 1, 1, 0, 0, 5)), max_size=8))  # noqa: DTZ001 naive, as Hypothesis wants them
def test_ids_follow_the_order_of_arrival(moments: list[datetime]) -> None:
    taken: list[str] = []
    for moment in moments:
        name, second = store.next_id(moment.replace(tzinfo=UTC), taken, "ab" * 32)
        assert name == f"{second:%Y%m%dT%H%M%SZ}-abababab"
        assert all(name > other for other in taken)
        assert second - moment.replace(tzinfo=UTC) < timedelta(seconds=len(taken) + 6)
        taken.append(name)


def test_log_survives_a_half_line(home: Home) -> None:
    deliver(home)
    log = home.deliveries / "log.jsonl"
    log.write_bytes(log.read_bytes() + b'{"at": "2026-11-22T03:15:00Z", "event": "refu')
    deliver(home, OTHER_TEXT)
    assert events(home) == ["delivered", "delivered"]
    assert log.read_bytes().count(b"\n") == 3
    log.write_bytes(b'\xff\xfe\n[1]\n"x"\n\n')
    assert events(home) == []
    with store.locked(home):
        assert events(home) == ["delivered", "delivered"]


def hold(root: Path, seconds: float) -> None:
    """Hold the lock for a while; a file shows when."""
    with store.locked(Home(root)):
        (root / "held").touch()
        time.sleep(seconds)
        (root / "held").unlink()


def child(function: Callable[..., None], *arguments: object) -> Any:  # noqa: ANN401 a process of this context
    process = CHILDREN.Process(target=function, args=arguments)
    process.start()
    return process


def wait_for(file: Path) -> None:
    deadline = time.monotonic() + 20
    while not file.exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_second_writer_waits_and_says_so(
    home: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = child(hold, home.root, 0.5)
    wait_for(home.root / "held")
    with store.locked(home):
        assert not (home.root / "held").exists()
    assert capsys.readouterr().err.count("waiting") == 1
    other.join()
    other = child(hold, home.root, 60)
    wait_for(home.root / "held")
    monkeypatch.setattr(store, "WAIT_SECONDS", 0.2)
    with pytest.raises(DatenlaborError, match="Another process"), store.locked(home):
        pass
    os.kill(other.pid, signal.SIGKILL)
    other.join()
    with store.locked(home):
        pass


def write_many(root: Path, cities: Path, number: int) -> None:
    paths.CITIES = cities
    for index in range(3):
        deliver(Home(root), f"{TEXT}03;2020;{number}{index}\n", f"einwohner_{number}.csv")


def test_two_writers_at_once_lose_nothing(home: Home) -> None:
    processes = [child(write_many, home.root, paths.CITIES, number) for number in (1, 2)]
    for process in processes:
        process.join(30)
        assert process.exitcode == 0
    assert len(store.ids(home)) == 6
    assert events(home) == ["delivered"] * 6


def no_fsync(_descriptor: object) -> None:
    """Take no time: what a killed process has written is there all the same."""


def die_while_delivering(root: Path, cities: Path, place: str, calls: int) -> None:
    """Deliver, and be killed at a call of a function after so many others."""
    paths.CITIES = cities
    setattr(os, "fsync", no_fsync)  # noqa: B010 mypy knows that it is no fsync
    owner, _, function = place.rpartition(".")
    module = importlib.import_module(owner)
    real, left = getattr(module, function), [calls]

    def die(*arguments: object, **options: object) -> object:
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        left[0] -= 1
        return real(*arguments, **options)

    setattr(module, function, die)
    deliver(Home(root))


PLACES = [
    "os.fsync",
    "os.rename",
    "os.write",
    "shutil.copyfile",
    "shutil.rmtree",
    "datenlabor.deliveries.store.add",
]


@pytest.mark.parametrize("place", PLACES)
def test_killed_at_any_moment_the_store_is_whole(
    home: Home, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """The same file comes with another spec, which replaces the delivery of before."""
    monkeypatch.setattr(os, "fsync", no_fsync)
    old = deliver(home)
    kills = 0
    for turn in range(100):
        text = NEW_SPEC + f"# {turn}\n"
        write_city(paths.CITIES, inhabitants=text)
        process = child(die_while_delivering, home.root, paths.CITIES, place, turn)
        process.join(30)
        with store.locked(home):
            check_whole(home)
        if process.exitcode == 0:
            break
        assert process.exitcode == -signal.SIGKILL
        kills += 1
    assert kills > 0
    new = deliver(home)
    assert new.spec_text == text
    assert not store.read_delivery(home, old.id).is_active
    check_whole(home)


def check_whole(home: Home) -> None:
    every = store.deliveries(home)
    active = [delivery for delivery in every if delivery.is_active]
    assert len(active) == 1
    assert not (home.deliveries / ".incoming").exists()
    for delivery in every:
        assert delivery.original.read_text("utf-8") == TEXT
        assert (delivery.path / "figure.parquet").exists()
        if delivery.withdrawal:
            by = delivery.withdrawal.replaced_by_delivery_id
            assert by is not None
            assert store.read_delivery(home, by).record.replaces_delivery_id == delivery.id
    logged = Counter((entry["event"], entry["delivery_id"]) for entry in journal.read(home))
    for delivery in every:
        assert logged["delivered", delivery.id] == 1
        assert logged["replaced", delivery.id] == int(not delivery.is_active)


def test_refused_file_leaves_only_an_entry_in_the_log(home: Home) -> None:
    file = home.root.parent / "einwohner.csv"
    file.write_text(BROKEN, "utf-8")
    [outcome] = ingest(home, small_city(), [file], read=read)
    assert str(outcome.error) == "einwohner.csv is broken."
    assert sorted(path.name for path in home.deliveries.iterdir()) == [".lock", "log.jsonl"]
    [entry] = journal.read(home)
    assert (entry["event"], entry["file_name"]) == ("refused", "einwohner.csv")
    assert entry["reason"] == "einwohner.csv is broken."
