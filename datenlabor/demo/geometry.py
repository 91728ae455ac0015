"""Borders and waters of the town, schematic: drawn by hand, not surveyed.

The outline of the demo city and its rivers are a few points each, rounded off; other towns reach as
far around the centres of their districts as these lie apart. Districts are Voronoi cells of their
centres, with bent borders. All shapes are in EPSG:4326 with 5 decimals (about a metre), so that
neighbours share their border exactly.
"""

import json
from collections.abc import Mapping
from functools import cache, lru_cache
from itertools import combinations, pairwise
from types import MappingProxyType

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import mapping

from datenlabor.demo.town import CITY, TOWNS_AT_HAND, District, Town
from datenlabor.errors import DatenlaborError

DIGITS = 5
"""Decimals of degrees."""
GRID = 10**-DIGITS
_SPREAD = 0.24
"""How far drawn points lie from the centre of a district, against the root of its area."""

_REACH = 0.7
"""How far a town without a drawn outline reaches beyond its outer centres, against the mean
distance of a centre from the nearest other one."""

KM_PER_DEGREE = np.array([69.94, 111.25])
"""Length of a degree of longitude and of latitude at 51.17 degrees north."""

# From the mouth of the harbour up the Rhine, then along the southern and western fields.
_OUTLINE = """LINEARRING (6.7275 51.2225, 6.7225 51.2140, 6.7260 51.2040, 6.7390 51.1935,
    6.7560 51.1870, 6.7750 51.1810, 6.7920 51.1725, 6.8010 51.1630, 6.8010 51.1550, 6.7890 51.1530,
    6.7690 51.1470, 6.7570 51.1370, 6.7640 51.1240, 6.7610 51.1150, 6.7430 51.1125, 6.7260 51.1180,
    6.7060 51.1205, 6.6890 51.1242, 6.6740 51.1322, 6.6570 51.1375, 6.6460 51.1480, 6.6360 51.1580,
    6.6215 51.1680, 6.6170 51.1780, 6.6240 51.1870, 6.6350 51.1960, 6.6340 51.2100, 6.6380 51.2200,
    6.6530 51.2230, 6.6680 51.2290, 6.6900 51.2290, 6.7080 51.2280, 6.7275 51.2225)"""

# Every point of a water has a third figure: how far the land around it is flooded, against the
# other points. The Rhine flows north, outside of the outline.
_WATERS = {
    "rhine": """LINESTRING Z (6.8200 51.1420 0.4, 6.8095 51.1530 0.9, 6.8065 51.1640 1.0,
        6.7950 51.1755 0.9, 6.7765 51.1845 0.7, 6.7580 51.1900 0.9, 6.7415 51.1960 1.1,
        6.7300 51.2050 1.4, 6.7265 51.2140 1.3, 6.7325 51.2240 0.8, 6.7500 51.2270 0.4)""",
    "erft": """LINESTRING Z (6.6250 51.1475 0.6, 6.6480 51.1530 0.7, 6.6680 51.1580 0.9,
        6.6850 51.1650 1.0, 6.6970 51.1690 1.1, 6.7100 51.1750 1.1, 6.7240 51.1790 1.0,
        6.7360 51.1840 1.0, 6.7430 51.1975 1.0)""",
    "harbour": """LINESTRING Z (6.7325 51.2240 0.6, 6.7210 51.2190 0.7, 6.7080 51.2110 0.8,
        6.7000 51.2050 0.8)""",
}


@cache
def outline() -> shapely.Polygon:
    """Return the border of the demo city."""
    ring = shapely.get_coordinates(shapely.from_wkt(_OUTLINE))
    return shapely.set_precision(shapely.Polygon(_rounded_off(ring, is_ring=True)), GRID)


@lru_cache(maxsize=TOWNS_AT_HAND)
def border(town: Town) -> shapely.Polygon:
    """Return the border of a town of at least two districts."""
    if town.code == CITY:
        return outline()
    centres = in_kilometres(_centres(town))
    points = shapely.get_coordinates(centres)
    distances = np.hypot(*(points[:, None] - points).transpose(2, 0, 1))
    nearest = np.sort(distances, axis=1)[:, 1]
    around = shapely.segmentize(centres.convex_hull.buffer(_REACH * nearest.mean()), 0.25)
    return shapely.normalize(in_degrees(shapely.transform(around, _bent)))


@cache
def waters() -> Mapping[str, shapely.LineString]:
    """Return the middle lines of ``rhine``, ``erft`` and ``harbour``.

    Their third coordinate is how far the land around is flooded, relative to other points.
    """
    lines = {name: shapely.from_wkt(text) for name, text in _WATERS.items()}
    return MappingProxyType(
        {
            name: shapely.LineString(
                _rounded_off(shapely.get_coordinates(line, include_z=True), is_ring=False)
            )
            for name, line in lines.items()
        }
    )


