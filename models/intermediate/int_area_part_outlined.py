"""The pieces areas consist of; what it returns is described in intermediate.yml."""

from typing import Any

import pandas as pd

from datenlabor.methods.area_parts import area_parts


def model(dbt: Any, session: Any) -> pd.DataFrame:
    """Return one row per current area with borders and part."""
    areas = dbt.ref("int_area_listed").filter("is_current and geometry is not null")
    return area_parts(areas.order("area_code").df())
