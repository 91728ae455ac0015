"""Publishing and rolling back, killed at every step, and on a disk full or read-only from there."""

from pathlib import Path

import pytest
from interrupted import Case, interruptions
from small_cells import PROTECTION, VALUES, write_cells
from small_warehouse import TABLES, hidden, write_warehouse
from traced import End, Fault

from datenlabor import publishing
from datenlabor.audiences import AUDIENCES
from datenlabor.paths import Home
from datenlabor.publishing import memory, store
from datenlabor.publishing.connection import open_read_only

OLD, NEW = 100, 200
"""Rows of the releases there are, and of the one that comes."""
CHANGED = {**VALUES, "b": 21.0, "total": 52.0}
SEEN = "select release_id, count(*) from protected.release, protected.fct group by all"


def home_of(folder: Path) -> Home:
    return Home(folder / "home")


def publish(folder: Path) -> publishing.Release:
    """Publish and delete the oldest of three releases."""
    return publishing.publish(home_of(folder), tables=TABLES, protection=PROTECTION, keep=2)


def prepare(folder: Path) -> None:
    home = home_of(folder)
    write_warehouse(home, OLD)
    write_cells(home, VALUES)
    for _ in range(2):
        publish(folder)
    write_warehouse(home, NEW)
    write_cells(home, CHANGED)


def seen(home: Home) -> tuple[str, int]:
    """Return release and rows that readers see: those of both audiences, or it fails."""
    found = set()
    for audience in AUDIENCES:
        with open_read_only(home.published_for(audience)) as connection:
            found |= set(connection.execute(SEEN).fetchall())
    [(release_id, rows)] = found
    return release_id, rows


def remembered(home: Home) -> set[str]:
    return {path.name for path in memory.remembered(home)}


def look(folder: Path, end: End) -> None:
    home = home_of(folder)
    release_id, rows = seen(home)
    # The newest that is listed is seen, whole; what is not seen is not listed.
    assert release_id == publishing.releases(home)[0].release_id == store.current_id(home)
    assert rows in {OLD, NEW}
    if end is not End.SILENT:
        assert end == (End.REFUSED if rows == OLD else End.DONE), "it said what is not so"


def go_on(folder: Path) -> None:
    """All that was ever shown is remembered, and nothing else; what was left behind is gone."""
    home = home_of(folder)
    release_id, rows = seen(home)
    before = remembered(home)
    following = publish(folder)
    assert seen(home) == (following.release_id, NEW)
    assert following.replaces == release_id
    assert remembered(home) == before | {release_id, following.release_id}
    assert len(remembered(home)) == (4 if rows == NEW else 3)
    assert list(home.memory.glob(".*")) == []
    assert hidden(home) == []
    assert (home.releases / ".lock").read_text() == ""
    assert len(publishing.releases(home)) == 2


def prepare_to_go_back(folder: Path) -> None:
    prepare(folder)
    publish(folder)


def go_back(folder: Path) -> None:
    publishing.rollback(home_of(folder))


def look_after_going_back(folder: Path, end: End) -> None:
    home = home_of(folder)
    release_id, rows = seen(home)
    assert release_id == store.current_id(home)
    assert len(publishing.releases(home)) == 2
    if end is not End.SILENT:
        assert end == (End.DONE if rows == OLD else End.REFUSED), "it said what is not so"


def go_on_after_going_back(folder: Path) -> None:
    home = home_of(folder)
    before = remembered(home)
    following = publish(folder)
    assert remembered(home) == before | {following.release_id}
    assert seen(home) == (following.release_id, NEW)
    assert hidden(home) == []


PUBLISHING = Case(prepare, publish, look, go_on)
ROLLING_BACK = Case(prepare_to_go_back, go_back, look_after_going_back, go_on_after_going_back)


@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("case", [PUBLISHING, ROLLING_BACK], ids=["publishing", "rolling_back"])
def test_interrupted(tmp_path: Path, case: Case, fault: Fault) -> None:
    found = interruptions(case, tmp_path, fault)
    assert [each for each in found if each.problem] == []
    assert len(found) > 2
