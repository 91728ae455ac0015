"""Running dbt, always in the project folder and in a process of its own."""

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from datenlabor import console, narrow, product_lists, warehouse
from datenlabor.city import City
from datenlabor.deliveries import replay, store, supplied
from datenlabor.errors import DatenlaborError
from datenlabor.paths import PROJECT, TARGET, Home, project_vars
from datenlabor.protection.parameters import FILE as PARAMETERS
from datenlabor.protection.parameters import are_own, read_parameters

_DBT: tuple[str | Path, ...] = (sys.executable, "-P", "-m", "datenlabor.dbt_process")
_METHODS = "datenlabor/methods/*.py"
_INPUTS = ("models", "seeds", "macros", "snapshots", "tests/dbt", "contracts")
_PARSED = ("models", "seeds", "macros", "snapshots", "tests/dbt", "analyses")
_PARSED_TYPES = {".sql", ".yml", ".md", ".py"}
"""What dbt parses; figures in seeds it does not."""
_INPUT_FILES = ("dbt_project.yml", "profiles.yml", "requirements.lock")
_FIRST_SNAPSHOTS = (
    *("build", "--select", "+resource_type:snapshot"),
    *("--resource-type", "seed", "--resource-type", "model", "--resource-type", "snapshot"),
)
"""Snapshots and what they are made of; tests are for the build that follows. What they are made
of does not depend on the day, so that `dbt snapshot` is enough for all days after the first."""
_BUILD = ("build", "--exclude-resource-type", "unit_test")
"""Unit tests look at code, not at what was delivered: they belong to `make test`."""


def build_day() -> date:
    """Return the day a build of now belongs to, as macro ``build_day`` does."""
    return datetime.now(ZoneInfo("Europe/Berlin")).date()


@dataclass(frozen=True)
class Inputs:
    """Everything a build depends on."""

    rules: str
    """Hash of code, configuration and day."""
    deliveries: tuple[str, ...]
    """State of the store."""

    @property
    def fingerprint(self) -> str:
        """Hash of all, to tell whether a build is due."""
        return hashlib.sha256("\n".join([self.rules, *self.deliveries]).encode()).hexdigest()


