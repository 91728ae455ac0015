"""Small tables, and exact algebra of its own to attack them with."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import product

import pandas as pd

from datenlabor.protection.equations import sums
from datenlabor.protection.memory import Memory
from datenlabor.protection.protecting import Protection
from datenlabor.protection.rules import Rules

ALL = "all"
COUNTS = Rules(is_count=True)
RULES = {"public": {"t": COUNTS}}

Row = Mapping[str, int]


def named(*codes: str) -> str:
    """Return the name of a cell."""
    return " ".join(codes)


def table_of(rows: Sequence[Sequence[str]], parents: Sequence[Mapping[str, str]]) -> pd.DataFrame:
    """Return the cells of units given by their codes and, last, their holder; totals included.

    ``parents``: of each dimension, the parent of each code.
    """
    counted: dict[tuple[str, ...], list[str]] = {}
    for *codes, holder in rows:
        ways = []
        for code, above in zip(codes, parents, strict=True):
            way = [code]
            while way[-1] in above:
                way.append(above[way[-1]])
            ways.append(way)
        for cell in product(*ways):
            counted.setdefault(cell, []).append(holder)
    return pd.DataFrame(
        [
            {
                "table_code": "t",
                "cell_id": named(*cell),
                **{f"d{number}": code for number, code in enumerate(cell)},
                "value": float(len(holders)),
                "units": len(holders),
                "single_holder": holders[0] if len(set(holders)) == 1 else None,
            }
            for cell, holders in sorted(counted.items())
        ]
    )


def equations_of(table: pd.DataFrame, parents: Sequence[Mapping[str, str]]) -> pd.DataFrame:
    """Return the sums of a table."""
    dimensions = [f"d{number}" for number in range(len(parents))]
    return sums(
        table[["cell_id", *dimensions]], dict(zip(dimensions, map(dict, parents), strict=True))
    )


def rows_of(equations: pd.DataFrame, names: Mapping[str, str] | None = None) -> list[Row]:
    """Return equations as coefficients by cell, or by other names of the cells."""
    return [
        {
            (names[cell] if names else cell): int(factor)
            for cell, factor in zip(group["cell_id"], group["coefficient"], strict=True)
        }
        for _, group in equations.groupby("equation_id")
    ]


def recoverable(rows: Iterable[Row], unknown: Iterable[str]) -> set[str]:
    """Return the unknown cells whose value follows, by elimination with fractions.

    A cell follows if it alone remains in a row of the reduced echelon form.
    """
    places = sorted(unknown)
    matrix = [[Fraction(row.get(cell, 0)) for cell in places] for row in rows]
    done = 0
    for column in range(len(places)):
        pivot = next((r for r in range(done, len(matrix)) if matrix[r][column]), None)
        if pivot is None:
            continue
        matrix[done], matrix[pivot] = matrix[pivot], matrix[done]
        matrix[done] = [entry / matrix[done][column] for entry in matrix[done]]
        for number, row in enumerate(matrix):
            if number != done and row[column]:
                factor = row[column]
                matrix[number] = [a - factor * b for a, b in zip(row, matrix[done], strict=True)]
        done += 1
    return {
        places[next(place for place, entry in enumerate(row) if entry)]
        for row in matrix[:done]
        if sum(1 for entry in row if entry) == 1
    }


def remembered(
    memory: Memory | None, release: str, result: Protection, equations: pd.DataFrame
) -> Memory:
    """Return the memory with one more release."""
    cells = [result.cells.assign(release_id=release)]
    former = [equations.assign(release_id=release)]
    if memory is not None and memory.equations is not None:
        cells, former = [memory.cells, *cells], [memory.equations, *former]
    return Memory(pd.concat(cells), pd.concat(former))


def hidden_in(protection: Protection, audience: str = "public") -> set[str]:
    """Return the cells an audience does not get."""
    cells = protection.cells
    return set(cells.loc[cells[f"status_{audience}"] != "free", "cell_id"])


def sensitive_in(protection: Protection, audience: str = "public") -> set[str]:
    """Return the cells that a rule keeps from an audience."""
    cells = protection.cells
    return set(cells.loc[cells[f"status_{audience}"] == "primary", "cell_id"])


def worked_out(
    rows: Sequence[Row], hidden: set[str], targets: set[str], holders: Mapping[str, str]
) -> set[str]:
    """Return the targets that any reader, or any single holder of a hidden cell, can work out."""
    found = recoverable(rows, hidden) & targets
    for holder in {holders[cell] for cell in hidden if cell in holders}:
        own = {cell for cell in hidden if holders.get(cell) == holder}
        found |= (recoverable(rows, hidden - own) & targets) - own
    return found


def holders_of(table: pd.DataFrame) -> dict[str, str]:
    """Return the single holder of each cell that has one."""
    alone = table.dropna(subset=["single_holder"])
    return dict(zip(alone["cell_id"], alone["single_holder"], strict=True))
