"""Geodata: features as records, geometries valid and in degrees wherever they come from."""

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import pytest
import shapely.affinity
from dialects import assert_refused_or_adds_up, body_rows, make_spec, rules
from small_geodata import SQUARE, feature, prepare_geodata, project, write_geojson

from datenlabor.errors import DatenlaborError

BOW_TIE = shapely.Polygon([(6, 51), (7, 52), (7, 51), (6, 52)])
SPIKE = shapely.Polygon([(6, 51), (7, 51), (7, 52), (7, 53), (7, 52), (6, 52)])


def _write(file: Path, geometries: list[Any], crs: str | None, driver: str, layer: str) -> Path:
    names = np.array([f"Gebiet {number}ü" for number in range(len(geometries))], dtype=object)
    pyogrio.raw.write(
        *(file, shapely.to_wkb(geometries), [names], ["NAME"]),
        geometry_type="Polygon",
        crs=crs,
        driver=driver,
        layer=layer,
    )
    return file


def test_points_get_longitude_and_latitude(tmp_path: Path) -> None:
    file = write_geojson(
        tmp_path,
        feature(shapely.Point(6.123456789, 51.2), name="Schule", plz=1067, offen=True),
        feature(shapely.Point(6.5, 51.5), name=None, plz=None, offen=None),
    )
    prepared = prepare_geodata(file, tmp_path)
    names = ("name", "plz", "offen", "longitude", "latitude", "geometry")
    assert [record.fields for record in prepared.header] == [names]
    point = '{"type":"Point","coordinates":[6.1234568,51.2]}'
    assert body_rows(prepared) == [
        ["1", "Schule", "1067", "true", "6,1234568", "51,2", point],
        ["2", "", "", "", "6,5", "51,5", '{"type":"Point","coordinates":[6.5,51.5]}'],
    ]
    assert prepared.records == 3


def test_attributes_named_longitude_are_left_alone(tmp_path: Path) -> None:
    file = write_geojson(tmp_path, feature(shapely.Point(6.5, 51.5), longitude=1.5))
    prepared = prepare_geodata(file, tmp_path, decimal=".")
    assert prepared.header[0].fields == ("longitude", "latitude", "geometry")
    assert body_rows(prepared)[0][1:3] == ["1.5", "51.5"]


def test_dates_and_nested_attributes_are_text(tmp_path: Path) -> None:
    point = shapely.Point(6.5, 51.5)
    features = (
        feature(point, tag="2024-06-30", zeit="2024-06-30T08:30:00", liste=[1, 2]),
        feature(point, tag=None, zeit=None, liste=None),
    )
    prepared = prepare_geodata(write_geojson(tmp_path, *features), tmp_path)
    rows = body_rows(prepared)
    assert rows[0][1:3] == ["2024-06-30", "2024-06-30T08:30:00"]
    assert rows[0][3].replace(" ", "") == "[1,2]"
    assert rows[1][1:4] == ["", "", ""]


def test_broken_geometries_are_rejected_and_harmless_ones_repaired(tmp_path: Path) -> None:
    file = write_geojson(
        tmp_path,
        feature(SQUARE, name="gut"),
        feature(None, name="leer"),
        feature(shapely.Polygon(), name="leer"),
        feature(BOW_TIE, name="Schleife"),
        feature(SPIKE, name="Stachel"),
        feature(shapely.box(500, 51, 501, 52), name="weit"),
        feature(SQUARE, name="a\u0085"),
    )
    prepared = prepare_geodata(file, tmp_path)
    assert rules(prepared) == [
        (2, "empty_geometry"),
        (3, "empty_geometry"),
        (4, "invalid_geometry"),
        (6, "coordinates_out_of_range"),
        (7, "control_character"),
    ]
    repaired = shapely.from_geojson([row[-1] for row in body_rows(prepared)])
    assert shapely.is_valid(repaired).all()
    assert repaired[1].equals(shapely.box(6, 51, 7, 52))


@pytest.mark.parametrize("crs", ["EPSG:25832", "EPSG:31466", "EPSG:4326", "EPSG:3857"])
def test_shapefile_is_brought_to_degrees(crs: str, tmp_path: Path) -> None:
    file = _write(tmp_path / "t.shp", [project(SQUARE, crs)] * 2, crs, "ESRI Shapefile", "t")
    rows = body_rows(prepare_geodata(file, tmp_path))
    assert [row[1] for row in rows] == ["Gebiet 0ü", "Gebiet 1ü"]
    found = shapely.from_geojson(rows[0][-1])
    assert shapely.hausdorff_distance(found, SQUARE) < 1e-6


def test_parameters_of_the_prj_count_not_its_name(tmp_path: Path) -> None:
    named = "EPSG:25832"
    moved = shapely.affinity.translate(project(SQUARE, named), 2_000_000)
    file = _write(tmp_path / "t.shp", [moved], named, "ESRI Shapefile", "t")
    prj = tmp_path / "t.prj"
    text = prj.read_text()
    assert '"False_Easting",500000' in text
    prj.write_text(text.replace('"False_Easting",500000', '"False_Easting",2500000'))
    found = shapely.from_geojson(body_rows(prepare_geodata(file, tmp_path))[0][-1])
    assert shapely.hausdorff_distance(found, SQUARE) < 1e-6


