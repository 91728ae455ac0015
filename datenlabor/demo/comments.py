"""Comments of experts on the demo's figures, written by hand in ``comments.csv``.

They speak of figures in kind, never of real institutions or persons. ``area`` is the number of a
district, or ``city``. Recommendations are advice to the city itself; the others are for everybody.
"""

from pathlib import Path

import pandas as pd

from datenlabor.demo.town import CITY, Town

_COLUMNS = (
    *("comment_code", "version", "valid_from", "kind", "area_code", "industry_code"),
    *("indicator_code", "period", "author_role", "title_de", "text_de", "audience"),
)


def comments(town: Town) -> pd.DataFrame:
    """Return the contract's ``comment``. Grain: comment x version.

    Raises:
        KeyError: a comment is about a district the town does not have.

    """
    texts = pd.read_csv(Path(__file__).with_name("comments.csv"), dtype=str)
    areas = {str(district.number): district.code for district in town.districts} | {"city": CITY}
    codes = [areas[area] for area in texts["area"]]
    audiences = texts["kind"].eq("recommendation").map({True: "internal", False: "public"})
    numbers = texts["version"].astype(int)
    rows = texts.assign(area_code=codes, version=numbers, audience=audiences)
    return rows[list(_COLUMNS)].sort_values(["comment_code", "version"], ignore_index=True)
