"""Geometries in EPSG:4326: valid, rounded, in Germany, as GeoJSON text."""

import math
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

_DIGITS = 7
"""Decimals of degrees, about a centimetre."""
_SAME_AREA = 1e-6
"""Relative difference of area up to which a repair has changed nothing."""
_WEST_SOUTH, _EAST_NORTH = (5, 47), (16, 56)
"""Germany and a little around it, in degrees, as in the contract of municipalities."""
_AREAS = ("Polygon", "MultiPolygon")


@dataclass(frozen=True)
class Shape:
    """A geometry, or the rule it breaks."""

    geometry: shapely.Geometry | None
    rule: str = ""

    @property
    def text(self) -> str:
        """Return compact GeoJSON, "" if there is none."""
        return "" if self.geometry is None else str(shapely.to_geojson(self.geometry))


@dataclass(frozen=True)
class Features:
    """The features of a layer: per feature its attributes as text, and its geometry."""

    names: tuple[str, ...]
    attributes: list[tuple[str, ...]]
    shapes: list[Shape]
    crs: str | None
    """Reference system of the geometries, in a form PROJ knows; None if it is not said."""


def parsed_geojson(text: str) -> Shape:
    """Return the geometry of a GeoJSON text; ``null`` is an empty one."""
    if text == "null":
        return Shape(None, "empty_geometry")
    try:
        return _flat(shapely.from_geojson(text))
    except shapely.errors.ShapelyError:
        return Shape(None, "invalid_geometry")


def parsed_wkb(wkb: bytes | None) -> Shape:
    """Return the geometry of well-known binary; None is an empty one."""
    try:
        return _flat(None if wkb is None else shapely.from_wkb(wkb))
    except shapely.errors.ShapelyError:
        return Shape(None, "invalid_geometry")


def _flat(geometry: shapely.Geometry | None) -> Shape:
    if geometry is None or geometry.is_empty:
        return Shape(None, "empty_geometry")
    return Shape(shapely.force_2d(geometry))


def _repaired(geometry: shapely.Geometry) -> shapely.Geometry | None:
    """Return a valid geometry of the same area and dimension, or None."""
    if geometry.is_valid:
        return geometry
    valid = shapely.make_valid(geometry, method="structure", keep_collapsed=False)
    same = shapely.get_dimensions(valid) == shapely.get_dimensions(geometry) and math.isclose(
        valid.area, geometry.area, rel_tol=_SAME_AREA
    )
    return valid if same and not valid.is_empty else None


def _in_germany(geometry: shapely.Geometry) -> bool:
    # Infinite and undefined coordinates are outside too.
    points = shapely.get_coordinates(geometry)
    return bool(((points >= _WEST_SOUTH) & (points <= _EAST_NORTH)).all())


def in_degrees(shape: Shape, transformer: Transformer | None = None) -> Shape:
    """Return a geometry brought to longitude and latitude, rounded, valid and in Germany.

    Args:
        shape: as parsed from the file; stays as it is if it breaks a rule.
        transformer: from its reference system to EPSG:4326, x first; None if it is in degrees.

    """

    def to_degrees(points: NDArray[np.float64]) -> NDArray[np.float64]:
        if transformer:
            points = np.column_stack(transformer.transform(points[:, 0], points[:, 1]))
        return np.round(points, _DIGITS)

    if shape.geometry is None:
        return shape
    if not np.isfinite(shapely.get_coordinates(shape.geometry)).all():
        return Shape(None, "coordinates_out_of_range")
    repaired = _repaired(shape.geometry)
    if repaired is None:
        return Shape(None, "invalid_geometry")
    degrees = shapely.transform(repaired, to_degrees)
    if not _in_germany(degrees):
        return Shape(None, "coordinates_out_of_range")
    # What is thinner than the last digit collapses.
    rounded = _repaired(degrees)
    return Shape(rounded, "" if rounded else "invalid_geometry")


def area(text: str) -> Shape:
    """Return the polygon or multipolygon of a GeoJSON text in EPSG:4326, or the rule it breaks."""
    shape = parsed_geojson(text)
    is_area = shape.geometry is None or shape.geometry.geom_type in _AREAS
    if shape.rule == "invalid_geometry" or not is_area:
        return Shape(None, "not_a_geometry")
    return in_degrees(shape)