def test_geopackage_layer_must_be_named(tmp_path: Path) -> None:
    file = _write(tmp_path / "t.gpkg", [SQUARE], "EPSG:4326", "GPKG", "eins")
    pyogrio.raw.write(
        *(file, shapely.to_wkb([SQUARE]), [np.array(["z"], dtype=object)], ["NAME"]),
        geometry_type="Polygon",
        crs="EPSG:4326",
        layer="zwei",
        append=True,
    )
    with pytest.raises(DatenlaborError, match="layers eins, zwei"):
        prepare_geodata(file, tmp_path)
    assert body_rows(prepare_geodata(file, tmp_path, layer="zwei"))[0][1] == "z"


def test_shapefile_in_a_zip(tmp_path: Path) -> None:
    file = _write(tmp_path / "t.shp", [SQUARE], "EPSG:4326", "ESRI Shapefile", "t")
    packed = tmp_path / "t.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for part in file.parent.glob("t.*"):
            if part != packed:
                archive.write(part, f"Ordner/{part.name.upper()}")
        archive.writestr("Ordner/liesmich.txt", "x")
    assert prepare_geodata(packed, tmp_path).body_records == 1


@pytest.mark.parametrize("suffix", [".prj", ".shx", ".dbf"])
def test_incomplete_shapefile_is_refused(suffix: str, tmp_path: Path) -> None:
    file = _write(tmp_path / "t.shp", [SQUARE], "EPSG:4326", "ESRI Shapefile", "t")
    file.with_suffix(suffix).unlink()
    with pytest.raises(DatenlaborError, match=r"missing_parts") as error:
        prepare_geodata(file, tmp_path)
    assert error.value.hint


@pytest.mark.parametrize(
    ("prj", "rule"), [("", "no_reference_system"), ('LOCAL_CS["Plan"]', "reference_system")]
)
def test_shapefile_without_a_usable_reference_system(prj: str, rule: str, tmp_path: Path) -> None:
    file = _write(tmp_path / "t.shp", [SQUARE], "EPSG:4326", "ESRI Shapefile", "t")
    file.with_suffix(".prj").write_text(prj)
    with pytest.raises(DatenlaborError, match=rf"is refused \({rule}\)"):
        prepare_geodata(file, tmp_path)


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        ("t.json", b"[1, 2]", "not_geodata"),
        ("t.json", b'{"type": "Topology", "objects": {}}', "not_geodata"),
        ("t.json", b'{"type": "FeatureCollection", "features": [5]}', "damaged"),
        ("t.json", b'{"a":' * 100_000, "damaged"),
        ("t.json", b'{"type": "FeatureCollection", "features": [', "damaged"),
        ("t.json", b"<OGRVRTDataSource/>", "not_geodata"),
        ("t.gpkg", b"SQLite format 3\0damaged", "damaged"),
        ("t.gpkg", b"PK\x03\x04", "not_geodata"),
        ("t.kml", b"<kml/>", "not_geodata"),
    ],
)
def test_refused_geodata(name: str, content: bytes, rule: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(DatenlaborError, match=rf"^{name} is refused \({rule}\)") as error:
        prepare_geodata(file, tmp_path)
    assert error.value.hint


@pytest.mark.parametrize(("name", "driver"), [("t.shp", "ESRI Shapefile"), ("t.gpkg", "GPKG")])
def test_whole_numbers_beside_a_missing_one_are_exact(
    name: str, driver: str, tmp_path: Path
) -> None:
    pyogrio.raw.write(
        *(tmp_path / name, shapely.to_wkb([SQUARE] * 3)),
        *([np.array([12345678901234567, 0, -5])], ['Nr "a"']),
        field_mask=[np.array([False, True, False])],
        geometry_type="Polygon",
        crs="EPSG:4326",
        driver=driver,
    )
    rows = body_rows(prepare_geodata(tmp_path / name, tmp_path))
    assert [row[1] for row in rows] == ["12345678901234567", "", "-5"]


def test_what_is_narrower_than_a_digit_is_no_area(tmp_path: Path) -> None:
    sliver = shapely.box(6.5, 51.2, 6.5 + 1e-9, 51.3)
    touching = shapely.Polygon([(6, 51), (7, 51), (7, 52), (6.5, 51.00000001), (6, 52)])
    file = write_geojson(tmp_path, feature(sliver), feature(touching), feature(SQUARE))
    prepared = prepare_geodata(file, tmp_path)
    assert rules(prepared) == [(1, "invalid_geometry")]
    found = shapely.from_geojson([row[-1] for row in body_rows(prepared)])
    assert shapely.is_valid(found).all()
    assert found[0].area == pytest.approx(touching.area, rel=1e-6)


@pytest.mark.parametrize("point", [(51.2, 6.7), (0, 0), (347_000, 5_675_000), (6.7, 46.9)])
def test_places_outside_germany(point: tuple[float, float], tmp_path: Path) -> None:
    file = write_geojson(tmp_path, feature(shapely.Point(point)), feature(shapely.Point(6.7, 51.2)))
    assert rules(prepare_geodata(file, tmp_path)) == [(1, "coordinates_out_of_range")]


@pytest.mark.parametrize("suffix", [".shp", ".shx", ".dbf"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_cut_shapefile_is_refused_or_adds_up(suffix: str, share: float, tmp_path: Path) -> None:
    file = _write(tmp_path / "t.shp", [SQUARE] * 3, "EPSG:4326", "ESRI Shapefile", "t")
    part = file.with_suffix(suffix)
    part.write_bytes(part.read_bytes()[: int(part.stat().st_size * share)])
    assert_refused_or_adds_up(file, make_spec("geo"), tmp_path)
