"""Small geodata for tests, and preparing them."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from dialects import assert_adds_up, make_spec
from pyproj import CRS, Transformer

from datenlabor.deliveries.files.prepare import prepare
from datenlabor.deliveries.files.records import Prepared

SQUARE = shapely.box(6.68, 51.19, 6.7, 51.2)


def feature(geometry: object, **properties: object) -> dict[str, Any]:
    shown = geometry if geometry is None else json.loads(shapely.to_geojson(geometry))
    return {"type": "Feature", "properties": properties, "geometry": shown}


def write_geojson(folder: Path, *features: dict[str, Any], **more: object) -> Path:
    file = folder / "t.geojson"
    content = {"type": "FeatureCollection", "features": features, **more}
    file.write_text(json.dumps(content), encoding="utf-8")
    return file


def project(geometry: Any, crs: str) -> Any:  # noqa: ANN401 the library has no types
    transformer = Transformer.from_crs("EPSG:4326", CRS.from_user_input(crs), always_xy=True)
    return shapely.transform(
        geometry, lambda points: np.column_stack(transformer.transform(*points.T))
    )


def prepare_geodata(file: Path, folder: Path, **words: Any) -> Prepared:  # noqa: ANN401 words of the spec
    prepared = prepare(file, make_spec("geo", **words), folder)
    assert_adds_up(prepared)
    return prepared
