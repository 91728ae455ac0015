"""A backup taken while people work, restored elsewhere, serves the same to the same people."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from access_world import STAFF, World
from installation import ARTIFACTS, serve
from visitors import PASSWORD, Visitor

from datenlabor.backup import state
from datenlabor.paths import Home
from datenlabor.publishing import publish_build
from datenlabor.service.access import PUBLIC

ROLE = "Sozialplanung"
TABLE = "pub_indicator_overview"


@pytest.fixture
def restored(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    source = world.installation.home
    file, home = tmp_path / "backup.zip", Home(tmp_path / "elsewhere")
    state.back_up(source, file)
    state.restore(home, file)
    assert not home.warehouse.exists()
    # What `datenlabor publish` would build of the deliveries, as it takes a minute.
    shutil.copyfile(source.warehouse, home.warehouse)
    publish_build(home, ARTIFACTS / "manifest.json")
    monkeypatch.setenv(PUBLIC, "1")
    with serve(home) as installation:
        yield installation.url


def seen(world: World, visitor: Visitor) -> tuple[object, ...]:
    dataset, claim = world.claim(ROLE, TABLE)
    rows = visitor.chart(dataset, claim).json()["result"][0]["data"]
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
    # Sessions go on as well: the key that signs them was in the backup.
    session = Visitor(restored, ROLE)
    session.session.cookies.update(world.visitors[ROLE].session.cookies)
    assert session.ask("GET", "/api/v1/me/").json()["result"]["username"] == ROLE.lower()
