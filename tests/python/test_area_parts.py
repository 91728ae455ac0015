"""Shapes that maps draw of areas: smaller than these, apart from each other, and none missing."""

import json
from itertools import pairwise

import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from datenlabor.methods.area_parts import area_parts

WEST, SOUTH = 6.7, 51.2
# A hundredth of the width of an average area is left out on each of four sides.
LEFT_OUT = 0.04
ROUNDING = 1e-5
"""Degrees: coordinates have six decimals, and the sides of a rectangle are bent in the plane."""

Ring = list[tuple[float, float]]


def ring(west: float, south: float, east: float, north: float) -> Ring:
    return [(west, south), (east, south), (east, north), (west, north), (west, south)]


def areas(*geometries: object, level: str = "district") -> pd.DataFrame:
    return pd.DataFrame(
        {
            "area_code": [f"a{number}" for number in range(len(geometries))],
            "area_level": level,
            "geometry": [json.dumps(geometry) for geometry in geometries],
        }
    )


def polygon(*rings: Ring) -> dict[str, object]:
    return {"type": "Polygon", "coordinates": [*rings]}


SQUARE = ring(WEST, SOUTH, WEST + 0.03, SOUTH + 0.02)
SMALL = ring(WEST + 0.1, SOUTH, WEST + 0.11, SOUTH + 0.01)
LONGER = [SQUARE[0], *SQUARE]
HOLE = ring(WEST + 0.01, SOUTH + 0.005, WEST + 0.02, SOUTH + 0.015)


def test_the_border_is_the_delivered_one() -> None:
    found = area_parts(areas(polygon(SQUARE, HOLE)))
    assert [json.loads(text) for text in found["contour"]] == [
        json.loads(json.dumps(polygon(SQUARE, HOLE)))
    ]
    [drawn] = shapely.from_geojson(found["drawn_contour"].to_numpy(object))
    assert len(drawn.interiors) == 1
    assert shapely.Polygon(drawn.interiors[0]).contains(shapely.Polygon(HOLE))


def test_parts_are_numbered_from_the_longest_outline() -> None:
    several = {"type": "MultiPolygon", "coordinates": [[SMALL], [LONGER]]}
    found = area_parts(areas(several, polygon(SMALL)))
    numbered = list(zip(found["area_code"], found["part_number"], strict=True))
    assert numbered == [("a0", 1), ("a0", 2), ("a1", 1)]
    assert json.loads(found["contour"][1])["coordinates"] == json.loads(json.dumps([SMALL]))


def test_what_would_vanish_is_drawn_as_it_is() -> None:
    sliver = ring(WEST + 0.2, SOUTH, WEST + 0.3, SOUTH + 0.0001)
    found = area_parts(areas(polygon(SQUARE), polygon(SQUARE), polygon(sliver)))
    drawn, border = (
        shapely.from_geojson(found[column][2]) for column in ("drawn_contour", "contour")
    )
    assert drawn.area == pytest.approx(border.area, rel=0.02)


def test_what_has_no_surface_has_no_parts() -> None:
    line = {"type": "LineString", "coordinates": SQUARE}
    columns = ["area_code", "part_number", "contour", "drawn_contour"]
    for found in (area_parts(areas(line)), area_parts(areas())):
        assert found.empty
        assert list(found) == columns


cuts = st.lists(st.integers(1, 49), max_size=4, unique=True).map(
    lambda inner: [number / 500 for number in [0, *sorted(inner), 50]]
)


@settings(deadline=None)
@given(eastern=cuts, northern=cuts)
def test_neighbours_are_drawn_apart(eastern: list[float], northern: list[float]) -> None:
    tiles = [
        polygon(ring(WEST + left, SOUTH + lower, WEST + right, SOUTH + upper))
        for left, right in pairwise(eastern)
        for lower, upper in pairwise(northern)
    ]
    found = area_parts(areas(*tiles))
    borders = shapely.from_geojson(found["contour"].to_numpy(object))
    drawn = shapely.from_geojson(found["drawn_contour"].to_numpy(object))
    assert shapely.contains(shapely.buffer(borders, ROUNDING), drawn).all()
    assert shapely.area(drawn).sum() > (1 - 3 * LEFT_OUT) * shapely.area(borders).sum()
    assert not shapely.overlaps(drawn[:, None], drawn[None, :]).any()
    typical = shapely.area(borders) >= pd.Series(shapely.area(borders)).median()
    assert (shapely.area(drawn) < shapely.area(borders))[typical].all()
