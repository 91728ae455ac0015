"""The table ``record``: the body of a file in the work database, with what the spec skips."""

import re
from collections.abc import Iterable

import duckdb
import pandas as pd

from datenlabor.deliveries.layout import Layout
from datenlabor.deliveries.numbers import trimmed
from datenlabor.deliveries.spec import Skip
from datenlabor.errors import DatenlaborError

MOST_COLUMNS = 1500
"""More do not fit into the memory of the work database."""


def create_record(connection: duckdb.DuckDBPyConnection, layout: Layout) -> None:
    """Load the body into ``record``: ``line``, texts ``c1``, ``c2``, …, ``is_skipped``.

    Raises:
        DatenlaborError: it is too wide, the engine does not see the records the reader wrote, or
            the spec skips a column there is none of.

    """
    prepared = layout.prepared
    if prepared.columns > MOST_COLUMNS:
        raise DatenlaborError(
            f"{layout.file.name} has {prepared.columns} columns; read are at most {MOST_COLUMNS}.",
            hint="Deliver it in parts, or as a long table with one value per line.",
        )
    connection.execute("create table record as select *, false as is_skipped from body")
    row = connection.execute("select count(*) from record").fetchone()
    seen = row[0] if row else 0
    if seen != prepared.body_records:
        raise DatenlaborError(
            f"{layout.file.name}: {prepared.body_records} records were found, but {seen} arrived.",
            hint="Please report this file: it is written in a way that is not understood.",
        )
    _mark_skipped(connection, layout, layout.spec.body.skip if layout.spec.body else ())


def _mark_skipped(
    connection: duckdb.DuckDBPyConnection, layout: Layout, skips: Iterable[Skip]
) -> None:
    """Mark the records to be skipped; patterns are those of Python, as everywhere in a spec."""
    for skip in skips:
        text = trimmed(f"c{layout.column(skip.column)}")
        pattern = re.compile(skip.pattern)
        texts = connection.execute(f"select distinct {text} from record").fetchall()
        fitting = [text for (text,) in texts if pattern.fullmatch(text)]
        connection.register("skip_frame", pd.DataFrame({"text": fitting}, dtype="str"))
        connection.execute(
            f"update record set is_skipped = true where {text} in (select text from skip_frame)"
        )
        connection.unregister("skip_frame")
