"""Hazard maps: nested floods, depths that fit, and as many residents as was published."""

import re
from itertools import combinations, pairwise
from pathlib import Path

import pytest
import shapely
import yaml

from datenlabor.demo.geometry import outline, shapes
from datenlabor.demo.hazards import (
    DEPTH_CLASSES,
    DEPTHS,
    EDITION,
    FLOOD_REACH,
    FLOODS,
    HEAVY_RAIN_ZONES,
    affected_residents,
    flooded,
    hazard_zones,
)
from datenlabor.demo.town import Town

TOWN = Town.read()
ZONES = hazard_zones(TOWN)
CONTRACT = yaml.safe_load(
    (Path(__file__).parents[2] / "contracts" / "hazard_zone.yml").read_text(encoding="utf-8")
)
NOTHING = 1e-8
"""Square degrees of slivers that rounding leaves along borders, less than 100 square metres."""


def zones_of(scenario: str, edition: str = EDITION) -> list[shapely.Geometry]:
    chosen = ZONES[(ZONES["scenario"] == scenario) & (ZONES["edition"] == edition)]
    return [shapely.from_geojson(text) for text in chosen["geometry"]]


def test_zones_are_as_the_contract_wants_them() -> None:
    assert list(ZONES) == [column["name"] for column in CONTRACT["columns"]]
    assert not ZONES.duplicated(CONTRACT["key"]).any()
    codes = next(c["codes"] for c in CONTRACT["columns"] if c["name"] == "scenario")
    assert set(ZONES["scenario"]) == set(codes)
    assert ZONES.notna().all(axis=None)
    assert set(ZONES["depth_class"]) == set(DEPTH_CLASSES)


def test_zones_are_valid_and_lie_in_the_city() -> None:
    found = shapely.from_geojson(ZONES["geometry"].to_numpy())
    assert shapely.is_valid(found).all()
    assert not shapely.is_empty(found).any()
    assert set(shapely.get_type_id(found)) <= {3, 6}  # polygons and multipolygons
    assert max(shapely.area(shapely.difference(found, outline()))) < NOTHING
    assert max(map(len, re.findall(r"\.(\d+)", "".join(ZONES["geometry"])))) == 5


@pytest.mark.parametrize("edition", FLOOD_REACH)
@pytest.mark.parametrize("scenario", FLOODS)
def test_zones_of_a_map_do_not_overlap_and_make_up_the_flood(scenario: str, edition: str) -> None:
    zones = zones_of(scenario, edition)
    assert all(one.intersection(other).area < NOTHING for one, other in combinations(zones, 2))
    flood = flooded(scenario, edition)[0.0]
    assert shapely.union_all(zones).symmetric_difference(flood).area < 10 * NOTHING


def test_rarer_floods_are_wider_and_deeper() -> None:
    for likelier, rarer in pairwise(FLOODS):
        for depth in DEPTHS:
            less, more = flooded(likelier, EDITION)[depth], flooded(rarer, EDITION)[depth]
            assert less.difference(more).area < NOTHING
        assert flooded(rarer, EDITION)[0.0].area > 1.5 * flooded(likelier, EDITION)[0.0].area


def test_deeper_water_lies_within_shallower() -> None:
    water = flooded("extreme", EDITION)
    for shallow, deep in pairwise(DEPTHS):
        assert water[deep].area < water[shallow].area
        assert water[deep].difference(water[shallow]).area < NOTHING


def test_the_present_map_covers_the_earlier_one() -> None:
    earlier, present = zones_of("extreme", "2013"), zones_of("extreme")
    difference = shapely.union_all(earlier).difference(shapely.union_all(present))
    assert difference.area < 10 * NOTHING


def test_floods_affect_as_many_residents_as_published() -> None:
    assert 36_000 < affected_residents(TOWN, "extreme") < 40_000
    assert affected_residents(TOWN, "frequent") < affected_residents(TOWN, "medium") < 12_000


def test_the_harbour_is_flooded_and_the_west_is_not() -> None:
    water = shapely.union_all(zones_of("extreme"))
    cells = shapes(TOWN)
    shares = {
        d.name: cells[d.code].intersection(water).area / cells[d.code].area for d in TOWN.districts
    }
    assert shares["Hafengebiet"] > 0.95
    assert shares["Grefrath"] == 0
    assert shares["Vogelsang"] == 0


def test_heavy_rain_collects_where_the_town_is_dense() -> None:
    zones = zones_of("heavy_rain")
    assert len(zones) == HEAVY_RAIN_ZONES
    assert all(not one.intersects(other) for one, other in combinations(zones, 2))
    cells = shapes(TOWN)
    dense = [cells[d.code] for d in TOWN.districts if d.density > 0]
    centres = shapely.centroid(zones)
    assert shapely.contains(shapely.union_all(dense), centres).mean() > 0.7
    assert max(zone.area for zone in zones) < outline().area / 500


def test_maps_are_the_same_each_time() -> None:
    flooded.cache_clear()
    assert hazard_zones(Town.read()).equals(ZONES)


def test_unknown_scenarios_are_refused() -> None:
    with pytest.raises(KeyError):
        affected_residents(TOWN, "biblical")
