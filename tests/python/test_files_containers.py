"""Archives and the file itself: everything dangerous or damaged is refused with rule and hint."""

import gzip
import os
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from dialects import make_spec, prepare_bytes

from datenlabor.deliveries.files import containers, division, intake
from datenlabor.deliveries.files.prepare import parts, prepare
from datenlabor.errors import DatenlaborError

TABLE = b"1;a\n2;b\n"
# Without the time it was made: its bytes name tests, which are the same in every process.
GZIPPED = gzip.compress(TABLE, mtime=0)


def _zip(file: Path, *members: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return file


def _refused(file: Path, folder: Path, rule: str, kind: str = "csv") -> str:
    scratch = folder / "scratch"
    scratch.mkdir()
    with pytest.raises(DatenlaborError, match=rf"is refused \({rule}\)") as error:
        prepare(file, make_spec(kind), scratch)
    assert error.value.hint
    return str(error.value)


def test_table_in_a_zip(tmp_path: Path) -> None:
    file = _zip(tmp_path / "t.zip", ("a/Tabelle.CSV", TABLE), ("__MACOSX/._a.csv", b"x"))
    assert prepare(file, make_spec(), tmp_path).body_records == 2


def test_notes_of_macos_and_very_long_names(tmp_path: Path) -> None:
    notes = ("a/._Tabelle.csv", "a/__MACOSX/b.csv", "a/.DS_Store")
    name = f"a/{'ü' * 300}.csv"
    file = _zip(tmp_path / "t.zip", (name, TABLE), *((note, b"x") for note in notes))
    assert prepare(file, make_spec(), tmp_path).body_records == 2


def test_table_in_gzip(tmp_path: Path) -> None:
    file = tmp_path / "t.csv.gz"
    file.write_bytes(gzip.compress(TABLE))
    assert prepare(file, make_spec(), tmp_path).body_records == 2


def _link() -> zipfile.ZipInfo:
    member = zipfile.ZipInfo("a.csv")
    member.external_attr = (stat.S_IFLNK | 0o777) << 16
    return member


@pytest.mark.parametrize(
    ("members", "rule"),
    [
        ([("../a.csv", TABLE)], "archive_member"),
        ([("/etc/a.csv", TABLE)], "archive_member"),
        ([("C:\\a.csv", TABLE)], "archive_member"),
        ([(_link(), b"/etc/passwd")], "archive_member"),
        ([("a.csv", TABLE), ("b.zip", b"")], "archive_member"),
        ([("a.csv", TABLE), ("b.csv", TABLE)], "archive_content"),
        ([("a.pdf", TABLE)], "archive_content"),
        ([(f"{number}.csv", b"") for number in range(1001)], "archive_members"),
        ([("a.csv", b"1" * (2 << 20))], "archive_bomb"),
    ],
)
def test_refused_archives(
    members: list[tuple[str | zipfile.ZipInfo, bytes]], rule: str, tmp_path: Path
) -> None:
    file = _zip(tmp_path / "t.zip", *members)
    assert _refused(file, tmp_path, rule).startswith("t.zip ")
    assert not list((tmp_path / "scratch").rglob("*.csv"))


def test_encrypted_member(tmp_path: Path) -> None:
    file = _zip(tmp_path / "t.zip", ("a.csv", TABLE))
    content = bytearray(file.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    file.write_bytes(content)
    assert "is encrypted" in _refused(file, tmp_path, "archive_member")


def test_archive_whose_headers_lie_about_the_size(tmp_path: Path) -> None:
    file = _zip(tmp_path / "t.zip", ("a.csv", TABLE * 1000))
    content = bytearray(file.read_bytes())
    place = content.index(b"PK\x01\x02") + 24
    content[place : place + 4] = (10).to_bytes(4, "little")
    file.write_bytes(content)
    _refused(file, tmp_path, "damaged")


def test_gzip_bomb_is_stopped_while_unpacking(tmp_path: Path) -> None:
    file = tmp_path / "t.csv.gz"
    file.write_bytes(gzip.compress(bytes(20 << 20)))
    _refused(file, tmp_path, "archive_bomb")
    assert sum(path.stat().st_size for path in (tmp_path / "scratch").rglob("*.csv")) <= 4 << 20


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        ("t.zip", b"PK\x03\x04nothing", "damaged"),
        ("t.csv.gz", GZIPPED[:-9], "damaged"),
        ("t.csv.gz", TABLE, "damaged"),
        ("t.tar.gz", GZIPPED, "archive_content"),
        ("t.csv", b"", "empty"),
        ("t.csv", b" \n;;\n\t\n", "empty"),
        ("t.csv", b"PK\x03\x04", "not_text"),
        ("t.csv", b"1;a\0\n", "nul_byte"),
        ("t.csv", b"1;" + b"x" * (1 << 21), "line_too_long"),
        ("t.csv", b"1;" + b"x" * (1 << 20) + b"\n1;2\n", "line_too_long"),
    ],
)
def test_refused_files(name: str, content: bytes, rule: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    _refused(file, tmp_path, rule)


@pytest.mark.parametrize(
    ("make", "rule"),
    [
        (Path.mkdir, "not_a_file"),
        (os.mkfifo, "not_a_file"),
        (lambda _: None, "unreadable"),
        (lambda path: path.symlink_to(os.devnull), "not_a_file"),
    ],
)
def test_what_is_no_file(make: Callable[[Path], None], rule: str, tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    make(file)
    _refused(file, tmp_path, rule)


def test_file_that_is_too_large(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    with file.open("wb") as stream:
        stream.truncate(intake.LARGEST_FILE + 1)  # sparse: takes no space
    _refused(file, tmp_path, "too_large")


def test_archive_content_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "LARGEST_FILE", 10)
    _refused(_zip(tmp_path / "t.zip", ("a.csv", TABLE * 2)), tmp_path, "too_large")


@pytest.mark.parametrize(
    ("content", "words", "rule"),
    [
        ("1;a\n2;ö\n".encode("cp1252"), {"encoding": "utf-8"}, "encoding"),
        (b"1;a\n\x81\n", {"encoding": "cp1252"}, "encoding"),
        ("1;ö\n".encode("utf-8-sig"), {"encoding": "cp1252"}, "encoding"),
        ("1;ö\n".encode("utf-16")[:-1], {}, "encoding"),
        (TABLE, {"delimiter": ";;"}, "delimiter"),
        (TABLE, {"delimiter": "\n"}, "delimiter"),
        (TABLE, {"starts": {"pattern": "x"}}, "no_body"),
        (TABLE, {"starts": {"line": 3}}, "no_body"),
        (TABLE, {"ends": {"pattern": "__"}}, "truncated"),
        (TABLE, {"rows": 2, "starts": {"line": 2}}, "header"),
        (TABLE, {"rows": 1, "fill": [2]}, "header"),
    ],
)
def test_file_that_does_not_fit_its_spec(
    content: bytes, words: dict[str, object], rule: str, tmp_path: Path
) -> None:
    with pytest.raises(DatenlaborError, match=rf"^table.csv is refused \({rule}\)") as error:
        prepare_bytes(tmp_path, content, make_spec(**words))  # type: ignore[arg-type] # by name
    assert error.value.hint


def test_bytes_that_do_not_fit_are_named(tmp_path: Path) -> None:
    content = b"1;a\n" * 600_000 + b"2;\xfc\n"
    with pytest.raises(DatenlaborError, match=r"byte 2400003, line 600001: 0xfc"):
        prepare_bytes(tmp_path, content, make_spec(encoding="utf-8"))


def test_spec_that_does_not_fit_at_all_is_told_early(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(division, "MOST_REJECTED", 10)
    with pytest.raises(DatenlaborError, match="too_many_rejected"):
        prepare_bytes(tmp_path, b"a;b\n" + b"1,2\n" * 11, make_spec(rows=1))


@pytest.mark.parametrize("words", [{"starts": {"pattern": "x"}}, {"ends": {"pattern": "1"}}])
def test_too_much_outside_the_body(
    words: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(division, "MOST_OUTSIDE", 10)
    with pytest.raises(DatenlaborError, match="outside_body"):
        prepare_bytes(tmp_path, b"1;2\n" * 12, make_spec(**words))  # type: ignore[arg-type] # same


def test_parts_of_a_delivery(tmp_path: Path) -> None:
    for name in ("a.shp", "a.DBF", "a.prj", "a.csv", "b.dbf"):
        (tmp_path / name).touch()
    assert [path.name for path in parts(tmp_path / "a.shp")] == ["a.shp", "a.DBF", "a.prj"]
    assert parts(tmp_path / "a.csv") == (tmp_path / "a.csv",)


def test_progress_reaches_the_size_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_bytes(TABLE * 400_000)
    seen: list[tuple[int, int]] = []
    prepare(file, make_spec(), tmp_path, lambda done, total: seen.append((done, total)))
    assert seen == sorted(seen)
    assert len(seen) > 1
    assert seen[-1] == (len(TABLE) * 400_000,) * 2
