"""Readers during publishing: never an error, never an answer older than a completed swap."""

import multiprocessing
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import duckdb
import pytest

from datenlabor import publishing
from datenlabor.paths import Home
from datenlabor.publishing import store
from datenlabor.publishing.connection import open_read_only

if TYPE_CHECKING:
    from multiprocessing.sharedctypes import Synchronized

PUBLISHES = 20
TABLES = {"fct": ("area",)}
QUERY = "select max(version), min(version), count(*) from protected.fct"


def write_version(home: Home, version: int) -> None:
    """Write a warehouse whose one table is longer and newer than the last."""
    home.root.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute(
            "create schema if not exists protected; create or replace table protected.fct as "
            "select i * 7919 % 1009 as area, $version::int as version "
            "from range($version * 5000) t(i)",
            {"version": version},
        )


def publish_version(home: Home, version: int) -> None:
    write_version(home, version)
    publishing.publish(home, tables=TABLES, keep=2)


def answer_problem(answer: tuple[int, int, int], *, at_least: int) -> str | None:
    newest, oldest, rows = answer
    if newest != oldest or rows != newest * 5000:
        return f"mixed answer {answer}"
    return None if newest >= at_least else f"stale: {newest} after {at_least} was out"


def read_once(file: Path, done: "Synchronized[int]", *, hold: float = 0) -> str | None:
    """Query over a new connection as Superset's NullPool does; return what was wrong."""
    at_least = done.value
    try:
        with open_read_only(file) as connection:
            time.sleep(hold)
            return answer_problem(connection.execute(QUERY).fetchall()[0], at_least=at_least)
    except duckdb.Error as error:
        return f"error: {error}"


def read_all_the_time(
    file: Path,
    done: "Synchronized[int]",
    stop: "Synchronized[int]",
    reports: "multiprocessing.Queue[tuple[int, list[str]]]",
) -> None:
    problems, queries, end = [], 0, time.monotonic() + 30
    while not stop.value and time.monotonic() < end:
        queries += 1
        if problem := read_once(file, done):
            problems.append(problem)
    reports.put((queries, problems))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    publish_version(home, 1)
    return home


def test_two_reading_processes(home: Home) -> None:
    context = multiprocessing.get_context("spawn")
    done, stop = context.Value("i", 1), context.Value("i", 0)
    reports: multiprocessing.Queue[tuple[int, list[str]]] = context.Queue()
    readers = [
        context.Process(target=read_all_the_time, args=(home.published, done, stop, reports))
        for _ in range(2)
    ]
    for reader in readers:
        reader.start()
    for version in range(2, PUBLISHES + 2):
        publish_version(home, version)
        done.value = version
    time.sleep(0.3)
    stop.value = 1
    results = [reports.get(timeout=20) for _ in readers]
    for reader in readers:
        reader.join(timeout=20)
        assert reader.exitcode == 0
    assert [problems for _, problems in results] == [[], []]
    assert all(queries > 50 for queries, _ in results)


def look_all_the_time(file: Path, stop: "Synchronized[int]", missing: "Synchronized[int]") -> None:
    end = time.monotonic() + 20
    while not stop.value and time.monotonic() < end:
        missing.value += not file.exists()


def test_link_is_never_missing(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_version(home, 2)
    monkeypatch.setattr(store, "sync", lambda _path: None)  # the disk is not the point here
    context = multiprocessing.get_context("spawn")
    stop, missing = context.Value("i", 0), context.Value("i", 0)
    looker = context.Process(target=look_all_the_time, args=(home.published, stop, missing))
    looker.start()
    time.sleep(0.8)  # until it looks
    for release in publishing.releases(home) * 5000:
        store.swap(home, release.release_id)
    stop.value = 1
    looker.join(timeout=30)
    assert (looker.exitcode, missing.value) == (0, 0)


def test_overlapping_connections_of_one_process(home: Home) -> None:
    """The critical case: DuckDB shares one instance per path among connections of a process."""
    old = open_read_only(home.published)
    assert old.execute(QUERY).fetchall()[0][0] == 1
    for version in range(2, 6):
        publish_version(home, version)
        with open_read_only(home.published) as new:
            assert new.execute(QUERY).fetchall()[0][0] == version
            assert new.execute("select path from duckdb_databases() where not internal").fetchall()[
                0
            ] == (str(home.published.resolve()),)
            again = open_read_only(home.published)  # overlaps with `new` and with `old`
            assert again.execute(QUERY).fetchall()[0][0] == version
            again.close()
        assert old.execute(QUERY).fetchall()[0][0] == 1  # even after its folder was deleted
    assert len(publishing.releases(home)) == 2
    old.close()


def test_threads_of_one_process_that_overlap_all_the_time(home: Home) -> None:
    """As Superset's gunicorn threads: there is always some open connection to an older release."""
    done, stop = multiprocessing.Value("i", 1), Event()

    def read() -> tuple[int, list[str]]:
        problems, queries, end = [], 0, time.monotonic() + 30
        while not stop.is_set() and time.monotonic() < end:
            queries += 1
            if problem := read_once(home.published, done, hold=0.01):
                problems.append(problem)
        return queries, problems

    with ThreadPoolExecutor(6) as pool:
        readers = [pool.submit(read) for _ in range(6)]
        try:
            for version in range(2, PUBLISHES + 2):
                publish_version(home, version)
                done.value = version
        finally:
            stop.set()
        results = [reader.result(timeout=30) for reader in readers]
    assert [problem for _, problems in results for problem in problems] == []
    assert sum(queries for queries, _ in results) > 100
