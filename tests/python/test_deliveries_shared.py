"""Real files and the specs of the cities: nothing is lost, every value is that of the file.

The comparison parses the files anew, with the csv module or the workbook's own numbers only.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from figures_spec import rows_of
from python_calamine import CalamineWorkbook
from shared_data import shared_file

from datenlabor.deliveries.catalogue import Known
from datenlabor.deliveries.reading import Reading, Target, read
from datenlabor.deliveries.spec import Spec, read_spec
from datenlabor.paths import CITIES

pytestmark = pytest.mark.shared_data

TABLES = {
    "12411-01-01-5_00": 14493,
    "13111-07-05-4_00": 7364,
    "13111-08-02-5_00": 14492,
    "13211-02-05-4_00": 8416,
    "21111-01-03-4": 6312,
    "21111-01-03-4_00": 6312,
    "22151-01-02-4_00": 3156,
    "52111-03-01-4_00": 526,
    "52111-04-01-4_00": 526,
    "52311-01-04-4_00": 9468,
    "52411-02-01-4_00": 4734,
    "82411-01-03-4_00": 7890,
}
"""Table → lines of data, counted by hand from the key column."""


def spec(name: str, city: str = "common") -> Spec:
    return read_spec(CITIES / city / "specs" / f"{name}.yml")


def read_shared(file: Path, of: Spec, folder: Path) -> Reading:
    rows = folder / "rows"
    rows.mkdir()
    return read(file, of, Target(rows, "delivery"), Known({}, {}))


def genesis_rows(file: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield line and fields of the lines whose first or second field is an area key."""
    encoding = "utf-8" if file.stem.endswith("_00") else "latin-1"
    text = file.read_text(encoding).partition("\n____")[0]
    for line, row in enumerate(csv.reader(text.splitlines(), delimiter=";"), start=1):
        if any(re.fullmatch(r"DG|\d{2,3}|\d{5}|\d{7,12}", field) for field in row[:2]):
            yield line, row


@pytest.mark.parametrize("table", TABLES)
def test_every_line_of_a_national_table_is_accounted_for(tmp_path: Path, table: str) -> None:
    file = shared_file(f"regionalstatistik/{table}.csv")
    name = f"genesis_{table.removesuffix('_00').replace('-', '_')}"
    account = read_shared(file, spec(name), tmp_path).account
    assert account.records_loaded + account.records_skipped == TABLES[table]
    assert account.records_quarantined == 0
    assert account.records_read == (
        TABLES[table] + account.records_header + account.records_footer + account.records_blank
    )


@pytest.mark.parametrize("table", TABLES)
def test_every_value_loaded_is_the_one_in_the_file(tmp_path: Path, table: str) -> None:
    file = shared_file(f"regionalstatistik/{table}.csv")
    of = spec(f"genesis_{table.removesuffix('_00').replace('-', '_')}")
    read_shared(file, of, tmp_path)
    written = dict(genesis_rows(file))
    found: dict[int, Counter[float | None]] = {}
    for figure in rows_of(tmp_path, "figure"):
        found.setdefault(figure["line_number"], Counter())[figure["value"]] += 1
    symbols = {key: None if code in "OMLQ" else float(code) for key, code in of.symbols.items()}
    wrong = [
        line
        for line, values in found.items()
        if values - Counter(number(field, symbols) for field in written[line])
    ]
    assert wrong == []
    assert found.keys() <= written.keys()


def number(field: str, symbols: dict[str, float | None]) -> float | None:
    """Return the number a field of a table of the statistical offices stands for, else None."""
    if field in symbols:
        return symbols[field]
    is_number = re.fullmatch(r"-?\d+(,\d+)?", field)
    return float(field.replace(",", ".")) if is_number else None


def value(folder: Path, area: str, period: str, measure: str) -> float:
    [found] = [
        row["value"]
        for row in rows_of(folder, "figure")
        if (row["area_code"], row["period"], row["measure_code"]) == (area, period, measure)
    ]
    return float(found)


