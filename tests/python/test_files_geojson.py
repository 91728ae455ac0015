"""GeoJSON: its reference system, ids and keys, as they are written."""

from pathlib import Path

import pytest
import shapely
from dialects import body_rows
from small_geodata import SQUARE, feature, prepare_geodata, project, write_geojson

from datenlabor.errors import DatenlaborError


@pytest.mark.parametrize(
    "crs",
    [
        "EPSG:25832",
        "urn:ogc:def:crs:EPSG::25832",
        "http://www.opengis.net/def/crs/EPSG/0/25832",
    ],
)
def test_geojson_with_a_named_reference_system(crs: str, tmp_path: Path) -> None:
    named = {"type": "name", "properties": {"name": crs}}
    file = write_geojson(tmp_path, feature(project(SQUARE, "EPSG:25832")), crs=named)
    found = shapely.from_geojson(body_rows(prepare_geodata(file, tmp_path))[0][-1])
    assert shapely.hausdorff_distance(found, SQUARE) < 1e-6


@pytest.mark.parametrize(
    "crs",
    [
        {"type": "name", "properties": {"name": "foo"}},
        {"type": "name", "properties": {"name": "EPSG:99999"}},
        {"type": "name", "properties": {"name": "+proj=longlat +nadgrids=http://x/y"}},
        {"type": "link", "properties": {"href": "x.prj", "type": "proj4"}},
        {"type": "EPSG", "properties": {"code": 25832}},
        5,
    ],
)
def test_geojson_with_an_unknown_reference_system(crs: object, tmp_path: Path) -> None:
    file = write_geojson(tmp_path, feature(SQUARE), crs=crs)
    with pytest.raises(DatenlaborError, match="reference_system") as error:
        prepare_geodata(file, tmp_path)
    assert error.value.hint


@pytest.mark.parametrize("owner", ["feature", "geometry"])
def test_features_have_no_reference_system_of_their_own(owner: str, tmp_path: Path) -> None:
    found = feature(SQUARE)
    (found if owner == "feature" else found["geometry"])["crs"] = {
        "type": "name",
        "properties": {"name": "EPSG:25832"},
    }
    with pytest.raises(DatenlaborError, match="feature 1 has one of its own"):
        prepare_geodata(write_geojson(tmp_path, found), tmp_path)


def test_ids_of_features_are_an_attribute_and_keys_are_exact(tmp_path: Path) -> None:
    keys = (12345678901234567, None, 10**30)
    features = [{**feature(SQUARE, key=key), "id": f"a{n}"} for n, key in enumerate(keys)]
    prepared = prepare_geodata(write_geojson(tmp_path, *features), tmp_path)
    assert prepared.header[0].fields == ("id", "key", "geometry")
    assert [row[1:3] for row in body_rows(prepared)] == [
        ["a0", "12345678901234567"],
        ["a1", ""],
        ["a2", "1" + "0" * 30],
    ]
