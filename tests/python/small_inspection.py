"""Propose a spec for a file and read the file with it."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from datenlabor.deliveries.catalogue import Known
from datenlabor.deliveries.inspection.frame import Proposal
from datenlabor.deliveries.inspection.propose import propose
from datenlabor.deliveries.reading import Reading, Target, read
from datenlabor.deliveries.spec import Spec, parse_spec

CITY = "05162024"
KNOWN = Known({}, {})

Key = tuple[str, str, str]


@dataclass(frozen=True)
class Result:
    proposal: Proposal
    spec: Spec
    reading: Reading
    values: dict[Key, float | None]


def result(file: Path, target: Path, city: str = CITY, sheet: str | None = None) -> Result:
    """Propose a spec and read the file with it; values by area, period and measure."""
    proposal = propose(file, city, sheet)
    spec = parse_spec(proposal.text, "proposed")
    target.mkdir(exist_ok=True)
    reading = read(file, spec, Target(target, "d1"), KNOWN)
    values: dict[Key, float | None] = {}
    if spec.dataset == "figure":
        rows = duckdb.execute(
            "select area_code, period, measure_code, value from read_parquet(?)",
            [str(target / "figure.parquet")],
        ).fetchall()
        values = {(area, period, measure): value for area, period, measure, value in rows}
    return Result(proposal, spec, reading, values)


def clean_result(
    folder: Path, text: str, name: str = "daten.csv", encoding: str = "utf-8"
) -> Result:
    """Write a text file, propose and read; nothing of it may be quarantined."""
    file = folder / name
    file.write_bytes(text.encode(encoding))
    found = result(file, folder / "target")
    assert found.reading.account.values_quarantined == 0
    return found
