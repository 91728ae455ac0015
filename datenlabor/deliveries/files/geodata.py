"""Prepare geodata: every feature of one layer is a record, its geometry in EPSG:4326."""

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
from pyproj import CRS, Transformer
from pyproj.exceptions import ProjError

from datenlabor.deliveries.files.cells import cell_text, plain_text
from datenlabor.deliveries.files.containers import GEODATA_SUFFIXES
from datenlabor.deliveries.files.geometries import Shape, shape
from datenlabor.deliveries.files.intake import GIBIBYTE, refusal
from datenlabor.deliveries.files.records import Prepared, Record, Rejected
from datenlabor.deliveries.files.rules import oddity, reject
from datenlabor.deliveries.spec import Spec
from datenlabor.errors import DatenlaborError

DELIMITER = ";"
LARGEST_GEODATA = GIBIBYTE
_DRIVERS = {
    ".geojson": "GeoJSON",
    ".json": "GeoJSON",
    ".gpkg": "GPKG",
    ".shp": "ESRI Shapefile",
}
_SIGNATURES = {".gpkg": b"SQLite format 3", ".shp": b"\x00\x00\x27\x0a"}
_NEEDED_PARTS = (".shx", ".dbf", ".prj")
_ERRORS = (RuntimeError, ValueError, OSError)
"""What the library raises on damaged files; its own errors are RuntimeErrors."""
POINT_COLUMNS = ("longitude", "latitude")


@dataclass(frozen=True)
class Features:
    """The features of a layer: per feature its attributes as text, and its geometry."""

    names: tuple[str, ...]
    attributes: list[tuple[str, ...]]
    shapes: list[Shape]


def sibling(file: Path, suffix: str) -> Path | None:
    """Return the part of a shapefile with a suffix, in whatever case it is written."""
    for other in sorted(file.parent.iterdir()):
        if other.stem == file.stem and other.suffix.lower() == suffix:
            return other
    return None


def _check_content(file: Path) -> None:
    """Let only those of GDAL's many drivers near a file that its name promises."""
    suffix = file.suffix.lower()
    if suffix not in GEODATA_SUFFIXES:
        raise refusal(
            file,
            "not_geodata",
            f"its ending is none of {', '.join(GEODATA_SUFFIXES)}.",
            "Deliver GeoJSON, a shapefile or a GeoPackage.",
        )
    if file.stat().st_size > LARGEST_GEODATA:
        raise refusal(
            file, "too_large", f"geodata may have {LARGEST_GEODATA} bytes.", "Split the file."
        )
    with file.open("rb") as stream:
        start = stream.read(100)
    fits = (
        start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"
        if suffix in (".geojson", ".json")
        else start.startswith(_SIGNATURES[suffix])
    )
    if not fits:
        raise refusal(
            file, "not_geodata", f"its content is no {_DRIVERS[suffix]}.", "Export it again."
        )
    missing = [part for part in _NEEDED_PARTS if suffix == ".shp" and not sibling(file, part)]
    if missing:
        raise refusal(
            file,
            "missing_parts",
            f"{', '.join(missing)} of the shapefile are missing.",
            "Deliver all its parts; .prj says in which reference system the coordinates are.",
        )


def layer_names(file: Path) -> list[str]:
    """Return the layers of checked geodata. Raises DatenlaborError."""
    _check_content(file)
    try:
        return [str(name) for name, _ in pyogrio.list_layers(file)]
    except _ERRORS as error:
        raise _damaged(file, error) from error


def _damaged(file: Path, error: BaseException) -> DatenlaborError:
    return refusal(
        file, "damaged", f"the geodata cannot be read: {error}.", "Export the file again."
    )


def _layer(file: Path, wanted: str | None) -> str:
    names = layer_names(file)
    if wanted in names:
        return str(wanted)
    if wanted is not None or len(names) != 1:
        raise refusal(
            file,
            "layer",
            f"it has the layers {', '.join(names) or 'none'}, the spec says {wanted!r}.",
            "Name one of them as `layer:` under `format:` in the spec.",
        )
    return names[0]


def _transformer(file: Path, crs: str | None) -> Transformer:
    """Return the way to longitude and latitude.

    For a shapefile the parameters in its .prj count, not a name it gives them: GDAL may take a
    well-known name for the well-known system.
    """
    prj = sibling(file, ".prj") if file.suffix.lower() == ".shp" else None
    try:
        text = prj.read_text(encoding="latin-1").strip() if prj else crs
        if not text:
            raise refusal(
                file,
                "no_reference_system",
                "it does not say in which reference system its coordinates are.",
                "Export it with its reference system (.prj), best as EPSG:4326.",
            )
        return Transformer.from_crs(
            CRS.from_user_input(text).to_2d(), "EPSG:4326", always_xy=True, allow_ballpark=False
        )
    except (ProjError, OSError) as error:
        raise refusal(
            file,
            "reference_system",
            f"its reference system is not known: {error}.",
            "Export it in EPSG:4326 or EPSG:25832.",
        ) from error


