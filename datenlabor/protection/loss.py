"""What protection costs: how much of each table is not shown."""

import pandas as pd

from datenlabor.protection.memory import FREE, PRIMARY, SECONDARY


def information_loss(tables: pd.DataFrame, cells: pd.DataFrame, audience: str) -> pd.DataFrame:
    """Return per ``table_code`` how many cells there are and how many an audience does not get.

    ``tables``: as for ``protect``; ``cells``: of its result. Columns ``cells``, ``primary``,
    ``secondary``, ``share_of_cells`` and ``share_of_value`` (of absolute values) hidden, 0 to 1;
    cells without units, which nobody misses, are not counted.
    """
    status = cells.set_index("cell_id")[f"status_{audience}"]
    rows = tables[tables["units"] != 0]
    found = rows.assign(
        status=rows["cell_id"].map(status), size=rows["value"].abs().astype("float64")
    )
    found = found.assign(
        primary=found["status"] == PRIMARY,
        secondary=found["status"] == SECONDARY,
        lost=found["size"].where(found["status"] != FREE, 0.0),
    )
    result = found.groupby("table_code").agg(
        cells=("cell_id", "size"),
        primary=("primary", "sum"),
        secondary=("secondary", "sum"),
        size=("size", "sum"),
        lost=("lost", "sum"),
    )
    return pd.DataFrame(
        {
            "cells": result["cells"],
            "primary": result["primary"],
            "secondary": result["secondary"],
            "share_of_cells": (result["primary"] + result["secondary"]) / result["cells"],
            "share_of_value": (result["lost"] / result["size"]).fillna(0.0),
        }
    ).reset_index()
