"""A backup taken while people work, restored elsewhere, serves the same to the same people."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from access_world import OWN, STAFF, World
from installation import publish_audited, serve, take_in_comments
from visitors import PASSWORD, Visitor

from datenlabor.backup import state
from datenlabor.comments.board import Action, Content
from datenlabor.comments.store import CommentStore
from datenlabor.paths import Home
from datenlabor.service.access import PUBLIC

ROLE = "Sozialplanung"
TABLE = "pub_indicator_overview"
TITLE = "Geschrieben, geprüft, gesichert und zurückgeholt"


@pytest.fixture
def restored(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    source = world.installation.home
    file, home = tmp_path / "backup.zip", Home(tmp_path / "elsewhere")
    write_comment(source)
    state.back_up(source, file)
    state.restore(home, file)
    assert CommentStore(home.comments).read() == CommentStore(source.comments).read()
    assert not home.warehouse.exists()
    # What `datenlabor publish` would build of the deliveries, as it takes a minute: without the
    # comment, which nobody has taken in yet.
    shutil.copyfile(source.warehouse, home.warehouse)
    take_in_comments(home)
    publish_audited(home)
    monkeypatch.setenv(PUBLIC, "1")
    with serve(home) as installation:
        yield installation.url


def write_comment(home: Home) -> None:
    """Write a comment and have it approved."""
    comments = CommentStore(home.comments)
    content = Content(
        OWN, "assessment", "internal", "Statistikstelle", TITLE, TITLE * 2, "population"
    )
    code = comments.begin("schreibt", content).code
    comments.record("schreibt", Action.SUBMITTED, code, 1, seen=1)
    comments.record("prueft", Action.APPROVED, code, 1, seen=2)


def seen(world: World, visitor: Visitor) -> tuple[object, ...]:
    dataset, claim = world.claim(ROLE, TABLE)
    # In no order of their own: DuckDB groups on several threads.
    rows = sorted(
        row["area_name"] for row in visitor.chart(dataset, claim).json()["result"][0]["data"]
    )
    me = visitor.ask("GET", "/api/v1/me/").json()["result"]
    boards = visitor.ask("GET", "/api/v1/dashboard/").json()["result"]
    return rows, me["username"], [(board["id"], board["slug"]) for board in boards]


def test_people_find_what_they_left(world: World, restored: str) -> None:
    for role in STAFF:
        visitor = Visitor(restored, role)
        visitor.log_in(role.lower(), PASSWORD)
        assert visitor.ask("GET", "/api/v1/me/").json()["result"]["username"] == role.lower()
    visitor = Visitor(restored, ROLE)
    visitor.log_in(ROLE.lower(), PASSWORD)
    assert seen(world, visitor) == seen(world, world.visitors[ROLE])
    # The comment has been built, published and may be read.
    dataset, claim = world.claim(ROLE, "pub_comment")
    answer = visitor.chart(dataset, claim, columns=["comment_title"]).json()
    assert {"comment_title": TITLE} in answer["result"][0]["data"]
    # Sessions go on as well: the key that signs them was in the backup.
    session = Visitor(restored, ROLE)
    session.session.cookies.update(world.visitors[ROLE].session.cookies)
    assert session.ask("GET", "/api/v1/me/").json()["result"]["username"] == ROLE.lower()
