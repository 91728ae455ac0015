"""Points and areas against hazard zones, on shapes whose answer is known without geometry tools."""

import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from datenlabor.methods.hazard_exposure import covered_areas, located_facilities

# Metres per degree of longitude and latitude near 51.2 degrees north; UTM agrees within 0.1 %.
EAST, NORTH = 69_900, 111_260
WEST, SOUTH, SIZE = 6.7, 51.2, 0.02


def square(west: float, south: float, size: float = SIZE) -> str:
    east, north = west + size, south + size
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return json.dumps({"type": "Polygon", "coordinates": [ring]})


def zones(*shapes: str, scenario: str = "extreme", edition: str = "2019") -> pd.DataFrame:
    return pd.DataFrame(
        {
            "zone_code": [f"z{number}" for number in range(len(shapes))],
            "scenario": scenario,
            "edition": edition,
            "depth_class": [f"{number} m" for number in range(len(shapes))],
            "geometry": list(shapes),
        }
    )


def places(*points: tuple[float, float]) -> pd.DataFrame:
    frame = pd.DataFrame(points, columns=["longitude", "latitude"], dtype=float)
    return frame.assign(facility_code=[f"E{number}" for number in range(len(points))])


ONE = zones(square(WEST, SOUTH))
# Two halves of depth beside each other, with a seam of a metre as rounding leaves it.
HALVES = zones(square(WEST, SOUTH), square(WEST + SIZE + 1e-5, SOUTH))


def test_inside_and_outside_with_distance_to_the_edge() -> None:
    middle = (WEST + SIZE / 2, SOUTH + SIZE / 2)
    found = located_facilities(places(middle, (WEST - 0.01, SOUTH + SIZE / 2)), ONE)
    assert found["is_inside"].tolist() == [True, False]
    assert found["zone_code"].isna().tolist() == [False, True]
    assert found["depth_class"].tolist()[0] == "0 m"
    assert found["distance_to_edge_m"].tolist() == pytest.approx(
        [SIZE / 2 * EAST, 0.01 * EAST], rel=0.002
    )


def test_a_border_between_depths_is_no_edge() -> None:
    near_the_seam = (WEST + SIZE - 1e-4, SOUTH + SIZE / 2)
    found = located_facilities(places(near_the_seam), HALVES)
    assert found.loc[0, "zone_code"] == "z0"
    assert found.loc[0, "distance_to_edge_m"] == pytest.approx(SIZE / 2 * NORTH, rel=0.002)


def test_of_overlapping_zones_the_first_counts() -> None:
    twice = zones(square(WEST, SOUTH), square(WEST, SOUTH))
    found = located_facilities(places((WEST + 0.01, SOUTH + 0.01)), twice.iloc[::-1])
    assert found["zone_code"].tolist() == ["z0"]


def test_every_map_is_a_row_of_its_own() -> None:
    maps = pd.concat(
        [ONE, zones(square(0, 50), edition="2013"), zones(square(0, 50), scenario="a")]
    )
    found = located_facilities(places((WEST + 0.01, SOUTH + 0.01)), maps)
    assert found[["scenario", "edition", "is_inside"]].to_numpy().tolist() == [
        ["a", "2019", False],
        ["extreme", "2013", False],
        ["extreme", "2019", True],
    ]


def test_areas_by_surface() -> None:
    areas = pd.DataFrame(
        {
            "area_code": ["half", "all", "none"],
            "geometry": [
                square(WEST - SIZE / 2, SOUTH),
                square(WEST + 0.001, SOUTH + 0.001, 0.01),
                square(WEST + 1, SOUTH),
            ],
        }
    )
    found = covered_areas(areas, ONE)
    share = found["inside_m2"] / found["surface_m2"]
    assert share.tolist() == pytest.approx([0.5, 1, 0], abs=1e-4)
    assert found.loc[0, "surface_m2"] == pytest.approx(SIZE * EAST * SIZE * NORTH, rel=0.002)


@pytest.mark.parametrize("facilities", [places(), places((WEST, SOUTH))], ids=["none", "one"])
@pytest.mark.parametrize("given_zones", [ONE.iloc[:0], ONE], ids=["none", "one"])
def test_nothing_to_locate_keeps_the_columns(
    facilities: pd.DataFrame, given_zones: pd.DataFrame
) -> None:
    found = located_facilities(facilities, given_zones)
    assert len(found) == len(facilities) * len(given_zones)
    assert list(found) == [
        *("facility_code", "scenario", "edition", "is_inside", "zone_code", "depth_class"),
        "distance_to_edge_m",
    ]
    assert found.dtypes.astype(str).tolist() == ["str"] * 3 + ["bool"] + ["str"] * 2 + ["float64"]
    areas = pd.DataFrame({"area_code": ["a"], "geometry": [square(WEST, SOUTH)]})
    assert len(covered_areas(areas, given_zones)) == len(given_zones)


def crossings(ring: list[tuple[float, float]], x: float, y: float) -> int:
    """Return how often a ray from the point to the east crosses the ring."""
    return sum(
        (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1
        for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True)
    )


@settings(max_examples=60, deadline=None)
@given(
    radii=st.lists(st.floats(0.002, 0.03), min_size=3, max_size=24),
    points=st.lists(
        st.tuples(st.floats(6.66, 6.74), st.floats(51.16, 51.24)), min_size=1, max_size=30
    ),
)
def test_points_are_inside_as_a_ray_says(
    radii: list[float], points: list[tuple[float, float]]
) -> None:
    angles = np.linspace(0, 2 * math.pi, len(radii), endpoint=False)
    ring = [
        (WEST + radius * math.cos(angle), SOUTH + radius * math.sin(angle))
        for radius, angle in zip(radii, angles, strict=True)
    ]
    shape = json.dumps({"type": "Polygon", "coordinates": [[*ring, ring[0]]]})
    found = located_facilities(places(*points), zones(shape))
    # Straight lines in degrees and in metres differ by less than this.
    clear = found["distance_to_edge_m"] > 1
    assume(clear.any())
    expected = pd.Series([crossings(ring, *point) % 2 == 1 for point in points])
    assert found["is_inside"][clear].tolist() == expected[clear].tolist()
