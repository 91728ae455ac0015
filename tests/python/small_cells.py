"""Four cells with an equation between them: persons in three districts and in all of them."""

import duckdb
import pandas as pd

from datenlabor.audiences import AUDIENCES
from datenlabor.methods.cell_protection import protected_cells
from datenlabor.paths import Home
from datenlabor.protection.memory import Memory, columns
from datenlabor.protection.parameters import read_parameters
from datenlabor.publishing import memory, workflow

PROTECTION = workflow.Protection(cells=memory.CELLS)
VALUES = {"a": 1.0, "b": 20.0, "c": 30.0, "total": 51.0}
"""One is alone in the first district."""


def write_cells(
    home: Home,
    values: dict[str, float],
    *,
    sabotaged: str | None = None,
    adds_up: bool = True,
    overlooked: dict[str, int] | None = None,
) -> None:
    """Write cells as a build makes them; ``sabotaged`` is shown although it must not be.

    ``overlooked``: coefficients of an equation that was not thought of when deciding.
    """
    names = sorted(values)
    count = len(names)
    listed = pd.DataFrame(
        {
            "table_code": ["person"] * count,
            "counted": ["ill"] * count,
            "area_code": names,
            "period": ["2020"] * count,
            "breakdown": ["all"] * count,
            "cell_id": names,
            "fingerprint": [f"{values[name]} persons" for name in names],
            "cell_value": [values[name] for name in names],
            "unit_count": [values[name] for name in names],
            "holder_count": [values[name] for name in names],
            "largest_contribution": [1.0] * count,
            "second_contribution": [1.0] * count,
            "single_holder": [name if values[name] == 1 else None for name in names],
        }
    )
    equations = pd.DataFrame(
        {
            "equation_id": ["Gebiete"] * count,
            "cell_id": names,
            "coefficient": [-1 if name == "total" else 1 for name in names],
        }
    ).head(count if adds_up else 0)
    all_equations = equations
    if overlooked:
        terms = {"cell_id": list(overlooked), "coefficient": list(overlooked.values())}
        all_equations = pd.concat([equations, pd.DataFrame({"equation_id": "Zins", **terms})])
    with duckdb.connect(str(home.warehouse)) as connection:
        past = memory.recall(home) or Memory(pd.DataFrame(columns=columns(AUDIENCES)))
        cells = protected_cells(listed, equations, past, read_parameters(home.root)).merge(
            listed[["cell_id", "fingerprint"]], on="cell_id"
        )
        if sabotaged:
            for audience in AUDIENCES:
                cells.loc[cells["cell_id"] == sabotaged, f"status_{audience}"] = "free"
        connection.execute("create schema if not exists intermediate")
        for name, frame in (
            ("int_cell_listed", listed),
            ("int_cell_equation_listed", all_equations),
            ("int_cell_protected", cells),
        ):
            connection.register("frame", frame)
            connection.execute(f"create or replace table intermediate.{name} as from frame")
