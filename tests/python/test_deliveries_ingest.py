"""From files to deliveries: which spec, once only, in which order, bad files among others."""

import errno
import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_deliveries import (
    AREA_TEXT,
    AREAS,
    BROKEN,
    CODE,
    OTHER_TEXT,
    SPEC,
    TEXT,
    read,
    small_city,
    small_home,
    write_city,
)

from datenlabor import paths
from datenlabor.city import City
from datenlabor.deliveries import journal, store, supplied
from datenlabor.deliveries.deliver import Outcome
from datenlabor.deliveries.files.intake import LARGEST_FILE
from datenlabor.deliveries.files.names import safe_name
from datenlabor.deliveries.inbox import read_inbox
from datenlabor.deliveries.ingest import ingest, ingest_registers
from datenlabor.deliveries.known import known_to
from datenlabor.deliveries.spec import parse_spec
from datenlabor.errors import DatenlaborError
from datenlabor.paths import Home

TODAY = datetime.now(UTC).date()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setattr(paths, "CITIES", tmp_path / "cities")
    write_city(tmp_path / "cities", inhabitants=SPEC, areas=AREAS)
    (tmp_path / "inbox").mkdir()
    return small_home(tmp_path)


def write(home: Home, name: str = "einwohner.csv", text: str = TEXT) -> Path:
    file = home.root.parent / "inbox" / name
    file.write_text(text, "utf-8")
    return file


def deliver(
    home: Home, *files: Path, spec: str | None = None, published_on: date | None = None
) -> list[Outcome]:
    return ingest(home, small_city(), files, spec, published_on, read=read)


def ids(home: Home) -> list[str]:
    """Ids of the deliveries that count."""
    return [delivery.id for delivery in store.deliveries(home) if delivery.is_active]


def events(home: Home) -> list[str]:
    return [entry["event"] for entry in journal.read(home)]


