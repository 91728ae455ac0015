"""When the warehouse is built and published, and that nothing passes for a build that is none."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from small_deliveries import small_city
from small_warehouse import publish, query, small_home

from datenlabor import dbt, pipeline, warehouse
from datenlabor.city import City
from datenlabor.deliveries import store
from datenlabor.deliveries.record import Record
from datenlabor.deliveries.store import Delivery
from datenlabor.errors import DatenlaborError
from datenlabor.paths import Home
from datenlabor.publishing import memory

# Changes the warehouse as a build does, and waits for the end.
KILLED_BUILD = """
import sys, time
from pathlib import Path
from datenlabor import dbt, pipeline, warehouse
from datenlabor.city import City
from datenlabor.deliveries import supplied
from datenlabor.paths import Home
from datenlabor.publishing import memory

def run(home, *_, **__):
    warehouse.execute(home, "update protected.fct set share = -1")
    print("changed", flush=True)
    time.sleep(60)

dbt._run = run
supplied.deliveries = lambda _: []
dbt.PROJECT = Path(sys.argv[2])
pipeline.ingest_registers = lambda *_: None
pipeline.bring_up_to_date(Home(Path(sys.argv[1])), City(code="05162024", name="Musterstadt"))
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return small_home(tmp_path)


@pytest.fixture
def seed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only seed of a project that has nothing else to build."""
    file = tmp_path / "project/seeds/shares.csv"
    file.parent.mkdir(parents=True)
    file.write_text("1", "utf-8")
    for name in ("dbt_project.yml", "profiles.yml", "requirements.lock"):
        (tmp_path / "project" / name).touch()
    monkeypatch.setattr(dbt, "PROJECT", tmp_path / "project")
    return file


def selected(options: Sequence[str]) -> list[str]:
    """Return the nodes dbt is told to build, nothing if it is all."""
    if "--state" not in options:
        return []
    folder = Path(options[options.index("--state") + 1])
    results = json.loads((folder / "run_results.json").read_text("utf-8"))["results"]
    return [result["unique_id"] for result in results]


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch, seed: Path) -> list[str]:
    """What is done, in order; a build brings the seed into the warehouse."""
    done: list[str] = []

    def registers(_home: Home, _city: City) -> None:
        done.append("registers")

    def run(home: Home, _city: City, command: str, *options: str, **_: object) -> None:
        done.append(" ".join([command, *selected(options)]))
        warehouse.execute(
            home,
            "create schema if not exists protected",
            "create table if not exists protected.fct as select 0 as share",
            f"update protected.fct set share = {seed.read_text('utf-8')}",
        )

    monkeypatch.setattr(pipeline, "ingest_registers", registers)
    monkeypatch.setattr(dbt, "_run", run)
    monkeypatch.setattr("datenlabor.deliveries.supplied.deliveries", lambda _: [])
    return done


def shares(home: Home) -> set[float]:
    """What the readers see."""
    return {float(share) for (share,) in query(home, "select distinct share from protected.fct")}


def bring_and_publish(home: Home) -> bool:
    """Do what `datenlabor publish` does; say whether it made a release."""
    state = pipeline.bring_up_to_date(home, small_city())
    if state.is_new:
        publish(home, inputs_fingerprint=state.fingerprint)
    return state.is_new


def test_a_build_is_due_once_and_published_once(home: Home, jobs: list[str]) -> None:
    first = pipeline.bring_up_to_date(home, small_city())
    # The first publish was killed before it made its release: nothing has to be built for it.
    again = pipeline.bring_up_to_date(home, small_city())
    assert first == again
    assert first.is_new
    publish(home, inputs_fingerprint=first.fingerprint)
    assert not pipeline.bring_up_to_date(home, small_city()).is_new
    assert jobs == ["registers", "build", "registers", "registers"]


def test_a_build_is_due_when_a_delivery_came_or_the_warehouse_is_gone(
    home: Home, jobs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert bring_and_publish(home)
    monkeypatch.setattr(store, "state", lambda _home: ["20261122T031500Z-1a2b3c4d"])
    assert bring_and_publish(home)
    home.warehouse.unlink()
    assert pipeline.bring_up_to_date(home, small_city()).is_new
    assert jobs == ["registers", "build"] * 3


def test_a_build_is_due_when_the_rules_of_protection_changed(home: Home, jobs: list[str]) -> None:
    built = []
    for text in ("", "", "changed: 1"):
        (home.root / "protection.yml").write_text(text)
        built.append(bring_and_publish(home))
    assert built == [True, False, True]
    assert jobs.count("build") == 2


def test_a_build_is_due_on_a_new_day(
    home: Home, jobs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    built = []
    for day in (1, 1, 2):
        monkeypatch.setattr(dbt, "build_day", lambda day=day: date(2026, 1, day))
        built.append(bring_and_publish(home))
    assert built == [True, False, True]
    assert jobs.count("build") == 2


MANIFEST = {
    "nodes": {
        "figures": {
            "name": "figures",
            "resource_type": "model",
            "config": {"materialized": "table"},
            "depends_on": {"nodes": ["figure"]},
        },
    },
    "sources": {
        "figure": {"name": "figure", "resource_type": "source", "source_name": "deliveries"}
    },
}
"""What dbt leaves behind, as far as it is read."""


@pytest.mark.parametrize(
    ("change", "built"),
    [
        ("nothing else", "build figures"),
        ("a seed", "build"),
        ("the day", "build"),
        ("a withdrawal", "build"),
        ("a manifest that cannot be read", "build"),
        ("a failed build", "build"),
    ],
)
def test_only_after_nothing_but_a_delivery_not_all_is_built(
    home: Home, jobs: list[str], monkeypatch: pytest.MonkeyPatch, change: str, built: str
) -> None:
    manifest = json.dumps(MANIFEST) if change != "a manifest that cannot be read" else "{"
    (home.root / "manifest.json").write_text(manifest, "utf-8")
    monkeypatch.setattr(dbt, "TARGET", home.root)
    former, new = (figures_delivery(delivery_id) for delivery_id in ("1", "2"))
    monkeypatch.setattr(store, "deliveries", lambda _home: [former])
    monkeypatch.setattr(store, "state", lambda _home: ["1"])
    pipeline.bring_up_to_date(home, small_city())
    is_withdrawn = change == "a withdrawal"
    monkeypatch.setattr(store, "deliveries", lambda _home: [former, new])
    monkeypatch.setattr(store, "state", lambda _home: ["-1" if is_withdrawn else "1", "2"])
    if change == "a seed":
        (home.root.parent / "project/seeds/shares.csv").write_text("2", "utf-8")
    if change == "the day":
        monkeypatch.setattr(dbt, "build_day", lambda: date(2026, 1, 1))
    if change == "a failed build":
        warehouse.unmark(home)
    pipeline.bring_up_to_date(home, small_city())
    assert jobs == ["registers", "build", "registers", built]


def figures_delivery(delivery_id: str) -> Delivery:
    content: dict[str, Any] = dict.fromkeys(Record.model_fields, 0) | {
        "delivery_id": delivery_id,
        "dataset": "figure",
        "published_on": date(2026, 1, 1),
        "replaces_delivery_id": None,
    }
    return Delivery(Record.model_construct(**content), None, Path())


def test_a_killed_build_of_other_inputs_is_never_published(
    home: Home, jobs: list[str], seed: Path
) -> None:
    assert bring_and_publish(home)
    assert shares(home) == {1}
    seed.write_text("2", "utf-8")
    with subprocess.Popen(
        [sys.executable, "-c", KILLED_BUILD, str(home.root), str(seed.parent.parent)],
        stdout=subprocess.PIPE,
    ) as publisher:
        assert publisher.stdout
        assert publisher.stdout.readline() == b"changed\n"
        os.kill(publisher.pid, signal.SIGKILL)
    seed.write_text("1", "utf-8")
    assert bring_and_publish(home)
    assert shares(home) == {1}
    assert jobs == ["registers", "build"] * 2


def test_a_failed_build_is_none(
    home: Home, jobs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert bring_and_publish(home)

    def fail(*_: object, **__: object) -> None:
        raise DatenlaborError("dbt build failed.")

    with monkeypatch.context() as patch:
        patch.setattr(dbt, "_run", fail)
        patch.setattr(dbt, "build_day", lambda: date(2026, 1, 1))
        with pytest.raises(DatenlaborError, match="dbt build failed"):
            bring_and_publish(home)
    assert bring_and_publish(home)
    assert jobs.count("build") == 2


def test_inputs_that_change_during_the_build_are_refused(
    home: Home, jobs: list[str], seed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = dbt._run  # noqa: SLF001  the fake one

    def edited(home: Home, city: City, command: str, *options: str, **_: object) -> None:
        run(home, city, command, *options)
        seed.write_text("2", "utf-8")

    with monkeypatch.context() as patch:
        patch.setattr(dbt, "_run", edited)
        with pytest.raises(DatenlaborError, match="changed during the build"):
            bring_and_publish(home)
    assert bring_and_publish(home)
    assert shares(home) == {2}
    assert jobs.count("build") == 2


def test_no_delivery_comes_during_a_build(
    home: Home, jobs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "WAIT_SECONDS", 0)

    def ingest(*_: object, **__: object) -> None:
        with store.locked(home):
            jobs.append("delivered")

    monkeypatch.setattr(dbt, "_run", ingest)
    with pytest.raises(DatenlaborError, match="at work"):
        pipeline.bring_up_to_date(home, small_city())
    assert "delivered" not in jobs


def test_what_a_killed_rebuild_left_is_removed(home: Home, jobs: list[str]) -> None:
    assert bring_and_publish(home)
    home.scratch.mkdir()
    (home.scratch / "warehouse.duckdb").write_bytes(b"half")
    assert not bring_and_publish(home)
    assert not home.scratch.exists()
    assert jobs.count("build") == 1


def test_a_damaged_warehouse_is_a_message_that_says_how_to_go_on(
    home: Home, jobs: list[str]
) -> None:
    home.warehouse.write_bytes(b"no database" * 1000)
    with pytest.raises(DatenlaborError, match="cannot be opened") as caught:
        pipeline.bring_up_to_date(home, small_city())
    assert "datenlabor rebuild" in caught.value.hint
    assert jobs == ["registers"]


def test_the_mark_stays_with_its_warehouse(home: Home, tmp_path: Path) -> None:
    assert warehouse.built_from(home) is None
    warehouse.mark(home, "abc")
    warehouse.mark(home, "def")
    assert warehouse.built_from(home) == "def"
    warehouse.unmark(home)
    assert warehouse.built_from(home) is None
    nowhere = Home(tmp_path / "nowhere")
    warehouse.unmark(nowhere)
    assert warehouse.built_from(nowhere) is None


@pytest.mark.usefixtures("jobs")
@pytest.mark.parametrize("name", ["internal/datenlabor.duckdb", "release.json"])
def test_a_damaged_release_is_published_anew(home: Home, name: str) -> None:
    """Nothing has changed but the disk: whoever publishes wants readers to have a whole file."""
    assert bring_and_publish(home)
    file = home.current.resolve() / name
    file.chmod(0o600)
    os.truncate(file, file.stat().st_size // 2)
    assert bring_and_publish(home)
    assert shares(home) == {1.0}
    assert not bring_and_publish(home)


@pytest.mark.usefixtures("seed")
def test_a_build_knows_what_a_killed_publisher_has_shown(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it shows what that release has kept secret, and the audit stops all that follows."""
    release_id = publish(home).release_id
    pending = home.memory / f".pending-{release_id}"
    pending.mkdir(parents=True)
    remembered: list[str] = []

    def build(home: Home, *_: object) -> None:
        remembered.extend(path.name for path in memory.remembered(home))

    monkeypatch.setattr(pipeline, "ingest_registers", lambda *_: None)
    monkeypatch.setattr(dbt, "build", build)
    pipeline.bring_up_to_date(home, small_city())
    assert remembered == [release_id]
