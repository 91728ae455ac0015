"""Hazard maps of the town, schematic: no flood polygons were published.

Water is deepest at the river and falls evenly to the edge of the flood. How far a flood reaches is
set so that in the extreme scenario about as many residents are affected as was published: more
than 36,000 (Westdeutsche Zeitung, article 61791231).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from types import MappingProxyType

import numpy as np
import pandas as pd
import shapely

from datenlabor.demo.geometry import (
    GRID,
    geojson,
    in_degrees,
    in_kilometres,
    outline,
    point_within,
    shapes,
    waters,
)
from datenlabor.demo.town import Array, Town

EDITION = "2019"
FLOOD_REACH = {EDITION: 1.0, "2013": 0.9}
"""How far floods reach on the map of an edition, against the present one."""

DEPTHS = (0.0, 0.5, 1.0, 2.0, 4.0)
"""Metres of water from which the classes begin."""
DEPTH_CLASSES = ("bis 0,5 m", "0,5 bis 1 m", "1 bis 2 m", "2 bis 4 m", "über 4 m")

HEAVY_RAIN_ZONES = 36
_RAIN_RADIUS_KM = (0.06, 0.16)
_RAIN_DEPTHS = (0.6, 0.3, 0.1)
"""How often each of the lower depth classes occurs."""
_SLIVER = 1e-8
"""Square degrees, about 80 square metres."""


@dataclass(frozen=True)
class Flood:
    """A river in a scenario: water depth at its middle in metres, reach to either side in km."""

    depth: float
    reach: float


FLOODS: Mapping[str, Mapping[str, Flood]] = {
    "frequent": {"rhine": Flood(2.5, 0.45), "harbour": Flood(1.5, 0.12), "erft": Flood(1.2, 0.1)},
    "medium": {"rhine": Flood(4.0, 0.8), "harbour": Flood(2.5, 0.25), "erft": Flood(2.0, 0.25)},
    "extreme": {"rhine": Flood(5.5, 2.05), "harbour": Flood(4.0, 0.9), "erft": Flood(3.0, 0.7)},
}


def hazard_zones(town: Town) -> pd.DataFrame:
    """Return all zones in the columns of the contract ``hazard_zone``.

    Grain: zone in a scenario and edition. Zones of rivers are the land of one depth class along
    Rhine or Erft; those of heavy rain lie in densely built districts and are on the present edition
    only. Zones of one scenario and edition do not overlap, and floods of likelier scenarios lie
    within those of rarer ones. Errors as ``geometry.shapes``.
    """
    rows = [
        *(
            (f"{river}-{number + 1}", scenario, edition, DEPTH_CLASSES[number], zone)
            for edition in FLOOD_REACH
            for scenario in FLOODS
            for number, river, zone in _flood_zones(scenario, edition)
        ),
        *(
            (f"starkregen-{number:02d}", "heavy_rain", EDITION, depth_class, zone)
            for number, (depth_class, zone) in enumerate(_heavy_rain_zones(town), start=1)
        ),
    ]
    table = pd.DataFrame(
        rows, columns=["zone_code", "scenario", "edition", "depth_class", "geometry"]
    )
    return table.assign(geometry=table["geometry"].map(geojson))


def affected_residents(town: Town, scenario: str, edition: str = EDITION) -> float:
    """Return about how many residents a flood affects, if each district is settled evenly.

    Raises:
        KeyError: there is no such scenario or edition.

    """
    water = flooded(scenario, edition)[0.0]
    cells = shapes(town)
    shares = [
        cells[place.code].intersection(water).area / cells[place.code].area
        for place in town.districts
    ]
    return float(town.factor("population") @ np.array(shares))


@cache
def flooded(scenario: str, edition: str) -> Mapping[float, shapely.Geometry]:
    """Return the land of the city under at least so many metres of water, by these ``DEPTHS``.

    Raises:
        KeyError: there is no such scenario or edition.

    """
    reach = FLOOD_REACH[edition]
    rivers = {river: FLOODS[scenario][river] for river in waters()}
    return MappingProxyType(
        {
            depth: _in_city([_along(river, flood, depth, reach) for river, flood in rivers.items()])
            for depth in DEPTHS
        }
    )


def _flood_zones(scenario: str, edition: str) -> Iterator[tuple[int, str, shapely.Geometry]]:
    """Yield depth class, river and zone; where the Rhine comes, the Erft does not count."""
    water = flooded(scenario, edition)
    deeper = [*(water[depth] for depth in DEPTHS[1:]), shapely.Polygon()]
    of_rhine = _in_city(
        [
            _along(river, FLOODS[scenario][river], 0, FLOOD_REACH[edition])
            for river in ("rhine", "harbour")
        ]
    )
    for number, (depth, more) in enumerate(zip(DEPTHS, deeper, strict=True)):
        band = _polygons(shapely.difference(water[depth], more, grid_size=GRID))
        for river, part in (
            ("rhein", shapely.intersection(band, of_rhine, grid_size=GRID)),
            ("erft", shapely.difference(band, of_rhine, grid_size=GRID)),
        ):
            zone = _polygons(part)
            if not zone.is_empty:
                yield number, river, zone


def _along(river: str, flood: Flood, depth: float, reach: float) -> shapely.Geometry:
    """Return the land (kilometres) around a water under at least ``depth`` metres of water."""
    width = reach * flood.reach * (1 - depth / flood.depth)
    if width <= 0:
        return shapely.Polygon()
    line = shapely.get_coordinates(waters()[river], include_z=True)
    points = shapely.get_parts(in_kilometres(shapely.MultiPoint(line[:, :2])))
    discs = shapely.buffer(points, width * line[:, 2])
    return shapely.union_all(
        [shapely.convex_hull(shapely.union(*ends)) for ends in pairwise(discs)]
    )


def _in_city(parts: list[shapely.Geometry]) -> shapely.Geometry:
    """Return the part (degrees) within the city of land given in kilometres."""
    land = in_degrees(shapely.union_all(parts))
    return _polygons(shapely.intersection(land, outline(), grid_size=GRID))


def _polygons(shape: shapely.Geometry) -> shapely.Geometry:
    """Return a shape without lines, points and slivers, which are left where borders meet."""
    parts = shapely.get_parts(shape)
    return shapely.union_all(parts[shapely.area(parts) > _SLIVER])


def _heavy_rain_zones(town: Town) -> list[tuple[str, shapely.Geometry]]:
    """Draw depth classes and zones that do not touch each other, the more the denser a district."""
    chance = town.chance("hazards/heavy_rain")
    weights = town.factor("population") * np.exp(town.factor("density"))
    found: list[tuple[str, shapely.Geometry]] = []
    while len(found) < HEAVY_RAIN_ZONES:
        place = town.districts[int(chance.choice(len(weights), p=weights / weights.sum()))]
        centre = point_within(town, place, chance)
        hollow = in_degrees(_hollow(centre, chance))
        depth_class = DEPTH_CLASSES[int(chance.choice(3, p=_RAIN_DEPTHS))]
        if outline().contains(hollow) and not any(zone.intersects(hollow) for _, zone in found):
            found.append((depth_class, hollow))
    return found


def _hollow(centre: tuple[float, float], chance: np.random.Generator) -> shapely.Polygon:
    """Draw an irregular round shape in kilometres around a point in degrees."""
    angles: Array = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    bulges = 0.25 * np.sin(2 * angles + chance.uniform(0, 6))
    bulges += 0.15 * np.sin(3 * angles + chance.uniform(0, 6))
    radii = chance.uniform(*_RAIN_RADIUS_KM) * (1 + bulges)
    middle = shapely.get_coordinates(in_kilometres(shapely.Point(centre)))
    return shapely.Polygon(
        middle + np.column_stack([radii * np.cos(angles), radii * np.sin(angles)])
    )
