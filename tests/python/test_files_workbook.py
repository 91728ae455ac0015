"""Workbooks: rows as the user numbers them, cells as text, nothing hidden, nothing dangerous."""

import sys
from datetime import date, datetime, time
from pathlib import Path

import pytest
from dialects import assert_adds_up, assert_refused_or_adds_up, body_rows, make_spec, rules
from hypothesis import given
from hypothesis import strategies as st
from shared_data import shared_file
from small_workbook import Xml, write_workbook

from datenlabor.deliveries.files import workbook
from datenlabor.deliveries.files.cells import cell_text, number_text
from datenlabor.deliveries.files.prepare import prepare
from datenlabor.deliveries.files.sample import sample
from datenlabor.errors import DatenlaborError

HEAD: list[object] = ["AGS", "Einwohner", None]
SPEC = make_spec("excel", starts={"pattern": r"\d+"}, rows=2, fill=[1])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (155414.0, "155414"),
        (16.94, "16,94"),
        (-0.0, "0"),
        (1e-7, "0,0000001"),
        (1e22, "10000000000000000000000"),
        (float("nan"), ""),
        (True, "true"),
        (None, ""),
        ("Ko\u0308ln\r\nMitte", "Köln\nMitte"),
        (date(2024, 6, 30), "2024-06-30"),
        (datetime(2024, 6, 30), "2024-06-30"),  # noqa: DTZ001 workbooks know no time zones
        (datetime(2024, 6, 30, 11, 59, 59, 999_999), "2024-06-30T12:00:00"),  # noqa: DTZ001 same
        (time(8, 30), "08:30:00"),
    ],
)
def test_cells_as_text(value: object, text: str) -> None:
    assert cell_text(value, ",") == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_written_without_loss(number: float) -> None:
    text = number_text(number, ",")
    assert float(text.replace(",", ".")) == number
    assert set(text) <= set("-0123456789,")


def test_rows_are_numbered_as_in_the_workbook(tmp_path: Path) -> None:
    rows: dict[int, list[object]] = {
        3: [None, "Titel"],
        5: [None, *HEAD],
        6: [None, None, "gesamt", "weiblich"],
        7: [None, "05162024", 155414, 78000.5],
        9: [None, "05162004", 1.0, True],
        12: [None, "Fußnote"],
    }
    file = write_workbook(tmp_path / "t.xlsx", {"Inhalt": {1: ["x"]}, "Daten": rows})
    spec = make_spec(
        "excel",
        starts={"pattern": r"\d+", "column": 2},
        ends={"pattern": "Fuß.*", "column": 2},
        rows=2,
        fill=[1],
        sheet="Daten",
    )
    prepared = prepare(file, spec, tmp_path)
    assert_adds_up(prepared)
    assert [(record.line, record.fields[1]) for record in prepared.preamble] == [(3, "Titel")]
    assert [record.fields for record in prepared.header] == [
        ("", "AGS", "Einwohner", "Einwohner"),
        ("", "", "gesamt", "weiblich"),
    ]
    assert body_rows(prepared) == [
        ["7", "", "05162024", "155414", "78000,5"],
        ["9", "", "05162004", "1", "true"],
    ]
    assert prepared.records == 12


def test_hidden_errors_and_uncalculated_formulas_are_found(tmp_path: Path) -> None:
    rows: dict[int, list[object]] = {
        1: HEAD,
        2: [None, "a", "b"],
        3: ["1", Xml('t="e"><f>1/0</f><v>#DIV/0!</v>'), 1],
        4: ["2", Xml("><f>A1</f>"), 1],
        5: ["3", Xml('t="str"><f>A1</f><v>x</v>'), 1],
        6: ["4", "a\x85b", 1],
        7: ["5", Xml("><f>A1</f><v></v>"), 1],
        8: ["6", Xml("><f>A1</f><v/>"), 1],
        9: ["7", Xml('t="str"><f>A1</f><v></v>'), 1],
    }
    prepared = prepare(write_workbook(tmp_path / "t.xlsx", {"Daten": rows}), SPEC, tmp_path)
    assert body_rows(prepared) == [
        ["3", "1", "#DIV/0!", "1"],
        ["5", "3", "x", "1"],
        ["9", "7", "", "1"],
    ]
    assert rules(prepared) == [
        (4, "uncalculated_formula"),
        (6, "control_character"),
        (7, "uncalculated_formula"),
        (8, "uncalculated_formula"),
    ]


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_the_first_sheet_is_the_first_that_is_shown(state: str, tmp_path: Path) -> None:
    sheets: dict[str, dict[int, list[object]]] = {
        name: {1: [f"1 {name}", "x"]} for name in ("A", "B", "C")
    }
    file = write_workbook(tmp_path / "t.xlsx", sheets, hidden={"A": state})
    assert body_rows(prepare(file, make_spec("excel"), tmp_path))[0][1] == "1 B"
    assert body_rows(prepare(file, make_spec("excel", sheet=1), tmp_path))[0][1] == "1 A"
    assert sample(file).layer == "B"


@pytest.mark.parametrize(
    ("code", "text"),
    [("yyyy", "2015"), ("[$-407]yyyy;@", "2015"), ("dd.mm.yyyy", "2015-01-01")],
)
def test_dates_of_which_only_the_year_is_shown(code: str, text: str, tmp_path: Path) -> None:
    day = Xml('s="1"><v>42005</v>')
    file = write_workbook(tmp_path / "t.xlsx", {"A": {1: ["AGS", day, 42005]}}, formats=[code])
    assert body_rows(prepare(file, make_spec("excel"), tmp_path)) == [["1", "AGS", text, "42005"]]


