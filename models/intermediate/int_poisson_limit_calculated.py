"""Exact limits of rare events; what it returns is described in intermediate.yml."""

from typing import Any

import pandas as pd

from datenlabor.methods.poisson import limits_of


def model(dbt: Any, session: Any) -> pd.DataFrame:
    """Return one row per number of insolvencies that some cell has, and one for none."""
    cells = dbt.ref("int_company_cell_counted").filter("counted = 'insolvency'")
    found = cells.aggregate("unit_count", "unit_count").fetchall()
    return limits_of([0, *(count for (count,) in found)])