def inputs(home: Home, city: City, day: date) -> Inputs:
    """Return everything a build depends on.

    ``day`` is that of the build: with every day that passes, a source may become overdue.
    """
    digest = hashlib.sha256()
    files = [PROJECT / name for name in _INPUT_FILES] + sorted(PROJECT.glob(_METHODS))
    for folder in (*_INPUTS, f"cities/{city.code}"):
        files += sorted(path for path in (PROJECT / folder).rglob("*") if path.is_file())
    for file in files:
        digest.update(f"{file.relative_to(PROJECT)}\0".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    if are_own(home.root):
        digest.update((home.root / PARAMETERS).read_bytes())
    digest.update(day.isoformat().encode())
    return Inputs(digest.hexdigest(), tuple(store.state(home)))


def build(home: Home, city: City, finished: narrow.FinishedBuild | None = None) -> None:
    """Build and test the warehouse of ``home``, its history first; dbt shows its own progress.

    Where nothing but deliveries came since the build ``finished``, which is the one in the
    warehouse, only what they can change. Only for the holder of the store's lock: no delivery may
    come or go meanwhile.

    Raises:
        DatenlaborError: a model or a test failed; dbt has said which.

    """
    home.root.mkdir(parents=True, exist_ok=True)
    warehouse.unmark(home)
    found = [*supplied.deliveries(city), *store.deliveries(home)]
    selected = None
    if finished and not replay.due(home, found).from_nothing:
        selected = narrow.selection(finished, store.state(home), found)
    is_written = finished is not None and finished.manifest == narrow.digest(
        TARGET / "manifest.json"
    )
    snapshots = _FIRST_SNAPSHOTS if selected is None else ("snapshot",)
    newest = max(
        (*(delivery.record.published_on for delivery in found), *product_lists.changes()),
        default=date.max,
    )
    is_built = False
    run = partial(_run, home, city)

    def finish(as_of: date | None = None) -> None:
        with TemporaryDirectory() as folder:
            command = build_command(selected, Path(folder), is_written=is_written)
            run(*command, as_of=as_of, selected=selected)

    def take_snapshots(day: date) -> None:
        nonlocal snapshots, is_built
        console.done(f"registers as of {day}")
        # What is there on the newest day of all is what is there today.
        is_built = day >= newest
        if is_built:
            finish(as_of=day)
        else:
            run(*snapshots, "--quiet", as_of=day)
        snapshots = ("snapshot",)

    replay.bring_up_to_date(home, found, take_snapshots)
    if not is_built:
        finish()


def build_command(
    selected: narrow.Selection | None, folder: Path, *, is_written: bool = False
) -> tuple[str, ...]:
    """Return the arguments of dbt for a build of what is selected, of everything if None.

    ``folder`` is for what dbt reads of the selection. ``is_written`` says that the manifest is
    there as dbt would write it again.
    """
    if selected is None:
        return _BUILD
    artifacts = ("--no-write-json",) if is_written else ()
    return (*_BUILD, *artifacts, "--indirect-selection", "empty", *narrow.write(selected, folder))


def basis(inputs: Inputs) -> str | None:
    """Describe the build dbt has just finished, for the next one; None if it left no manifest."""
    manifest = TARGET / "manifest.json"
    try:
        graph = narrow.read_graph(manifest)
    except (OSError, ValueError, KeyError):
        return None
    return narrow.as_text(
        narrow.FinishedBuild(inputs.rules, inputs.deliveries, graph, narrow.digest(manifest))
    )


def forget_outdated_parse(target: Path) -> None:
    """Let dbt parse anew where it keeps, in ``target``, what it parsed of other code.

    Left alone it parses only the files that have changed, and then other files' properties of
    singular tests are gone: the published results of the tests would lack their German rules.
    """
    digest = hashlib.sha256()
    for folder in _PARSED:
        for file in sorted((PROJECT / folder).rglob("*")):
            if file.suffix in _PARSED_TYPES:
                digest.update(f"{file.relative_to(PROJECT)}\0".encode())
                digest.update(hashlib.sha256(file.read_bytes()).digest())
    code, note = digest.hexdigest(), target / "parsed_code.txt"
    if note.exists() and note.read_text("utf-8") == code:
        return
    target.mkdir(parents=True, exist_ok=True)
    (target / "partial_parse.msgpack").unlink(missing_ok=True)
    note.write_text(code, "utf-8")


def parse() -> None:
    """Refresh the manifests in ``target`` without touching a database.

    Raises:
        DatenlaborError: the project cannot be parsed; the message is dbt's.

    """
    forget_outdated_parse(TARGET)
    finished = subprocess.run(
        [*_DBT, "--quiet", "parse", "--target-path", TARGET],
        cwd=PROJECT,
        check=False,
        capture_output=True,
        text=True,
    )
    if finished.returncode != 0:
        raise DatenlaborError(f"dbt cannot parse the project:\n{finished.stdout}{finished.stderr}")


def _run(
    home: Home,
    city: City,
    *arguments: str,
    as_of: date | None = None,
    selected: narrow.Selection | None = None,
) -> None:
    defaults = project_vars()
    wanted: dict[str, Any] = {
        "city_code": city.code,
        "withheld_indicators": list(city.withhold),
        "with_supplied_deliveries": city.with_supplied_deliveries,
        "smallest_former_count": max(
            defaults["smallest_former_count"], read_parameters(home.root).smallest_count
        ),
    }
    # What equals the default is left out: with other variables dbt parses the project anew.
    changed = {
        name: value
        for name, value in wanted.items()
        if (value or None) != (defaults.get(name) or None)
    }
    options = ("--vars", json.dumps(changed)) if changed else ()
    environment = {
        **os.environ,
        "DATENLABOR_HOME": str(home.root),
        "DATENLABOR_WAREHOUSE": str(home.warehouse),
        # Not variable `as_of`: see above.
        "DATENLABOR_AS_OF": as_of.isoformat() if as_of else "",
        **narrow.environment(selected),
    }
    forget_outdated_parse(TARGET)
    command = [*_DBT, *arguments, *options]
    # Open files: dbt inherits the lock of the store. If this process is killed, dbt goes on, and
    # whoever comes next waits for it.
    finished = subprocess.run(command, cwd=PROJECT, env=environment, check=False, close_fds=False)
    if finished.returncode != 0:
        raise DatenlaborError(
            f"dbt {arguments[0]} failed.",
            hint="The first [ERROR] above names the model, the test or the program that has the "
            "warehouse open.",
        )
