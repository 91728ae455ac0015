"""Which measures follow from which; described in protection.yml."""

from typing import Any

import pandas as pd

from datenlabor.methods.measure_addends import measure_origins


def model(dbt: Any, session: Any) -> pd.DataFrame:
    """Return one row per measure and measure it is calculated from."""
    return measure_origins(dbt.ref("stg_register__measures").order("measure_code").df())
