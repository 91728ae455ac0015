"""How every reader opens a published file; Superset's database entry uses the same values."""

from pathlib import Path
from typing import Final

import duckdb

READ_ONLY_CONFIG: Final[dict[str, str | bool | int | float | list[str]]] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "memory_limit": "1GB",
    "threads": "2",
    "lock_configuration": "true",
}
"""DuckDB settings that keep SQL typed by a viewer inside the file (no reading of server files, no
COPY, no ATTACH) and that the viewer cannot change. DuckDB refuses a second connection to the same
file with other settings in the same process, hence one constant for all."""


def open_read_only(file: Path) -> duckdb.DuckDBPyConnection:
    """Open ``file`` as readers do.

    Open a new connection per query and close it: a connection stays on the release that was
    current when it was opened. A process shares one DuckDB instance per path. Since DuckDB 1.5 that
    is the path with links resolved, so a new connection through ``current`` sees the new release
    while older ones are still open on the old. DuckDB 1.4 and earlier took the path as written and
    kept answering from the old file for as long as connections overlapped: never pin readers below
    1.5 (``tests/python/test_publishing_readers.py`` would fail).

    Raises ``duckdb.Error`` if the file is missing, broken or being written.
    """
    return duckdb.connect(str(file), read_only=True, config=READ_ONLY_CONFIG)
