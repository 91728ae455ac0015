"""Read GeoJSON (RFC 7946, and the named reference systems of its predecessor) as it is written.

GDAL is kept away from it: its driver fetches a reference system given as a link, its neighbours
take other JSON for jobs to be run, and whole numbers beside a missing one lose digits.
"""

import json
import re
from pathlib import Path
from typing import Any

from datenlabor.deliveries.files.cells import cell_text, plain_text
from datenlabor.deliveries.files.geometries import Features, parsed_geojson
from datenlabor.deliveries.files.intake import no_layer, refusal
from datenlabor.errors import DatenlaborError

_DEGREES = "OGC:CRS84"
"""What coordinates are in if the file does not say it."""
_NAMED = re.compile(
    r"(urn:(x-)?ogc:def:crs:|https?://www\.opengis\.net/def/crs/)?[A-Za-z]+[:/][\w.:/-]+"
)
"""Names of reference systems; they are looked up on this machine."""
_MIDNIGHT = re.compile(r"(\d{4}-\d\d-\d\d)T00:00:00")

Object = dict[str, Any]


def layer_name(file: Path) -> str:
    """Return the name of the only layer. Raises DatenlaborError."""
    return _name(file, _collection(file))


def read_geojson(file: Path, layer: str | None, decimal: str) -> Features:
    """Read all features.

    Args:
        file: a file whose content begins like GeoJSON.
        layer: name its only layer must have; None for any.
        decimal: how numbers are to be written.

    Returns the attributes in order of first appearance; the ``id`` of features is the first of
    them, unless they have another of that name.

    Raises:
        DatenlaborError: damaged, other JSON, no such layer, reference system without a name.

    """
    collection = _collection(file)
    name = _name(file, collection)
    if layer not in (None, name):
        raise no_layer(file, layer, [name])
    rows, shapes = [], []
    for number, feature in enumerate(collection["features"], 1):
        attributes, geometry = _parts(file, feature, number)
        for owner in (feature, geometry or {}):
            if "crs" in owner and owner["crs"] != collection.get("crs"):
                raise _unknown(file, f"feature {number} has one of its own")
        rows.append(attributes)
        shapes.append(parsed_geojson(json.dumps(geometry)))
    names = tuple(dict.fromkeys(name for row in rows for name in row))
    return Features(
        names=tuple(map(plain_text, names)),
        attributes=[tuple(_text(row.get(name), decimal) for name in names) for row in rows],
        shapes=shapes,
        crs=_reference_system(file, collection),
    )


def _collection(file: Path) -> Object:
    """Return the file as a collection of features. Raises DatenlaborError."""
    try:
        content = json.loads(file.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError) as error:
        raise _damaged(file, f"it is no JSON ({error})") from error
    match content:
        case {"type": "FeatureCollection", "features": list()}:
            return dict(content)
        case {"type": "Feature"}:
            return {**content, "features": [content]}
    raise refusal(
        file, "not_geodata", "it is JSON, but no FeatureCollection.", "Export it as GeoJSON."
    )


def _name(file: Path, collection: Object) -> str:
    return str(collection.get("name") or file.stem)


def _parts(file: Path, feature: object, number: int) -> tuple[Object, Object | None]:
    """Return attributes and geometry of a feature. Raises DatenlaborError."""
    match feature:
        case {"type": "Feature", "properties": dict() | None as properties, **rest}:
            geometry = rest.get("geometry")
            if geometry is None or isinstance(geometry, dict):
                identity = {"id": rest["id"]} if "id" in rest else {}
                return {**identity, **(properties or {})}, geometry
    raise _damaged(file, f"feature {number} is none of GeoJSON")


def _reference_system(file: Path, collection: Object) -> str:
    """Return the name of the reference system. Raises DatenlaborError."""
    match collection.get("crs") or _DEGREES:
        case str(name) | {"type": "name", "properties": {"name": str(name)}}:
            if _NAMED.fullmatch(name):
                return name
            raise _unknown(file, f"{name!r} stands in no list")
    raise _unknown(file, "`crs` does not give its name, and links are not followed")


def _text(value: object, decimal: str) -> str:
    """Return the value of an attribute as text; a missing one is empty."""
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    text = cell_text(value, decimal)
    midnight = _MIDNIGHT.fullmatch(text)
    return midnight[1] if midnight else text


def _damaged(file: Path, reason: str) -> DatenlaborError:
    return refusal(
        file, "damaged", f"the geodata cannot be read: {reason}.", "Export the file again."
    )


def _unknown(file: Path, reason: str) -> DatenlaborError:
    return refusal(
        file,
        "reference_system",
        f"its reference system is not known: {reason}.",
        "Export it in EPSG:4326 or EPSG:25832, named once for the whole file.",
    )
