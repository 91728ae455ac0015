"""``log.jsonl``: one line for everything that happened to the deliveries of a city."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from datenlabor import json_lines
from datenlabor.deliveries.record import utc_text
from datenlabor.paths import Home

LOG = "log.jsonl"


class Event(StrEnum):
    """What can happen."""

    DELIVERED = "delivered"
    REPEATED = "repeated"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    REBUILT = "rebuilt"


def append(home: Home, event: Event, **details: str | None) -> None:
    """Add a line and make it durable. Raises OSError."""
    entry = {"at": utc_text(datetime.now(UTC)), "event": event, **details}
    json_lines.append(home.deliveries / LOG, entry)


def read(home: Home) -> list[dict[str, Any]]:
    """Return all entries, oldest first; lines a crash left unfinished are passed over."""
    return [entry for entry in json_lines.read(home.deliveries / LOG) if "event" in entry]
