"""Running dbt, always in the project folder and in a process of its own."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from datenlabor.errors import DatenlaborError
from datenlabor.paths import PROJECT, TARGET, Home

_DBT = Path(sys.executable).parent / "dbt"
_INPUTS = ("models", "seeds", "macros", "snapshots", "tests/dbt")
_INPUT_FILES = ("dbt_project.yml", "profiles.yml", "requirements.lock")


def inputs_fingerprint() -> str:
    """Return a hash of everything a build depends on, to tell whether one is due."""
    files = [PROJECT / name for name in _INPUT_FILES]
    for folder in _INPUTS:
        files += sorted(path for path in (PROJECT / folder).rglob("*") if path.is_file())
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.relative_to(PROJECT)}\0".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def build(home: Home) -> None:
    """Build and test the warehouse of ``home``; dbt shows its own progress.

    Raises:
        DatenlaborError: a model or a test failed; dbt has said which.

    """
    home.root.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "DATENLABOR_HOME": str(home.root)}
    finished = subprocess.run([_DBT, "build"], cwd=PROJECT, env=environment, check=False)
    if finished.returncode != 0:
        raise DatenlaborError(
            "dbt build failed.",
            hint="The first [ERROR] above names the model, the test or the program that has the "
            "warehouse open.",
        )


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
