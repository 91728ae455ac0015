"""Files to which lines of JSON are added and in which nothing is ever changed."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def append(file: Path, entry: Mapping[str, object], mode: int = 0o644) -> None:
    """Add a line and make it durable; a new file gets ``mode``. Raises OSError.

    A line that a crash left unfinished is ended first, so that it spoils no other.
    """
    line = json.dumps(entry, ensure_ascii=True) + "\n"
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, mode)
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


def read(file: Path) -> list[dict[str, Any]]:
    """Return all objects, oldest first; lines a crash left unfinished are passed over."""
    try:
        lines = file.read_bytes().splitlines()
    except FileNotFoundError:
        return []
    entries = []
    for line in lines:
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict):
            entries.append(entry)
    return entries
