"""The worked examples in ``analyses/`` say what they are about, and answer it for the demo city."""

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from warehouse_deliveries import dbt, query, write_delivery

from datenlabor.paths import PROJECT

ANALYSES = sorted((PROJECT / "analyses").glob("*.sql"))
NEEDED = ("+fct_indicator_vintage", "+dim_area")


def population(value: int) -> list[dict[str, object]]:
    return [
        {
            "area_code": "05162024",
            "period": "2010-12-31",
            "measure_code": "population",
            "value": value,
            "obs_status": "A",
            "provenance": "published",
        }
    ]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATENLABOR_HOME", str(folder))
        write_delivery(folder, "first", "figure", "2011-09-01", population(151_000))
        write_delivery(folder, "second", "figure", "2020-09-01", population(151_400))
        dbt(folder, "seed")
        dbt(folder, "run", "--select", *NEEDED)
        dbt(folder, "compile", "--select", "path:analyses")
    return folder


def run(home: Path, name: str) -> list[dict[str, object]]:
    compiled = home / "target/compiled/datenlabor/analyses" / name
    return answer(home / "warehouse.duckdb", compiled.read_text("utf-8"))


def answer(warehouse: Path, sql: str) -> list[dict[str, object]]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        found = connection.execute(sql)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return the warehouse `make build` has made, and the folder of the compiled analyses."""
    home, target = PROJECT / "target" / "scratch", tmp_path_factory.mktemp("target")
    assert (home / "warehouse.duckdb").exists(), "There is no demo city yet: run `make build`."
    subprocess.run(
        [
            *(Path(sys.executable).parent / "dbt", "--quiet", "compile"),
            *("--select", "path:analyses", "--target-path", target, "--log-path", target),
        ],
        cwd=PROJECT,
        env={**os.environ, "DATENLABOR_HOME": str(home)},
        check=True,
    )
    return home / "warehouse.duckdb", target / "compiled/datenlabor/analyses"


@pytest.mark.parametrize("file", ANALYSES, ids=lambda file: file.stem)
def test_every_analysis_asks_a_question_and_answers_it(demo: tuple[Path, Path], file: Path) -> None:
    warehouse, compiled = demo
    question = file.read_text("utf-8").split("with ", maxsplit=1)[0]
    assert question.startswith("-- ")
    assert "?" in question
    assert answer(warehouse, (compiled / file.name).read_text("utf-8"))


def test_the_population_then_and_now(home: Path) -> None:
    rows = {row["calendar_year"]: row for row in run(home, "population_as_known_on.sql")}
    then_and_now = rows["2010"]
    assert then_and_now["release_then"] == "regionalstatistik_12411_01_01_5"
    assert then_and_now["release_today"] == "second"
    assert then_and_now["known_today"] == 151_400
    assert then_and_now["is_revised"] is True
    assert rows["2014"]["known_today"] == rows["2014"]["known_on_2018_12_31"]


def test_the_first_and_the_latest_value(home: Path) -> None:
    revisions = run(home, "revisions_first_and_latest.sql")
    found = [row for row in revisions if row["indicator_code"] == "population"]
    assert [(row["area_name"], row["revision_count"]) for row in found] == [("Neuss", 2)]
    assert (found[0]["first_value"], found[0]["latest_value"]) == (151_000, 151_400)
    assert query(home, "select count(*) from marts.fct_indicator_vintage where is_revised") >= [
        (2,)
    ]
