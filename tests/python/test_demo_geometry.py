"""The schematic town: districts without gaps or overlaps, between two rivers."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import shapely
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from pyproj import Transformer

from datenlabor.demo.geometry import (
    adjacency,
    geometries,
    in_degrees,
    in_kilometres,
    outline,
    point_within,
    shapes,
    waters,
)
from datenlabor.demo.registers import areas
from datenlabor.demo.town import CITY, Town
from datenlabor.errors import DatenlaborError

TOWN = Town.read()
CONTRACTS = Path(__file__).parents[2] / "contracts"
CITY_KM2 = 99.52  # GV-ISys
TO_METRES = Transformer.from_crs("EPSG:4326", "EPSG:25832", always_xy=True)


def square_kilometres(shape: shapely.Geometry) -> float:
    def metres(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(TO_METRES.transform(points[:, 0], points[:, 1]))

    return float(shapely.transform(shape, metres).area) / 1e6


def published() -> dict[str, shapely.Geometry]:
    """Return shapes as readers get them."""
    return {code: shapely.from_geojson(text) for code, text in geometries(TOWN).items()}


def test_districts_cover_the_city_without_gaps_or_overlaps() -> None:
    found = published()
    cells = [found[district.code] for district in TOWN.districts]
    assert len(cells) == 28
    assert shapely.coverage_is_valid(cells)
    united = shapely.union_all(cells)
    assert united.geom_type == "Polygon"
    assert not united.interiors
    assert united.equals(found[CITY])
    assert sum(cell.area for cell in cells) == pytest.approx(outline().area, rel=1e-5)


def test_each_district_is_one_valid_polygon_around_its_centre() -> None:
    found = published()
    for district in TOWN.districts:
        cell = found[district.code]
        assert cell.geom_type == "Polygon"
        assert cell.is_valid
        assert cell.contains(shapely.Point(district.longitude, district.latitude))


def test_observation_areas_are_their_districts() -> None:
    found = published()
    for name in TOWN.observation_areas:
        area = found[TOWN.observation_area_code(name)]
        members = [d.code for d in TOWN.districts if d.observation_area == name]
        assert area.geom_type == "Polygon"
        assert area.equals(shapely.union_all([found[code] for code in members]))


def test_the_city_is_as_large_as_published() -> None:
    assert square_kilometres(outline()) == pytest.approx(CITY_KM2, rel=0.005)


def test_coordinates_have_five_decimals() -> None:
    decimals = re.findall(r"\.(\d+)", "".join(geometries(TOWN).values()))
    assert max(map(len, decimals)) == 5


def test_neighbours_share_a_border() -> None:
    pairs = adjacency(TOWN)
    codes = {name: f"{CITY}-{number:02d}" for name, number in [("Norf", 27), ("Rosellen", 28)]}
    assert (codes["Norf"], codes["Rosellen"]) in pairs
    assert (f"{CITY}-01", codes["Rosellen"]) not in pairs
    assert len(pairs) == len(set(pairs))
    assert all(one < other for one, other in pairs)
    assert {code for pair in pairs for code in pair} == {d.code for d in TOWN.districts}


def test_waters_run_where_they_should() -> None:
    cells = published()
    lines = waters()
    rhine = lines["rhine"]
    assert not rhine.intersects(cells[CITY])
    # It passes the north-east and the east close by.
    for number in (3, 4, 6, 7, 8):
        assert in_kilometres(rhine).distance(in_kilometres(cells[f"{CITY}-{number:02d}"])) < 0.6
    assert lines["erft"].distance(rhine) < 1e-9
    for number in (7, 11, 12):
        near = in_kilometres(cells[f"{CITY}-{number:02d}"])
        assert in_kilometres(lines["erft"]).distance(near) < 0.3
    inside = lines["harbour"].intersection(cells[f"{CITY}-03"])
    assert inside.length > lines["harbour"].length / 2


def test_kilometres_and_degrees_are_inverse() -> None:
    there_and_back = in_degrees(in_kilometres(outline()))
    assert there_and_back.symmetric_difference(outline()).area < 1e-9


def test_towns_that_do_not_fit_are_refused() -> None:
    first, *others = TOWN.districts
    abroad = replace(TOWN, districts=(replace(first, longitude=7.5), *others))
    with pytest.raises(DatenlaborError, match="each must have one") as error:
        shapes(abroad)
    assert "areas.csv" in error.value.hint


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 27), st.integers(0, 2**32))
def test_drawn_points_lie_within_the_district(number: int, seed: int) -> None:
    district = TOWN.districts[number]
    point = point_within(TOWN, district, np.random.default_rng(seed))
    assert shapely.contains_xy(shapes(TOWN)[district.code], *point)
    assert point == (round(point[0], 5), round(point[1], 5))


def test_the_register_has_all_areas_of_three_levels() -> None:
    table = areas(TOWN)
    contract = yaml.safe_load((CONTRACTS / "area.yml").read_text(encoding="utf-8"))
    assert list(table) == [column["name"] for column in contract["columns"]]
    assert table["area_level"].value_counts().to_dict() == {
        "municipality": 1,
        "observation_area": 24,
        "district": 28,
    }
    assert table["area_code"].is_unique
    pattern = contract["columns"][0]["pattern"]
    assert table["area_code"].str.fullmatch(pattern).all()
    assert set(table["valid_from"]) == {date(1975, 1, 1)}
    assert table["valid_to"].isna().all()
    required = [column["name"] for column in contract["columns"] if column.get("required")]
    assert table[[*required, "geometry"]].notna().all(axis=None)


def test_areas_are_composed_of_their_children() -> None:
    table = areas(TOWN).set_index("area_code")
    assert table.loc[CITY, "parent_area_code"] == "05162"
    children = table.drop(CITY)
    above = children["parent_area_code"].map(table["area_level"])
    expected = {"observation_area": "municipality", "district": "observation_area"}
    assert above.tolist() == children["area_level"].map(expected).tolist()
    composed = table.index[table["is_composed"]]
    assert set(composed) == set(table["parent_area_code"]) - {"05162"}


def test_geometry_is_the_same_each_time() -> None:
    first = areas(TOWN)
    shapes.cache_clear()
    outline.cache_clear()
    waters.cache_clear()
    assert areas(Town.read()).equals(first)
