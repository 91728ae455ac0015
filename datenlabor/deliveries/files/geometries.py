"""Geometries in EPSG:4326: valid, rounded, as GeoJSON text."""

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
_FARTHEST = (180, 90)
"""Degrees from Greenwich and from the equator."""


@dataclass(frozen=True)
class Shape:
    """A geometry in degrees, or the rule it breaks."""

    geometry: shapely.Geometry | None
    rule: str = ""

    @property
    def text(self) -> str:
        """Return compact GeoJSON, "" if there is none."""
        return "" if self.geometry is None else str(shapely.to_geojson(self.geometry))


def _repaired(geometry: shapely.Geometry) -> shapely.Geometry | None:
    """Return a valid geometry of the same area and dimension, or None."""
    if geometry.is_valid:
        return geometry
    valid = shapely.make_valid(geometry, method="structure", keep_collapsed=False)
    same = shapely.get_dimensions(valid) == shapely.get_dimensions(geometry) and math.isclose(
        valid.area, geometry.area, rel_tol=_SAME_AREA
    )
    return valid if same and not valid.is_empty else None


def _in_range(geometry: shapely.Geometry) -> bool:
    # Infinite and undefined coordinates are out of range too.
    return bool((np.abs(shapely.get_coordinates(geometry)) <= _FARTHEST).all())


def shape(wkb: bytes | None, transformer: Transformer) -> Shape:
    """Return the geometry of a feature, brought to longitude and latitude.

    Args:
        wkb: well-known binary in the file's reference system; None if the feature has none.
        transformer: from that system to EPSG:4326, x first.

    """

    def to_degrees(points: NDArray[np.float64]) -> NDArray[np.float64]:
        x, y = transformer.transform(points[:, 0], points[:, 1])
        return np.round(np.column_stack((x, y)), _DIGITS)

    try:
        geometry = None if wkb is None else shapely.force_2d(shapely.from_wkb(wkb))
    except shapely.errors.ShapelyError:
        return Shape(None, "invalid_geometry")
    if geometry is None or geometry.is_empty:
        return Shape(None, "empty_geometry")
    if not np.isfinite(shapely.get_coordinates(geometry)).all():
        return Shape(None, "coordinates_out_of_range")
    repaired = _repaired(geometry)
    if repaired is None:
        return Shape(None, "invalid_geometry")
    degrees = shapely.transform(repaired, to_degrees)
    if not _in_range(degrees):
        return Shape(None, "coordinates_out_of_range")
    return Shape(degrees)
