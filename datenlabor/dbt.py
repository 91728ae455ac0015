"""Running dbt, always in the project folder and in a process of its own."""

import hashlib
import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

from datenlabor import console
from datenlabor.city import City
from datenlabor.deliveries import replay, store
from datenlabor.errors import DatenlaborError
from datenlabor.paths import PROJECT, TARGET, Home, project_vars

_DBT = Path(sys.executable).parent / "dbt"
_INPUTS = ("models", "seeds", "macros", "snapshots", "tests/dbt", "contracts")
_INPUT_FILES = ("dbt_project.yml", "profiles.yml", "requirements.lock")
_FIRST_SNAPSHOTS = (
    *("build", "--select", "+resource_type:snapshot"),
    *("--resource-type", "seed", "--resource-type", "model", "--resource-type", "snapshot"),
)
"""Snapshots and what they are made of; tests are for the build that follows. What they are made
of does not depend on the day, so that `dbt snapshot` is enough for all days after the first."""


def inputs_fingerprint(home: Home, city: City) -> str:
    """Return a hash of everything a build depends on, to tell whether one is due."""
    digest = hashlib.sha256()
    files = [PROJECT / name for name in _INPUT_FILES]
    for folder in (*_INPUTS, f"cities/{city.code}"):
        files += sorted(path for path in (PROJECT / folder).rglob("*") if path.is_file())
    for file in files:
        digest.update(f"{file.relative_to(PROJECT)}\0".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    digest.update("\n".join(store.state(home)).encode())
    return digest.hexdigest()


def build(home: Home, city: City) -> None:
    """Build and test the warehouse of ``home``, its history first; dbt shows its own progress.

    No delivery comes or goes meanwhile.

    Raises:
        DatenlaborError: a model or a test failed; dbt has said which.

    """
    home.root.mkdir(parents=True, exist_ok=True)
    with store.locked(home):
        command: tuple[str, ...] = _FIRST_SNAPSHOTS

        def take_snapshots(day: date) -> None:
            nonlocal command
            console.done(f"registers as of {day}")
            # A folder of its own: another variable makes dbt parse the project anew.
            target = ("--target-path", str(TARGET / "replay"))
            _run(home, city, *command, *target, "--quiet", as_of=day.isoformat())
            command = ("snapshot",)

        replay.bring_up_to_date(home, store.deliveries(home), take_snapshots)
        _run(home, city, "build")


def parse() -> None:
    """Refresh the manifests in ``target`` without touching a database.

    Raises:
        DatenlaborError: the project cannot be parsed; the message is dbt's.

    """
    finished = subprocess.run(
        [_DBT, "--quiet", "parse", "--target-path", TARGET],
        cwd=PROJECT,
        check=False,
        capture_output=True,
        text=True,
    )
    if finished.returncode != 0:
        raise DatenlaborError(f"dbt cannot parse the project:\n{finished.stdout}{finished.stderr}")


def _run(home: Home, city: City, *arguments: str, **variables: str) -> None:
    wanted: dict[str, Any] = {
        "city_code": city.code,
        "withheld_indicators": list(city.withhold),
        **variables,
    }
    # What equals the default is left out: with other variables dbt parses the project anew.
    changed = {
        name: value
        for name, value in wanted.items()
        if (value or None) != (project_vars().get(name) or None)
    }
    options = ("--vars", json.dumps(changed)) if changed else ()
    environment = {**os.environ, "DATENLABOR_HOME": str(home.root)}
    command = [_DBT, *arguments, *options]
    finished = subprocess.run(command, cwd=PROJECT, env=environment, check=False)
    if finished.returncode != 0:
        raise DatenlaborError(
            f"dbt {arguments[0]} failed.",
            hint="The first [ERROR] above names the model, the test or the program that has the "
            "warehouse open.",
        )
