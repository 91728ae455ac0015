"""Running dbt: when a build is due, in which folder it runs, and what a failure says."""

import json
import os
import sys
from pathlib import Path

import pytest

from datenlabor import dbt
from datenlabor.errors import DatenlaborError
from datenlabor.paths import Home

FAKE_DBT = f"""#!{sys.executable}
import json, os, pathlib, sys
call = {{"arguments": sys.argv[1:], "cwd": os.getcwd(), "home": os.environ.get("DATENLABOR_HOME")}}
pathlib.Path(os.environ["CALL"]).write_text(json.dumps(call))
print("Compilation Error in model [x]")
print("to standard error", file=sys.stderr)
sys.exit(int(os.environ["CODE"]))
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in which dbt is a script that writes down how it was called."""
    root = tmp_path / "project"
    for name in ("models/a.sql", "seeds/b.csv", "macros/c.sql", "tests/dbt/d.sql"):
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


def call(tmp_path: Path) -> dict[str, object]:
    content: dict[str, object] = json.loads((tmp_path / "call.json").read_text("utf-8"))
    return content


@pytest.mark.parametrize(
    "name", ["models/a.sql", "seeds/b.csv", "tests/dbt/d.sql", "profiles.yml", "requirements.lock"]
)
def test_fingerprint_follows_the_content_of_every_input(project: Path, name: str) -> None:
    before = dbt.inputs_fingerprint()
    (project / name).write_text("2", "utf-8")
    assert dbt.inputs_fingerprint() != before
    (project / name).write_text("1", "utf-8")
    assert dbt.inputs_fingerprint() == before


def test_fingerprint_follows_names(project: Path) -> None:
    before = dbt.inputs_fingerprint()
    (project / "models/a.sql").rename(project / "models/z.sql")
    assert dbt.inputs_fingerprint() != before
    (project / "models/z.sql").rename(project / "models/a.sql")
    (project / "models/new.sql").write_text("1", "utf-8")
    assert dbt.inputs_fingerprint() != before


def test_fingerprint_follows_nothing_else(project: Path) -> None:
    before = dbt.inputs_fingerprint()
    os.utime(project / "models/a.sql", (1, 1))
    (project / "models/empty").mkdir()
    (project / "README.md").write_text("x", "utf-8")
    (project / "target").mkdir()
    (project / "target/manifest.json").write_text("{}", "utf-8")
    assert dbt.inputs_fingerprint() == before
    assert len(before) == 64


def test_fingerprint_does_not_depend_on_the_place(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = dbt.inputs_fingerprint()
    moved = project.rename(tmp_path / "moved")
    monkeypatch.setattr(dbt, "PROJECT", moved)
    assert dbt.inputs_fingerprint() == before


def test_build_runs_in_the_project_on_the_given_home(project: Path, tmp_path: Path) -> None:
    home = Home(tmp_path / "deep" / "home")
    dbt.build(home)
    assert call(tmp_path) == {"arguments": ["build"], "cwd": str(project), "home": str(home.root)}
    assert home.root.is_dir()


@pytest.mark.usefixtures("project")
def test_failed_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODE", "1")
    with pytest.raises(DatenlaborError, match="dbt build failed") as caught:
        dbt.build(Home(tmp_path / "home"))
    assert "[ERROR]" in caught.value.hint


def test_parse_shows_what_dbt_says_only_when_it_fails(
    project: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    dbt.parse()
    assert call(tmp_path)["arguments"] == [
        *("--quiet", "parse", "--target-path", str(project / "target"))
    ]
    monkeypatch.setenv("CODE", "2")
    with pytest.raises(DatenlaborError, match="cannot parse the project") as caught:
        dbt.parse()
    assert "Compilation Error in model [x]" in str(caught.value)
    assert "to standard error" in str(caught.value)
    assert capfd.readouterr() == ("", "")


def test_the_real_project_has_a_fingerprint_and_a_dbt() -> None:
    assert dbt.inputs_fingerprint() == dbt.inputs_fingerprint()
    assert dbt._DBT.exists()  # noqa: SLF001  the real program
