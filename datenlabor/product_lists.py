"""Lists of the product that have a history: a change is a row with its day, none is overwritten.

A row holds from ``changed_on`` until the next row of its key; one with ``is_listed`` false ends it.
Macro ``product_state`` reads them in the same way.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from datenlabor.paths import SEEDS

Row = Mapping[str, str]


@dataclass(frozen=True)
class ProductList:
    """A seed (file below ``seeds``) and the columns that say which rows speak of the same thing."""

    file: str
    key: tuple[str, ...]


AREAS = ProductList("codes/code_area.csv", ("area_code", "valid_from"))
INDICATORS = ProductList("catalogue/catalogue_indicator.csv", ("indicator_code",))


def rows_of(of: ProductList, seeds: Path = SEEDS) -> Sequence[Row]:
    """Return all rows, those that no longer hold included. Raises OSError."""
    with (seeds / of.file).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def current_rows(of: ProductList, seeds: Path = SEEDS) -> Sequence[Row]:
    """Return the row of each key that was changed last, without what has ended. Raises OSError."""
    # A key keeps its place among the others, whatever row of it comes last.
    latest: dict[tuple[str, ...], Row] = {}
    for row in rows_of(of, seeds):
        key = tuple(row[name] for name in of.key)
        if key not in latest or latest[key]["changed_on"] < row["changed_on"]:
            latest[key] = row
    return [row for row in latest.values() if row["is_listed"] == "true"]


def changes(seeds: Path = SEEDS) -> dict[date, tuple[str, ...]]:
    """Return the rows that changed, as text, by the day on which they did, in order of the days.

    History has to be looked at on each of these days that something else follows. Raises OSError,
    ValueError if a ``changed_on`` is no date.
    """
    found: dict[date, list[str]] = {}
    for of in (AREAS, INDICATORS):
        for row in rows_of(of, seeds):
            found.setdefault(date.fromisoformat(row["changed_on"]), []).append(str(row))
    return {day: tuple(found[day]) for day in sorted(found)}
