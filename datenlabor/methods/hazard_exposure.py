"""What lies within hazard zones: points with their distance to the edge, areas by surface.

A flood is all zones of one scenario and edition together: borders between its classes of depth are
no edge of it.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from datenlabor.methods.plane import Shapes, in_metres

_SEAM = 2.0
"""Metres. Rounding to five decimals of a degree leaves seams of about a metre between zones."""

_FLOOD = {"scenario": "str", "edition": "str"}
"""What a flood is known by, with types."""

Column = NDArray[np.generic]


def located_facilities(facilities: pd.DataFrame, zones: pd.DataFrame) -> pd.DataFrame:
    """Return where each facility lies against each flood.

    ``facilities`` have ``facility_code``, ``longitude``, ``latitude``; ``zones`` have
    ``zone_code``, ``scenario``, ``edition``, ``depth_class``, ``geometry`` (GeoJSON).

    **Grain:** facility x scenario x edition, with ``is_inside`` (a point on the edge is inside),
    ``zone_code`` and ``depth_class`` of its zone (None outside; the first by code where zones
    overlap), and ``distance_to_edge_m``, never negative. Raises shapely.errors.ShapelyError where
    a geometry is none.
    """
    points = in_metres(shapely.points(facilities[["longitude", "latitude"]].to_numpy(np.float64)))
    parts = [
        facilities[["facility_code"]].assign(
            **flood,
            **_zones_of(points, members, shapes),
            distance_to_edge_m=shapely.distance(points, _extent(shapes).boundary),
        )
        for flood, members, shapes in _floods(zones)
    ]
    return _joined(
        parts,
        {
            "facility_code": "str",
            **_FLOOD,
            "is_inside": "bool",
            "zone_code": "str",
            "depth_class": "str",
            "distance_to_edge_m": "float64",
        },
    )


def covered_areas(areas: pd.DataFrame, zones: pd.DataFrame) -> pd.DataFrame:
    """Return how much of each area each flood covers.

    ``areas`` have ``area_code`` and ``geometry`` (GeoJSON); ``zones`` as above.

    **Grain:** area x scenario x edition, with ``surface_m2`` of the area and ``inside_m2`` of it.
    Raises shapely.errors.ShapelyError where a geometry is none or no valid polygon.
    """
    shapes = in_metres(shapely.from_geojson(areas["geometry"].to_numpy()))
    parts = [
        areas[["area_code"]].assign(
            **flood,
            surface_m2=shapely.area(shapes),
            inside_m2=shapely.area(shapely.intersection(shapes, _extent(zone_shapes))),
        )
        for flood, _, zone_shapes in _floods(zones)
    ]
    return _joined(
        parts,
        {"area_code": "str", **_FLOOD, "surface_m2": "float64", "inside_m2": "float64"},
    )


def _floods(zones: pd.DataFrame) -> Iterator[tuple[dict[str, str], pd.DataFrame, Shapes]]:
    """Yield each flood with its zones in the order of their codes, and their shapes in metres."""
    for (scenario, edition), members in zones.sort_values("zone_code").groupby(list(_FLOOD)):
        shapes = in_metres(shapely.from_geojson(members["geometry"].to_numpy()))
        yield {"scenario": str(scenario), "edition": str(edition)}, members, shapes


def _zones_of(points: Shapes, members: pd.DataFrame, shapes: Shapes) -> dict[str, Column]:
    """Return the columns that say in which zone each point lies."""
    point, zone = shapely.STRtree(shapes).query(points, predicate="intersects")
    place = np.full(len(points), len(shapes))
    np.minimum.at(place, point, zone)
    # There is no zone at the last place: outside, both names are missing.
    names = members[["zone_code", "depth_class"]].reset_index(drop=True).reindex(place)
    return {
        "is_inside": place < len(shapes),
        **{str(name): column.to_numpy() for name, column in names.items()},
    }


def _extent(shapes: Shapes) -> shapely.Geometry:
    """Return the surface of all shapes together, without seams between them."""
    united = shapely.buffer(shapely.union_all(shapes), _SEAM, join_style="mitre")
    return shapely.buffer(united, -_SEAM, join_style="mitre")


def _joined(parts: list[pd.DataFrame], types: dict[str, str]) -> pd.DataFrame:
    """Return all parts below each other; without any, a table of these columns without rows."""
    empty = pd.DataFrame(columns=list(types))
    return pd.concat(parts or [empty], ignore_index=True).astype(types)