def test_the_same_file_twice_is_one_delivery(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    [first] = deliver(home, write(home))
    [second] = deliver(home, write(home, "einwohner_kopie.csv"))
    assert second.delivery == first.delivery
    assert events(home) == ["delivered", "repeated"]
    assert len(store.ids(home)) == 1
    assert f"already delivered as {ids(home)[0]}, nothing changed" in capsys.readouterr().out


def test_a_corrected_file_is_one_more_delivery(home: Home) -> None:
    deliver(home, write(home))
    deliver(home, write(home, text=OTHER_TEXT))
    assert len(ids(home)) == 2
    deliver(home, write(home))
    assert len(ids(home)) == 2


def test_a_changed_spec_replaces_and_keeps_the_day(home: Home) -> None:
    [first] = deliver(home, write(home), published_on=date(2021, 5, 1))
    write_city(paths.CITIES, inhabitants=SPEC + "# more\n")
    [second] = deliver(home, write(home))
    assert first.delivery
    assert second.delivery
    assert second.event == "replaced"
    assert second.delivery.record.replaces_delivery_id == first.delivery.id
    assert second.delivery.record.published_on == date(2021, 5, 1)
    former = store.read_delivery(home, first.delivery.id)
    assert former.withdrawal
    assert former.withdrawal.replaced_by_delivery_id == second.delivery.id
    assert ids(home) == [second.delivery.id]
    assert events(home) == ["delivered", "delivered", "replaced"]


def test_another_day_of_publication_replaces(home: Home) -> None:
    deliver(home, write(home))
    [again] = deliver(home, write(home), published_on=date(2021, 5, 1))
    assert again.delivery
    assert again.event == "replaced"
    assert again.delivery.record.published_on == date(2021, 5, 1)
    [same] = deliver(home, write(home), published_on=date(2021, 5, 1))
    assert same.event == "repeated"
    assert len(ids(home)) == 1


def test_one_file_with_two_specs_is_two_deliveries(home: Home) -> None:
    file = write(home)
    write_city(paths.CITIES, second=SPEC.replace("inhabitants", "second"))
    deliver(home, file, spec="inhabitants")
    deliver(home, file, spec="second")
    assert len(ids(home)) == 2


def test_a_withdrawn_file_can_be_delivered_again(home: Home) -> None:
    [first] = deliver(home, write(home))
    assert first.delivery
    with store.locked(home):
        store.withdraw(home, first.delivery.id, "zu früh")
    [second] = deliver(home, write(home))
    assert second.event == "delivered"
    assert len(store.ids(home)) == 2
    assert len(ids(home)) == 1


def test_day_of_publication_defaults_to_the_day_received(home: Home) -> None:
    [outcome] = deliver(home, write(home))
    assert outcome.delivery
    assert TODAY <= outcome.delivery.record.published_on <= datetime.now(UTC).date()


def test_spec_file_is_taken_as_well(home: Home, tmp_path: Path) -> None:
    draft = tmp_path / "draft.yml"
    draft.write_text(SPEC.replace("inhabitants", "draft"), "utf-8")
    [outcome] = deliver(home, write(home, "anders.csv"), spec=str(draft))
    assert outcome.delivery
    assert outcome.delivery.record.spec_name == "draft"
    with pytest.raises(DatenlaborError, match="cannot be read"):
        deliver(home, write(home), spec=str(tmp_path / "none.yml"))
    with pytest.raises(DatenlaborError, match="no spec 'none'"):
        deliver(home, write(home), spec="none")


def test_no_spec_or_several_fit(home: Home) -> None:
    [none] = deliver(home, write(home, "bezirke.txt"))
    assert str(none.error) == "No spec fits bezirke.txt."
    assert none.error
    assert "datenlabor inspect" in none.error.hint
    write_city(paths.CITIES, second=SPEC.replace("inhabitants", "second"))
    [several] = deliver(home, write(home))
    assert str(several.error) == "Several specs fit einwohner.csv: inhabitants, second."
    assert events(home) == ["refused", "refused"]
    assert store.ids(home) == []


def test_one_bad_file_does_not_stop_the_inbox(home: Home) -> None:
    write(home, "einwohner_1.csv")
    write(home, "einwohner_2.csv", BROKEN)
    write(home, "einwohner_3.csv", OTHER_TEXT)
    write(home, "zz_bezirke.csv", AREA_TEXT)
    write(home, ".hidden", "x")
    write(home, "unbekannt.bin", "x")
    (home.root.parent / "inbox" / "folder").mkdir()
    files = read_inbox(home.root.parent / "inbox").files
    assert [file.name for file in files] == [
        *("einwohner_1.csv", "einwohner_2.csv", "einwohner_3.csv"),
        *("unbekannt.bin", "zz_bezirke.csv"),
    ]
    outcomes = deliver(home, *files)
    # Registers first: figures use their keys.
    assert [(o.file.name, o.event) for o in outcomes] == [
        ("unbekannt.bin", "refused"),
        ("zz_bezirke.csv", "delivered"),
        ("einwohner_1.csv", "delivered"),
        ("einwohner_2.csv", "refused"),
        ("einwohner_3.csv", "delivered"),
    ]
    assert len(ids(home)) == 3
    again = deliver(home, *files)
    assert [o.event for o in again if not o.error] == ["repeated"] * 3


@pytest.mark.parametrize("spec", [None, "inhabitants"])
@pytest.mark.parametrize("name", ["einwohner_none.csv", "none/einwohner.shp"])
def test_missing_file_is_refused(home: Home, name: str, spec: str | None) -> None:
    [outcome] = deliver(home, home.root.parent / name, spec=spec)
    assert "is refused (unreadable)" in str(outcome.error)
    assert events(home) == ["refused"]


@pytest.mark.parametrize("spec", [None, "inhabitants"])
@pytest.mark.parametrize("name", ["/dev/zero", "rohr.csv", "gross.csv", "gross.shp"])
def test_what_must_not_be_opened_is_not_even_hashed(
    home: Home, name: str, spec: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_nothing(file: Path) -> str:
        raise AssertionError(file)

    monkeypatch.setattr("datenlabor.deliveries.deliver.sha256_of", read_nothing)
    file = home.root.parent / "inbox" / name
    if file.stem == "gross":
        part = file.with_suffix(".dbf") if file.suffix == ".shp" else file
        file.write_text("x")
        with part.open("wb") as stream:
            stream.truncate(LARGEST_FILE + 1)
    elif file.stem == "rohr":
        os.mkfifo(file)
    [outcome] = deliver(home, file, spec=spec)
    assert "too_large" in str(outcome.error) or "not_a_file" in str(outcome.error)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
@pytest.mark.parametrize("step", ["shutil.copyfile", "os.fsync", "os.rename"])
def test_disk_that_refuses_leaves_the_store_as_it_was(
    home: Home, monkeypatch: pytest.MonkeyPatch, step: str, number: int
) -> None:
    deliver(home, write(home, text=OTHER_TEXT))

    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number), "somewhere")

    with monkeypatch.context() as patch:
        patch.setattr(step, refuse)
        with pytest.raises(OSError, match="somewhere"):
            deliver(home, write(home))
    assert len(ids(home)) == 1
    assert not (home.deliveries / ".incoming").exists()
    deliver(home, write(home))
    assert len(ids(home)) == 2


