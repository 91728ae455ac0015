"""When the warehouse is built, and that the registers of the city come first."""

from pathlib import Path

import pytest
from small_deliveries import small_city
from small_warehouse import publish, small_home

from datenlabor import dbt, pipeline
from datenlabor.city import City
from datenlabor.paths import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return small_home(tmp_path)


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is done, in order."""
    done: list[str] = []

    def registers(_home: Home, _city: City) -> None:
        done.append("registers")

    def build(_home: Home, _city: City) -> None:
        done.append("build")

    monkeypatch.setattr(pipeline, "ingest_registers", registers)
    monkeypatch.setattr(dbt, "build", build)
    return done


def test_a_build_is_due_until_its_state_is_published(home: Home, jobs: list[str]) -> None:
    first = pipeline.bring_up_to_date(home, small_city())
    again = pipeline.bring_up_to_date(home, small_city())
    assert first == again
    assert first.is_new
    publish(home, inputs_fingerprint=first.fingerprint)
    assert not pipeline.bring_up_to_date(home, small_city()).is_new
    assert jobs == ["registers", "build", "registers", "build", "registers"]


def test_a_build_is_due_when_a_delivery_came_or_the_warehouse_is_gone(
    home: Home, jobs: list[str]
) -> None:
    publish(home, inputs_fingerprint=dbt.inputs_fingerprint(home, small_city()))
    (home.deliveries / "20261122T031500Z-1a2b3c4d").mkdir(parents=True)
    warehouse = pipeline.bring_up_to_date(home, small_city())
    assert warehouse.is_new
    publish(home, inputs_fingerprint=warehouse.fingerprint)
    home.warehouse.unlink()
    assert pipeline.bring_up_to_date(home, small_city()).is_new
    assert jobs == ["registers", "build"] * 2
