"""Text files: body, header, footer; every line in one place; what is rejected and why."""

from pathlib import Path

import pytest
from dialects import body_rows, make_spec, prepare_bytes, rules

from datenlabor.errors import DatenlaborError

GENESIS = """GENESIS-Tabelle: 12345-01
Bevölkerung nach Geschlecht;;;
Stichtag 31.12.
;;Anzahl;
;;Insgesamt;weiblich
DG;Deutschland;10;5
01;  Schleswig-Holstein;4;2

05162024;    Neuss, Stadt;1;-
__________
"Fußnote in
zwei Zeilen; mit Strichpunkt"
Stand: 10.10.2017 / 11:01:03
"""
GENESIS_SPEC = make_spec(
    starts={"pattern": r"DG|\d{2,8}"}, ends={"pattern": "_{5,}"}, rows=2, fill=[1]
)


def test_genesis_table_is_divided_without_losing_a_line(tmp_path: Path) -> None:
    prepared = prepare_bytes(tmp_path, GENESIS.encode(), GENESIS_SPEC)
    assert [record.fields[0] for record in prepared.preamble] == [
        "GENESIS-Tabelle: 12345-01",
        "Bevölkerung nach Geschlecht",
        "Stichtag 31.12.",
    ]
    assert [record.fields for record in prepared.header] == [
        ("", "", "Anzahl", "Anzahl"),
        ("", "", "Insgesamt", "weiblich"),
    ]
    assert body_rows(prepared) == [
        ["6", "DG", "Deutschland", "10", "5"],
        ["7", "01", "  Schleswig-Holstein", "4", "2"],
        ["9", "05162024", "    Neuss, Stadt", "1", "-"],
    ]
    assert [(record.line, record.fields[0]) for record in prepared.footer] == [
        (10, "__________"),
        (11, "Fußnote in\nzwei Zeilen; mit Strichpunkt"),
        (13, "Stand: 10.10.2017 / 11:01:03"),
    ]
    assert prepared.blank_records == 1
    assert prepared.rejected == ()
    assert prepared.records == 12
    assert prepared.encoding == "utf-8"


def test_last_line_of_the_footer_needs_no_line_end(tmp_path: Path) -> None:
    prepared = prepare_bytes(tmp_path, GENESIS.strip().encode(), GENESIS_SPEC)
    assert prepared.rejected == ()
    assert len(prepared.footer) == 3


def test_place_in_a_column_ends_the_body(tmp_path: Path) -> None:
    spec = make_spec(ends={"pattern": "Summe", "column": 2})
    prepared = prepare_bytes(tmp_path, b"1;a\n2;Summen\n; Summe \n3;b\n", spec)
    assert [row[0] for row in body_rows(prepared)] == ["1", "2"]
    assert [record.line for record in prepared.footer] == [3, 4]


def test_table_without_rows_has_an_empty_body(tmp_path: Path) -> None:
    spec = make_spec(rows=1, ends={"pattern": "__"})
    prepared = prepare_bytes(tmp_path, b"a;b\n____\nStand\n", spec)
    assert prepared.body_records == 0
    assert prepared.columns == 2
    assert len(prepared.footer) == 2


