"""Create the project's Python environments from the locked, hashed requirement files.

Runs with the system's Python and the standard library alone, before anything is installed:
``python3 datenlabor/bootstrap.py warehouse superset``. An environment that is up to date costs
some milliseconds. ``browser`` makes sure that a Chromium exists for the browser tests.

The file parses on every Python 3.6 and later, so that an old Python says what it lacks.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

# Nothing above this line may need a new Python, and nothing below is evaluated by an old one.
if sys.version_info < (3, 11):  # noqa: UP036  an old Python does get here
    sys.exit(
        "Error: Datenlabor needs Python 3.11 or newer, this is Python "
        f"{sys.version_info[0]}.{sys.version_info[1]} ({sys.executable}).\n"
        "What to do: install a newer Python (Debian 12 and Ubuntu 24.04 have it as python3) and "
        "start it by name, e.g. `make run PYTHON=python3.12`."
    )

from dataclasses import dataclass

PROJECT = Path(__file__).resolve().parent.parent
GIB = 1024**3
# Both environments take 1.5 GB, uv's cache about as much again.
NEEDED_DISK = 4 * GIB
# Written last, removed first: an environment without it has not been finished.
STAMP = "datenlabor-stamp.json"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class BootstrapError(Exception):
    """What is wrong and, as ``hint``, what to do about it."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True)
class Environment:
    """One virtual environment and the lock file that fills it."""

    name: str
    folder: str
    lock: str
    python: str
    """Versions of Python for which every locked package has a ready-made wheel."""
    has_project: bool = False
    """Whether the package ``datenlabor`` itself is installed into it (editable)."""

    def root(self, project: Path) -> Path:
        """Return the folder of the environment."""
        return project / self.folder

    def interpreter(self, project: Path) -> Path:
        """Return the environment's Python."""
        return self.root(project) / "bin" / "python"


ENVIRONMENTS = {
    "warehouse": Environment(
        "warehouse", ".venv", "requirements.lock", ">=3.11,<3.15", has_project=True
    ),
    "superset": Environment(
        "superset", ".venv-superset", "superset/requirements.lock", ">=3.11,<3.13"
    ),
}


