"""A spec of figures for tests, and reading a text with it."""

from pathlib import Path
from typing import Any

import duckdb

from datenlabor.deliveries.catalogue import Known, ValueRange
from datenlabor.deliveries.reading import Reading, Target, read
from datenlabor.deliveries.spec import Spec

CODES = {
    "measure": {"population", "population_male", "population_female", "rate"},
    "obs_status": set("ABDEFLMOPQU"),
    "provenance": {"published", "derived", "synthetic"},
    "area_level": {"district", "county", "municipality"},
    "area:district": {"05162024-01", "05162024-02", "05162024-03"},
}
RANGES = {
    "population": ValueRange(0, None, is_integer=True),
    "rate": ValueRange(0, 100, is_integer=False),
}
KNOWN = Known(CODES, RANGES)
SOURCE = {
    "code": "test",
    "publisher": "Test",
    "title": "Test",
    "licence": "CC-BY-4.0",
    "attribution": "Test",
}
TIDY_COLUMNS = {
    "area_code": {"from": "column area_code"},
    "period": {"from": "column period"},
    "measure_code": {"from": "column measure_code"},
    "value": {"from": "column value"},
}


def figures_spec(**parts: Any) -> Spec:  # noqa: ANN401 any part of a spec
    return Spec.model_validate(
        {
            "name": "test",
            "title": "Test",
            "dataset": "figure",
            "source": SOURCE,
            "format": {"type": "csv"},
            "body": {"starts": {"line": 2}},
            "header": {"rows": 1},
            "columns": TIDY_COLUMNS,
            **parts,
        }
    )


def read_bytes(
    folder: Path,
    content: bytes,
    spec: Spec,
    *,
    known: Known = KNOWN,
    name: str = "table.csv",
) -> Reading:
    """Write a file, read it, and check that the account is that of the rows written."""
    file = folder / name
    file.write_bytes(content)
    rows = folder / "rows"
    rows.mkdir()
    reading = read(file, spec, Target(rows, "delivery"), known)
    account = reading.account
    assert account.values_read == (
        account.values_loaded + account.values_ignored + account.values_quarantined
    )
    assert reading.rows[spec.dataset] == len(rows_of(folder, spec.dataset))
    assert (account.records_quarantined > 0) == (len(rows_of(folder, "quarantine")) > 0)
    return reading


def rows_of(folder: Path, dataset: str) -> list[dict[str, Any]]:
    """Return the rows that were written for a dataset, in their order."""
    relation = duckdb.read_parquet(str(folder / "rows" / f"{dataset}.parquet"))
    return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]


def figures_of(folder: Path) -> dict[tuple[str, str, str], tuple[float | None, str]]:
    """Return key → value and status of the figures that were loaded."""
    return {
        (row["area_code"], row["period"], row["measure_code"]): (row["value"], row["obs_status"])
        for row in rows_of(folder, "figure")
    }


def quarantine_of(folder: Path) -> list[tuple[int, str, str, str]]:
    """Return line, column, raw value and rule of what was quarantined."""
    return [
        (row["line_number"], row["column_label"], row["raw_value"], row["rule"])
        for row in rows_of(folder, "quarantine")
    ]
