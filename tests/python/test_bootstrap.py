import ast
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from datenlabor import bootstrap

SCRIPT = Path(bootstrap.__file__)
LOCK = """\
requests==2.34.0 \\
    --hash=sha256:aa
uv==0.13.9 \\
    --hash=sha256:bb \\
    --hash=sha256:cc
    # via datenlabor
zipp==4.1.2 \\
    --hash=sha256:dd
"""
# What uv does as far as the bootstrap can see: `venv` makes a folder with a Python, all else
# succeeds unless told to fail. Every call is written down.
FAKE_UV = f"""#!/bin/sh
echo "$@" >> "$CALLS"
case "$1 $2" in "$FAIL"*) exit 2 ;; esac
if [ "$1" = venv ]; then
  for root; do :; done
  rm -rf "$root"
  mkdir -p "$root/bin"
  ln -s '{sys.executable}' "$root/bin/python"
  cp "$0" "$root/bin/uv"
fi
"""


class Usage(NamedTuple):
    total: int
    used: int
    free: int


class Checkout(NamedTuple):
    """A project with lock files and a uv on PATH that only pretends."""

    root: Path
    calls: Path

    def bootstrap(self, *parts: str) -> int:
        self.calls.write_text("")
        return bootstrap.main(list(parts), self.root)

    def called(self) -> list[str]:
        return self.calls.read_text().splitlines()

    def stamp(self) -> Path:
        return self.root / ".venv" / bootstrap.STAMP


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    root = tmp_path / "Stadt 'Köln' & $HOME"
    (root / "superset").mkdir(parents=True)
    (root / "requirements.lock").write_text(LOCK)
    (root / "superset" / "requirements.lock").write_text("numpy==1.26.4 --hash=sha256:ee\n")
    (root / "pyproject.toml").write_text("[project]\n")
    tools = tmp_path / "tools"
    tools.mkdir()
    uv = tools / "uv"
    uv.write_text(FAKE_UV)
    uv.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}/usr/bin{os.pathsep}/bin")
    monkeypatch.setenv("CALLS", str(tmp_path / "calls"))
    monkeypatch.setenv("FAIL", "nothing")
    return Checkout(root, tmp_path / "calls")


def test_the_file_parses_on_old_python() -> None:
    ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 6))


def test_old_python_is_told_what_to_do() -> None:
    pretend_old = (
        "import sys; sys.version_info = (3, 9, 2); "
        f"exec(compile(open({str(SCRIPT)!r}).read(), 'bootstrap.py', 'exec'))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", pretend_old], capture_output=True, text=True, check=False
    )
    assert answer.returncode == 1
    assert "needs Python 3.11 or newer, this is Python 3.9" in answer.stderr
    assert "What to do: install a newer Python" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_installs_exactly_the_lock_with_hashes(checkout: Checkout) -> None:
    assert checkout.bootstrap("warehouse", "superset") == 0
    venv, sync, editable, superset_venv, superset_sync = checkout.called()
    assert venv.startswith("venv ")
    assert sync.startswith("pip sync ")
    assert "--require-hashes --compile-bytecode" in sync
    assert sync.endswith("/requirements.lock")
    assert editable.startswith("pip install ")
    assert "--no-deps -e " in editable
    assert "--python >=3.11,<3.13" in superset_venv
    assert superset_sync.endswith("/superset/requirements.lock")


def test_second_time_nothing_is_called(
    checkout: Checkout, capsys: pytest.CaptureFixture[str]
) -> None:
    assert checkout.bootstrap("warehouse", "superset") == 0
    capsys.readouterr()
    assert checkout.bootstrap("warehouse", "superset") == 0
    assert checkout.called() == []
    assert capsys.readouterr().out.splitlines() == [
        "[1/2] warehouse: .venv is up to date",
        "[2/2] superset: .venv-superset is up to date",
    ]


