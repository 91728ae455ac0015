"""Running dbt: when a build is due, in which folder it runs, and what a failure says."""

import json
import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from datenlabor import dbt, warehouse
from datenlabor.city import City
from datenlabor.deliveries import replay, store
from datenlabor.errors import DatenlaborError
from datenlabor.paths import Home

CITY = City(code="05162024", name="Musterstadt")
DAY = date(2026, 11, 22)
NAMES = [
    *("models/a.sql", "seeds/b.csv", "macros/c.sql", "tests/dbt/d.sql", "contracts/e.yml"),
    *("cities/05162024/city.yml", "profiles.yml", "requirements.lock"),
]
FAKE_DBT = f"""#!{sys.executable}
import json, os, pathlib, sys
call = {{"arguments": sys.argv[1:], "cwd": os.getcwd()}}
for name in ("home", "warehouse", "as_of"):
    call[name] = os.environ.get("DATENLABOR_" + name.upper())
with pathlib.Path(os.environ["CALL"]).open("a") as calls:
    calls.write(json.dumps(call) + "\\n")
print("Compilation Error in model [x]")
print("to standard error", file=sys.stderr)
sys.exit(int(os.environ["CODE"]))
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in which dbt is a script that writes down how it was called."""
    root = tmp_path / "project"
    for name in NAMES[:6]:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("1", "utf-8")
    for name in ("dbt_project.yml", "profiles.yml", "requirements.lock"):
        (root / name).write_text("1", "utf-8")
    executable = tmp_path / "dbt"
    executable.write_text(FAKE_DBT, "utf-8")
    executable.chmod(0o755)
    monkeypatch.setattr(dbt, "PROJECT", root)
    monkeypatch.setattr(dbt, "TARGET", root / "target")
    monkeypatch.setattr(dbt, "_DBT", (executable,))
    monkeypatch.setattr("datenlabor.deliveries.supplied.deliveries", lambda _: [])
    monkeypatch.setenv("CALL", str(tmp_path / "call.json"))
    monkeypatch.setenv("CODE", "0")
    monkeypatch.delenv("DATENLABOR_HOME", raising=False)
    return root


def calls(tmp_path: Path) -> list[dict[str, Any]]:
    """How dbt was called, in order."""
    lines = (tmp_path / "call.json").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "deep" / "home")


def fingerprint(home: Home) -> str:
    return dbt.inputs(home, CITY, DAY).fingerprint


@pytest.mark.parametrize("name", NAMES)
def test_fingerprint_follows_the_content_of_every_input(
    project: Path, home: Home, name: str
) -> None:
    before = fingerprint(home)
    (project / name).write_text("2", "utf-8")
    assert fingerprint(home) != before
    (project / name).write_text("1", "utf-8")
    assert fingerprint(home) == before


def test_fingerprint_follows_names(project: Path, home: Home) -> None:
    before = fingerprint(home)
    (project / "models/a.sql").rename(project / "models/z.sql")
    assert fingerprint(home) != before
    (project / "models/z.sql").rename(project / "models/a.sql")
    (project / "models/new.sql").write_text("1", "utf-8")
    assert fingerprint(home) != before


def test_fingerprint_follows_nothing_else(project: Path, home: Home) -> None:
    before = fingerprint(home)
    os.utime(project / "models/a.sql", (1, 1))
    (project / "models/empty").mkdir()
    (project / "README.md").write_text("x", "utf-8")
    (project / "target").mkdir()
    (project / "target/manifest.json").write_text("{}", "utf-8")
    assert fingerprint(home) == before
    assert len(before) == 64


def test_fingerprint_does_not_depend_on_the_place(
    project: Path, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = fingerprint(home)
    moved = project.rename(tmp_path / "moved")
    monkeypatch.setattr(dbt, "PROJECT", moved)
    assert fingerprint(home) == before


def test_fingerprint_follows_deliveries_but_no_other_city(project: Path, home: Home) -> None:
    states = [fingerprint(home)]
    folder = home.deliveries / "20261122T031500Z-1a2b3c4d"
    folder.mkdir(parents=True)
    states.append(fingerprint(home))
    (folder / "withdrawal.json").touch()
    states.append(fingerprint(home))
    assert len(set(states)) == 3
    (project / "cities/05315").mkdir()
    (project / "cities/05315/city.yml").touch()
    (home.deliveries / "log.jsonl").touch()
    assert fingerprint(home) == states[-1]


def test_fingerprint_follows_the_day_since_a_source_may_become_overdue(
    project: Path, home: Home
) -> None:
    assert project.is_dir()
    tomorrow = DAY + timedelta(days=1)
    assert dbt.inputs(home, CITY, DAY) != dbt.inputs(home, CITY, tomorrow)


def test_build_runs_in_the_project_on_the_given_home(
    project: Path, home: Home, tmp_path: Path
) -> None:
    dbt.build(home, CITY)
    expected = {
        "arguments": ["build", "--exclude-resource-type", "unit_test"],
        "cwd": str(project),
        "home": str(home.root),
        "warehouse": str(home.root / "warehouse.duckdb"),
        "as_of": "",
    }
    assert calls(tmp_path) == [expected]
    assert home.root.is_dir()


@pytest.mark.usefixtures("project")
def test_only_what_differs_from_the_defaults_is_passed(home: Home, tmp_path: Path) -> None:
    """Other variables make dbt parse the whole project anew."""
    dbt.build(home, City(code="05315", name="Andere", withhold=("income",)))
    dbt.build(home, CITY.model_copy(update={"withhold": ("income",)}))
    variables = [json.loads(str(call["arguments"][-1])) for call in calls(tmp_path)]
    assert variables == [
        {"city_code": "05315", "withheld_indicators": ["income"]},
        {"withheld_indicators": ["income"]},
    ]


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("persons", "enterprises", "passed"),
    [(5, 5, None), (10, 10, None), (20, 5, 20), (5, 25, 25)],
)
def test_former_counts_are_held_to_the_rules_of_the_installation(
    home: Home, tmp_path: Path, persons: int, enterprises: int, passed: int | None
) -> None:
    """The project shows former counts from 10 on; rules that ask for more go before it."""
    home.root.mkdir(parents=True)
    (home.root / "protection.yml").write_text(
        "internal:\n"
        "  persons: {minimum: 3}\n"
        "  enterprises: {minimum: 3, minimum_groups: 3, p_percent: 10}\n"
        "public:\n"
        f"  persons: {{minimum: {persons}}}\n"
        f"  enterprises: {{minimum: {enterprises}, minimum_groups: 5, p_percent: 15}}\n",
        "utf-8",
    )
    dbt.build(home, CITY)
    [call] = calls(tmp_path)
    if passed is None:
        assert "--vars" not in call["arguments"]
    else:
        assert json.loads(call["arguments"][-1]) == {"smallest_former_count": passed}


