"""Stable identity of assets: UUIDs from names, file names from titles."""

import re
import unicodedata
from uuid import UUID, uuid5

_NAMESPACE = UUID("6f3d3f0e-5d0c-5c53-8f43-0d9b8b8d5f11")
_UMLAUTS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"}
)


def asset_uuid(kind: str, key: str) -> str:
    """Return the UUID of an asset; ``key`` is its table name, slug or first title."""
    return str(uuid5(_NAMESPACE, f"{kind}/{key}"))


def file_stem(title: str) -> str:
    """Return the file name of an asset without ending: its title in plain ASCII."""
    text = unicodedata.normalize("NFC", title).translate(_UMLAUTS)
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_")