SWALLOWED = [(2, "unclosed_quote"), (3, "control_character"), (4, "unclosed_quote")]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("1;a\n2;b;c\n3;d\n", [(2, "field_count")]),
        ("1;a\n2\n3;d\n", [(2, "field_count")]),
        ('1;a\n2;"b";"c;d"\n3;d\n', [(2, "field_count")]),
        ('1;a\n2;"b"x\n3;d\n', [(2, "bad_quoting")]),
        ('1;a\n2;5" Rohr\n3;c\n4;d\n', [(2, "unclosed_quote")]),
        ('1;a\n2;5" Rohr\n3;c\n4;6" Rohr\n5;d\n', [(2, "bad_quoting"), (4, "unclosed_quote")]),
        ('1;a;x\n2;"b\n3;c;x\n4";d\n5;e;x\n', [(2, "unclosed_quote"), (4, "unclosed_quote")]),
        ('1;a;x\n2;"b;c\n3;d";e\n', [(2, "unclosed_quote"), (3, "unclosed_quote")]),
        ('1;a;x\n2;"b\nc\x1b;d;e\n3";f;g\n', SWALLOWED),
        ("1;a\n2;b\x07\n3;d\n", [(2, "control_character")]),
        ("1;a\n2;b\x85\n3;d\n", [(2, "control_character")]),
        ("1;a\n2;\ufeffb\n3;d\n", [(2, "control_character")]),
        ('1;a\n2;"b\nc\x1b"\n3;d\n', [(2, "control_character")]),
        ("1;a\n2;b", [(2, "unterminated_last_line")]),
        ("1;a\n2;KÃ¶ln\n3;d\n", [(2, "mixed_encoding")]),
    ],
)
def test_rejected_records(body: str, expected: list[tuple[int, str]], tmp_path: Path) -> None:
    prepared = prepare_bytes(tmp_path, body.encode(), make_spec())
    assert rules(prepared) == expected
    assert all(lost.hint and lost.text for lost in prepared.rejected)
    rejected = {line for line, _ in expected}
    assert not rejected & {int(row[0]) for row in body_rows(prepared)}


def test_field_count_names_expected_and_found(tmp_path: Path) -> None:
    prepared = prepare_bytes(tmp_path, b"a;b\n1;2;3\n", make_spec(rows=1))
    assert "Expected 2 fields, found 3." in prepared.rejected[0].hint


def test_first_record_of_the_body_may_be_the_broken_one(tmp_path: Path) -> None:
    prepared = prepare_bytes(tmp_path, b"1;2;3\n1;2\n3;4\n", make_spec())
    assert prepared.columns == 2
    assert rules(prepared) == [(1, "field_count")]


def test_unclosed_quote_costs_one_line_only(tmp_path: Path) -> None:
    lines = ['1;"offen', *(f"{number};x" for number in range(2, 1001))]
    prepared = prepare_bytes(tmp_path, ("\n".join(lines) + "\n").encode(), make_spec())
    assert rules(prepared) == [(1, "unclosed_quote")]
    assert prepared.body_records == 999


@pytest.mark.parametrize("header", ["", "Gebiet;Jahr;Wert\n"])
def test_lines_between_two_stray_quotes_are_given_back(header: str, tmp_path: Path) -> None:
    text = header + 'A;2001;"5\nA;2002;6\nA;2003;7\nA;2004;8"\nA;2005;9\n'
    prepared = prepare_bytes(tmp_path, text.encode(), make_spec(rows=bool(header)))
    assert [row[2:] for row in body_rows(prepared)] == [["2002", "6"], ["2003", "7"], ["2005", "9"]]
    first = 1 + bool(header)
    assert rules(prepared) == [(first, "unclosed_quote"), (first + 3, "unclosed_quote")]
    assert prepared.records == text.count("\n")


def test_stray_quotes_do_not_make_one_record_of_two(tmp_path: Path) -> None:
    text = 'Nr;Name;Träger\nK1;"Kita A;frei\nK2;Kita B";stadt\nK3;Kita C;frei\n'
    prepared = prepare_bytes(tmp_path, text.encode(), make_spec(rows=1))
    assert [row[1] for row in body_rows(prepared)] == ["K3"]
    assert rules(prepared) == [(2, "unclosed_quote"), (3, "unclosed_quote")]


def test_footer_found_among_lines_given_back_stays_the_footer(tmp_path: Path) -> None:
    text = '1;a;x\n2;"b\n3;c;x\n____\nStand: 2020\n4;d";x\n'
    prepared = prepare_bytes(tmp_path, text.encode(), make_spec(ends={"pattern": "_"}))
    assert [row[1] for row in body_rows(prepared)] == ["1", "3"]
    assert [record.line for record in prepared.footer] == [4, 5]
    assert rules(prepared) == [(2, "unclosed_quote"), (6, "unclosed_quote")]
    assert prepared.records == 6