@pytest.mark.usefixtures("project")
def test_history_is_replayed_before_the_build(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = (replay.Day(date(2020, 1, 1), "a"), replay.Day(date(2021, 1, 1), "b"))
    monkeypatch.setattr(replay, "register_days", lambda *_: days)
    for _ in range(2):
        dbt.build(home, CITY)
    # Days are no variables of dbt, with which it would parse the project anew.
    assert [(call["arguments"][0], call["as_of"]) for call in calls(tmp_path)] == [
        ("build", "2020-01-01"),
        ("snapshot", "2021-01-01"),
        ("build", ""),
        ("build", ""),
    ]
    first = calls(tmp_path)[0]["arguments"]
    assert first[1:3] == ["--select", "+resource_type:snapshot"]
    assert not any("--vars" in call["arguments"] for call in calls(tmp_path))


@pytest.mark.usefixtures("project")
def test_a_build_forgets_what_the_warehouse_was_built_from(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.root.mkdir(parents=True)
    warehouse.mark(home, "abc")
    monkeypatch.setenv("CODE", "1")
    with pytest.raises(DatenlaborError, match="dbt build failed"):
        dbt.build(home, CITY)
    assert warehouse.built_from(home) is None


SLOW_DBT = f"""#!{sys.executable}
import pathlib, sys, time
print("started", flush=True)
while not pathlib.Path(sys.argv[0] + ".stop").exists():
    time.sleep(0.01)
"""
KILLED = """
import sys
from pathlib import Path
from datenlabor import dbt
from datenlabor.city import City
from datenlabor.deliveries import store, supplied
from datenlabor.paths import Home

supplied.deliveries = lambda _: []
home, dbt._DBT = Home(Path(sys.argv[1])), (sys.argv[2],)
with store.locked(home):
    dbt.build(home, City(code="05162024", name="Musterstadt"))
"""


def test_whoever_comes_next_waits_for_the_dbt_of_a_killed_build(
    project: Path, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "WAIT_SECONDS", 0)
    program = project / "dbt"
    program.write_text(SLOW_DBT, "utf-8")
    program.chmod(0o755)
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(home.root), str(program)], stdout=subprocess.PIPE
    ) as builder:
        assert builder.stdout
        assert builder.stdout.readline() == b"started\n"
        builder.kill()
        builder.wait()
        with pytest.raises(DatenlaborError, match="at work"), store.locked(home):
            pass
        (project / "dbt.stop").touch()
        # The end of its output is the end of dbt.
        assert builder.stdout.read() == b""
    monkeypatch.setattr(store, "WAIT_SECONDS", 10)
    with store.locked(home):
        assert home.deliveries.is_dir()


@pytest.mark.usefixtures("project")
def test_failed_build(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODE", "1")
    with pytest.raises(DatenlaborError, match="dbt build failed") as caught:
        dbt.build(home, CITY)
    assert "[ERROR]" in caught.value.hint


def test_parse_shows_what_dbt_says_only_when_it_fails(
    project: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    dbt.parse()
    [call] = calls(tmp_path)
    assert call["arguments"] == ["--quiet", "parse", "--target-path", str(project / "target")]
    monkeypatch.setenv("CODE", "2")
    with pytest.raises(DatenlaborError, match="cannot parse the project") as caught:
        dbt.parse()
    assert "Compilation Error in model [x]" in str(caught.value)
    assert "to standard error" in str(caught.value)
    assert capfd.readouterr() == ("", "")


def test_the_real_project_has_a_fingerprint_and_a_dbt(home: Home) -> None:
    assert fingerprint(home) == fingerprint(home)
    said = subprocess.run(
        [*dbt._DBT, "--help"],  # noqa: SLF001  the real program
        check=True,
        capture_output=True,
        text=True,
    )
    assert "build" in said.stdout


def test_after_a_change_of_code_dbt_parses_all_of_it(project: Path) -> None:
    kept = project / "target" / "partial_parse.msgpack"
    dbt.parse()
    kept.write_text("what dbt keeps", "utf-8")
    dbt.parse()
    assert kept.exists()
    (project / "seeds/b.csv").write_text("2", "utf-8")
    dbt.parse()
    assert kept.exists(), "figures are no code"
    (project / "models/a.sql").write_text("2", "utf-8")
    dbt.parse()
    assert not kept.exists()
