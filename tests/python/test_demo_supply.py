"""Supplied deliveries: written the same every time, and read as any other."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from datenlabor.city import City
from datenlabor.deliveries import supplied
from datenlabor.demo import calibration, supply
from datenlabor.demo.anchors import claims
from datenlabor.demo.commands import CALIBRATION
from datenlabor.demo.supplies import supplies
from datenlabor.demo.supply import Supply
from datenlabor.demo.town import CITY, Town
from datenlabor.errors import DatenlaborError
from datenlabor.paths import SEEDS

ROWS = pd.DataFrame(
    {"area_code": ["05162024-01"], "period": ["2020"], "measure_code": ["heads"], "value": [7.0]}
)
NEUSS = City(code=CITY, name="Neuss")
SMALL = Supply(
    kind="commercial",
    name="kopfzahlen",
    dataset="figure",
    title="Köpfe",
    published_on=date(2021, 3, 1),
    rows=ROWS,
)


def write(seeds: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (seeds / name).parent.mkdir(parents=True, exist_ok=True)
        (seeds / name).write_text(text, "utf-8")


def test_rows_are_those_of_the_contract() -> None:
    files = dict(supply.files([SMALL]))
    folder = f"commercial/{CITY}/20210301T000000Z-demo-kopfzahlen"
    assert set(files) == {f"{folder}/figure.csv", f"{folder}/record.json"}
    assert files[f"{folder}/figure.csv"] == (
        "area_code,period,measure_code,value,obs_status,provenance\n05162024-01,2020,heads,7,,\n"
    )


def test_what_is_written_is_a_delivery_that_says_it_is_invented(tmp_path: Path) -> None:
    write(tmp_path, dict(supply.files([SMALL])))
    (delivery,) = supplied.deliveries(NEUSS, tmp_path)
    assert delivery.is_active
    assert (delivery.record.dataset, delivery.record.published_on) == ("figure", date(2021, 3, 1))
    assert delivery.record.records_loaded == 1
    assert "Musterdaten" in delivery.record.source_title
    assert "Musterdaten" in delivery.record.source_attribution
    assert supplied.deliveries(City(code="05315", name="Andere"), tmp_path) == []
    without = NEUSS.model_copy(update={"with_supplied_deliveries": False})
    assert supplied.deliveries(without, tmp_path) == []


def test_a_damaged_record_is_named(tmp_path: Path) -> None:
    files = dict(supply.files([SMALL]))
    record = next(name for name in files if name.endswith("record.json"))
    write(tmp_path, files | {record: "{}"})
    with pytest.raises(DatenlaborError, match=r"record\.json cannot be used") as caught:
        supplied.deliveries(NEUSS, tmp_path)
    assert "datenlabor demo" in caught.value.hint


def test_the_project_holds_what_is_generated() -> None:
    town = Town.read()
    drawn = supplies(town)
    files = supply.files(drawn)
    present = {
        str(path.relative_to(SEEDS))
        for kind in supplied.KINDS
        for path in (SEEDS / kind / CITY).rglob("*.*")
        if path.is_file()
    }
    assert set(files) == present
    different = [name for name, text in files.items() if (SEEDS / name).read_text("utf-8") != text]
    assert different == []
    assert calibration.report(calibration.figures(town, drawn)) == CALIBRATION.read_text("utf-8")


def test_another_seed_gives_another_town() -> None:
    assert dict(supply.files(supplies(Town.read(seed=1)))) != dict(
        supply.files(supplies(Town.read()))
    )


def test_every_invented_figure_says_so() -> None:
    for delivery in supplies(Town.read()):
        if delivery.dataset == "figure":
            assert set(delivery.rows["provenance"]) == {"synthetic"}


def test_the_report_names_what_is_missed() -> None:
    town = Town.read()
    figures = calibration.figures(town, supplies(town))
    wrong = figures.copy()
    is_total = (wrong["measure_code"] == "population") & (wrong["period"] == "2012-12-31")
    is_total &= wrong["area_code"].str.startswith(CITY)
    wrong.loc[wrong.index[is_total][0], "value"] += 1
    count = len(claims())
    assert f"{count} of {count} figures" in calibration.report(figures)
    assert "| population | 2012 | 05162024 | 151,486 | 151,487 | 1 | 0 | **no** |" in (
        calibration.report(wrong)
    )
