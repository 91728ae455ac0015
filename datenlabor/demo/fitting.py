"""Iterative proportional fitting: a table that keeps its structure and meets given margins."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from datenlabor.errors import DatenlaborError

Array = NDArray[np.float64]
Axes = tuple[int, ...]

_ROUNDS = 2_000
_TOLERANCE = 1e-9


def fit(start: Array, margins: Mapping[Axes, Array]) -> Array:
    """Scale a table of n dimensions until its sums over all other axes equal the margins.

    ``margins`` maps the axes a margin keeps, in ascending order, to the wanted sums, an array of
    these axes. The odds ratios of ``start`` are kept and its zeros stay zero (Deming and Stephan
    1940). Sums differ from the margins by at most 1e-9 of the total.

    Raises:
        DatenlaborError: the margins contradict each other or the zeros of ``start``.

    """
    table = np.asarray(start, dtype=np.float64).copy()
    total = max(float(np.sum(margin)) for margin in margins.values())
    worst = np.inf
    for _ in range(_ROUNDS):
        for axes, wanted in margins.items():
            factors = _ratio(np.asarray(wanted, np.float64), _sums(table, axes))
            table *= np.expand_dims(factors, _others(table, axes))
        worst = max(
            float(np.max(np.abs(_sums(table, axes) - wanted))) for axes, wanted in margins.items()
        )
        if worst <= _TOLERANCE * max(total, 1.0):
            return table
    raise DatenlaborError(
        f"No table meets all margins: after {_ROUNDS} rounds a sum is still {worst:.6g} away.",
        hint="Check that all margins have one total and that none needs a cell that is 0.",
    )


def _others(table: Array, axes: Axes) -> Axes:
    return tuple(axis for axis in range(table.ndim) if axis not in axes)


def _sums(table: Array, axes: Axes) -> Array:
    sums: Array = table.sum(axis=_others(table, axes))
    return sums


def _ratio(wanted: Array, present: Array) -> Array:
    return np.divide(wanted, present, out=np.zeros_like(wanted), where=present > 0)
