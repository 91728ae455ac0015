"""The register of areas: the city, its observation areas and its districts."""

from datetime import date

import pandas as pd

from datenlabor.demo.geometry import geometries
from datenlabor.demo.town import CITY, Town

COUNTY = "05162"
VALID_FROM = date(1975, 1, 1)
"""Day the present city began to exist; its parts are taken to be as old."""


def areas(town: Town) -> pd.DataFrame:
    """Return all areas of the city in the columns of the contract ``area``.

    Grain: area. The city comes first, then observation areas, then districts. An observation area
    of one district exists beside it, with a code of its own. Figures of the first two are composed
    of those of the districts. Errors as ``geometry.shapes``.
    """
    rows = [
        (CITY, "Neuss", "municipality", "Stadt", COUNTY),
        *(
            (
                town.observation_area_code(name),
                name,
                "observation_area",
                "Beobachtungsgebiet",
                CITY,
            )
            for name in town.observation_areas
        ),
        *(
            (
                district.code,
                district.name,
                "district",
                "Statistischer Bezirk",
                town.observation_area_code(district.observation_area),
            )
            for district in town.districts
        ),
    ]
    table = pd.DataFrame(
        rows, columns=["area_code", "area_name", "area_level", "area_type", "parent_area_code"]
    )
    return table.assign(
        valid_from=VALID_FROM,
        valid_to=None,
        is_composed=table["area_level"] != "district",
        geometry=table["area_code"].map(geometries(town)),
    )
