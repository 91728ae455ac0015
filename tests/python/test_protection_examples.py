"""Published examples with known results, and what the audit says of them."""

import numpy as np
import pandas as pd
import pytest
from protection_cases import ALL

from datenlabor.protection.attack import Finding
from datenlabor.protection.audit import audit
from datenlabor.protection.equations import sums
from datenlabor.protection.suppression import suppress
from datenlabor.protection.system import NOBODY, ProtectionError, Secrets, System, assemble


def system_of(values: list[list[float]], rows: str, columns: str) -> System:
    """Return a table with its totals, from values without them."""
    frame = pd.DataFrame(values, index=list(rows), columns=list(columns))
    frame[ALL] = frame.sum(axis="columns")
    frame.loc[ALL] = frame.sum()
    cells = frame.rename_axis("row").reset_index().melt("row", var_name="column")
    cells = cells.assign(cell_id=cells["row"] + " " + cells["column"].astype(str), minimum=0.0)
    hierarchies = {"row": dict.fromkeys(rows, ALL), "column": dict.fromkeys(columns, ALL)}
    return assemble(cells, sums(cells[["cell_id", "row", "column"]], hierarchies))


def secrets_for(system: System, *targets: str, distance: float = 1.0) -> Secrets:
    """Return secrets with these targets, largest cells wanted most."""
    flags = np.isin(np.array(system.cells), targets)
    reach = np.where(flags, distance, 0.0)
    return Secrets(
        targets=flags,
        up=reach,
        down=np.minimum(reach, system.amounts),
        alone=reach,
        hidden=flags,
        known=np.zeros_like(flags),
        holders=np.full(len(flags), NOBODY),
        priority=system.amounts,
    )


def intervals(system: System, secrets: Secrets, *hidden: str) -> dict[str, Finding]:
    """Return the exact findings by cell when these cells are hidden."""
    flags = np.isin(np.array(system.cells), hidden)
    found = audit(system, secrets, flags, effort="exact")
    return {system.cells[finding.cell]: finding for finding in found}


def test_a_table_with_two_rows_hidden_has_the_known_intervals() -> None:
    # Rows 7, 3, 6; columns 9, 7; the third row is published as 3, 3.
    system = system_of([[4, 3], [2, 1], [3, 3]], "123", "AB")
    hidden = ["1 A", "1 B", "2 A", "2 B"]
    found = intervals(system, secrets_for(system, *hidden), *hidden)
    assert {cell: (round(one.lower, 6), round(one.upper, 6)) for cell, one in found.items()} == {
        "1 A": (3, 6),
        "1 B": (1, 4),
        "2 A": (0, 3),
        "2 B": (0, 3),
    }


def test_three_rows_and_columns_give_the_known_interval() -> None:
    system = system_of([[20, 50, 10], [8, 19, 22], [17, 32, 12]], "123", "ABC")
    secrets = secrets_for(system, "2 C", distance=5)
    found = intervals(system, secrets, "2 A", "2 C", "3 A", "3 C")["2 C"]
    assert [found.lower, found.upper] == pytest.approx([5, 30])
    assert not found.failures


def test_a_cell_hidden_alone_is_found_out_with_the_equations_that_reveal_it() -> None:
    system = system_of([[20, 50, 10], [8, 19, 22], [17, 32, 12]], "123", "ABC")
    found = intervals(system, secrets_for(system, "2 C", distance=5), "2 C")["2 C"]
    assert [found.lower, found.upper] == pytest.approx([22, 22])
    revealing = {number for failure in found.failures for number in failure.equations}
    assert {system.words(number) for number in revealing} <= {
        "2 all by column: 2 A + 2 B + 2 C - 2 all = 0",
        "all C by row: 1 C + 2 C + 3 C - all C = 0",
    }
    assert revealing


def test_elimination_finds_the_known_pattern() -> None:
    system = system_of([[5, 2, 0], [6, 3, 4]], "yo", "SIP")
    secrets = secrets_for(system, "y P")
    pattern = suppress(system, secrets)
    hidden = {system.cells[cell] for cell in np.flatnonzero(pattern.hidden)}
    assert hidden == {"y P", "o I", "o P", "y I"}
    assert not pattern.exposed


def test_equations_that_do_not_hold_are_refused_with_their_name() -> None:
    cells = pd.DataFrame({"cell_id": ["a", "b"], "value": [1.0, 2.0], "minimum": 0.0})
    equations = pd.DataFrame(
        {"equation_id": "a is b", "cell_id": ["a", "b"], "coefficient": [1, -1]}
    )
    with pytest.raises(ProtectionError, match="a is b"):
        assemble(cells, equations)


def test_cells_may_be_negative_where_everyone_knows_it() -> None:
    cells = pd.DataFrame(
        {"cell_id": ["in", "net", "out"], "value": [2.0, -3.0, 5.0], "minimum": [0, -np.inf, 0]}
    )
    equations = pd.DataFrame(
        {
            "equation_id": "balance",
            "cell_id": ["in", "out", "net"],
            "coefficient": [1, -1, -1],
        }
    )
    system = assemble(cells, equations)
    found = intervals(system, secrets_for(system, "in"), "in", "net")["in"]
    assert (found.lower, found.upper) == (0, np.inf)
