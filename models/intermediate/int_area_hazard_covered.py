"""Areas against hazard zones; what it returns is described in intermediate.yml."""

from typing import Any

import pandas as pd

from datenlabor.methods.hazard_exposure import covered_areas


def model(dbt: Any, session: Any) -> pd.DataFrame:
    """Return one row per area that is the sum of no others, scenario and edition."""
    areas = dbt.ref("int_area_listed").filter(
        "is_current and not is_composed and geometry is not null"
    )
    zones = dbt.ref("stg_delivery__hazard_zones").filter("is_listed")
    return covered_areas(areas.order("area_code").df(), zones.df())
