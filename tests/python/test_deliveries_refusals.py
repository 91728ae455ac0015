"""A file of which nothing fits is no delivery, and a spec that cannot be used stops no other."""

from pathlib import Path

import pytest
from small_deliveries import CODE, SPEC, TEXT, small_city, small_home, write_city

from datenlabor import paths
from datenlabor.deliveries import journal, store
from datenlabor.deliveries.deliver import Outcome
from datenlabor.deliveries.ingest import ingest
from datenlabor.paths import Home

FITTING = TEXT.replace("01;", "05162024-01;").replace("02;", "05162024-02;")
INVOICES = "Nr;Datum;Betrag\nR-17;heute;12,50\nR-18;gestern;7\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setattr(paths, "CITIES", tmp_path / "cities")
    write_city(tmp_path / "cities", inhabitants=SPEC)
    return small_home(tmp_path)


def deliver(home: Home, text: str, name: str = "einwohner.csv") -> Outcome:
    file = home.root.parent / name
    file.write_text(text, "utf-8")
    return ingest(home, small_city(), [file])[-1]


def test_a_file_of_which_nothing_fits_is_refused(home: Home) -> None:
    outcome = deliver(home, INVOICES)
    assert outcome.error
    assert "nothing of it fits spec inhabitants. Line 2, column" in str(outcome.error)
    assert "4 such places in all" in str(outcome.error)
    assert "another kind of file" in outcome.error.hint
    assert store.ids(home) == []
    assert [entry["event"] for entry in journal.read(home)] == ["refused"]


def test_a_spec_edited_wrongly_does_not_replace_a_good_delivery(home: Home) -> None:
    good = deliver(home, FITTING.replace("100", "100,0").replace("200", "200,0"))
    assert good.delivery
    write_city(paths.CITIES, inhabitants=SPEC + 'numbers: {decimal: "."}\n')
    again = deliver(home, FITTING.replace("100", "100,0").replace("200", "200,0"))
    assert again.error
    assert "breaks rule not_a_number" in str(again.error)
    [kept] = store.deliveries(home)
    assert (kept.id, kept.is_active) == (good.delivery.id, True)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{line: 2}}", '{line: 2}, skip: [{column: 1, pattern: ".*", why: x}]}'),
        ("{from: column 1}", '{from: column 1, ignore: "*"}'),
    ],
)
def test_a_spec_that_leaves_nothing_is_refused(home: Home, old: str, new: str) -> None:
    write_city(paths.CITIES, inhabitants=SPEC.replace(old, new))
    outcome = deliver(home, FITTING)
    assert outcome.error
    assert "leaves nothing of it to be loaded; 2 records are skipped" in str(outcome.error)
    assert store.ids(home) == []


def test_a_file_of_which_some_fits_is_delivered(home: Home) -> None:
    outcome = deliver(home, FITTING + "x;y;z\n")
    assert outcome.delivery
    assert outcome.delivery.record.records_quarantined == 1


def test_a_spec_that_cannot_be_used_stops_no_other(home: Home) -> None:
    write_city(paths.CITIES, broken=SPEC.replace("column 1", "colum 1"))
    file = home.root.parent / "einwohner.csv"
    file.write_text(FITTING, "utf-8")
    refused, delivered = ingest(home, small_city(), [file])
    assert refused.file == paths.CITIES / CODE / "specs" / "broken.yml"
    assert "'colum 1' is no place" in str(refused.error)
    assert delivered.delivery