@pytest.mark.parametrize("step", ["venv", "pip sync", "pip install"])
def test_interrupted_install_is_repeated_from_the_start(
    checkout: Checkout,
    step: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("FAIL", step)
    assert checkout.bootstrap("warehouse") == 1
    assert not checkout.stamp().exists()
    message = capsys.readouterr().err
    assert "exit code 2" in message
    assert "What to do:" in message
    monkeypatch.setenv("FAIL", "nothing")
    assert checkout.bootstrap("warehouse") == 0
    assert checkout.called()[0].startswith("venv ")
    assert checkout.stamp().exists()


def test_changed_lock_is_synchronised_in_place(checkout: Checkout) -> None:
    checkout.bootstrap("warehouse")
    (checkout.root / "requirements.lock").write_text(LOCK.replace("2.34.0", "2.34.1"))
    assert checkout.bootstrap("warehouse") == 0
    assert [call.split(" --")[0] for call in checkout.called()] == [
        "pip sync",
        "pip install",
    ]
    assert checkout.bootstrap("warehouse") == 0
    assert checkout.called() == []


def _other_python(stamp: dict[str, str]) -> None:
    stamp["python"] = "3.99.0"


def _other_place(stamp: dict[str, str]) -> None:
    stamp["path"] = "/somewhere/else/.venv"


@pytest.mark.parametrize("change", [_other_python, _other_place])
def test_moved_checkout_or_other_python_is_made_anew(
    checkout: Checkout, change: Callable[[dict[str, str]], None]
) -> None:
    checkout.bootstrap("warehouse")
    stamp = json.loads(checkout.stamp().read_text())
    change(stamp)
    checkout.stamp().write_text(json.dumps(stamp))
    assert checkout.bootstrap("warehouse") == 0
    assert checkout.called()[0].startswith("venv ")


def test_broken_stamp_counts_as_none(checkout: Checkout) -> None:
    checkout.bootstrap("warehouse")
    checkout.stamp().write_text("{")
    assert checkout.bootstrap("warehouse") == 0
    assert checkout.called()[0].startswith("venv ")


def test_too_little_disk(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10, 9, int(1.5 * bootstrap.GIB)))
    assert checkout.bootstrap("warehouse") == 1
    message = capsys.readouterr().err
    assert f"Only 1.5 GB are free on the disk of {checkout.root}" in message
    assert "needs 4 GB" in message
    assert checkout.called() == []


def test_little_disk_does_not_matter_when_nothing_is_installed(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout.bootstrap("warehouse")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10, 10, 0))
    assert checkout.bootstrap("warehouse") == 0


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_without_uv_and_venv_module(
    checkout: Checkout,
    module: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setitem(sys.modules, module, None)
    assert checkout.bootstrap("warehouse") == 1
    assert "sudo apt install python3-venv" in capsys.readouterr().err


def test_uv_is_taken_from_the_lock_with_its_hashes(checkout: Checkout) -> None:
    assert bootstrap.uv_requirement(checkout.root / "requirements.lock") == (
        "uv==0.13.9 \\\n    --hash=sha256:bb \\\n    --hash=sha256:cc\n"
    )


def test_path_that_no_environment_can_have(
    checkout: Checkout, capsys: pytest.CaptureFixture[str]
) -> None:
    root = checkout.root.rename(checkout.root.with_name("a:b"))
    assert bootstrap.main(["warehouse"], root) == 1
    assert "separates the entries of PATH" in capsys.readouterr().err


def test_missing_lock_is_no_traceback(
    checkout: Checkout, capsys: pytest.CaptureFixture[str]
) -> None:
    (checkout.root / "requirements.lock").unlink()
    assert checkout.bootstrap("warehouse") == 1
    assert "requirements.lock" in capsys.readouterr().err


def test_browser_that_exists_is_not_installed(
    checkout: Checkout,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    chromium = tmp_path / "tools" / "chromium"
    chromium.write_text("#!/bin/sh\n")
    chromium.chmod(0o755)
    monkeypatch.setenv("PATH", str(chromium.parent))
    assert checkout.bootstrap("browser") == 0
    assert capsys.readouterr().out == f"[1/1] browser: {chromium}\n"


def test_browser_that_cannot_be_installed(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert checkout.bootstrap("browser") == 1
    assert "Install Chromium" in capsys.readouterr().err
