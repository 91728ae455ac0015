"""The pieces areas consist of: their borders as delivered, and the shapes that maps draw of them.

A map draws each piece a little smaller, so that neighbours of one colour stay apart and the border
shows in between. Lines of its own around every piece would cost a browser without a graphics card
more than all else that a page of maps has to draw.
"""

import json
from collections.abc import Iterator

import numpy as np
import pandas as pd
import shapely

from datenlabor.methods.plane import Shapes, in_degrees, in_metres

_GAP = 0.01
"""Distance from the border to the drawn shape, as a part of the width of an average area."""

_TYPES = {"area_code": "str", "part_number": "int32", "contour": "str", "drawn_contour": "str"}


def area_parts(areas: pd.DataFrame) -> pd.DataFrame:
    """Return the polygons of each area, and what is to be drawn of them.

    ``areas`` have ``area_code``, ``area_level`` and ``geometry`` (GeoJSON in EPSG:4326; what is
    neither Polygon nor MultiPolygon has no parts).

    **Grain:** area x part, numbered from the longest outline, with ``contour``, the polygon as
    delivered (GeoJSON; further rings are holes), and ``drawn_contour``, the one to be drawn.
    """
    found = [
        (area.area_code, area.area_level, number, contour)
        for area in areas.itertuples(index=False)
        for number, contour in enumerate(_polygons(str(area.geometry)), start=1)
    ]
    parts = pd.DataFrame(found, columns=["area_code", "area_level", "part_number", "contour"])
    shapes = in_metres(shapely.from_geojson(parts["contour"].to_numpy(object)))
    drawn = in_degrees(_apart(shapes, _gaps(parts, shapes)))
    return parts.assign(drawn_contour=shapely.to_geojson(drawn))[list(_TYPES)].astype(_TYPES)


def _polygons(geometry: str) -> Iterator[str]:
    """Yield the polygons of a geometry, the one with the longest outline first."""
    match json.loads(geometry):
        case {"type": "Polygon", "coordinates": rings}:
            polygons = [rings]
        case {"type": "MultiPolygon", "coordinates": several}:
            polygons = several
        case _:
            polygons = []
    for rings in sorted(polygons, key=lambda rings: (-len(rings[0]), json.dumps(rings))):
        yield json.dumps({"type": "Polygon", "coordinates": rings}, separators=(",", ":"))


def _gaps(parts: pd.DataFrame, shapes: Shapes) -> pd.Series:
    """Return the distance for each part, in metres: areas of a level are shown side by side."""
    surfaces = parts.assign(surface=shapely.area(shapes)).groupby(["area_level", "area_code"])
    widths = np.sqrt(surfaces["surface"].sum())
    return parts["area_level"].map(widths.groupby("area_level").median()) * _GAP


def _apart(shapes: Shapes, gaps: pd.Series) -> Shapes:
    """Return the shapes without their edges; where that would leave no single piece, the shape."""
    smaller = shapely.buffer(shapes, -gaps.to_numpy(np.float64), join_style="mitre")
    is_single = (shapely.get_type_id(smaller) == shapely.GeometryType.POLYGON) & ~shapely.is_empty(
        smaller
    )
    result: Shapes = np.where(is_single, smaller, shapes)
    return result
