"""What a release shows and keeps secret is audited before it is shown, and remembered after."""

import shutil
from pathlib import Path

import duckdb
import pytest
import yaml
from small_cells import PROTECTION, VALUES, write_cells
from small_warehouse import TABLES, small_home

from datenlabor import publishing
from datenlabor.audiences import AUDIENCES
from datenlabor.backup import state
from datenlabor.errors import DatenlaborError
from datenlabor.paths import Home
from datenlabor.protection.parameters import read_parameters
from datenlabor.protection.system import ProtectionError
from datenlabor.publishing import auditing, memory, store


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = small_home(tmp_path)
    write_cells(home, VALUES)
    return home


def publish(home: Home) -> publishing.Release:
    return publishing.publish(home, tables=TABLES, protection=PROTECTION)


def hidden(home: Home, audience: str) -> set[str]:
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        rows = connection.execute(
            f"select cell_id from {memory.CELLS} where status_{audience} <> 'free'"
        ).fetchall()
    return {name for (name,) in rows}


def remembered_rows(home: Home) -> list[tuple[str, int]]:
    return [
        (folder.name, duckdb.read_parquet(str(folder / "cells.parquet")).shape[0])
        for folder in memory.remembered(home)
    ]


def test_a_release_is_remembered_once_and_for_its_owner_only(home: Home) -> None:
    first = publish(home)
    assert remembered_rows(home) == [(first.release_id, 4)]
    files = list(home.memory.glob("*/*"))
    assert sorted(file.name for file in files) == ["cells.parquet", "equations.parquet"]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    second = publish(home)
    assert remembered_rows(home) == [(first.release_id, 4), (second.release_id, 0)]


def test_what_was_secret_stays_secret_after_a_correction(home: Home) -> None:
    publish(home)
    before = {audience: hidden(home, audience) for audience in AUDIENCES}
    assert "a" in before["internal"]
    assert len(before["internal"]) > 1
    write_cells(home, {"a": 9.0, "b": 20.0, "c": 30.0, "total": 59.0})
    for audience in AUDIENCES:
        assert before[audience] <= hidden(home, audience)
    third = publish(home)
    assert remembered_rows(home)[-1] == (third.release_id, 4)


@pytest.mark.parametrize("is_first", [True, False])
def test_a_secret_that_can_be_worked_out_is_not_published(home: Home, *, is_first: bool) -> None:
    """Whichever secret cell is shown: the audit says so, and readers see nothing of it."""
    if not is_first:
        publish(home)
    shown = store.current_id(home)
    for name in sorted(hidden(home, "internal")):
        write_cells(home, VALUES, sabotaged=name)
        with pytest.raises(DatenlaborError) as caught:
            publish(home)
        assert "can be worked out" in str(caught.value) or "against the rules" in str(caught.value)
        assert store.current_id(home) == shown
        write_cells(home, VALUES)
    assert len(memory.remembered(home)) == (0 if is_first else 1)
    publish(home)


def test_another_equation_between_cells_that_have_not_changed_is_audited(home: Home) -> None:
    """What was audited and remembered is passed by, but not if more can be calculated now."""
    publish(home)
    assert hidden(home, "internal") == {"a", "b"}
    write_cells(home, VALUES, overlooked={"c": 1, "b": -1, "a": -10})
    with pytest.raises(DatenlaborError, match="a: between 1 and 1"):
        publish(home)


def test_what_follows_from_former_releases_stops_the_build_until_it_is_accepted(
    home: Home,
) -> None:
    write_cells(home, {name: VALUES[name] for name in ("b", "c", "total")}, adds_up=False)
    publish(home)
    with pytest.raises(ProtectionError, match=r"before: a\. .*`accepted`"):
        write_cells(home, VALUES)
    own = yaml.safe_load(read_parameters(home.root).model_dump_json()) | {"accepted": ["a"]}
    (home.root / "protection.yml").write_text(yaml.safe_dump(own), encoding="utf-8")
    write_cells(home, VALUES)
    assert hidden(home, "internal") == {"a"}
    publish(home)


def test_cells_come_and_go_with_their_equations(home: Home) -> None:
    """What held in an earlier release holds for what it showed, whatever holds now."""
    write_cells(home, {**VALUES, "d": 10.0, "total": 61.0})
    publish(home)
    before = hidden(home, "internal")
    write_cells(home, {**VALUES, "total": 51.0})
    publish(home)
    write_cells(home, {**VALUES, "d": 11.0, "e": 40.0, "total": 102.0})
    publish(home)
    assert before <= hidden(home, "internal") | {"d"}
    assert [rows for _, rows in remembered_rows(home)] == [5, 4, 6]


def test_what_was_secret_stays_secret_after_a_restore(home: Home, tmp_path: Path) -> None:
    publish(home)
    state.back_up(home, tmp_path / "backup.zip")
    other = Home(tmp_path / "elsewhere")
    state.restore(other, tmp_path / "backup.zip")
    home.warehouse.rename(other.warehouse)
    write_cells(other, {"a": 9.0, "b": 20.0, "c": 30.0, "total": 59.0})
    assert "a" in hidden(other, "internal")
    publish(other)
    assert len(memory.remembered(other)) == 2


def test_a_new_release_comes_after_all_that_are_remembered(home: Home) -> None:
    """There are none on the disk after a restore, and the clock of another machine is late."""
    first = publish(home).release_id
    future = "20990101T000000Z"
    (home.memory / first).rename(home.memory / future)
    shutil.rmtree(home.releases)
    assert publish(home).release_id == f"{future}-02"
    assert [name for name, _ in remembered_rows(home)] == [future, f"{future}-02"]


def test_what_protection_costs(home: Home) -> None:
    for loss in auditing.losses(home):
        assert loss.table == "person"
        assert loss.cells == 4
        assert loss.share_of_cells == len(hidden(home, loss.audience)) / 4
