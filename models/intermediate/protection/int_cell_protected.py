"""What each audience gets of every cell; what it returns is described in protection.yml."""

from typing import Any

import pandas as pd

from datenlabor.methods.cell_protection import protected_cells
from datenlabor.paths import Home
from datenlabor.protection.memory import Memory
from datenlabor.protection.parameters import read_parameters


def model(dbt: Any, session: Any) -> pd.DataFrame:
    """Return one row per cell."""
    return protected_cells(
        dbt.ref("int_cell_listed").order("cell_id").df(),
        dbt.ref("int_cell_equation_listed").order("equation_id, cell_id").df(),
        Memory(
            dbt.ref("stg_memory__cells").order("release_id, cell_id").df(),
            dbt.ref("stg_memory__equations").order("release_id, equation_id, cell_id").df(),
        ),
        read_parameters(Home.from_environment().root),
    )
