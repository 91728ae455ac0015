"""Unknown registers, workbooks, geodata, and files that are none of these."""

import io
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from small_inspection import CITY, Result, clean_result, result
from small_workbook import write_workbook

from datenlabor.deliveries.inspection.commands import inspect_command
from datenlabor.deliveries.inspection.propose import propose
from datenlabor.deliveries.spec import parse_spec
from datenlabor.errors import DatenlaborError

Look = Callable[..., Result]


@pytest.fixture
def look(tmp_path: Path) -> Look:
    return partial(clean_result, tmp_path)


def test_tidy_table_is_taken_as_it_is(look: Look) -> None:
    found = look(
        "area_code,period,measure_code,value\n05162024,2020-12-31,population,152731\n"
        "05162024,2019-12-31,population,153796\n"
    )
    assert found.values[CITY, "2020-12-31", "population"] == 152731
    assert found.spec.columns["area_code"].origins == ("column area_code",)


def test_table_with_coordinates_is_a_register_of_facilities(look: Look) -> None:
    found = look(
        "id;Name;Straße;PLZ;Längengrad;Breitengrad;Plätze\n1;Kita Hafen;Kai 1;41460;6,68;51,2;60\n"
        "2;Kita Markt;Markt 2;1067;6,69;51,19;80\n"
    )
    assert found.reading.rows["facility"] == 2
    assert found.spec.columns["facility_code"].origins == ("column id",)


@pytest.mark.parametrize(
    ("stem", "shape", "dataset"),
    [
        ("bezirke", '"Polygon", "coordinates": [[[6, 51], [7, 51], [7, 52], [6, 51]]]', "area"),
        ("kitas", '"Point", "coordinates": [6.5, 51.5]', "facility"),
        (
            "hochwasser_HQ100_2019",
            '"Polygon", "coordinates": [[[6, 51], [7, 51], [7, 52], [6, 51]]]',
            "hazard_zone",
        ),
    ],
)
def test_geodata(tmp_path: Path, stem: str, shape: str, dataset: str) -> None:
    features = ", ".join(
        f'{{"type": "Feature", "properties": {{"nr": "{number}", "name": "Name {number}"}}, '
        f'"geometry": {{"type": {shape}}}}}'
        for number in (101, 102)
    )
    file = tmp_path / f"{stem}.geojson"
    file.write_text(f'{{"type": "FeatureCollection", "features": [{features}]}}', "utf-8")
    found = result(file, tmp_path / "target")
    assert found.reading.rows[dataset] == 2
    assert found.reading.account.records_quarantined == 0


def test_the_sheet_with_the_numbers_is_chosen(tmp_path: Path) -> None:
    sheets: dict[str, dict[int, list[object]]] = {
        "Inhalt": {1: ["Inhalt", "Zeichen"], 2: ["Quelle: Stadt Musterstadt.", "CC BY 4.0"]},
        "Tabelle": {
            1: ["Stadtteil", "Jahr", "Einwohner"],
            2: ["101", 2019, 12.5],
            3: ["102", 2019, 100],
        },
        "Rohdaten": {n: [str(100 + n), 2000 + n, n, n, n] for n in range(1, 20)},
    }
    file = write_workbook(tmp_path / "mappe.xlsx", sheets, hidden={"Rohdaten": "hidden"})
    found = result(file, tmp_path / "target")
    assert found.spec.format.sheet == "Tabelle"
    assert found.spec.source.licence == "CC-BY-4.0"
    assert found.values[f"{CITY}-101", "2019", "einwohner"] == 12.5
    with pytest.raises(DatenlaborError, match="no sheet or layer 'Fehlt'"):
        propose(file, CITY, "Fehlt")


def test_without_a_period_nothing_is_loaded_silently(tmp_path: Path) -> None:
    file = tmp_path / "daten.csv"
    file.write_text("Stadtteil;0-2;3-5\nHafen;10;20\nMarkt;11;21\n", "utf-8")
    assert "no period was found" in propose(file, CITY).text
    with pytest.raises(DatenlaborError, match="period"):
        result(file, tmp_path / "target")


def test_command_prints_the_proposal_and_what_was_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATENLABOR_CITY", CITY)
    file = tmp_path / "daten.csv"
    file.write_text("Bezirk;Jahr;Hunde;Katzen\n01;2019;5;6\n02;2019;8;9\n", "utf-8")
    inspect_command(file)
    printed = capsys.readouterr()
    assert parse_spec(printed.out, "printed").name == "daten"
    assert "areas     2 in column Bezirk" in printed.err
    inspect_command(file, measures=True)
    measures = yaml.safe_load(capsys.readouterr().out)
    assert measures["columns"]["measure_code"]["map"] == {"Hunde": "hunde", "Katzen": "katzen"}
    assert [row["name_de"] for row in measures["measures"]] == ["Hunde", "Katzen"]


def test_prose_is_no_table(tmp_path: Path) -> None:
    file = tmp_path / "brief.txt"
    file.write_text("Sehr geehrte Damen und Herren,\nanbei die Daten.\n", "utf-8")
    with pytest.raises(DatenlaborError, match="It begins: Sehr geehrte"):
        propose(file, CITY)


def test_comments_and_odd_texts_survive_yaml(look: Look) -> None:
    found = look(
        'Bezirk: #1;Jahr;"Zahl ""der"" {Leute}: \u00a0 alle";no;- ja\n1;2019;5;6;7\n2;2019;8;9;10\n'
    )
    data = yaml.safe_load(found.proposal.text)
    assert data["columns"]["measure_code"]["map"].keys() == {
        'Zahl "der" {Leute}: alle',
        "no",
        "- ja",
    }
    assert len(found.values) == 6


@pytest.fixture(scope="session")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("inspection")


CELLS = st.sampled_from(
    [
        "",
        "05162",
        "DG",
        "2015",
        "31.12.2015",
        "1.234",
        "1,5",
        "-",
        "x",
        "Anzahl",
        "Stadt",
        '"',
        "_____",
    ]
)


def _proposes_or_refuses(file: Path) -> bool:
    """Tell whether what is proposed, if anything is, parses."""
    try:
        text = propose(file, CITY).text
    except DatenlaborError as refused:
        return bool(str(refused))
    return bool(parse_spec(text, "proposed").name)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    rows=st.lists(st.lists(CELLS | st.text(max_size=6), min_size=1, max_size=6), max_size=12),
    delimiter=st.sampled_from([";", ",", "\t"]),
)
def test_mangled_tables_are_proposed_or_refused(
    scratch: Path, rows: list[list[str]], delimiter: str
) -> None:
    buffer = io.StringIO()
    buffer.writelines(delimiter.join(row) + "\n" for row in rows)
    file = scratch / "mangled_2015.csv"
    file.write_bytes(buffer.getvalue().encode("utf-8", "surrogatepass"))
    assert _proposes_or_refuses(file)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(content=st.binary(max_size=300), suffix=st.sampled_from(["csv", "xlsx", "geojson", "zip"]))
def test_random_bytes_are_proposed_or_refused(scratch: Path, content: bytes, suffix: str) -> None:
    file = scratch / f"random.{suffix}"
    file.write_bytes(content)
    assert _proposes_or_refuses(file)