@lru_cache(maxsize=TOWNS_AT_HAND)
def shapes(town: Town) -> Mapping[str, shapely.Polygon]:
    """Return polygons by area code: the town, its observation areas and its districts.

    Districts cover the town without gaps or overlaps; the others are united from them.

    Raises:
        DatenlaborError: centres and outline do not give one cell for each district.

    """
    cells = _cells(town)
    groups = {
        town.observation_area_code(name): [
            cells[district.code] for district in town.districts if district.observation_area == name
        ]
        for name in town.observation_areas
    }
    united = {
        code: shapely.normalize(shapely.coverage_union_all(members))
        for code, members in {town.code: list(cells.values()), **groups}.items()
    }
    return MappingProxyType(united | cells)


def geometries(town: Town) -> dict[str, str]:
    """Return the shapes as GeoJSON texts in EPSG:4326, by area code; errors as ``shapes``."""
    return {code: geojson(shape) for code, shape in shapes(town).items()}


def adjacency(town: Town) -> list[tuple[str, str]]:
    """Return the codes of districts that share a border, each pair once; errors as ``shapes``."""
    cells = shapes(town)
    codes = [district.code for district in town.districts]
    return [
        (one, other)
        for one, other in combinations(codes, 2)
        if cells[one].intersection(cells[other]).length > 0
    ]


def geojson(shape: shapely.Geometry) -> str:
    """Return a shape as compact GeoJSON, its points in an order that does not change."""
    rounded = shapely.transform(shape, lambda points: np.round(points, DIGITS))
    # GEOS writes some numbers with 17 digits where 7 say the same.
    return json.dumps(mapping(shapely.normalize(rounded)), separators=(",", ":"))


def in_kilometres(shape: shapely.Geometry) -> shapely.Geometry:
    """Return a shape with kilometres east and north in place of degrees."""
    return shapely.transform(shape, lambda points: points * KM_PER_DEGREE)


def in_degrees(shape: shapely.Geometry) -> shapely.Geometry:
    """Return a shape in kilometres as one in degrees, on the grid of 5 decimals and valid."""
    return shapely.set_precision(
        shapely.transform(shape, lambda points: points / KM_PER_DEGREE), GRID
    )


def point_within(
    town: Town, district: District, chance: np.random.Generator
) -> tuple[float, float]:
    """Draw longitude and latitude of a point within a district, the likelier the nearer its centre.

    Errors as ``shapes``.
    """
    cell = shapes(town)[district.code]
    spread = _SPREAD * np.sqrt(in_kilometres(cell).area) / KM_PER_DEGREE
    while True:
        point = np.round(chance.normal(_centre(district), spread), DIGITS)
        if shapely.contains_xy(cell, *point):
            return float(point[0]), float(point[1])


def _cells(town: Town) -> dict[str, shapely.Polygon]:
    """Return the polygons of the districts by code."""
    outer = border(town)
    edges = shapely.voronoi_polygons(
        in_kilometres(_centres(town)), extend_to=in_kilometres(outer).buffer(1), only_edges=True
    )
    # Lines, not cells, are bent and rounded: what lies on both sides of one cannot come apart.
    bent = in_degrees(shapely.transform(shapely.segmentize(edges, 0.25), _bent))
    lines = shapely.union_all([bent, outer.exterior], grid_size=GRID)
    faces = [
        face
        for face in shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
        if outer.contains(face.representative_point())
    ]
    found = {
        district.code: shapely.normalize(face)
        for district in town.districts
        for face in faces
        if face.contains(shapely.Point(_centre(district)))
    }
    if not len(found) == len(faces) == len(town.districts):
        raise DatenlaborError(
            f"The outline holds {len(faces)} cells with the centres of {len(found)} of "
            f"{len(town.districts)} districts; each must have one.",
            hint="Move the centres in areas.csv away from the outline and from each other.",
        )
    return found


def _centres(town: Town) -> shapely.MultiPoint:
    return shapely.MultiPoint([_centre(district) for district in town.districts])


def _centre(district: District) -> tuple[float, float]:
    """Return longitude and latitude."""
    return district.longitude, district.latitude


def _bent(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Move points (kilometres) by up to 130 metres, neighbouring ones alike."""
    east, north = points.T
    waves = [np.sin(2.9 * north) + np.sin(5.3 * north + east), np.sin(2.6 * east + 5.1 * north)]
    return points + 0.065 * np.column_stack([waves[0], 2 * waves[1]])


def _rounded_off(points: NDArray[np.float64], *, is_ring: bool) -> NDArray[np.float64]:
    """Cut the corners of a line three times (Chaikin); the ends of an open one stay."""
    for _ in range(3):
        cut = [
            near * 0.75 + far * 0.25
            for start, end in pairwise(points)
            for near, far in ((start, end), (end, start))
        ]
        points = np.array([*cut, cut[0]] if is_ring else [points[0], *cut, points[-1]])
    return points
