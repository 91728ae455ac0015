"""What each audience gets of cells not yet published; described in protection.yml."""

from typing import Any

import pandas as pd

from datenlabor.methods.cell_protection import protected_cells
from datenlabor.paths import Home
from datenlabor.protection.memory import Memory
from datenlabor.protection.parameters import read_parameters


def model(dbt: Any, session: Any) -> pd.DataFrame:
    """Return one row per cell."""
    settled = dbt.ref("int_cell_settled").select("cell_id")
    reopened = dbt.ref("int_component_reopened")
    remembered = dbt.ref("stg_memory__cells").join(reopened, "release_id, component_id", how="semi")
    cells = dbt.ref("int_cell_listed").join(settled, "cell_id", how="anti")
    equations = dbt.ref("int_cell_equation_listed").join(settled, "cell_id", how="anti")
    held = dbt.ref("stg_memory__equations").join(
        remembered.select("release_id, cell_id"), "release_id, cell_id", how="semi"
    )
    return protected_cells(
        cells.order("cell_id").df(),
        equations.order("equation_id, cell_id").df(),
        Memory(
            remembered.order("release_id, cell_id").df(),
            held.order("release_id, equation_id, cell_id").df(),
        ),
        read_parameters(Home.from_environment().root),
    )