@pytest.mark.parametrize(
    ("table", "place", "expected"),
    [
        ("12411-01-01-5_00", ("05162024", "2015-12-31", "population"), 155414),
        ("52411-02-01-4_00", ("05162", "2009", "company_insolvencies"), 281),
        ("13111-08-02-5_00", ("05162024", "2015-06-30", "employees_workplace"), 67685),
        ("13111-08-02-5_00", ("05162024", "2015-06-30", "commuters_in"), 44551),
        ("13111-08-02-5_00", ("05162024", "2015-06-30", "commuters_out"), 32887),
        ("82411-01-03-4_00", ("05162", "2000", "disposable_income_per_head"), 18547),
    ],
)
def test_spot_values(
    tmp_path: Path, table: str, place: tuple[str, str, str], expected: float
) -> None:
    name = f"genesis_{table.removesuffix('_00').replace('-', '_')}"
    read_shared(shared_file(f"regionalstatistik/{table}.csv"), spec(name), tmp_path)
    assert value(tmp_path, *place) == expected


def test_the_same_table_in_two_encodings_gives_the_same_figures(tmp_path: Path) -> None:
    found = []
    for name in ("21111-01-03-4", "21111-01-03-4_00"):
        folder = tmp_path / name
        folder.mkdir()
        file = shared_file(f"regionalstatistik/{name}.csv")
        read_shared(file, spec("genesis_21111_01_03_4"), folder)
        found.append([list(row.values())[:-1] for row in rows_of(folder, "figure")])
    assert found[0] == found[1]


def test_inkar_workbook(tmp_path: Path) -> None:
    file = shared_file("inkar/E_Schuldnerquote.xls")
    reading = read_shared(file, spec("inkar_schuldnerquote"), tmp_path)
    sheet = CalamineWorkbook.from_path(str(file)).get_sheet_by_name("Daten").to_python()
    wanted = {
        (str(row[0]), f"{year}-10-01"): cell
        for row in sheet[2:]
        for year, cell in zip(range(2004, 2022), row[3:], strict=True)
    }
    found = {(row["area_code"], row["period"]): row["value"] for row in rows_of(tmp_path, "figure")}
    assert found == wanted
    assert reading.account.records_read == 402


def test_municipality_register(tmp_path: Path) -> None:
    file = shared_file("gemeindeverzeichnis/AuszugGV2QAktuell.xlsx")
    account = read_shared(file, spec("gemeindeverzeichnis"), tmp_path).account
    sheet = CalamineWorkbook.from_path(str(file)).get_sheet_by_index(1)
    wanted = {
        f"{row[2]}{row[3]}{row[4]}{row[6]}": row[9] for row in sheet.to_python() if row[0] == "60"
    }
    rows = rows_of(tmp_path, "municipality")
    found = {row["municipality_code"]: row["population"] for row in rows}
    # One municipality-free area has no position, written as 0.
    assert account.records_quarantined == 1
    assert len(wanted) == len(found) + 1
    assert found.items() <= wanted.items()
    [neuss] = [row for row in rows if row["municipality_code"] == "05162024"]
    assert neuss["municipality_name"] == "Neuss, Stadt"


def test_long_table_of_koeln(tmp_path: Path) -> None:
    file = shared_file("koeln/population/bevoelkerung.csv")
    account = read_shared(file, spec("koeln_bevoelkerung", "05315"), tmp_path).account
    assert value(tmp_path, "05315", "2005-12-31", "residents") == 1023101
    assert account.records_read == 29136
    assert account.records_loaded + account.records_skipped == 29135


def test_areas_of_koeln(tmp_path: Path) -> None:
    read_shared(
        shared_file("koeln/geometry/Stadtteil.shp"), spec("koeln_stadtteile", "05315"), tmp_path
    )
    rows = rows_of(tmp_path, "area")
    assert len(rows) == 86
    assert {row["parent_area_code"] for row in rows} == {f"05315-00{n}" for n in range(1, 10)}
    assert all(row["geometry"].startswith('{"type":') for row in rows)
