"""The work database in which one file is read; it spills to disk rather than take more memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from datenlabor.deliveries.files.records import Prepared
from datenlabor.publishing.tables import literal

MEMORY = "500MB"
"""Limit of the database, so that a file of 1 GB is read within 1 GB of memory."""
_SMALL = 20_000_000
"""Bytes of a body with which a database in memory is faster and stays within its limit."""
_LONGEST_RECORD = 32_000_000
"""Bytes; the borders of a river are long."""


@contextmanager
def work_database(folder: Path, prepared: Prepared) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a database whose view ``body`` shows the records: ``line``, texts ``c1``, ``c2``, ….

    It lies in memory if the body is small, else in ``folder``.
    """
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": MEMORY,
        "threads": 2,
        "temp_directory": str(folder / "spill"),
    }
    is_small = prepared.body.stat().st_size < _SMALL
    place = ":memory:" if is_small else folder / "work.duckdb"
    columns = {"line": "bigint"} | {f"c{n}": "varchar" for n in range(1, prepared.columns + 1)}
    types = ", ".join(f"{literal(name)}: {literal(kind)}" for name, kind in columns.items())
    with duckdb.connect(place, config=config) as connection:
        connection.execute(
            f"create view body as select * from read_csv({literal(str(prepared.body))}, "
            f"delim = {literal(prepared.delimiter)}, header = false, auto_detect = false, "
            f"quote = '\"', escape = '\"', columns = {{{types}}}, "
            f"max_line_size = {_LONGEST_RECORD}, buffer_size = {2 * _LONGEST_RECORD})"
        )
        yield connection
