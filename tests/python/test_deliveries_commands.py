"""The commands about deliveries as the user types them."""

import re
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from small_deliveries import BROKEN, CODE, SPEC, TEXT, read, small_home, write_city
from typer.testing import CliRunner

from datenlabor import paths
from datenlabor.cli import commands
from datenlabor.deliveries import reading, store, supplied
from datenlabor.demo.supply import Supply
from datenlabor.demo.supply import files as supply_files
from datenlabor.errors import DatenlaborError
from datenlabor.paths import Home


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setattr(paths, "CITIES", tmp_path / "cities")
    monkeypatch.setattr(reading, "read", read)
    monkeypatch.delenv("DATENLABOR_CITY", raising=False)
    monkeypatch.setenv("COLUMNS", "250")
    write_city(tmp_path / "cities", inhabitants=SPEC)
    home = small_home(tmp_path)
    monkeypatch.setenv("DATENLABOR_HOME", str(home.root))
    return home


def run(*arguments: str | Path, code: int = 0) -> str:
    """Run a command in this process; return what it says."""
    finished = CliRunner().invoke(commands, list(map(str, arguments)))
    if isinstance(finished.exception, DatenlaborError):
        raise finished.exception
    assert finished.exit_code == code, finished.output
    return finished.output


def write(tmp_path: Path, name: str = "einwohner.csv", text: str = TEXT) -> Path:
    file = tmp_path / name
    file.write_text(text, "utf-8")
    return file


def test_ingest_list_show_withdraw(home: Home, tmp_path: Path) -> None:
    text = TEXT + "03;2020;quarantine\n"
    run("ingest", write(tmp_path, text=text), "--published-on", "2021-05-01")
    [delivery] = store.deliveries(home)
    listing = run("deliveries")
    for word in (delivery.id, "einwohner.csv", "figure", "inhabitants", "2021-05-01", "active"):
        assert word in listing
    shown = run("deliveries", "show", delivery.id)
    for word in (delivery.record.sha256, "not_a_number", "[bold]x", "Look at it."):
        assert word in shown
    run("deliveries", "withdraw", delivery.id, "--reason", "falsche [b]Datei")
    assert not store.read_delivery(home, delivery.id).is_active
    assert "withdrawn" in run("deliveries")
    shown = run("deliveries", "show", delivery.id)
    assert "withdrawn" in shown
    assert "falsche [b]Datei" in shown
    with pytest.raises(DatenlaborError, match="already withdrawn"):
        run("deliveries", "withdraw", delivery.id, "--reason", "noch einmal")
    with pytest.raises(DatenlaborError, match="no delivery"):
        run("deliveries", "show", "x")


def test_deliveries_that_came_with_the_product_are_listed_but_not_withdrawn(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supplied.deliveries, "__defaults__", (home.root,))
    supply = Supply("municipal", "kopfzahlen", "figure", "Köpfe", date(2021, 3, 1), pd.DataFrame())
    record = supply_files([supply])[f"{supply.folder}/record.json"]
    folder = home.root / "municipal" / CODE / supply.id
    folder.mkdir(parents=True)
    (folder / "record.json").write_text(record, "utf-8")
    assert re.search(rf"{supply.id}.*supplied", run("deliveries"))
    assert "synthetic" in run("deliveries", "show", supply.id)
    with pytest.raises(DatenlaborError, match="came with the product") as caught:
        run("deliveries", "withdraw", supply.id, "--reason", "falsch")
    assert "with_supplied_deliveries" in caught.value.hint


def test_withdrawal_needs_a_reason(home: Home, tmp_path: Path) -> None:
    run("ingest", write(tmp_path))
    [delivery] = store.deliveries(home)
    run("deliveries", "withdraw", delivery.id, code=2)
    with pytest.raises(DatenlaborError, match="needs a reason"):
        run("deliveries", "withdraw", delivery.id, "--reason", " ")
    assert store.read_delivery(home, delivery.id).is_active


def test_inbox_with_one_bad_file_ends_with_1(home: Home, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    write(inbox, "einwohner_1.csv", BROKEN)
    write(inbox, "einwohner_2.csv")
    shown = run("ingest", "--inbox", inbox, code=1)
    assert len(store.ids(home)) == 1
    assert "einwohner_1.csv is broken." in shown
    assert "Ask for another one." in shown
    (inbox / "einwohner_1.csv").unlink()
    run("ingest", "--inbox", inbox)
    (inbox / "einwohner_2.csv").unlink()
    (inbox / "erledigt").mkdir()
    (inbox / ".~lock\x1b.csv").touch()
    shown = run("ingest", "--inbox", inbox)
    assert "'erledigt': not delivered, a folder" in shown
    assert "\x1b" not in shown
    assert len(store.ids(home)) == 1


def test_ingest_says_what_it_needs(home: Home, tmp_path: Path) -> None:
    with pytest.raises(DatenlaborError, match="No file is named"):
        run("ingest")
    with pytest.raises(DatenlaborError, match="in the future"):
        run("ingest", write(tmp_path), "--published-on", "2999-01-01")
    run("ingest", write(tmp_path), "--published-on", "1.5.2021", code=2)
    with pytest.raises(DatenlaborError, match="no spec 'x'"):
        run("ingest", write(tmp_path), "--spec", "x")
    run("ingest", tmp_path / "einwohner_none.csv", code=1)
    assert store.ids(home) == []
