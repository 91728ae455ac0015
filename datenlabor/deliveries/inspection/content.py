"""What is in the columns of a whole file: read once with a provisional spec, asked in SQL."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import duckdb

from datenlabor.deliveries.files.prepare import prepare
from datenlabor.deliveries.files.records import Prepared
from datenlabor.deliveries.inspection.texts import Kind, kind
from datenlabor.deliveries.lookups import row_text
from datenlabor.deliveries.numbers import trimmed
from datenlabor.deliveries.spec import Spec
from datenlabor.deliveries.work import work_database

MOST_TEXTS = 5000
"""Distinct texts of a column that are looked at."""


@dataclass(frozen=True)
class Profile:
    """The texts of a column with their counts, the most frequent first; empty ones left out."""

    number: int
    texts: dict[str, int]
    distinct: int
    empty: int

    @cached_property
    def shares(self) -> dict[Kind, float]:
        """Return the share of each kind of text among those that are not empty."""
        total = sum(self.texts.values()) or 1
        counts: dict[Kind, int] = dict.fromkeys(Kind, 0)
        for text, count in self.texts.items():
            counts[kind(text)] += count
        return {name: count / total for name, count in counts.items()}

    def share(self, *kinds: Kind) -> float:
        """Return the share of the texts that are of one of these kinds."""
        return sum(self.shares[name] for name in kinds)


@dataclass(frozen=True)
class Content:
    """A prepared file in a work database; columns count from 1."""

    prepared: Prepared
    connection: duckdb.DuckDBPyConnection

    @cached_property
    def profiles(self) -> tuple[Profile, ...]:
        """Return the profile of every column."""
        return tuple(map(self._profile, range(1, self.prepared.columns + 1)))

    def _profile(self, number: int) -> Profile:
        text = trimmed(f"c{number}")
        rows = self.connection.execute(
            f"select {text}, count(*) from record group by 1 order by 2 desc, 1"
        )
        found: dict[str, int] = {}
        distinct = empty = 0
        while batch := rows.fetchmany(MOST_TEXTS):
            for value, count in batch:
                if not value:
                    empty += count
                    continue
                distinct += 1
                if len(found) < MOST_TEXTS:
                    found[value] = count
        return Profile(number, found, distinct, empty)

    def combinations(self, columns: Sequence[int]) -> int:
        """Return how many different combinations of texts some columns have."""
        row = self.connection.execute(
            f"select count(distinct {row_text(columns)}) from record"
        ).fetchone()
        return int(row[0]) if row else 0

    def tuples(self, columns: Sequence[int]) -> list[tuple[str, ...]]:
        """Return the different combinations of texts in order of first appearance."""
        texts = ", ".join(trimmed(f"c{number}") for number in columns)
        rows = self.connection.execute(
            f"select {texts} from record group by all order by min(line) limit {MOST_TEXTS}"
        ).fetchall()
        return [tuple(map(str, row)) for row in rows]

    def odd_cells(self, columns: Sequence[int]) -> tuple[dict[str, int], bool]:
        """Return the texts of cells that are no plain digits, and if any has four or more digits.

        Texts come with their counts, the most frequent first, at most ``MOST_TEXTS``.
        """
        cells = ", ".join(trimmed(f"c{number}") for number in columns)
        table = f"(select unnest([{cells}]) as cell from record)"
        rows = self.connection.execute(
            f"select cell, count(*) from {table} where not regexp_full_match(cell, '[0-9]+') "
            f"group by 1 order by 2 desc, 1 limit {MOST_TEXTS}"
        ).fetchall()
        row = self.connection.execute(
            f"select coalesce(bool_or(regexp_full_match(cell, '[0-9]{{4,}}')), false) from {table}"
        ).fetchone()
        return {str(cell): int(count) for cell, count in rows}, bool(row and row[0])

    def is_point(self, column: int) -> bool:
        """Tell whether the geometries in a column are points."""
        query = f"select count(*) from record where c{column} not like '%\"Point\"%'"
        row = self.connection.execute(query).fetchone()
        return row is not None and row[0] == 0


@contextmanager
def opened(file: Path, spec: Spec) -> Iterator[Content]:
    """Read a file with a provisional spec. Raises DatenlaborError as reading does."""
    with tempfile.TemporaryDirectory() as folder:
        prepared = prepare(file, spec, Path(folder))
        with work_database(Path(folder), prepared) as connection:
            connection.execute("create table record as select * from body")
            yield Content(prepared, connection)
