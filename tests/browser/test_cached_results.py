"""Kept answers are of the release that is shown, and of what the one who asks may see."""

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import requests
from access_world import OTHER, OTHER_AREA, OWN, STAFF, World
from installation import Installation
from test_readers_during_publish import (
    AREA,
    FIRST,
    METRIC,
    NAME,
    YEAR,
    marked,
    publish_marked,
    read_once,
)
from visitors import PASSWORD, Visitor

from datenlabor import publishing
from datenlabor.paths import PROJECT
from datenlabor.service.superset import PYTHON

__all__ = ["marked"]

TABLE = "pub_indicator_overview"

# Two workers with one folder, and a link that is swapped as publishing does it.
KEEPING = """
import sys
from pathlib import Path

import results
from flask import Flask

home, folder = Path(sys.argv[1]), Path(sys.argv[1]) / "superset"
folder.mkdir()
(home / "releases").mkdir()
results._roles = lambda: [role]
app = Flask("test")

def show(release):
    (home / "releases" / "next").symlink_to(release)
    (home / "releases" / "next").replace(home / "releases" / "current")

def worker(secret="secret"):
    made = results.configuration(folder, secret, None)
    return results.ReleaseCache.factory(app, made, [], {"default_timeout": 60})

def ask(cache, meanwhile=(), answer="answer"):
    with app.test_request_context():
        found = cache.get("question")
        if found is None:
            for release in meanwhile:
                show(release)
            cache.set("question", answer)
        return found

role, one, other = "1", worker(), worker()
assert ask(one) is None and ask(one) is None, "nothing is shown yet"
show("A")
assert ask(one) is None and ask(one) == "answer" and ask(other) == "answer"
show("B")
assert ask(one, ["C"]) is None, "asked of B, answered while C is shown"
assert ask(one, ["B", "C"]) is None, "back again, but another link"
assert ask(one, answer="of C") is None and ask(other) == "of C"
show("A")
assert ask(other) == "answer", "rolled back: the answer is as good as then"
role = "2"
assert ask(one) is None, "another role"
role = "1"
assert ask(worker("another secret")) is None, "another installation"
(folder / "setup.json").write_text("other assets")
assert ask(worker()) is None, "another set-up"
with app.test_request_context():
    cache = worker()
    cache.set("question", "not asked before")
    assert cache.get("question") != "not asked before"
with app.test_request_context():
    results.MOST_FILES = cache._store._threshold = 20
    for number in range(100):
        cache.get(f"question {number}")
        assert cache.set(f"question {number}", number)
    assert len(list((folder / "results").iterdir())) <= 20 + 2
    assert cache.get("question 99") == 99
for file in (folder / "results").iterdir():
    file.write_bytes(b"damaged")
with app.test_request_context():
    assert cache.get("question 99") is None
"""


def test_answers_are_kept_under_release_role_installation_and_setup(tmp_path: Path) -> None:
    environment = os.environ | {
        "DATENLABOR_HOME": str(tmp_path),
        "PYTHONPATH": os.pathsep.join([str(PROJECT / "superset"), str(PROJECT)]),
    }
    subprocess.run(
        [PYTHON, "-c", KEEPING, str(tmp_path)], env=environment, cwd=tmp_path, check=True
    )


def is_kept(installation: Installation) -> bool:
    """Say whether Superset answers from what it has kept."""
    wanted: dict[str, object] = {"area_code": AREA, "calendar_year": YEAR}
    conditions = [{"col": name, "op": "==", "val": value} for name, value in wanted.items()]
    query = {"columns": ["area_name"], "metrics": [METRIC], "filters": conditions}
    body = {
        "datasource": {"id": installation.dataset_ids[NAME], "type": "table"},
        "queries": [query | {"row_limit": 100_000}],
        "result_format": "json",
        "result_type": "full",
    }
    visitor = Visitor(installation.url, "")
    visitor.log_in("admin", installation.password)
    [answer] = visitor.ask("POST", "/api/v1/chart/data", body).json()["result"]
    return bool(answer["is_cached"])


def test_publishing_rolling_back_and_going_on_are_seen_at_once(marked: Installation) -> None:
    assert read_once(marked) == 0
    assert read_once(marked) == 0
    assert is_kept(marked)
    older = publishing.current_release(marked.home)
    assert older is not None
    publish_marked(marked, 1)
    newer = publishing.current_release(marked.home)
    assert newer is not None
    assert read_once(marked) == 1
    for release, number in ((older, 0), (newer, 1), (older, 0)):
        publishing.rollback(marked.home, release.release_id)
        assert read_once(marked) == number
        assert is_kept(marked)
    assert read_once(marked) + FIRST == FIRST


def result(answer: requests.Response) -> dict[str, Any]:
    assert answer.ok, answer.text
    [found] = answer.json()["result"]
    return dict(found)


def test_nobody_gets_rows_kept_for_others(world: World) -> None:
    """Everybody asks the same, those who see most first, and then once more."""
    names: dict[str, set[str]] = {}
    for is_asked_before in (False, True):
        for role, visitor in [("Administration", world.admin), *world.people()]:
            dataset, claim = world.claim(role, TABLE)
            found = result(visitor.chart(dataset, claim, columns=["area_name"], row_limit=999))
            rows = {row["area_name"] for row in found["data"]}
            assert names.setdefault(role, rows) == rows, role
            assert not is_asked_before or found["is_cached"], role
    assert OTHER_AREA in names["Administration"]
    for role in STAFF:
        assert OTHER_AREA not in names[role]
    assert names["Krisenstab"] < names["Sozialplanung"] < names["Administration"]


@pytest.mark.parametrize("code", [OWN, OTHER])
def test_a_role_that_is_taken_away_takes_its_rows_with_it(world: World, code: str) -> None:
    number = world.add_user(f"kurz{code}", ["Sozialplanung", f"Gemeinde {code}"])
    visitor = world.visitor("kurz")
    visitor.log_in(f"kurz{code}", PASSWORD)
    dataset, claim = world.claim("Sozialplanung", TABLE)

    def names() -> set[str]:
        found = result(visitor.chart(dataset, claim, columns=["area_name", "area_code"]))
        return {row["area_name"] for row in found["data"]}

    before = names()
    assert names() == before
    assert (OTHER_AREA in before) == (code == OTHER)
    roles = world.admin.ask("GET", "/api/v1/security/roles/?q=(page_size:100)").json()["result"]
    [kept] = [role["id"] for role in roles if role["name"] == "Sozialplanung"]
    path = f"/api/v1/security/users/{number}"
    assert world.admin.ask("PUT", path, {"roles": [kept]}).ok
    assert names() < before
