"""Where companies have their seats: industrial sites, the centre, and where people live."""

import numpy as np
from numpy.typing import NDArray

from datenlabor.demo.industries import divisions
from datenlabor.demo.town import Array, Town

_KM_PER_DEGREE = 111.2
_CENTRE_KM = 0.9
"""Distance from the centre over which it thins out to a third."""
_HOMES_OF_LARGE = 0.03
"""Large companies seldom have their seat where people live."""
_CONCENTRATION = 1.5
"""Large companies are nearer to each other than small ones."""


def site_shares(town: Town, division: NDArray[np.int64], is_large: NDArray[np.bool_]) -> Array:
    """Return how likely each district is as the seat of each company.

    Shape: companies by districts; rows add up to 1. Industrial sites are poor and thinly built,
    the centre is the first district, and the rest is where residents, rather well-off ones, are.
    """
    kinds = np.array([_industrial(town), _central(town), _residential(town)])
    kinds /= kinds.sum(axis=1, keepdims=True)
    industrial = divisions()["industrial_site"].to_numpy(np.float64)[division]
    central = divisions()["central_site"].to_numpy(np.float64)[division]
    homes = (1 - industrial - central) * np.where(is_large, _HOMES_OF_LARGE, 1)
    shares: Array = np.column_stack([industrial, central, homes]) @ kinds
    shares **= np.where(is_large, _CONCENTRATION, 1)[:, np.newaxis]
    shares /= shares.sum(axis=1, keepdims=True)
    return shares


def _industrial(town: Town) -> Array:
    return np.exp(-town.factor("affluence") - 0.9 * town.factor("density"))


def _central(town: Town) -> Array:
    longitude, latitude = town.factor("longitude"), town.factor("latitude")
    east = (longitude - longitude[0]) * np.cos(np.radians(latitude[0]))
    distance = np.hypot(east, latitude - latitude[0]) * _KM_PER_DEGREE
    nearness: Array = np.exp(-distance / _CENTRE_KM)
    return nearness


def _residential(town: Town) -> Array:
    return town.factor("population") * np.exp(0.25 * town.factor("affluence"))
