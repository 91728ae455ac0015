"""Running dbt, always in the project folder and in a process of its own."""

import hashlib
import json
import os
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from datenlabor import console, warehouse
from datenlabor.city import City
from datenlabor.deliveries import replay, store, supplied
from datenlabor.errors import DatenlaborError
from datenlabor.paths import PROJECT, TARGET, Home, project_vars

_DBT = Path(sys.executable).parent / "dbt"
_METHODS = "datenlabor/methods/*.py"
_INPUTS = ("models", "seeds", "macros", "snapshots", "tests/dbt", "contracts")
_INPUT_FILES = ("dbt_project.yml", "profiles.yml", "requirements.lock")
_FIRST_SNAPSHOTS = (
    *("build", "--select", "+resource_type:snapshot"),
    *("--resource-type", "seed", "--resource-type", "model", "--resource-type", "snapshot"),
)
"""Snapshots and what they are made of; tests are for the build that follows. What they are made
of does not depend on the day, so that `dbt snapshot` is enough for all days after the first."""


def build_day() -> date:
    """Return the day a build of now belongs to, as macro ``build_day`` does."""
    return datetime.now(ZoneInfo("Europe/Berlin")).date()


def inputs_fingerprint(home: Home, city: City, day: date) -> str:
    """Return a hash of everything a build depends on, to tell whether one is due.

    ``day`` is that of the build: with every day that passes, a source may become overdue.
    """
    digest = hashlib.sha256()
    files = [PROJECT / name for name in _INPUT_FILES] + sorted(PROJECT.glob(_METHODS))
    for folder in (*_INPUTS, f"cities/{city.code}"):
        files += sorted(path for path in (PROJECT / folder).rglob("*") if path.is_file())
    for file in files:
        digest.update(f"{file.relative_to(PROJECT)}\0".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    digest.update("\n".join([day.isoformat(), *store.state(home)]).encode())
    return digest.hexdigest()


def build(home: Home, city: City) -> None:
    """Build and test the warehouse of ``home``, its history first; dbt shows its own progress.

    Only for the holder of the store's lock: no delivery may come or go meanwhile.

    Raises:
        DatenlaborError: a model or a test failed; dbt has said which.

    """
    home.root.mkdir(parents=True, exist_ok=True)
    warehouse.unmark(home)
    command: tuple[str, ...] = _FIRST_SNAPSHOTS

    def take_snapshots(day: date) -> None:
        nonlocal command
        console.done(f"registers as of {day}")
        _run(home, city, *command, "--quiet", as_of=day)
        command = ("snapshot",)

    found = [*supplied.deliveries(city), *store.deliveries(home)]
    replay.bring_up_to_date(home, found, take_snapshots)
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


def _run(home: Home, city: City, *arguments: str, as_of: date | None = None) -> None:
    wanted: dict[str, Any] = {
        "city_code": city.code,
        "withheld_indicators": list(city.withhold),
        "with_supplied_deliveries": city.with_supplied_deliveries,
    }
    # What equals the default is left out: with other variables dbt parses the project anew.
    changed = {
        name: value
        for name, value in wanted.items()
        if (value or None) != (project_vars().get(name) or None)
    }
    options = ("--vars", json.dumps(changed)) if changed else ()
    environment = {
        **os.environ,
        "DATENLABOR_HOME": str(home.root),
        "DATENLABOR_WAREHOUSE": str(home.warehouse),
        # Not variable `as_of`: see above.
        "DATENLABOR_AS_OF": as_of.isoformat() if as_of else "",
    }
    command = [_DBT, *arguments, *options]
    # Open files: dbt inherits the lock of the store. If this process is killed, dbt goes on, and
    # whoever comes next waits for it.
    finished = subprocess.run(command, cwd=PROJECT, env=environment, check=False, close_fds=False)
    if finished.returncode != 0:
        raise DatenlaborError(
            f"dbt {arguments[0]} failed.",
            hint="The first [ERROR] above names the model, the test or the program that has the "
            "warehouse open.",
        )
