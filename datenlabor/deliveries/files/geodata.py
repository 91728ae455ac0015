"""Prepare geodata: every feature of one layer is a record, its geometry in EPSG:4326."""

import csv
from dataclasses import replace
from pathlib import Path

from pyproj import CRS, Transformer
from pyproj.exceptions import ProjError
from pyproj.network import set_network_enabled  # type: ignore[attr-defined] # stubs lack it

from datenlabor.deliveries.files import gdal, geojson
from datenlabor.deliveries.files.cells import cell_text
from datenlabor.deliveries.files.containers import GEODATA_SUFFIXES
from datenlabor.deliveries.files.geometries import Features, in_degrees
from datenlabor.deliveries.files.intake import GIBIBYTE, refusal
from datenlabor.deliveries.files.records import Prepared, Record, Rejected
from datenlabor.deliveries.files.rules import oddity, reject
from datenlabor.deliveries.spec import Spec

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
POINT_COLUMNS = ("longitude", "latitude")


# Grids for transformations come with PROJ or not at all.
set_network_enabled(active=False)


def sibling(file: Path, suffix: str) -> Path | None:
    """Return the part of a shapefile with a suffix, in whatever case it is written."""
    for other in sorted(file.parent.iterdir()) if file.parent.is_dir() else ():
        if other.stem == file.stem and other.suffix.lower() == suffix:
            return other
    return None


def _is_geojson(file: Path) -> bool:
    return file.suffix.lower() in (".geojson", ".json")


def _check_content(file: Path) -> None:
    """Raise DatenlaborError unless the content is what the name promises."""
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
        if _is_geojson(file)
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
    """Return the layers of geodata. Raises DatenlaborError."""
    _check_content(file)
    return [geojson.layer_name(file)] if _is_geojson(file) else gdal.layer_names(file)


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


def read_features(file: Path, layer: str | None, encoding: str, decimal: str) -> Features:
    """Read a layer; its geometries are in EPSG:4326, points have their coordinates as attributes.

    Args:
        file: GeoJSON, shapefile or GeoPackage.
        layer: its name; None if there is only one.
        encoding: of a shapefile's attributes, or ``auto``.
        decimal: how numbers are to be written.

    Raises:
        DatenlaborError: damaged, no such layer, unknown reference system.

    """
    features = raw_features(file, layer, encoding, decimal)
    transformer = _transformer(file, features.crs)
    shapes = [in_degrees(shape, transformer) for shape in features.shapes]
    return _with_coordinates(replace(features, shapes=shapes), decimal)


def raw_features(file: Path, layer: str | None, encoding: str, decimal: str) -> Features:
    """Read a layer, its geometries as they are in the file; otherwise as ``read_features``."""
    _check_content(file)
    if _is_geojson(file):
        return geojson.read_geojson(file, layer, decimal)
    is_declared = file.suffix.lower() == ".shp" and encoding != "auto"
    return gdal.read_layer(file, layer, encoding if is_declared else None, decimal)


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
    return replace(features, names=(*features.names, *added), attributes=attributes)


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
