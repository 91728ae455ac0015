"""Open data: what is in the files, and that all forms of a data set say the same."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import frictionless
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pysdmx.io import read_sdmx
from pysdmx.model import Codelist, DataStructureDefinition, Role
from small_open_data import CC, DL, STATUS, contents, export, home_with_release, write_manifest

from datenlabor.errors import DatenlaborError
from datenlabor.opendata import files
from datenlabor.paths import Home

KEPT = (
    "select area_code, area_name, thing_code, thing_name, calendar_year, thing_value, thing_count, "
    f"{', '.join(STATUS[:3])}, nullif(attribution, '') as attribution, licence_name "
    f"from protected.pub_thing where thing_value is null or licence_name in ('{DL}', '{CC}') "
    "order by thing_code, area_code, calendar_year"
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return home_with_release(tmp_path_factory.mktemp("open"))


@pytest.fixture(scope="module")
def folder(home: Home) -> Path:
    return export(home).path


def published(home: Home, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(home.published), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def read_csv(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def test_only_what_is_declared_leaves_the_house(folder: Path) -> None:
    found = contents(folder)
    assert sorted(found) == [
        "SHA256SUMS",
        "index.html",
        "katalog.jsonld",
        "katalog.ttl",
        "liste/datapackage.json",
        "liste/index.html",
        "liste/liste.csv",
        "liste/liste.parquet",
        "sachen/datapackage.json",
        "sachen/index.html",
        "sachen/sachen.csv",
        "sachen/sachen.parquet",
        "sachen/sachen.sdmx.csv",
        "sachen/sachen.structure.json",
        "stil.css",
    ]
    assert not [name for name, content in found.items() if b"is_inside" in content]
    assert not [name for name, content in found.items() if b"Zeitung" in content]


def test_parquet_csv_and_duckdb_agree(home: Home, folder: Path) -> None:
    rows = published(home, KEPT)
    parquet = folder / "sachen" / "sachen.parquet"
    assert duckdb.sql(f"from '{parquet}'").fetchall() == rows
    header, *lines = read_csv((folder / "sachen" / "sachen.csv").read_bytes().decode())
    types = ["varchar"] * 4 + ["integer", "double", "bigint"] + ["varchar"] * 5
    assert len(header) == len(types)
    casts = [
        tuple(
            duckdb.execute(f"select nullif(?, '')::{kind}", [text]).fetchall()[0][0]
            for kind, text in zip(types, line, strict=True)
        )
        for line in lines
    ]
    assert casts == rows


def test_csv_is_as_the_rfc_asks(folder: Path) -> None:
    raw = (folder / "liste" / "liste.csv").read_bytes()
    assert raw.decode() == (
        "item_code,item_name,seen_on,is_new\r\nx,Eintrag <b>,2026-11-22,true\r\ny,,,false\r\n"
    )
    assert b"1234567," in (folder / "sachen" / "sachen.csv").read_bytes()


def test_secret_and_missing_values_are_empty_and_say_so(folder: Path) -> None:
    header, *lines = read_csv((folder / "sachen" / "sachen.csv").read_bytes().decode())
    rows = [dict(zip(header, line, strict=True)) for line in lines]
    [secret] = [row for row in rows if row["conf_status"] == "C"]
    assert (secret["thing_value"], secret["thing_count"], secret["obs_status"]) == ("", "", "Q")
    [later] = [row for row in rows if row["obs_status"] == "L"]
    assert (later["thing_value"], later["conf_status"]) == ("", "F")
    assert [row for row in rows if row["thing_count"] == "0"]


@pytest.mark.parametrize("name", ["sachen", "liste"])
def test_frictionless_finds_no_fault(folder: Path, name: str) -> None:
    package = folder / name / "datapackage.json"
    report = frictionless.validate(str(package))
    assert report.valid, report.flatten(["rowNumber", "fieldName", "type", "note"])
    content = json.loads(package.read_text())
    titles = [licence["title"] for licence in content["licenses"]]
    assert titles == {"sachen": [DL, CC], "liste": [DL]}[name]
    schema = content["resources"][0]["schema"]
    assert (
        schema["primaryKey"]
        == {
            "sachen": ["area_code", "calendar_year", "thing_code"],
            "liste": ["item_code"],
        }[name]
    )


def test_frictionless_would_find_a_fault(folder: Path, tmp_path: Path) -> None:
    for name in ("datapackage.json", "sachen.csv"):
        (tmp_path / name).write_bytes((folder / "sachen" / name).read_bytes())
    broken = (tmp_path / "sachen.csv").read_bytes().replace(b"12.5", b"12,5")
    (tmp_path / "sachen.csv").write_bytes(broken)
    assert not frictionless.validate(str(tmp_path / "datapackage.json")).valid


def sdmx_rows(folder: Path) -> Iterator[dict[str, str]]:
    """Read SDMX-CSV; pysdmx itself takes official keys for numbers and loses their zeros."""
    text = (folder / "sachen" / "sachen.sdmx.csv").read_bytes().decode()
    header, *lines = read_csv(text)
    yield from (dict(zip(header, line, strict=True)) for line in lines)


def test_sdmx_is_read_back_with_its_structure(home: Home, folder: Path) -> None:
    message = read_sdmx(folder / "sachen" / "sachen.structure.json")  # validates by its schema
    [definition] = message.get_data_structure_definitions()
    [flow] = message.get_dataflows()
    components = {component.id: component for component in definition.components}
    rows = list(sdmx_rows(folder))
    expected = published(home, KEPT)
    assert len(rows) == len(expected)
    assert list(rows[0])[3:] == list(components)
    assert [c.id for c in definition.components.dimensions] == [
        "AREA_CODE",
        "THING_CODE",
        "TIME_PERIOD",
    ]
    assert [c.id for c in definition.components.measures] == ["OBS_VALUE", "THING_COUNT"]
    lists = codes_by_component(definition, message.get_codelists())
    assert {*lists} == {"AREA_CODE", "THING_CODE", "OBS_STATUS", "CONF_STATUS"}
    assert dict(lists["AREA_CODE"])["0105"] == 'Süd "am Ufer"'
    assert [code for code, _ in lists["CONF_STATUS"]] == ["F", "C"]
    for row, wanted in zip(rows, expected, strict=True):
        assert row["STRUCTURE_ID"] == flow.short_urn.removeprefix("Dataflow=")
        assert (row["AREA_CODE"], row["THING_CODE"], row["TIME_PERIOD"]) == (
            wanted[0],
            wanted[2],
            str(wanted[4]),
        )
        assert (float(row["OBS_VALUE"]) if row["OBS_VALUE"] else None) == wanted[5]
        assert (int(row["THING_COUNT"]) if row["THING_COUNT"] else None) == wanted[6]
        assert [row[name.upper()] or None for name in STATUS] == list(wanted[7:])
        for name, codes in lists.items():
            assert row[name] in dict(codes)
        for name, component in components.items():
            assert row[name] or component.role is not Role.DIMENSION


def codes_by_component(
    definition: DataStructureDefinition, lists: list[Codelist]
) -> dict[str, list[tuple[str, str | None]]]:
    by_urn = {codelist.short_urn: codelist for codelist in lists}
    return {
        component.id: [(code.id, code.name) for code in by_urn[urn.split(".codelist.")[-1]].items]
        for component in definition.components
        if (urn := component.local_enum_ref)
    }


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("set thing_value = 4 where conf_status = 'C'", "1 secret rows with a value"),
        ("set thing_count = 4 where conf_status = 'C'", "1 secret rows with a value"),
        ("set conf_status = 'D' where conf_status = 'C'", "1 rows that say why"),
        ("set conf_status = 'N' where obs_status = 'A'", "4 rows that say why"),
    ],
)
def test_a_leak_stops_the_export(tmp_path: Path, change: str, message: str) -> None:
    home = home_with_release(tmp_path, f"update protected.pub_thing {change}")
    with pytest.raises(DatenlaborError, match=message):
        export(home)
    assert [path.name for path in home.open_data.iterdir()] == [".lock"]


OF_ENTRIES = {
    "attributes": ["item_name", "attribution", "licence_name"],
    "licence": "licence_name",
}


def test_entries_of_a_list_without_an_open_licence_stay_inside(tmp_path: Path) -> None:
    home = home_with_release(
        tmp_path,
        "alter table protected.pub_list add column licence_name varchar",
        "alter table protected.pub_list add column attribution varchar default 'Amt'",
        f"update protected.pub_list set licence_name = '{CC}' where item_code = 'x'",
        "insert into protected.pub_list values ('z', 'Zeitung', null, false, 'Zitat', 'Zeitung')",
    )
    write_manifest(tmp_path, listed=OF_ENTRIES)
    found = contents(export(home).path)
    rows = read_csv(found["liste/liste.csv"].decode())
    assert rows == [
        ["item_code", "item_name", "attribution", "licence_name"],
        ["x", "Eintrag <b>", "Amt", CC],
    ]
    package = json.loads(found["liste/datapackage.json"])
    assert [one["title"] for one in package["licenses"]] == [CC]
    page = found["liste/index.html"].decode()
    assert "2 Einträge sind nicht enthalten, weil die Quelle keine offene Lizenz hat." in page


def test_the_licence_of_entries_is_an_attribute_of_a_list(tmp_path: Path) -> None:
    home = home_with_release(tmp_path)
    write_manifest(tmp_path, licence="licence_name")
    with pytest.raises(DatenlaborError, match="licence is one of the attributes of a list"):
        export(home)
    write_manifest(tmp_path, listed={"licence": "licence_name"})
    with pytest.raises(DatenlaborError, match="licence is one of the attributes of a list"):
        export(home)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"attributes": STATUS[1:]}, "attributes lack obs_status"),
        ({"time": None}, "measures need dimensions and a time"),
        ({"measures": ["nothing"]}, "no column nothing"),
        ({"name": "liste"}, "both open data called liste"),
        ({"name": "../out"}, "name"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_wrong_declarations_are_refused(
    tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    home = home_with_release(tmp_path)
    write_manifest(tmp_path, **changes)
    with pytest.raises(DatenlaborError, match=message):
        export(home)


def test_models_that_changed_after_the_release(tmp_path: Path) -> None:
    home = home_with_release(tmp_path, "alter table protected.pub_thing drop column thing_name")
    with pytest.raises(DatenlaborError, match=r"lacks pub_thing .* thing_name") as caught:
        export(home)
    assert "datenlabor publish" in caught.value.hint


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1)
VALUE = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.dates() | TEXT


@given(st.lists(st.tuples(TEXT, VALUE), max_size=5))
def test_csv_keeps_every_value(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, Any]]
) -> None:
    file = tmp_path_factory.getbasetemp() / "any.csv"
    files.write_csv(file, ["text", "value"], [rows])
    header, *lines = read_csv(file.read_bytes().decode())
    assert header == ["text", "value"]
    for (text, value), (read_text, read_value) in zip(rows, lines, strict=True):
        assert read_text == text
        if isinstance(value, float):
            assert float(read_value) == value
        elif isinstance(value, bool):
            assert read_value == str(value).lower()
        else:
            assert read_value == ("" if value is None else str(value))
