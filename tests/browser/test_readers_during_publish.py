"""Dashboards are read while releases are published: no error, no answer from an older release.

Every release carries its number in a value of the published data, so each answer of Superset's
chart API says which release it is from.
"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Any

import duckdb
import pytest
from access_world import World
from installation import Installation

from datenlabor import publishing

READERS = 4
PUBLISHES = 10
# Other tests have published as well: what was there before must not be cleared away.
KEPT = 100
NAME = "pub_indicator_value"
TABLE = f"protected.{NAME}"
METRIC = "company_insolvencies"
AREA = "05162"
YEAR = 2009
FIRST = 1_000_000
# Between two publishes, so that every release is read too.
PAUSE_SECONDS = 0.5


@dataclass
class Log:
    """What readers saw; ``released`` is the newest release whose swap was complete."""

    released: int
    answers: list[int] = field(default_factory=list)
    stale: list[tuple[int, int]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def add(self, at_least: int, seen: int) -> None:
        with self.lock:
            self.answers.append(seen)
            if seen < at_least:
                self.stale.append((at_least, seen))


@pytest.fixture
def marked(world: World) -> Iterator[Installation]:
    """Publish release 0 of the marked ones: of the rows that are read alone, so that it takes no
    time, and there is time for many.
    """
    installation = world.installation
    home = installation.home
    before = publishing.current_release(home)
    assert before is not None
    kept = home.warehouse.rename(home.root / "unchanged.duckdb")
    try:
        with duckdb.connect(str(home.warehouse)) as connection:
            connection.execute(f"attach '{kept}' as kept (read_only)")
            connection.execute("create schema protected")
            connection.execute(
                f"create table {TABLE} as from kept.{TABLE} where indicator_code = ?", [METRIC]
            )
        publish_marked(installation, 0)
        yield installation
    finally:
        kept.replace(home.warehouse)
        publishing.rollback(home, before.release_id)


def publish_marked(installation: Installation, number: int) -> None:
    with duckdb.connect(str(installation.home.warehouse)) as connection:
        [changed] = connection.execute(
            f"update {TABLE} set indicator_value = $1 "
            "where indicator_code = $2 and area_code = $3 and calendar_year = $4 "
            "and audience_code = 'internal'",
            [FIRST + number, METRIC, AREA, YEAR],
        ).fetchall()
    assert changed == (1,)
    publishing.publish(installation.home, tables={NAME: ()}, keep=KEPT)


def read_once(installation: Installation) -> int:
    conditions: dict[str, object] = {"area_code": AREA, "calendar_year": YEAR}
    rows: list[dict[str, Any]] = installation.chart_data(NAME, ["area_name"], [METRIC], conditions)
    [row] = rows
    return int(row[METRIC]) - FIRST


def read_on(installation: Installation, log: Log, end: Event) -> None:
    while not end.is_set():
        at_least = log.released
        try:
            log.add(at_least, read_once(installation))
        except Exception as error:  # noqa: BLE001 whatever it is, no reader may see it
            log.errors.append(repr(error))


def test_readers_see_no_error_and_no_older_release(marked: Installation) -> None:
    log = Log(released=0)
    end = Event()
    before = publishing.current_release(marked.home)
    with ThreadPoolExecutor(READERS) as pool:
        readers = [pool.submit(read_on, marked, log, end) for _ in range(READERS)]
        try:
            for number in range(1, PUBLISHES + 1):
                time.sleep(PAUSE_SECONDS)
                publish_marked(marked, number)
                log.released = number
            time.sleep(PAUSE_SECONDS)
        finally:
            end.set()
        for reader in readers:
            reader.result()
    after = publishing.current_release(marked.home)
    assert before is not None
    assert after is not None
    assert after.release_id != before.release_id
    assert log.errors == []
    assert log.stale == []
    assert set(log.answers) == set(range(PUBLISHES + 1))
    assert len(log.answers) >= READERS * PUBLISHES
    assert read_once(marked) == PUBLISHES


def test_published_file_names_its_release(world: World) -> None:
    installation = world.installation
    release = publishing.current_release(installation.home)
    assert release is not None
    assert installation.rows("select release_id from protected.release") == [(release.release_id,)]