def test_what_is_wrong_is_shown_as_it_is(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    deliver(home, write(home, text=TEXT + "03;2020;quarantine\n"))
    shown = capsys.readouterr().out
    assert "records  4 = 2 loaded + 1 quarantined + 1 header, footer, blank, skipped" in shown
    assert "values  3 = 2 loaded + 1 quarantined + 0 ignored" in shown
    assert "not_a_number" in shown
    assert "[bold]x" in shown
    assert "\x1b" not in shown


def test_file_that_changes_while_it_is_copied(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def grow(source: Path, copy: Path) -> None:
        copy.write_bytes(source.read_bytes() + b"more")

    monkeypatch.setattr("shutil.copyfile", grow)
    [outcome] = deliver(home, write(home))
    assert "changed while it was copied" in str(outcome.error)
    assert store.ids(home) == []


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Einwohner 2020 (neu).csv", "Einwohner 2020 (neu).csv"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("a/b/../c.csv", "c.csv"),
        ("..", "file"),
        ("", "file"),
        (".env", "env"),
        ("a\x1b[31m\nb.csv", "a_[31m_b.csv"),
        ("\udcffx.csv", "_x.csv"),
        ("ü" * 200 + ".csv", "ü" * 100 + ".csv"),
    ],
)
def test_safe_names(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@given(st.text(st.characters(), max_size=300))
def test_every_safe_name_is_one_visible_segment_and_stays(name: str) -> None:
    safe = safe_name(name)
    assert Path(safe).name == safe
    assert not safe.startswith(".")
    assert len(safe.encode("utf-8")) <= 255
    assert safe.isprintable()
    assert safe_name(safe) == safe


def test_file_with_a_wicked_name(home: Home) -> None:
    file = write(home, "einwohner\n\x1b[2J.csv")
    [outcome] = deliver(home, file)
    assert outcome.delivery
    assert outcome.delivery.record.file_name == "einwohner__[2J.csv"
    assert outcome.delivery.original.read_text("utf-8") == TEXT


def register(home: Home, text: str, dataset: str = "area") -> Path:
    file = paths.CITIES / CODE / "registers" / f"{dataset}.csv"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, "utf-8")
    ingest_registers(home, small_city(), read=read)
    return file


REGISTER = "area_code,area_name,area_level,area_type\n05162024-01,Hafen,district,Bezirk\n"


def test_registers_of_the_city_are_delivered_by_themselves(home: Home) -> None:
    ingest_registers(home, small_city(), read=read)
    assert store.ids(home) == []
    register(home, REGISTER)
    register(home, REGISTER)
    [delivery] = store.deliveries(home)
    assert delivery.record.spec_name == "register_area"
    assert delivery.record.source_publisher == "Musterstadt"
    assert events(home) == ["delivered"]


def test_a_register_that_returns_to_a_former_state_is_delivered_again(home: Home) -> None:
    for text in (REGISTER, REGISTER.replace("Hafen", "Markt"), REGISTER):
        register(home, text)
    assert len(ids(home)) == 3


def test_a_register_must_be_right(home: Home) -> None:
    with pytest.raises(DatenlaborError, match=r"area\.csv, line 3, column value") as caught:
        register(home, f"{REGISTER}05162024-02,quarantine,district,Bezirk\n")
    assert caught.value.hint == "Look at it."
    assert store.ids(home) == []
    with pytest.raises(DatenlaborError, match=r"columns \['nonsense'\] do not fit"):
        register(home, "area_code,nonsense\n1,2\n")
    with pytest.raises(DatenlaborError, match="do not fit"):
        register(home, "area_code,area_code\n1,2\n")
    with pytest.raises(DatenlaborError, match=r"required by contract 'area'"):
        register(home, "area_code\n05162024-01\n").unlink()


@pytest.mark.parametrize("dataset", ["figure", "areas", "x y"])
def test_a_register_is_named_like_its_dataset(home: Home, dataset: str) -> None:
    with pytest.raises(DatenlaborError, match="not named like a register"):
        register(home, REGISTER, dataset)


def test_codes_come_from_the_product_and_from_deliveries(home: Home) -> None:
    spec = parse_spec(SPEC, "spec")
    before = known_to(store.deliveries(home), spec)
    assert {"population", "insolvencies"} <= set(before.codes["measure"])
    assert "A" in before.codes["obs_status"]
    assert before.ranges["population"].minimum == 0
    assert "05162024" in before.codes["area:municipality"]
    assert "05162024-01" not in before.codes["area"]
    [outcome] = deliver(home, write(home, "bezirke.csv", AREA_TEXT))
    after = known_to(store.deliveries(home), spec)
    assert after.codes["area:district"] == {"05162024-01", "05162024-02"}
    assert outcome.delivery
    with store.locked(home):
        store.withdraw(home, outcome.delivery.id, "falsch")
    assert known_to(store.deliveries(home), spec) == before


def test_what_came_with_the_product_is_known() -> None:
    neuss = City(code="05162024", name="Neuss")
    known = known_to(supplied.deliveries(neuss), parse_spec(SPEC, "spec"))
    assert "05162024-28" in known.codes["area:district"]
    assert "sgb2_recipients" in known.codes["measure"]


def test_measures_of_the_spec_are_known(home: Home) -> None:
    measure = "{measure_code: dogs, name_de: Hunde, unit_code: cases}"
    spec = parse_spec(f"{SPEC}measures:\n  - {measure}\n", "spec")
    known = known_to(store.deliveries(home), spec)
    assert "dogs" in known.codes["measure"]
    assert known.ranges["dogs"].is_integer
