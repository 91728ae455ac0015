"""The registers of areas: a town, its observation areas and its districts; towns to compare."""

from collections.abc import Sequence
from datetime import date

import pandas as pd

from datenlabor.demo.geometry import geometries
from datenlabor.demo.town import Town

VALID_FROM = date(1975, 1, 1)
"""Day the present city began to exist; its parts and other towns are taken to be as old."""
_FIRST_PEER = 100
"""Place in lists of the first town to compare with."""


def areas(town: Town) -> pd.DataFrame:
    """Return all areas of a town in the columns of the contract ``area``.

    Grain: area. The town comes first, then observation areas, then districts. An observation area
    of one district exists beside it, with a code of its own. Figures of the first two are composed
    of those of the districts. Errors as ``geometry.shapes``.
    """
    rows = [
        (town.code, town.name, "municipality", "Stadt", town.parent_code),
        *(
            (
                town.observation_area_code(name),
                name,
                "observation_area",
                "Beobachtungsgebiet",
                town.code,
            )
            for name in town.observation_areas
        ),
        *(
            (
                district.code,
                district.name,
                "district",
                town.district_type,
                town.observation_area_code(district.observation_area)
                if district.observation_area
                else town.code,
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


def peers(towns: Sequence[Town]) -> pd.DataFrame:
    """Return towns to compare the city with in the columns of the contract ``peer``.

    Grain: area. They come after what the product shows beside the city.
    """
    return pd.DataFrame(
        {
            "area_code": [town.code for town in towns],
            "area_order": range(_FIRST_PEER, _FIRST_PEER + len(towns)),
            "peer_group": "Vergleichsstädte (Musterdaten)",
        }
    )
