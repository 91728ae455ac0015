"""Which measures add up to which; described in protection.yml."""

from typing import Any

import pandas as pd

from datenlabor.methods.measure_addends import measure_addends


def model(dbt: Any, session: Any) -> pd.DataFrame:
    """Return one row per addend of a sum."""
    return measure_addends(dbt.ref("stg_register__measures").order("measure_code").df())
