"""What the user sees of an error: the message as it is, what to do, no traceback."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from datenlabor import cli, console
from datenlabor.errors import DatenlaborError

COMMANDS = Path(sys.executable).parent / "datenlabor"
PATH = f"/srv/{'sehr-langer-ordner/' * 8}datenlabor.duckdb"


def fail(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def raises() -> None:
        raise error

    monkeypatch.setattr(cli, "commands", raises)


@pytest.mark.parametrize(
    "text",
    [
        "models/x.yml: no label for column a.",
        "[bold]not markup[/bold]",
        "The first [error] above, [/] and [/red] and [link=x]",
        "a list: ['a', \"b\"]\nsecond line \\[x] :warning: {y}",
        f"{PATH} does not exist.",
        "",
    ],
)
def test_error_is_printed_as_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    fail(monkeypatch, DatenlaborError(text, hint=text))
    with pytest.raises(SystemExit) as caught:
        cli.app()
    assert caught.value.code == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    hint = f"What to do: {text}\n" if text else ""
    assert shown.err == f"Error: {text}\n{hint}"


def test_error_without_hint(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fail(monkeypatch, DatenlaborError("wrong"))
    with pytest.raises(SystemExit):
        cli.app()
    assert capsys.readouterr().err == "Error: wrong\n"


@pytest.mark.parametrize(
    ("number", "hint"),
    [
        (errno.ENOSPC, "free some space"),
        (errno.EDQUOT, "free some space"),
        (errno.EACCES, "permissions"),
        (errno.EROFS, "mounted read-only"),
        (errno.ENOTDIR, "DATENLABOR_HOME"),
        (errno.EEXIST, "DATENLABOR_HOME"),
        (errno.EISDIR, "move it away"),
    ],
)
def test_disk_that_refuses_is_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], number: int, hint: str
) -> None:
    fail(monkeypatch, OSError(number, os.strerror(number), "somewhere/file"))
    with pytest.raises(SystemExit) as caught:
        cli.app()
    assert caught.value.code == 1
    shown = capsys.readouterr().err
    assert shown.startswith(f"Error: {os.strerror(number)}: somewhere/file\nWhat to do: ")
    assert hint in shown


def test_other_trouble_of_the_system_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    fail(monkeypatch, OSError(errno.EBADF, "a mistake"))
    with pytest.raises(OSError, match="a mistake"):
        cli.app()


def test_mistake_of_the_program_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    fail(monkeypatch, KeyError("a mistake"))
    with pytest.raises(KeyError):
        cli.app()


def test_lines_stay_whole(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    console.step(1, 2, f"Write {PATH}")
    console.done(f"written: {PATH}")
    console.err.print(f"damaged: {PATH}")
    shown = capsys.readouterr()
    assert shown.out == f"[1/2] Write {PATH}\n      written: {PATH}\n"
    assert shown.err == f"damaged: {PATH}\n"


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [COMMANDS, *arguments],
        env=os.environ | {"COLUMNS": "200", "NO_COLOR": "1"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_error_of_a_command(tmp_path: Path) -> None:
    home = tmp_path / "home [1]"
    finished = run("publish", "--rollback", DATENLABOR_HOME=str(home))
    assert finished.returncode == 1
    assert finished.stderr.startswith("Error: ")
    assert "Traceback" not in finished.stderr
    finished = run("publish", "--to", "x", DATENLABOR_HOME=str(home))
    assert finished.returncode == 1
    assert finished.stderr == (
        "Error: --to names the target of a rollback.\nWhat to do: Add --rollback.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (("--help",), {"run", "publish", "releases", "assets", "ingest", "deliveries", "rebuild"}),
        (("deliveries", "--help"), {"show", "withdraw"}),
        (("assets", "--help"), {"generate", "validate", "normalise", "push", "pull"}),
    ],
)
def test_help_lists_the_commands(arguments: tuple[str, ...], names: set[str]) -> None:
    finished = run(*arguments)
    assert finished.returncode == 0
    assert names <= {word for line in finished.stdout.splitlines() for word in line.split()[1:2]}


def test_unknown_city_lists_the_cities() -> None:
    finished = run("deliveries", DATENLABOR_HOME="", DATENLABOR_CITY="Neuss")
    assert finished.returncode == 1
    assert finished.stderr.startswith("Error: DATENLABOR_CITY is 'Neuss'")
    finished = run("ingest", "x.csv", DATENLABOR_CITY="05162000")
    assert finished.returncode == 1
    assert "There is no city '05162000'" in finished.stderr
    assert "Cities are" in finished.stderr


def test_something_is_in_the_way_of_the_data(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "home/deliveries/.lock").mkdir(parents=True)
    for home, told in (("file", "Not a directory"), ("home", "Is a directory")):
        finished = run("ingest", "x.csv", DATENLABOR_HOME=str(tmp_path / home))
        assert finished.returncode == 1
        assert finished.stderr.startswith(f"Error: {told}")
        assert "What to do: " in finished.stderr


def test_unknown_command() -> None:
    finished = run("dance")
    assert finished.returncode == 2
    assert "dance" in finished.stderr
