"""Running dbt: when a build is due, in which folder it runs, and what a failure says."""

import json
import os
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from datenlabor import dbt
from datenlabor.city import City
from datenlabor.deliveries import replay, store
from datenlabor.errors import DatenlaborError
from datenlabor.paths import Home

CITY = City(code="05162024", name="Musterstadt")
NAMES = [
    *("models/a.sql", "seeds/b.csv", "macros/c.sql", "tests/dbt/d.sql", "contracts/e.yml"),
    *("cities/05162024/city.yml", "profiles.yml", "requirements.lock"),
]
FAKE_DBT = f"""#!{sys.executable}
import json, os, pathlib, sys
call = {{"arguments": sys.argv[1:], "cwd": os.getcwd(), "home": os.environ.get("DATENLABOR_HOME")}}
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
    monkeypatch.setattr(dbt, "_DBT", executable)
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
    return dbt.inputs_fingerprint(home, CITY)


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


def test_build_runs_in_the_project_on_the_given_home(
    project: Path, home: Home, tmp_path: Path
) -> None:
    dbt.build(home, CITY)
    expected = {"arguments": ["build"], "cwd": str(project), "home": str(home.root)}
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


def test_history_is_replayed_before_the_build(
    project: Path, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = (replay.Day(date(2020, 1, 1), "a"), replay.Day(date(2021, 1, 1), "b"))
    monkeypatch.setattr(replay, "register_days", lambda *_: days)
    for _ in range(2):
        dbt.build(home, CITY)
    first, second, *builds = [call["arguments"] for call in calls(tmp_path)]
    assert first[:3] == ["build", "--select", "+resource_type:snapshot"]
    assert second[0] == "snapshot"
    for arguments, day in ((first, "2020-01-01"), (second, "2021-01-01")):
        assert str(project / "target" / "replay") in arguments
        assert json.loads(arguments[-1]) == {"as_of": day}
    assert builds == [["build"], ["build"]]


def test_no_delivery_comes_during_a_build(
    project: Path, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "WAIT_SECONDS", 0)
    script = f"#!{sys.executable}\nimport fcntl\nlock = open({str(home.deliveries / '.lock')!r})\n"
    dbt._DBT.write_text(f"{script}fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)\n", "utf-8")  # noqa: SLF001  the fake one
    with pytest.raises(DatenlaborError, match="dbt build failed"):
        dbt.build(home, CITY)
    with store.locked(home):
        assert project.is_dir()


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
    assert dbt._DBT.exists()  # noqa: SLF001  the real program
