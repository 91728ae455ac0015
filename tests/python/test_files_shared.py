"""Real files of statistical offices and cities: read completely, counted by other means."""

import csv
import io
import json
import re
import zipfile
from pathlib import Path

import pytest
import shapely
from dialects import assert_adds_up, body_rows, make_spec, rules
from shared_data import shared_file

from datenlabor.deliveries.files.prepare import parts, prepare
from datenlabor.deliveries.files.records import Prepared
from datenlabor.deliveries.spec import Spec

pytestmark = pytest.mark.shared_data

BY_KEY = {"pattern": r"DG|\d{2,8}"}
BY_YEAR = {"pattern": r"\d{4}|\d\d\.\d\d\.\d{4}"}
TABLES = {
    "12411-01-01-5_00": (BY_KEY, 3),
    "13111-07-05-4_00": (BY_KEY, 4),
    "13111-08-02-5_00": (BY_KEY, 2),
    "13211-02-05-4_00": (BY_YEAR, 3),
    "21111-01-03-4": (BY_KEY, 4),
    "21111-01-03-4_00": (BY_KEY, 4),
    "22151-01-02-4_00": (BY_YEAR, 3),
    "52111-03-01-4_00": (BY_YEAR, 4),
    "52111-04-01-4_00": (BY_YEAR, 4),
    "52311-01-04-4_00": (BY_YEAR, 4),
    "52411-02-01-4_00": (BY_YEAR, 4),
    "82411-01-03-4_00": (BY_YEAR, 2),
}


def _prepare(name: str, spec: Spec, folder: Path) -> Prepared:
    prepared = prepare(shared_file(name), spec, folder)
    assert_adds_up(prepared)
    return prepared


def _counted(name: str, encoding: str, delimiter: str) -> int:
    """Return the number of records as the csv module counts them."""
    text = shared_file(name).read_bytes().decode(encoding)
    return sum(1 for _ in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


@pytest.mark.parametrize("table", TABLES)
def test_tables_of_regionalstatistik(table: str, tmp_path: Path) -> None:
    name = f"regionalstatistik/{table}.csv"
    starts, rows = TABLES[table]
    spec = make_spec(starts=starts, ends={"pattern": "_{5,}"}, rows=rows)
    prepared = _prepare(name, spec, tmp_path)
    is_utf8 = table.endswith("_00")
    assert prepared.encoding == ("utf-8" if is_utf8 else "cp1252")
    assert prepared.records == _counted(name, "utf-8" if is_utf8 else "latin-1", ";")
    assert prepared.rejected == ()
    assert prepared.preamble[0].fields[0].startswith("GENESIS-Tabelle:")
    assert prepared.footer[-1].fields[0].startswith("Stand:")
    assert all(any(record.fields) for record in prepared.header)


def test_table_of_koeln(tmp_path: Path) -> None:
    name = "koeln/population/bevoelkerung.csv"
    prepared = _prepare(name, make_spec(rows=1, delimiter=","), tmp_path)
    assert prepared.records == _counted(name, "utf-8", ",")
    assert prepared.rejected == ()


@pytest.mark.parametrize("language", ["de", "en"])
def test_classification_of_industries(language: str, tmp_path: Path) -> None:
    name = f"wz2008/wz2008-{language}.tsv"
    prepared = _prepare(name, make_spec(delimiter="\t"), tmp_path)
    assert prepared.records == _counted(name, "utf-8", "\t")
    lines = shared_file(name).read_text(encoding="utf-8").splitlines()
    # The German list leaves out the last delimiter where its last field is empty.
    cut = [number for number, line in enumerate(lines, 1) if line.count("\t") != 3]
    assert rules(prepared) == [(number, "field_count") for number in cut]


def test_old_workbook_of_inkar(tmp_path: Path) -> None:
    spec = make_spec("excel", starts={"pattern": r"\d{5}"}, rows=2, sheet="Daten")
    prepared = _prepare("inkar/E_Schuldnerquote.xls", spec, tmp_path)
    assert prepared.records == 402
    assert prepared.rejected == ()
    assert prepared.header[1].fields[3] == "2004"
    # 2004 of the first area in the sheet.
    assert body_rows(prepared)[0][4] == "16,94"


def test_register_of_municipalities(tmp_path: Path) -> None:
    name = "gemeindeverzeichnis/AuszugGV2QAktuell.xlsx"
    spec = make_spec(
        "excel",
        starts={"pattern": r"\d0"},
        ends={"pattern": r"[^\d;]"},
        rows=3,
        fill=[1],
        sheet=2,
    )
    prepared = _prepare(name, spec, tmp_path)
    with zipfile.ZipFile(shared_file(name)) as archive:
        sheet = archive.read("xl/worksheets/sheet2.xml")
    last = max(map(int, re.findall(rb'<row r="(\d+)"', sheet)))
    assert prepared.records == last
    assert prepared.rejected == ()
    neuss = [row for row in body_rows(prepared) if row[3:8] == ["05", "1", "62", "0024", "024"]]
    assert len(neuss) == 1


def test_shapefile_of_koeln_lies_in_koeln(tmp_path: Path) -> None:
    name = "koeln/geometry/Stadtteil.shp"
    prepared = _prepare(name, make_spec("geo"), tmp_path)
    assert prepared.body_records == 86
    assert len(parts(shared_file(name))) == 6
    west, south, east, north = shapely.total_bounds(
        shapely.from_geojson([row[-1] for row in body_rows(prepared)])
    )
    assert (west, south) == pytest.approx((6.77, 50.83), abs=0.01)
    assert (east, north) == pytest.approx((7.16, 51.08), abs=0.01)


@pytest.mark.parametrize("kind", ["schools", "playgrounds"])
def test_facilities_of_krefeld(kind: str, tmp_path: Path) -> None:
    name = f"krefeld-facilities/{kind}.json"
    prepared = _prepare(name, make_spec("geo", decimal="."), tmp_path)
    features = json.loads(shared_file(name).read_text(encoding="utf-8"))["features"]
    assert prepared.records == len(features) + 1
    longitude = prepared.header[0].fields.index("longitude") + 1
    assert [float(row[longitude]) for row in body_rows(prepared)] == [
        pytest.approx(feature["geometry"]["coordinates"][0], abs=1e-7) for feature in features
    ]
