"""The guards of the project guard: break a copy of it on purpose and see who notices.

The tools are those of the real environment; ``PYTHONPATH`` makes them work on the copy.
"""

import csv
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from datenlabor.assets.bundle import path_of, read_folder
from datenlabor.assets.exchange import write_files
from datenlabor.paths import PROJECT

TOOLS = Path(sys.executable).parent
LEFT_OUT = shutil.ignore_patterns(
    *(".git", ".venv*", ".*_cache", ".hypothesis", "__pycache__", "data", "target", "logs")
)
BREAKABLE = ("models", "seeds", "superset")
CATALOGUE = "seeds/catalogue/catalogue_indicator.csv"


@dataclass(frozen=True)
class Copy:
    """A copy of the checkout with a home of its own."""

    root: Path
    pristine: Path

    def run(self, tool: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {
            "DATENLABOR_HOME": str(self.root.parent / "home"),
            "PYTHONPATH": str(self.root),
            "COLUMNS": "200",
            "NO_COLOR": "1",
        }
        return subprocess.run(
            [TOOLS / tool, *arguments],
            cwd=self.root,
            env=os.environ | environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def change_first_row(self, seed: str, column: str, value: str) -> None:
        """Put another value into a seed; the file stays as it is otherwise."""
        with (self.root / seed).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        rows[0][column] = value
        with (self.root / seed).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)

    def restore(self) -> None:
        for folder in BREAKABLE:
            shutil.rmtree(self.root / folder)
            shutil.copytree(self.pristine / folder, self.root / folder)


@pytest.fixture(scope="module")
def shared_copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    base = tmp_path_factory.mktemp("breaking")
    copied = Copy(base / "copy", base / "pristine")
    for target in (copied.root, copied.pristine):
        shutil.copytree(PROJECT, target, ignore=LEFT_OUT)
    (base / "home").mkdir()
    return copied


@pytest.fixture
def copy(shared_copy: Copy) -> Iterator[Copy]:
    yield shared_copy
    shared_copy.restore()


@pytest.fixture(scope="module")
def seeded(shared_copy: Copy) -> Copy:
    finished = shared_copy.run("dbt", "seed")
    assert finished.returncode == 0, finished.stdout
    return shared_copy


def failed_tests(output: str) -> list[str]:
    """Return the names behind dbt's FAIL lines."""
    return [line.split("FAIL", 1)[1].split()[1] for line in output.splitlines() if " FAIL " in line]


def test_the_copy_is_sound(copy: Copy) -> None:
    found = copy.run("python", "-c", "from datenlabor.paths import PROJECT; print(PROJECT)")
    assert found.stdout.strip() == str(copy.root)
    finished = copy.run("datenlabor", "assets", "validate")
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.startswith("Assets hold: ")
    finished = copy.run("dbt-bouncer", "run", "--config-file", "dbt-bouncer.yml")
    assert finished.returncode == 0, finished.stdout


@pytest.mark.usefixtures("seeded")
def test_figure_of_an_unknown_area(copy: Copy) -> None:
    copy.change_first_row("seeds/official/official_population.csv", "area_code", "99999")
    finished = copy.run("dbt", "build", "--select", "official_population", "stg_official__figures")
    assert finished.returncode == 1
    [name] = failed_tests(finished.stdout)
    assert name.startswith("references_stg_official__figures")


@pytest.mark.usefixtures("seeded")
def test_indicator_of_an_unknown_measure(copy: Copy) -> None:
    copy.change_first_row(CATALOGUE, "numerator_measure_code", "measure_nobody_has")
    finished = copy.run("dbt", "build", "--select", "catalogue_indicator")
    assert finished.returncode == 1
    [name] = failed_tests(finished.stdout)
    assert name.startswith("references_catalogue_indicator")


def test_models_that_read_past_their_layer(copy: Copy) -> None:
    wrong = {
        "marts/core/dim_wrong": "pub_indicator_value",
        "staging/stg_wrong__figures": "fct_indicator_value",
        "protected/pub_wrong": "stg_official__figures",
    }
    for path, read in wrong.items():
        write_model(copy.root / "models" / f"{path}.sql", read)
    parsed = copy.run("dbt", "parse")
    assert parsed.returncode == 0, parsed.stdout
    finished = copy.run("dbt-bouncer", "run", "--config-file", "dbt-bouncer.yml")
    assert finished.returncode == 1
    for path in wrong:
        [failed] = [line for line in finished.stdout.splitlines() if Path(path).name in line]
        assert "check_lineage_permitted_upstream_models" in failed


def write_model(path: Path, read: str) -> None:
    """Write a model in which nothing is wrong but what it reads."""
    path.write_text(f"select area_code from {{{{ ref('{read}') }}}}\n", "utf-8")
    column = {
        "name": "area_code",
        "data_type": "varchar",
        "description": "Area.",
        "data_tests": ["unique"],
    }
    entry = {
        "name": path.stem,
        "description": "Wrong. **Grain:** area. **Primary key:** area_code.",
        "constraints": [{"type": "primary_key", "columns": ["area_code"]}],
        "columns": [column],
    }
    path.with_suffix(".yml").write_text(yaml.safe_dump({"models": [entry]}), "utf-8")


@pytest.mark.parametrize("command", ["validate", "generate"])
def test_chart_that_names_a_missing_column(copy: Copy, command: str) -> None:
    assets = copy.root / "superset/assets"
    bundle = read_folder(assets)
    chart = next(iter(bundle.assets["charts"].values()))
    chart["params"] |= {"groupby": ["ghost_column"], "metrics": ["ghost_metric"]}
    write_files(assets, bundle.files())
    finished = copy.run("datenlabor", "assets", command)
    assert finished.returncode == 1
    table = bundle.assets["datasets"][chart["dataset_uuid"]]["table_name"]
    where = f"Chart {chart['slice_name']}"
    assert finished.stderr == (
        "Error: The assets do not hold:\n"
        f"  {where}: column ghost_column does not exist in {table}.\n"
        f"  {where}: metric ghost_metric does not exist in {table}.\n"
    )


def test_dashboard_that_is_not_normal(copy: Copy) -> None:
    assets = copy.root / "superset/assets"
    dashboard = next(iter(read_folder(assets).assets["dashboards"].values()))
    path = path_of("dashboards", dashboard)
    before = (assets / path).read_text("utf-8")
    (assets / path).write_text(yaml.safe_dump(dashboard | {"theme_uuid": None}), "utf-8")
    finished = copy.run("datenlabor", "assets", "validate")
    assert finished.returncode == 1
    assert finished.stderr == (
        "Error: The assets do not hold:\n"
        f"  {path}: not in normal form; run `datenlabor assets normalise`.\n"
    )
    finished = copy.run("datenlabor", "assets", "normalise")
    assert finished.stdout == f"written: superset/assets/{path}\n"
    assert (assets / path).read_text("utf-8") == before


def test_catalogue_that_is_newer_than_its_metrics(copy: Copy) -> None:
    copy.change_first_row(CATALOGUE, "name_de", "Anderer Name")
    finished = copy.run("datenlabor", "assets", "validate")
    assert finished.returncode == 1
    assert finished.stderr == (
        "Error: The assets do not hold:\n"
        "  models/semantic/indicator_metrics.yml: out of date; run `datenlabor assets generate`.\n"
    )