def test_text_of_several_lines_is_one_field(tmp_path: Path) -> None:
    text = 'K1;"Mo; Di\nMi; Do; Fr";x\nK2;"a\nb";y\n'
    prepared = prepare_bytes(tmp_path, text.encode(), make_spec())
    assert [row[2] for row in body_rows(prepared)] == ["Mo; Di\nMi; Do; Fr", "a\nb"]


def test_footnotes_may_be_one_very_long_field(tmp_path: Path) -> None:
    notes = '"Fußnote ""1"":\n' + "Zeile;\n" * 1000 + '"\nStand: heute\n'
    spec = make_spec(ends={"pattern": "_"})
    prepared = prepare_bytes(tmp_path, f"1;a\n_\n{notes}".encode(), spec)
    assert [record.line for record in prepared.footer] == [2, 3, 1005]
    assert prepared.rejected == ()


def test_unended_last_line_can_be_declared(tmp_path: Path) -> None:
    prepared = prepare_bytes(tmp_path, b"1;a\n2;b", make_spec(last_line="unended"))
    assert prepared.rejected == ()
    assert prepared.body_records == 2


def test_quotes_within_a_field_are_kept(tmp_path: Path) -> None:
    text = 'Gasthaus "Krone";1\n"Gasthaus ""Krone""; Neuss";2\n'
    prepared = prepare_bytes(tmp_path, text.encode(), make_spec())
    assert [row[1] for row in body_rows(prepared)] == [
        'Gasthaus "Krone"',
        'Gasthaus "Krone"; Neuss',
    ]


def test_file_of_two_encodings_is_not_read_as_mojibake(tmp_path: Path) -> None:
    content = "1;Köln\n".encode() + "2;Düsseldorf\n".encode("cp1252") + b"3;Neuss\n"
    prepared = prepare_bytes(tmp_path, content, make_spec())
    assert prepared.encoding == "cp1252"
    assert rules(prepared) == [(1, "mixed_encoding")]
    assert [row[2] for row in body_rows(prepared)] == ["Düsseldorf", "Neuss"]


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"])
def test_line_numbers_do_not_depend_on_line_ends(line_end: bytes, tmp_path: Path) -> None:
    content = b'1;a\n\n2;"b\nc"\n3;d\n'.replace(b"\n", line_end)
    prepared = prepare_bytes(tmp_path, content, make_spec())
    assert body_rows(prepared) == [["1", "1", "a"], ["3", "2", "b\nc"], ["5", "3", "d"]]


def test_header_has_the_width_of_the_table_not_of_its_trailing_delimiters(tmp_path: Path) -> None:
    prepared = prepare_bytes(tmp_path, b"Jahr: 2016\na;b;;\n1;2\n3;4\n", make_spec(rows=2))
    assert [record.fields for record in prepared.header] == [("Jahr: 2016", ""), ("a", "b")]
    assert prepared.body_records == 2


def test_lines_on_both_sides_of_a_block_border(tmp_path: Path) -> None:
    row = b"05162024;Neuss;2015;r\xc3\xbcckl\xc3\xa4ufig;\r\n"
    number = 3 * (1 << 20) // len(row)
    prepared = prepare_bytes(tmp_path, row * number, make_spec())
    rows = body_rows(prepared)
    assert rows[-1] == [str(number), "05162024", "Neuss", "2015", "rückläufig", ""]
    assert len({tuple(row[1:]) for row in rows}) == 1


def test_unreadable_header_refuses_the_file(tmp_path: Path) -> None:
    with pytest.raises(DatenlaborError, match=r"line 2 of the header cannot be read"):
        prepare_bytes(tmp_path, b"x\na\x07;b\nc;d\n1;2\n", make_spec(rows=2, starts={"line": 4}))