def _value_text(value: object, decimal: str) -> str:
    if isinstance(value, np.ndarray):
        return json.dumps(value.tolist(), ensure_ascii=False)
    if isinstance(value, np.float32):
        # Its own shortest digits: as a double 0.1 would become 0.10000000149.
        return cell_text(float(str(value)), decimal)
    return cell_text(value.item() if isinstance(value, np.generic) else value, decimal)


def _texts(values: Sequence[Any], kind: str, subtype: str, decimal: str) -> list[str]:
    """Return the values of an attribute as text; missing ones are empty."""
    if subtype == "OFSTBoolean":
        truths = {True: "true", False: "false"}
        return [truths.get(value, "") for value in values]
    if kind in ("OFTDate", "OFTDateTime"):
        return ["" if value is None else str(value).removesuffix("T00:00:00") for value in values]
    return [_value_text(value, decimal) for value in values]


def read_features(file: Path, layer: str | None, encoding: str, decimal: str) -> Features:
    """Read a layer.

    Args:
        file: GeoJSON, shapefile or GeoPackage.
        layer: its name; None if there is only one.
        encoding: of a shapefile's attributes, or ``auto``.
        decimal: how numbers are to be written.

    Raises:
        DatenlaborError: damaged, no such layer, unknown reference system.

    """
    name = _layer(file, layer)
    is_shapefile = file.suffix.lower() == ".shp"
    try:
        driver = pyogrio.read_info(file, layer=name)["driver"]
        meta, _, geometries, values = pyogrio.raw.read(
            file,
            layer=name,
            encoding=encoding if is_shapefile and encoding != "auto" else None,
            datetime_as_string=True,
        )
    except _ERRORS as error:
        raise _damaged(file, error) from error
    if geometries is None or driver != _DRIVERS[file.suffix.lower()]:
        raise refusal(
            file, "not_geodata", f"it is {driver} or without geometries.", "Export it as GeoJSON."
        )
    transformer = _transformer(file, meta["crs"])
    kinds = zip(values, meta["ogr_types"], meta["ogr_subtypes"], strict=True)
    columns = [_texts(*column, decimal) for column in kinds]
    attributes = [tuple(column[i] for column in columns) for i in range(len(geometries))]
    names = tuple(plain_text(str(field)) for field in meta["fields"])
    shapes = [shape(wkb, transformer) for wkb in geometries]
    return _with_coordinates(Features(names, attributes, shapes), decimal)


def _with_coordinates(features: Features, decimal: str) -> Features:
    """Give points their longitude and latitude as attributes, unless there are some."""
    found = [shape.geometry for shape in features.shapes if shape.geometry is not None]
    if not found or {geometry.geom_type for geometry in found} != {"Point"}:
        return features
    added = [name for name in POINT_COLUMNS if name not in features.names]
    attributes = []
    for fields, place in zip(features.attributes, features.shapes, strict=True):
        point = place.geometry
        degrees = dict(zip(POINT_COLUMNS, (point.x, point.y), strict=True)) if point else {}
        extra = (cell_text(degrees.get(name), decimal) for name in added)
        attributes.append((*fields, *extra))
    return Features((*features.names, *added), attributes, features.shapes)


def prepare_geodata(file: Path, spec: Spec, folder: Path) -> Prepared:
    """Prepare one layer of geodata. Raises DatenlaborError."""
    features = read_features(file, spec.format.layer, spec.format.encoding, spec.numbers.decimal)
    rejected: list[Rejected] = []
    body = folder / "body.csv"
    with body.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream, delimiter=DELIMITER, lineterminator="\n")
        for line, (fields, place) in enumerate(
            zip(features.attributes, features.shapes, strict=True), 1
        ):
            text = DELIMITER.join(fields)
            if rule := place.rule or oddity(text):
                rejected.append(reject(line, text, rule))
            else:
                rows.writerow((line, *fields, place.text))
    header = Record(0, (*features.names, "geometry"))
    return Prepared(
        body=body,
        delimiter=DELIMITER,
        columns=len(header.fields),
        preamble=(),
        header=(header,),
        footer=(),
        rejected=tuple(rejected),
        body_records=len(features.shapes) - len(rejected),
        blank_records=0,
        encoding="",
    )
