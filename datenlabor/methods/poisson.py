"""Exact confidence limits of a Poisson count (Garwood 1936), for rates of rare events.

The lower limit is the mean at which so many cases or more have a probability of 2.5 per cent, the
upper one that at which so many or fewer have. SQL has no quantiles of the gamma distribution.
"""

import math
from collections.abc import Iterable

import numpy as np
import pandas as pd

TAIL = 0.025
"""Probability beyond each limit of a 95 per cent interval."""

_HALVINGS = 55
"""As often as an interval is halved before it is as narrow as a float can tell."""


def poisson_limits(cases: int) -> tuple[float, float]:
    """Return lower and upper 95 % limit of the mean behind ``cases``; below 0 cases there is none.

    Raises:
        ValueError: ``cases`` is negative.

    """
    if cases < 0:
        raise ValueError(f"{cases} is no number of cases.")
    low = _mean_with_at_most(cases - 1, 1 - TAIL) if cases else 0.0
    return low, _mean_with_at_most(cases, TAIL)


def limits_of(counts: Iterable[int]) -> pd.DataFrame:
    """Return ``case_count``, ``count_low`` and ``count_high`` of each number of cases once.

    **Grain:** number of cases.
    """
    rows = [(cases, *poisson_limits(cases)) for cases in sorted(set(counts))]
    frame = pd.DataFrame(rows, columns=["case_count", "count_low", "count_high"])
    return frame.astype({"case_count": "int64", "count_low": "float64", "count_high": "float64"})


def _mean_with_at_most(cases: int, probability: float) -> float:
    """Return the mean at which ``cases`` or fewer have this probability: it falls with the mean."""
    numbers = np.arange(cases + 1)
    logarithms_of_factorials = np.cumsum(np.log(np.maximum(numbers, 1)))
    # Ten standard deviations and ten cases further nothing is left of either tail.
    low, high = 0.0, cases + 10 * math.sqrt(cases) + 10
    for _ in range(_HALVINGS):
        mean = (low + high) / 2
        terms = np.exp(numbers * math.log(mean) - mean - logarithms_of_factorials)
        low, high = (mean, high) if terms.sum() > probability else (low, mean)
    return (low + high) / 2
