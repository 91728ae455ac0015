"""``log.jsonl``: one line for everything that happened to the deliveries of a city."""

import json
import os
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

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
    """Add a line and make it durable. Raises OSError.

    A line that a crash left unfinished is ended first, so that it spoils no other.
    """
    entry = {"at": utc_text(datetime.now(UTC)), "event": event, **details}
    line = json.dumps(entry, ensure_ascii=True) + "\n"
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND
    descriptor = os.open(home.deliveries / LOG, flags, 0o644)
    try:
        end = os.fstat(descriptor).st_size
        if end and os.pread(descriptor, 1, end - 1) != b"\n":
            line = "\n" + line
        content = line.encode("ascii")
        while content:  # a full disk takes a part, and refuses the next call
            content = content[os.write(descriptor, content) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read(home: Home) -> list[dict[str, Any]]:
    """Return all entries, oldest first; lines a crash left unfinished are passed over."""
    try:
        lines = (home.deliveries / LOG).read_bytes().splitlines()
    except FileNotFoundError:
        return []
    entries = []
    for line in lines:
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict) and "event" in entry:
            entries.append(entry)
    return entries