def say(text: str) -> None:
    """Print at once, in order with what the tools print."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def python_version(interpreter: Path) -> str:
    """Return the version of an environment's Python, empty when it does not start."""
    try:
        answer = subprocess.run(
            [str(interpreter), "-I", "-S", "-c", "import sys; print(sys.version.split()[0])"],
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return answer.stdout.strip()


def wanted_stamp(environment: Environment, project: Path) -> dict[str, str]:
    """Describe what the environment holds when it is complete.

    The path is part of it because the scripts of an environment name it: a checkout that was
    moved needs a new one.
    """
    digest = hashlib.sha256((project / environment.lock).read_bytes())
    if environment.has_project:
        digest.update((project / "pyproject.toml").read_bytes())
    return {
        "path": str(environment.root(project)),
        "python": python_version(environment.interpreter(project)),
        "sha256": digest.hexdigest(),
    }


def read_stamp(environment: Environment, project: Path) -> dict[str, str]:
    """Return the stamp of the last complete installation, empty when there is none."""
    try:
        stamp = json.loads((environment.root(project) / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def run(command: list[str], failure: str, hint: str) -> None:
    """Run a tool whose output the user sees as it comes."""
    environ = {k: v for k, v in os.environ.items() if k not in ("VIRTUAL_ENV", "CONDA_PREFIX")}
    try:
        code = subprocess.run(command, env=environ, check=False).returncode
    except OSError as error:
        raise BootstrapError(f"{failure}: {error}", hint) from error
    if code:
        raise BootstrapError(
            f"{failure} (exit code {code}); the reason is in the lines above.", hint
        )


NETWORK_HINT = (
    "If the package index could not be reached: check the network; behind a proxy set "
    "HTTPS_PROXY, with an own index set UV_DEFAULT_INDEX (uv) and PIP_INDEX_URL (pip), with an "
    "own certificate set SSL_CERT_FILE. Then start again: what was downloaded is kept."
)


def check_disk(project: Path) -> None:
    """Refuse to start what would fill the disk."""
    free = shutil.disk_usage(project).free
    if free < NEEDED_DISK:
        raise BootstrapError(
            f"Only {free / GIB:.1f} GB are free on the disk of {project}; "
            f"installing needs {NEEDED_DISK / GIB:.0f} GB.",
            "Free some space (`uv cache clean` and `make clean` help) or move the checkout to a "
            "larger disk.",
        )


def check_path(project: Path) -> None:
    """Refuse the one character that no virtual environment can have in its path."""
    if os.pathsep in str(project):
        raise BootstrapError(
            f"The path of the checkout contains {os.pathsep!r}, which separates the entries of "
            f"PATH: {project}",
            "Move the checkout to a folder without it.",
        )


def uv_requirement(lock: Path) -> str:
    """Cut the pinned version of uv and its hashes out of the lock file."""
    entry = re.search(r"^uv==(?:.*\\\n)+.*$", lock.read_text(encoding="utf-8"), re.MULTILINE)
    if entry is None:
        raise BootstrapError(
            f"{lock} does not pin uv.",
            "Compile it again; the command stands at its top.",
        )
    return entry.group() + "\n"


def install_uv(project: Path) -> str:
    """Create the warehouse environment without uv and put the pinned uv into it."""
    try:
        import ensurepip  # noqa: F401, PLC0415  Debian ships them apart from Python
        import venv  # noqa: F401, PLC0415
    except ImportError as error:
        raise BootstrapError(
            f"This Python ({sys.executable}) cannot create virtual environments: {error}",
            "Debian and Ubuntu: `sudo apt install python3-venv`. Or install uv, which needs "
            "neither: https://docs.astral.sh/uv/getting-started/installation/",
        ) from error
    environment = ENVIRONMENTS["warehouse"]
    root = environment.root(project)
    say("      uv is not installed: fetching it with pip")
    run(
        [sys.executable, "-m", "venv", "--clear", str(root)],
        f"The virtual environment {root} could not be created",
        "Is the folder writable? Debian and Ubuntu: `sudo apt install python3-venv`.",
    )
    requirement = root / "uv-requirement.txt"
    requirement.write_text(uv_requirement(project / environment.lock), encoding="utf-8")
    pip = [str(environment.interpreter(project)), "-m", "pip", "--disable-pip-version-check"]
    options = ["install", "--quiet", "--no-deps", "--require-hashes", "-r", str(requirement)]
    run(pip + options, "pip could not install uv", NETWORK_HINT)
    return str(root / "bin" / "uv")


def find_uv(environment: Environment, project: Path, *, in_place: bool) -> str:
    """Return the uv to install with, empty when there is none.

    The pinned one of the warehouse environment is the best, but cannot make that very environment
    anew, because it would remove itself.
    """
    warehouse = ENVIRONMENTS["warehouse"]
    own = warehouse.root(project) / "bin" / "uv"
    usable = in_place or environment is not warehouse
    if usable and read_stamp(warehouse, project) and os.access(own, os.X_OK):
        return str(own)
    return shutil.which("uv") or ""


def install(environment: Environment, project: Path) -> None:
    """Bring an environment to exactly what its lock file says."""
    check_path(project)
    check_disk(project)
    root = environment.root(project)
    # What was complete here, with this Python, is changed in place; all else is made anew.
    finished = read_stamp(environment, project)
    wanted = wanted_stamp(environment, project)
    in_place = bool(finished) and finished | {"sha256": ""} == wanted | {"sha256": ""}
    uv = find_uv(environment, project, in_place=in_place)
    (root / STAMP).unlink(missing_ok=True)
    if not uv:
        uv = install_uv(project)
        in_place = environment is ENVIRONMENTS["warehouse"]
    if not in_place:
        run(
            [uv, "venv", "--quiet", "--clear", "--python", environment.python, str(root)],
            f"No Python {environment.python} for {environment.folder}",
            f"The packages of {environment.lock} need Python {environment.python}. uv takes an "
            "installed one or downloads it; without network install one, e.g. "
            "`sudo apt install python3.12 python3.12-venv`.",
        )
    python = ["--python", str(environment.interpreter(project))]
    locked = ["--require-hashes", "--compile-bytecode", str(project / environment.lock)]
    # `sync` also removes what is not in the lock file.
    run(
        [uv, "pip", "sync", *python, *locked],
        f"The packages of {environment.lock} could not be installed",
        NETWORK_HINT,
    )
    if environment.has_project:
        # The uv just installed has the right build backend built in: nothing is downloaded.
        own = str(root / "bin" / "uv")
        run(
            [own, "pip", "install", "--quiet", *python, "--no-deps", "-e", str(project)],
            "The package datenlabor could not be installed",
            NETWORK_HINT,
        )
    stamp = json.dumps(wanted_stamp(environment, project), indent=1)
    (root / STAMP).write_text(stamp, encoding="utf-8")


def make_environment(environment: Environment, project: Path, position: str) -> None:
    """Install the environment unless its stamp says that nothing has changed."""
    if read_stamp(environment, project) == wanted_stamp(environment, project):
        say(f"{position} {environment.name}: {environment.folder} is up to date")
        return
    say(f"{position} {environment.name}: installing {environment.lock} into {environment.folder}")
    install(environment, project)


def make_browser(position: str) -> None:
    """Find a Chromium or, on Debian and its relatives, install one."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found:
        say(f"{position} browser: {found}")
        return
    become_root = [] if os.geteuid() == 0 else ["sudo"]
    if not shutil.which("apt-get") or not all(map(shutil.which, become_root)):
        raise BootstrapError(
            f"No Chromium found (looked for {', '.join(BROWSERS)}), and it cannot be installed "
            "from here.",
            "Install Chromium with the system's package manager; the browser tests drive it.",
        )
    say(f"{position} browser: installing chromium with apt-get")
    apt = [*become_root, "apt-get"]
    hint = "Install Chromium by hand; the browser tests drive it."
    run([*apt, "update", "--quiet"], "apt-get could not read the package lists", hint)
    run(
        [*apt, "install", "--yes", "--quiet", "--no-install-recommends", "chromium"],
        "apt-get could not install chromium",
        hint,
    )


def main(arguments: list[str], project: Path = PROJECT) -> int:
    """Make what is asked for, in the order given."""
    parser = argparse.ArgumentParser(
        prog="bootstrap.py", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("parts", nargs="+", choices=[*ENVIRONMENTS, "browser"])
    parts = parser.parse_args(arguments).parts
    try:
        for number, part in enumerate(parts, start=1):
            position = f"[{number}/{len(parts)}]"
            if part == "browser":
                make_browser(position)
            else:
                make_environment(ENVIRONMENTS[part], project, position)
    except BootstrapError as problem:
        sys.stderr.write(f"\nError: {problem}\nWhat to do: {problem.hint}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"\nError: {error}\nWhat to do: check the folder's permissions.\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nInterrupted; start again to finish the installation.\n")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
