"""Facilities against hazard zones; what it returns is described in intermediate.yml."""

from typing import Any

import pandas as pd

from datenlabor.methods.hazard_exposure import located_facilities


def model(dbt: Any, session: Any) -> pd.DataFrame:
    """Return one row per listed facility, scenario and edition."""
    facilities = dbt.ref("stg_delivery__facilities").filter("is_listed").order("facility_code")
    zones = dbt.ref("stg_delivery__hazard_zones").filter("is_listed")
    return located_facilities(facilities.df(), zones.df())
