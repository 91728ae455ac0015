"""Points and zones become rows of registers, in degrees wherever they come from."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
from figures_spec import figures_spec, quarantine_of, read_bytes, rows_of
from shapely import box, to_wkb
from shared_data import shared_file

from datenlabor.deliveries.catalogue import Known
from datenlabor.deliveries.reading import Target, read
from datenlabor.deliveries.spec import Spec

# A square near the Rhine in UTM zone 32N, and the same place in degrees.
EAST, NORTH = 347_000, 5_675_000
LONGITUDE, LATITUDE = 6.81, 51.21


def geo_spec(dataset: str, columns: dict[str, Any]) -> Spec:
    return figures_spec(
        dataset=dataset,
        format={"type": "geo"},
        body=None,
        header={"rows": 0},
        columns=columns,
        numbers={"decimal": ","},
    )


ZONES_COLUMNS = {
    "zone_code": {"from": "column NR"},
    "scenario": {"from": "column HQ", "map": {"HQ100": "medium", "HQextrem": "extreme"}},
    "edition": {"constant": "2019"},
    "geometry": {"from": "column geometry"},
}
ZONES = geo_spec("hazard_zone", ZONES_COLUMNS)


def test_zones_of_a_shapefile_are_reprojected(tmp_path: Path) -> None:
    file = tmp_path / "zonen.shp"
    squares = [box(EAST + 500 * n, NORTH, EAST + 500 * n + 400, NORTH + 400) for n in range(3)]
    pyogrio.raw.write(
        file,
        geometry=np.array(to_wkb(squares), dtype=object),
        field_data=[np.array(["1", "2", "3"]), np.array(["HQ100", "HQextrem", "HQ7"])],
        fields=["NR", "HQ"],
        geometry_type="Polygon",
        crs="EPSG:25832",
    )
    rows = tmp_path / "rows"
    rows.mkdir()
    account = read(file, ZONES, Target(rows, "delivery"), Known({}, {})).account
    found = rows_of(tmp_path, "hazard_zone")
    assert [row["scenario"] for row in found] == ["medium", "extreme"]
    [corner, *_] = json.loads(found[0]["geometry"])["coordinates"][0]
    assert corner == pytest.approx([LONGITUDE, LATITUDE], abs=0.01)
    assert quarantine_of(tmp_path) == [(3, "HQ", "HQ7", "unknown_label")]
    assert (account.records_loaded, account.records_quarantined) == (2, 1)


def test_points_have_longitude_and_latitude(tmp_path: Path) -> None:
    feature = {
        "type": "Feature",
        "properties": {"id": 7, "name": "Kita am Markt", "art": "Tageseinrichtung"},
        "geometry": {"type": "Point", "coordinates": [6.69, 51.2]},
    }
    spec = geo_spec(
        "facility",
        {
            "facility_code": {"from": "column id"},
            "facility_name": {"from": "column name"},
            "category": {"from": "column art"},
            "longitude": {"from": "column longitude"},
            "latitude": {"from": "column latitude"},
        },
    )
    content = json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
    read_bytes(tmp_path, content, spec, name="einrichtungen.geojson")
    [row] = rows_of(tmp_path, "facility")
    assert (row["facility_code"], row["longitude"], row["latitude"]) == ("7", 6.69, 51.2)


POINT = '{"type":"Point","coordinates":[6.7,51.2]}'
RING = "[[6.7,51.2],[6.8,51.2],[6.8,51.3],[6.7,51.2]]"
BORDERS = [
    (f'{{"type":"Polygon","coordinates":[{RING}]}}', ""),
    (f'{{"type":"MultiPolygon","coordinates":[[{RING}]]}}', ""),
    ("", ""),
    ("5", "not_a_geometry"),
    ("true", "not_a_geometry"),
    ("{}", "not_a_geometry"),
    ('{"type":"Foo"}', "not_a_geometry"),
    ("POLYGON((6 51,7 51,7 52,6 51))", "not_a_geometry"),
    (POINT, "not_a_geometry"),
    (f'{{"type":"LineString","coordinates":{RING}}}', "not_a_geometry"),
    (f'{{"type":"GeometryCollection","geometries":[{POINT}]}}', "not_a_geometry"),
    ('{"type":"Polygon","coordinates":[]}', "empty_geometry"),
    (f'{{"type":"Polygon","coordinates":[{RING.replace("51.3", "51.2")}]}}', "invalid_geometry"),
    (
        f'{{"type":"Polygon","coordinates":[{RING.replace("51.3", "51.20000000001")}]}}',
        "invalid_geometry",
    ),
    (
        '{"type":"Polygon","coordinates":[[[51.2,6.7],[51.2,6.8],[51.3,6.8],[51.2,6.7]]]}',
        "coordinates_out_of_range",
    ),
]


@pytest.mark.parametrize(("text", "rule"), BORDERS)
def test_borders_given_as_text_are_areas(tmp_path: Path, text: str, rule: str) -> None:
    names = ("area_code", "area_name", "area_level", "area_type", "geometry")
    spec = figures_spec(
        dataset="area",
        columns={name: {"from": f"column {number}"} for number, name in enumerate(names, 1)},
    )
    cells = ["05162024-01", "Hafen", "district", "Bezirk", text.replace('"', '""')]
    content = ";".join(names) + "\n" + ";".join(f'"{cell}"' for cell in cells) + "\n"
    read_bytes(tmp_path, content.encode(), spec)
    assert [row[-1] for row in quarantine_of(tmp_path)] == ([rule] if rule else [])
    assert [row["geometry"] for row in rows_of(tmp_path, "area")] == (
        [] if rule else [text or None]
    )


def test_points_of_geodata_are_no_areas(tmp_path: Path) -> None:
    feature = {"type": "Feature", "properties": {"NR": "1"}, "geometry": json.loads(POINT)}
    columns = {**ZONES_COLUMNS, "scenario": {"constant": "medium"}}
    content = json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
    read_bytes(tmp_path, content, geo_spec("hazard_zone", columns), name="zonen.geojson")
    assert quarantine_of(tmp_path) == [(1, "geometry", POINT, "not_a_geometry")]


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "category"), [("schools", "Schule"), ("playgrounds", "Spielplatz")]
)
def test_facilities_of_a_real_city(tmp_path: Path, name: str, category: str) -> None:
    file = shared_file(f"krefeld-facilities/{name}.json")
    spec = geo_spec(
        "facility",
        {
            "facility_code": {"from": ["column title", "column street"]},
            "facility_name": {"from": "column title"},
            "category": {"constant": category},
            "street": {"from": "column street"},
            "postal_code": {"from": "column zip"},
            "longitude": {"from": "column longitude"},
            "latitude": {"from": "column latitude"},
        },
    )
    rows = tmp_path / "rows"
    rows.mkdir()
    account = read(file, spec, Target(rows, "delivery"), Known({}, {})).account
    features = json.loads(file.read_text("utf-8"))["features"]
    points = {tuple(feature["geometry"]["coordinates"]) for feature in features}
    found = rows_of(tmp_path, "facility")
    assert {(row["longitude"], row["latitude"]) for row in found} <= points
    assert len(found) + account.records_quarantined == len(features)
    assert {rule for *_, rule in quarantine_of(tmp_path)} <= {"repeated_key", "pattern"}
    assert len(found) > 0.95 * len(features)
