"""Deliveries that are part of the product: ``seeds/<kind>/<city>/<delivery>/``.

Macro ``delivered_files`` shows them. They are in no store and never change; a city that has its own
data leaves them out altogether.
"""

from pathlib import Path

from pydantic import ValidationError

from datenlabor.city import City
from datenlabor.deliveries.record import Record
from datenlabor.deliveries.store import Delivery
from datenlabor.errors import DatenlaborError
from datenlabor.paths import SEEDS

KINDS = ("municipal", "commercial")


def deliveries(city: City, seeds: Path = SEEDS) -> list[Delivery]:
    """Read the supplied deliveries that count for a city.

    Raises DatenlaborError if one is damaged.
    """
    if not city.with_supplied_deliveries:
        return []
    return [
        Delivery(_record(file), withdrawal=None, path=file.parent)
        for kind in KINDS
        for file in sorted((seeds / kind / city.code).glob("*/record.json"))
    ]


def _record(file: Path) -> Record:
    try:
        return Record.model_validate_json(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        raise DatenlaborError(
            f"{file} cannot be used: {error}", hint="`datenlabor demo` writes it anew."
        ) from error
