"""Read shapefiles and GeoPackages with GDAL, of whose many drivers no other is left.

Several of them fetch what a file tells them to, and which one opens a file depends on its content.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.core
import pyogrio.raw
from numpy.typing import NDArray

from datenlabor.deliveries.files.cells import cell_text, plain_text
from datenlabor.deliveries.files.geometries import Features, parsed_wkb
from datenlabor.deliveries.files.intake import no_layer, refusal
from datenlabor.errors import DatenlaborError

DRIVERS = ("ESRI Shapefile", "GPKG")
_ERRORS = (RuntimeError, ValueError, OSError)
"""What the library raises on damaged files; its own errors are RuntimeErrors."""
_LONG = "OFTInteger64"
_EXACT = 2**53
"""From here on floats, as which whole numbers beside a missing one come, skip some of them."""


def _keep_drivers(*names: str) -> None:
    """Take all drivers but some out of GDAL, for the whole process, and its files in the web."""
    others = pyogrio.list_drivers().keys() - set(names)
    pyogrio.set_gdal_config_options(
        {"OGR_SKIP": ",".join(sorted(others)), "CPL_VSIL_CURL_ALLOWED_FILENAME": "none"}
    )
    # The list above counts from the next registration on; the package does it while imported.
    pyogrio.core._register_drivers()  # noqa: SLF001 there is no public way
    if pyogrio.list_drivers().keys() != set(names):
        message = f"GDAL has other drivers than {', '.join(names)}."
        raise ImportError(message)


_keep_drivers(*DRIVERS)


def layer_names(file: Path) -> list[str]:
    """Return the layers of a file whose content has been checked. Raises DatenlaborError."""
    try:
        return [str(name) for name, _ in pyogrio.list_layers(file.resolve())]
    except _ERRORS as error:
        raise _damaged(file, error) from error


def read_layer(file: Path, layer: str | None, encoding: str | None, decimal: str) -> Features:
    """Read a layer.

    Args:
        file: shapefile or GeoPackage whose content has been checked.
        layer: its name; None if there is only one.
        encoding: of its attributes; None for what the file says.
        decimal: how numbers are to be written.

    Raises:
        DatenlaborError: damaged, no such layer.

    """
    names = layer_names(file)
    name = layer or next(iter(names), "")
    if name not in names or (layer is None and len(names) > 1):
        raise no_layer(file, layer, names)
    options = {"layer": name, "encoding": encoding}
    try:
        meta, numbers, geometries, values = pyogrio.raw.read(
            file.resolve(), **options, datetime_as_string=True, return_fids=True
        )
        kinds = list(zip(meta["fields"], meta["ogr_types"], meta["ogr_subtypes"], strict=True))
        columns = [
            _texts(
                _exact(file, field, column, numbers, options) if kind == _LONG else column,
                *(kind, subtype, decimal),
            )
            for (field, kind, subtype), column in zip(kinds, values, strict=True)
        ]
    except _ERRORS as error:
        raise _damaged(file, error) from error
    if geometries is None:
        raise refusal(file, "not_geodata", "it has no geometries.", "Export it with them.")
    return Features(
        names=tuple(plain_text(str(field)) for field in meta["fields"]),
        attributes=[tuple(column[i] for column in columns) for i in range(len(geometries))],
        shapes=list(map(parsed_wkb, geometries)),
        crs=meta["crs"],
    )


def _exact(
    file: Path,
    field: str,
    values: NDArray[Any],
    numbers: NDArray[np.int64],
    options: dict[str, str | None],
) -> NDArray[Any]:
    """Return the values of an attribute, whole numbers beside a missing one without loss.

    ``numbers`` are those of the features; without the ones that lack a value it comes exact.
    """
    if values.dtype != np.float64 or not (np.abs(values) >= _EXACT).any():
        return values
    is_given = ~np.isnan(values)
    exact = values.astype(object)
    exact[is_given] = pyogrio.raw.read(
        file.resolve(),
        **options,
        columns=[field],
        fids=numbers[is_given],
        read_geometry=False,
    )[3][0]
    return exact


def _value_text(value: object, decimal: str) -> str:
    if isinstance(value, np.ndarray):
        return json.dumps(value.tolist(), ensure_ascii=False)
    if isinstance(value, np.float32):
        # Its own shortest digits: as a double 0.1 would become 0.10000000149.
        return cell_text(float(str(value)), decimal)
    return cell_text(value.item() if isinstance(value, np.generic) else value, decimal)


def _texts(values: NDArray[Any], kind: str, subtype: str, decimal: str) -> list[str]:
    """Return the values of an attribute as text; missing ones are empty."""
    if subtype == "OFSTBoolean":
        truths = {True: "true", False: "false"}
        return [truths.get(value, "") for value in values]
    if kind in ("OFTDate", "OFTDateTime"):
        return ["" if value is None else str(value).removesuffix("T00:00:00") for value in values]
    return [_value_text(value, decimal) for value in values]


def _damaged(file: Path, error: BaseException) -> DatenlaborError:
    return refusal(
        file, "damaged", f"the geodata cannot be read: {error}.", "Export the file again."
    )
