"""Comments of the form after a restored backup and after a rebuild: nothing of them is lost."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from small_comments import CONTENT
from small_deliveries import small_city, small_home, write_city

from datenlabor import json_lines, paths
from datenlabor.backup import state
from datenlabor.city import City
from datenlabor.comments.board import Action, Board, Content, Entry, Status
from datenlabor.comments.delivering import ingest_comments
from datenlabor.comments.store import PROTOCOL, CommentStore
from datenlabor.deliveries import rebuild, store
from datenlabor.paths import Home

FIRST_DAY = datetime(2026, 1, 1, 12, tzinfo=UTC)
WITHDRAWN, WAITING, RETURNED, DISCARDED, PUBLIC = (f"R{number:04}" for number in range(1, 6))
HISTORY = [
    (WITHDRAWN, 1, "saved submitted approved"),
    (WITHDRAWN, 2, "saved submitted returned saved submitted approved"),
    (WITHDRAWN, 3, "saved submitted approved"),
    (WAITING, 1, "saved submitted"),
    (RETURNED, 1, "saved submitted returned"),
    (DISCARDED, 1, "saved discarded"),
    (PUBLIC, 1, "saved submitted approved"),
    (PUBLIC, 2, "saved"),
]
"""Comment, version and what was done to it, a day for each step."""
DELIVERED = [
    (WITHDRAWN, 1, "internal", False),
    (WITHDRAWN, 2, "internal", False),
    (WITHDRAWN, 3, "internal", True),
    (PUBLIC, 1, "public", False),
]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home with comments in every state, and those delivered that were approved."""
    monkeypatch.delenv("DATENLABOR_CITY", raising=False)
    monkeypatch.setattr(paths, "CITIES", tmp_path / "cities")
    write_city(tmp_path / "cities")
    home = small_home(tmp_path)
    home.comments.mkdir(parents=True, mode=0o700)
    day = FIRST_DAY
    for code, number, actions in HISTORY:
        for action in map(Action, actions.split()):
            day += timedelta(days=1)
            by = "bernd" if action in {Action.RETURNED, Action.APPROVED} else "anna"
            content = content_of(code, number) if action == Action.SAVED else None
            reason = "Bitte kürzer." if action == Action.RETURNED else None
            entry = Entry(day, by, action, code, number, content, reason)
            json_lines.append(home.comments / PROTOCOL, entry.as_json(), mode=0o600)
    ingest_comments(home, small_city())
    return home


def content_of(code: str, number: int) -> Content:
    return replace(
        CONTENT,
        title=f"Fassung {number} von {code}",
        audience="public" if code == PUBLIC else "internal",
        is_withdrawn=(code, number) == (WITHDRAWN, 3),
    )


def board(home: Home) -> Board:
    return CommentStore(home.comments).read()


def build(home: Home, _city: City) -> None:
    """Build the table of comments from the deliveries that count, as dbt does."""
    files = [
        str(each.path / "comment.parquet") for each in store.deliveries(home) if each.is_active
    ]
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute("create table comment as from read_parquet($1)", [files])


def shown(home: Home) -> list[tuple[object, ...]]:
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        return connection.execute(
            "select comment_code, version, audience, is_withdrawn from comment order by all"
        ).fetchall()


def restored(home: Home, tmp_path: Path) -> Home:
    other = Home(tmp_path / "elsewhere" / "home")
    state.back_up(home, tmp_path / "backup.zip")
    state.restore(other, tmp_path / "backup.zip")
    return other


def test_all_versions_and_reviews_come_back(home: Home, tmp_path: Path) -> None:
    other = restored(home, tmp_path)
    assert board(other) == board(home)
    assert {code: comment.last.status for code, comment in board(other).items()} == {
        WITHDRAWN: Status.APPROVED,
        WAITING: Status.WAITING,
        RETURNED: Status.DRAFT,
        DISCARDED: Status.DISCARDED,
        PUBLIC: Status.DRAFT,
    }
    assert board(other)[RETURNED].last.returned_because == "Bitte kürzer."
    assert {entry.by for entry in board(other)[WITHDRAWN].versions[1].history} == {"anna", "bernd"}
    # Accounts are named in it: nobody else on the machine may read it.
    assert other.comments.stat().st_mode & 0o777 == 0o700
    assert (other.comments / PROTOCOL).stat().st_mode & 0o777 == 0o600
    # Work goes on where it was.
    comments = CommentStore(other.comments)
    comments.record("bernd", Action.APPROVED, WAITING, 1, seen=2)
    assert comments.begin("anna", CONTENT).code == "R0006"


def test_delivered_comments_reappear(home: Home, tmp_path: Path) -> None:
    """By the next build after a restore, and by a rebuild; neither delivers anything again."""
    other = restored(home, tmp_path)
    ingest_comments(other, small_city())
    assert store.ids(other) == store.ids(home)
    build(other, small_city())
    assert shown(other) == DELIVERED
    for place in (home, other):
        rebuild.rebuild(place, small_city(), build=build)
        assert shown(place) == DELIVERED
        assert board(place) == board(home)
    ingest_comments(other, small_city())
    assert store.ids(other) == store.ids(home)


def test_comments_reappear_where_only_the_protocol_was_saved(home: Home, tmp_path: Path) -> None:
    """What is delivered follows from the protocol alone."""
    other = Home(tmp_path / "new")
    other.comments.mkdir(parents=True)
    (other.comments / PROTOCOL).write_bytes((home.comments / PROTOCOL).read_bytes())
    ingest_comments(other, small_city())
    build(other, small_city())
    assert shown(other) == DELIVERED


def test_a_backup_while_somebody_saves(home: Home, tmp_path: Path) -> None:
    """A line that is only half there is nobody's: what was saved before is whole."""
    before = board(home)
    with (home.comments / PROTOCOL).open("ab") as protocol:
        protocol.write(b'{"at": "2026-03-01T12:00:00+00:00", "by": "anna", "act')
    other = restored(home, tmp_path)
    assert board(other) == before
    CommentStore(other.comments).begin("anna", CONTENT)
    assert board(other).keys() == {*before, "R0006"}
