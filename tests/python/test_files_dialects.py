"""Any table in any dialect comes back unchanged, and every record is accounted for."""

import csv
import tempfile
from pathlib import Path

import pytest
from dialects import Dialect, assert_refused_or_adds_up, body_rows, make_spec, prepare_bytes
from hypothesis import given
from hypothesis import strategies as st

from datenlabor.deliveries.files.encoding import detect_encoding
from datenlabor.deliveries.files.places import BLANK

DIALECTS = st.builds(
    Dialect,
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    delimiter=st.sampled_from(";,\t|"),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    form=st.sampled_from(["NFC", "NFD"]),
)
# A field of several lines with delimiters could look like records swallowed by stray quotes.
FIELDS = st.text("aZ05äöüßÄÖÜ€.,-;\t|\" '", max_size=8) | st.text("aZ05äöüß€.-\" \n'", max_size=8)
MARKED = "_____"


def _tables(width: int) -> st.SearchStrategy[list[list[str]]]:
    row = st.lists(FIELDS, min_size=width, max_size=width)
    return st.lists(row, min_size=1, max_size=12)


@given(
    dialect=DIALECTS,
    table=st.integers(1, 5).flatmap(_tables),
    preamble=st.lists(st.text("aü. ", min_size=1).filter(str.strip), max_size=3),
    around=st.tuples(st.booleans(), st.booleans()),
)
def test_round_trip(
    *, dialect: Dialect, table: list[list[str]], preamble: list[str], around: tuple[bool, bool]
) -> None:
    has_header, has_footer = around
    width = len(table[0]) + 1
    rows = [["K", *row] for row in table]
    header = [[f"Spalte {number}" for number in range(width)]] if has_header else []
    footer = [[MARKED], ["Fußnote;\nzweite, Zeile", "x"]] if has_footer else []
    content = [*([text] for text in preamble), *header, *rows, *footer]
    spec = make_spec(
        starts={"pattern": "K"},
        ends={"pattern": f'"?{MARKED}'} if has_footer else None,
        rows=len(header),
        delimiter=dialect.delimiter,
    )
    with tempfile.TemporaryDirectory() as folder:
        prepared = prepare_bytes(Path(folder), dialect.write(content), spec)
        assert [row[1:] for row in body_rows(prepared)] == rows
    assert prepared.records == len(content)
    assert [len(part) for part in (prepared.preamble, prepared.header, prepared.footer)] == [
        *(len(preamble), len(header), len(footer))
    ]
    assert prepared.rejected == ()


@given(rows=st.lists(st.text(BLANK + ";x", max_size=6), min_size=1, max_size=20))
def test_every_line_without_quotes_is_in_exactly_one_place(rows: list[str]) -> None:
    lines = "\n".join(["1;2", *rows]).split("\n")
    with tempfile.TemporaryDirectory() as folder:
        prepared = prepare_bytes(Path(folder), ("\n".join(lines) + "\n").encode(), make_spec())
    assert prepared.records == len(lines)
    assert prepared.blank_records == sum(not line.replace(";", "").strip() for line in lines)


@given(content=st.binary(max_size=200))
def test_detected_encoding_decodes_the_file(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "f"
        file.write_bytes(content)
        found = detect_encoding(file)
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        assert found in ("utf-16", "cp1252", "latin-1")
        if found != "utf-16":
            assert content.decode(found)
    else:
        assert found in ("utf-8", "utf-8-sig")


@given(
    table=_tables(3),
    position=st.integers(0, 10**6),
    change=st.sampled_from(["cut", "flip", "insert"]),
    byte=st.integers(0, 255),
)
def test_mangled_text_is_refused_or_adds_up(
    table: list[list[str]], position: int, change: str, byte: int
) -> None:
    content = bytearray(Dialect(line_end="\r\n").write([["1", *row] for row in table]))
    place = position % len(content)
    if change == "cut":
        del content[place:]
    elif change == "flip":
        content[place] ^= byte
    else:
        content.insert(place, byte)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "t.csv"
        file.write_bytes(content)
        assert_refused_or_adds_up(file, make_spec(), Path(folder))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "utf-8"),
        ("Köln".encode(), "utf-8"),
        ("Köln".encode("utf-8-sig"), "utf-8-sig"),
        ("Köln".encode("utf-16"), "utf-16"),
        ("Köln €".encode("cp1252"), "cp1252"),
        ("Köln".encode("latin-1") + b"\x81", "latin-1"),
        (b"x" + "ö".encode() * (1 << 20), "utf-8"),
    ],
)
def test_encodings(content: bytes, expected: str, tmp_path: Path) -> None:
    file = tmp_path / "f"
    file.write_bytes(content)
    assert detect_encoding(file) == expected
