"""Loads: towns of any size as deliveries of a home."""

from pathlib import Path

import duckdb
import pytest
import shapely
from demo_contract import assert_keeps_contract
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from datenlabor.cli import commands
from datenlabor.deliveries import store
from datenlabor.deliveries.contract import contracts
from datenlabor.demo import load
from datenlabor.demo.geometry import shapes
from datenlabor.demo.load import Load, load_town
from datenlabor.errors import DatenlaborError
from datenlabor.paths import PROJECT, Home
from datenlabor.publishing.store import sha256_of

SMALL = Load(cities=2, districts=4, companies=90, years=3)
DATASETS = ("area", "company_event", "company_quarter", "company_year", "figure", "peer")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("load"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(load, "BLOCK", 50)
        assert len(list(load.write(home, SMALL))) == SMALL.parts == 7
    return home


def rows(home: Home, dataset: str) -> duckdb.DuckDBPyRelation:
    return duckdb.read_parquet(str(home.deliveries / "*" / f"{dataset}.parquet"))


@pytest.mark.parametrize("dataset", DATASETS)
def test_rows_are_those_of_the_contract_in_all_deliveries_together(
    home: Home, dataset: str
) -> None:
    names = [column.name for column in contracts()[dataset].columns]
    found = rows(home, dataset).df()
    assert set(found) == {*names, "line_number", "delivery_id"}
    dated = [column.name for column in contracts()[dataset].columns if column.type == "date"]
    found[dated] = found[dated].astype(str)
    assert_keeps_contract(found[names], dataset)


def test_deliveries_are_those_of_a_store_and_say_that_they_are_invented(home: Home) -> None:
    found = store.deliveries(home)
    assert [delivery.id for delivery in found] == sorted(delivery.id for delivery in found)
    assert {delivery.record.dataset for delivery in found} == set(DATASETS)
    for delivery in found:
        assert delivery.is_active
        assert delivery.record.source_provenance_code == "synthetic"
        file = delivery.path / f"{delivery.record.dataset}.parquet"
        assert len(duckdb.read_parquet(str(file))) == delivery.record.records_loaded > 0


def test_sizes_are_those_that_were_asked_for(home: Home) -> None:
    areas = rows(home, "area").df()
    assert (areas["area_level"] == "municipality").sum() == SMALL.cities
    assert (areas["area_level"] == "district").sum() == SMALL.cities * SMALL.districts
    years = rows(home, "company_year").df()
    assert set(years["year"]) == {2022, 2023, 2024}
    assert set(rows(home, "figure").df()["period"].str[:4]) == {"2022", "2023", "2024"}
    assert set(rows(home, "company_quarter").df()["quarter"].str[:4]) == {"2022", "2023", "2024"}
    per_city = years[years["year"] == 2022]["area_code"].str[:8].value_counts()
    assert per_city.between(85, 95).all()
    assert len(per_city) == SMALL.cities


def test_the_same_load_gives_the_same_files(home: Home, tmp_path: Path) -> None:
    again = Home(tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(load, "BLOCK", 50)
        list(load.write(again, SMALL))
    for delivery in store.deliveries(home):
        for file in sorted(delivery.path.iterdir()):
            assert sha256_of(again.deliveries / delivery.id / file.name) == sha256_of(file)


def test_a_home_in_use_or_any_other_folder_is_refused(home: Home, tmp_path: Path) -> None:
    before = store.ids(home)
    with pytest.raises(DatenlaborError, match="not an empty folder"):
        list(load.write(home, SMALL))
    assert store.ids(home) == before
    (tmp_path / "file").touch()
    for used in (tmp_path, tmp_path / "file", PROJECT):
        with pytest.raises(DatenlaborError, match="not an empty folder"):
            list(load.write(Home(used), SMALL))
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    city = Home(PROJECT / "data" / "99000001")
    with pytest.raises(DatenlaborError, match="its own deliveries"):
        list(load.write(city, SMALL))
    assert not city.root.exists()


def test_companies_are_drawn_in_blocks_of_a_limited_size() -> None:
    blocks = Load(cities=1, districts=2, companies=25_001, years=1).blocks
    assert sum(blocks) == 25_001
    assert max(blocks) <= load.BLOCK
    assert Load(cities=1, districts=2, companies=0, years=1).blocks == []


@settings(deadline=None, max_examples=25)
@given(st.integers(2, 60), st.integers(1, 999_999))
def test_any_town_has_a_cell_for_every_district(districts: int, number: int) -> None:
    town = load_town(Load(number, districts, companies=0, years=1), number)
    cells = [shapes(town)[district.code] for district in town.districts]
    assert len(cells) == districts
    assert shapely.coverage_is_valid(cells)
    assert min(district.population for district in town.districts) > 0


def test_the_command_writes_a_load(tmp_path: Path) -> None:
    arguments = ["demo-load", str(tmp_path / "x"), "--districts", "2", "--companies", "0"]
    result = CliRunner().invoke(commands, [*arguments, "--years", "1"])
    assert result.exit_code == 0, result.output
    found = store.deliveries(Home(tmp_path / "x"))
    assert [delivery.record.dataset for delivery in found] == ["area", "peer", "figure"]