def test_failure_of_the_library_is_told_by_its_first_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = "\nthread '<unnamed>' (1) panicked at a.rs:1:2:\nno such sector\n  39: _start\n"
    code = f"import sys; sys.stderr.write({told!r}); sys.exit(1)"
    monkeypatch.setattr(workbook, "_COMMAND", (sys.executable, "-c", code))
    file = write_workbook(tmp_path / "t.xlsx", {"A": {1: ["1"]}})
    with pytest.raises(DatenlaborError, match=r"cannot be read: no such sector\.$"):
        prepare(file, make_spec("excel"), tmp_path)


def test_cells_may_contain_what_text_files_use_as_delimiters(tmp_path: Path) -> None:
    rows: dict[int, list[object]] = {1: ["1", "a;b", "x\ny;;z\n"], 2: ["2", 'sagt "ja"', ","]}
    file = write_workbook(tmp_path / "t.xlsx", {"Daten": rows})
    prepared = prepare(file, make_spec("excel"), tmp_path)
    assert body_rows(prepared) == [["1", "1", "a;b", "x\ny;;z\n"], ["2", "2", 'sagt "ja"', ","]]


def test_sheet_by_number_and_the_sheets_there_are(tmp_path: Path) -> None:
    file = write_workbook(tmp_path / "t.xlsx", {"A": {1: ["1"]}, "B": {1: ["2"]}})
    prepared = prepare(file, make_spec("excel", sheet=2), tmp_path)
    assert body_rows(prepared) == [["1", "2"]]
    with pytest.raises(DatenlaborError, match=r"no sheet 'C' among 'A', 'B'"):
        prepare(file, make_spec("excel", sheet="C"), tmp_path)


def test_stray_cell_far_outside_is_refused_before_memory_is_used(tmp_path: Path) -> None:
    far: list[object] = [*[None] * 16_383, "x"]
    file = write_workbook(tmp_path / "t.xlsx", {"A": {1: ["1"], 1_048_576: far}})
    with pytest.raises(DatenlaborError, match="too_large"):
        prepare(file, make_spec("excel"), tmp_path)


def _old(*texts: str) -> bytes:
    return b"\xd0\xcf\x11\xe0" + b"".join(text.encode("utf-16-le") for text in texts)


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"<html><table>", "not_a_workbook"),
        (b"AGS;Einwohner\n", "not_a_workbook"),
        (_old("EncryptedPackage"), "encrypted"),
        (_old("_VBA_PROJECT"), "macros"),
        (_old("\x05\x02\x08"), "damaged"),
        (b"\xd0\xcf\x11\xe0" + bytes.fromhex("05020800000000000f000701"), "error_values"),
        (b"PK\x03\x04", "damaged"),
    ],
)
def test_refused_workbooks(content: bytes, rule: str, tmp_path: Path) -> None:
    file = tmp_path / "t.xls"
    file.write_bytes(content)
    with pytest.raises(DatenlaborError, match=rf"^t.xls is refused \({rule}\)") as error:
        prepare(file, make_spec("excel"), tmp_path)
    assert error.value.hint


@pytest.mark.parametrize(
    ("name", "extra", "rule"),
    [
        ("t.xlsx", {"xl/vbaProject.bin": b""}, "macros"),
        ("t.xlsm", {}, "macros"),
        ("t.xlsx", {"xl/workbook.bin": b""}, "xlsb"),
        ("t.ods", {"content.xml": b'<c calcext:value-type="error">'}, "error_values"),
    ],
)
def test_workbooks_with_dangerous_parts(
    name: str, extra: dict[str, bytes], rule: str, tmp_path: Path
) -> None:
    file = write_workbook(tmp_path / name, {"A": {1: ["1"]}}, extra)
    with pytest.raises(DatenlaborError, match=rule):
        prepare(file, make_spec("excel"), tmp_path)


@pytest.mark.parametrize("share", [0.3, 0.7, 0.99])
def test_cut_workbook_is_refused(share: float, tmp_path: Path) -> None:
    file = write_workbook(tmp_path / "t.xlsx", {"A": {1: ["1"]}})
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(DatenlaborError, match="damaged"):
        prepare(file, make_spec("excel"), tmp_path)


def test_broken_sheet_is_refused(tmp_path: Path) -> None:
    file = write_workbook(tmp_path / "t.xlsx", {"A": {1: [Xml("><v>1</v></row>")]}})
    with pytest.raises(DatenlaborError, match="damaged"):
        prepare(file, make_spec("excel"), tmp_path)


@pytest.mark.shared_data
@pytest.mark.parametrize("place", [700, 3_000, 90_000])
def test_mangled_old_workbook_never_takes_the_process_down(place: int, tmp_path: Path) -> None:
    content = bytearray(shared_file("inkar/E_Schuldnerquote.xls").read_bytes())
    for offset in range(0, 64, 4):
        content[place + offset] ^= 0xA5
    file = tmp_path / "t.xls"
    file.write_bytes(content)
    assert_refused_or_adds_up(file, make_spec("excel"), tmp_path)
