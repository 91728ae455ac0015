"""Deliveries written by hand, as the warehouse finds them in a home; and dbt on such a home."""

import fcntl
import gc
import json
import os
import re
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import duckdb
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest

from datenlabor.audiences import COLUMN, INTERNAL
from datenlabor.dbt import forget_outdated_parse
from datenlabor.deliveries.contract import contracts
from datenlabor.paths import PROJECT, TARGET

Row = dict[str, Any]

_ALONE = {"with_supplied_deliveries": False}
"""What a test writes is all there is."""


def write_delivery(
    home: Path, delivery_id: str, dataset: str, published_on: str, rows: list[Row], **record: object
) -> None:
    """Write a folder with record and rows; columns that a row lacks are null."""
    folder = home / "deliveries" / delivery_id
    folder.mkdir(parents=True)
    counts = dict.fromkeys(
        [
            *("records_read", "records_header", "records_footer", "records_blank"),
            *("records_skipped", "records_loaded", "records_quarantined", "values_read"),
            *("values_loaded", "values_ignored", "values_quarantined"),
        ],
        0,
    )
    content = {
        "delivery_id": delivery_id,
        "spec_name": f"spec_{dataset}",
        "dataset": dataset,
        "source_code": f"city_{dataset}",
        "source_publisher": "Stadt",
        "source_title": "Register der Stadt",
        "source_licence_code": "dl-de/by-2-0",
        "source_attribution": "Stadt, eigene Angaben",
        "source_rhythm": "year",
        "source_lag_months": 6,
        "published_on": published_on,
        "received_at": f"{published_on}T08:00:00",
        "scope": "full",
        "findings": [],
        **counts,
        "records_read": len(rows),
        "records_loaded": len(rows),
        **record,
    }
    (folder / "record.json").write_text(json.dumps(content, indent=1), "utf-8")
    write_rows(folder / f"{dataset}.parquet", dataset, delivery_id, rows)


def write_rows(file: Path, dataset: str, delivery_id: str, rows: list[Row]) -> None:
    """Write rows of a contract as a delivery stores them."""
    columns = {column.name: column.type.sql for column in contracts()[dataset].columns}
    columns |= {"delivery_id": "varchar", "line_number": "bigint", "column_label": "varchar"}
    declared = ", ".join(f"{name} {sql}" for name, sql in columns.items())
    with duckdb.connect() as connection:
        connection.execute(f"create table delivered ({declared})")
        for line, row in enumerate(rows, start=2):
            filled = {**row, "delivery_id": delivery_id, "line_number": line}
            connection.execute(
                f"insert into delivered ({', '.join(filled)}) "
                f"values ({', '.join('?' * len(filled))})",
                list(filled.values()),
            )
        connection.execute(f"copy delivered to '{file}' (format parquet)")


def dbt(home: Path, *arguments: str, **variables: object) -> None:
    """Run dbt in this process on a home; ``DATENLABOR_HOME`` has to name it."""
    assert os.environ["DATENLABOR_HOME"] == str(home)
    finished = dbtRunner(manifest()).invoke(
        [*arguments, *_options(home), "--vars", json.dumps(_ALONE | variables)]
    )
    # dbt keeps the database of its last run open.
    DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call] # dbt's own
    results = getattr(finished.result, "results", [])
    failures = [
        (result.node.name, result.message)
        for result in results
        if result.status in {"error", "fail", "runtime error"}
    ]
    assert finished.success, finished.exception or failures


@cache
def manifest() -> Manifest:
    """Parse the project once for all runs: with every other variable dbt would parse anew.

    Test processes share what dbt keeps of it; with another home it would parse anew as well.
    """
    home = TARGET / "tests"
    home.mkdir(parents=True, exist_ok=True)
    parse = ["parse", *_options(home), "--vars", json.dumps(_ALONE)]
    with (home / ".lock").open("w") as lock, patch.dict(os.environ, DATENLABOR_HOME=str(home)):
        fcntl.flock(lock, fcntl.LOCK_EX)
        forget_outdated_parse(home / "target")
        manifest = dbtRunner().invoke(parse).result
    assert isinstance(manifest, Manifest)
    # It stays: looking through it for garbage in every run would take longer than many a model.
    gc.freeze()
    return manifest


def _options(home: Path) -> tuple[str, ...]:
    return (
        *("--quiet", "--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)),
        *("--target-path", str(home / "target"), "--log-path", str(home / "logs")),
    )


def query(home: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def seen(home: Path, sql: str) -> list[tuple[Any, ...]]:
    """Ask as the city's staff: of protected tables only rows that are for them."""
    by_audience = {
        name
        for (name,) in query(
            home,
            "select table_name from information_schema.columns "
            f"where table_schema = 'protected' and column_name = '{COLUMN}'",
        )
    }

    def shown(match: re.Match[str]) -> str:
        rows = f"(select * from {match[0]} where {COLUMN} = '{INTERNAL}')"
        return rows if match[1] in by_audience else match[0]

    return query(home, re.sub(r"protected\.(\w+)", shown, sql))
