"""A look into an unknown file."""

import json
from pathlib import Path

import pytest
from small_workbook import write_workbook

from datenlabor.deliveries.files.sample import guess_delimiter, sample
from datenlabor.errors import DatenlaborError


@pytest.mark.parametrize(
    ("lines", "delimiter"),
    [
        (["a;b", "1,5;2,5", "1,5;2"], ";"),
        (["id,name", '1,"a;b"', "2,c"], ","),
        (["1\ta, b\tc", "2\td, e\tf"], "\t"),
        (["a|b", "c|d"], "|"),
        (["Titel", "", "a;b", "c;d"], ";"),
    ],
)
def test_delimiter(lines: list[str], delimiter: str) -> None:
    assert guess_delimiter(lines) == delimiter


def test_text(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    lines = ["Titel", "ags;Köln", *(f"{number};x" for number in range(100)), "Stand: 2020"]
    file.write_bytes("\r\n".join(lines).encode("cp1252"))
    found = sample(file, 3)
    assert (found.kind, found.encoding, found.delimiter) == ("csv", "cp1252", ";")
    assert [record.fields for record in found.first] == [("Titel",), ("ags", "Köln"), ("0", "x")]
    assert [record.line for record in found.last] == list(range(44, 104))
    assert found.records == 103


def test_workbook_begins_with_the_first_sheet_that_has_a_table(tmp_path: Path) -> None:
    file = write_workbook(tmp_path / "t.xlsx", {"Inhalt": {1: ["x"]}, "Daten": {2: ["a", 1.5]}})
    found = sample(file)
    assert (found.kind, found.layers, found.layer) == ("excel", ("Inhalt", "Daten"), "Daten")
    assert [(record.line, record.fields) for record in found.first] == [
        (1, ("", "")),
        (2, ("a", "1,5")),
    ]
    assert sample(file, layer="Inhalt").first[0].fields == ("x",)


def test_geodata(tmp_path: Path) -> None:
    file = tmp_path / "t.json"
    point = {"type": "Point", "coordinates": [6.5, 51.5]}
    feature = {"type": "Feature", "properties": {"name": "a"}, "geometry": point}
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature] * 3}))
    found = sample(file, 2)
    assert (found.kind, found.layer, found.records) == ("geo", "t", 3)
    assert found.first[0].fields == ("name", "longitude", "latitude", "geometry")
    assert [record.line for record in found.first] == [0, 1, 2]
    assert [record.line for record in found.last] == [1, 2, 3]


@pytest.mark.parametrize("content", [b"", b"\n;;\n", b"1;\0", b"%PDF-1.7"])
def test_refused(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_bytes(content)
    with pytest.raises(DatenlaborError, match=r"^t.csv is refused"):
        sample(file)
