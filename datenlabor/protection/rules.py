"""Which cells are sensitive in themselves, and how far from their value attackers must be kept.

Contributions are those of enterprise groups (or persons): x1 is the largest, X their sum. The
parameters are the installation's and are never published.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from datenlabor.protection.system import Flags, Numbers, ProtectionError, listed

_WHOLE = 100.0
"""Per cent."""


@dataclass(frozen=True)
class Rules:
    """The parameters for the cells of one table and audience; None and () switch a rule off."""

    is_count: bool
    """Whether the value is the number of units itself, not a sum of what they contribute."""
    minimum_units: int = 3
    minimum_holders: int = 0
    """Fewest enterprise groups behind a cell."""
    p_percent: float | None = None
    """The second largest must not come within this share of the largest."""
    dominance: tuple[tuple[int, float], ...] = ()
    """Pairs (n, k): the n largest must not have more than k per cent of the sum."""
    zeros_are_sensitive: bool = False
    """Otherwise a cell without units is published always, and everyone is taken to know it."""
    range_percent: float = 10.0
    """How far attackers are kept from a sum which is sensitive for its few units, in per cent."""
    least_range: float = 1.0
    """The least distance attackers are kept at, in the unit of the value."""

    def __post_init__(self) -> None:
        """Raise ProtectionError where a parameter makes no sense."""
        shares = [k for _, k in self.dominance] + [self.range_percent]
        shares += [] if self.p_percent is None else [self.p_percent]
        if not all(0 < share <= _WHOLE for share in shares):
            raise ProtectionError("p, k and the range of rules are more than 0 and at most 100.")
        if any(n < 1 for n, _ in self.dominance) or self.least_range <= 0:
            raise ProtectionError("n of a dominance rule is at least 1, the least range above 0.")


def assess(cells: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Return ``is_sensitive``, ``is_zero``, ``up``, ``down``, ``alone`` of each cell, by its index.

    ``cells``: ``value``, ``units``; ``holders``, ``x1``, ``x2`` … as far as rules use them.
    The distances are zero where a cell is not sensitive. Raises ProtectionError for columns
    that are missing or not filled.
    """
    value = _column(cells, "value")
    units = _column(cells, "units")
    empty = units == 0
    few = ~empty & (units < rules.minimum_units)
    if rules.minimum_holders:
        few |= ~empty & (_column(cells, "holders") < rules.minimum_holders)
    reach = np.where(few, _reach_of_few(value, rules), 0.0)
    sensitive = few.copy()
    for found, distance in _reaches_of_dominance(cells, value, rules):
        sensitive |= found & ~empty
        reach = np.where(found & ~empty, np.maximum(reach, distance), reach)
    if rules.zeros_are_sensitive:
        sensitive |= empty
        reach = np.where(empty, _reach_of_few(value, rules), reach)
    up = np.where(sensitive, np.maximum(reach, rules.least_range), 0.0)
    # Of a count it is enough below, and against holders of other cells, that it is not certain; a
    # sum is kept as far below as above.
    near = np.where(sensitive, rules.least_range, 0.0) if rules.is_count else up
    return pd.DataFrame(
        {
            "is_sensitive": sensitive,
            "is_zero": empty & ~sensitive,
            "up": up,
            "down": np.minimum(near, np.maximum(value, 0.0)),
            "alone": near,
        },
        index=cells.index,
    )


def _reach_of_few(value: Numbers, rules: Rules) -> Numbers:
    """Return how far attackers are kept from the value of a cell that has too few units.

    Of a count it must remain possible that it is large enough to be published.
    """
    if rules.is_count:
        return np.maximum(rules.minimum_units - value, 0.0)
    return rules.range_percent / _WHOLE * np.abs(value)


def _reaches_of_dominance(
    cells: pd.DataFrame, value: Numbers, rules: Rules
) -> list[tuple[Flags, Numbers]]:
    """Return for each rule of concentration which cells it finds, and how far to keep attackers.

    At that distance the largest (the n largest) can be estimated no better than the rule allows.
    """
    found = []
    if rules.p_percent is not None:
        first, second = _column(cells, "x1"), _column(cells, "x2")
        missing = rules.p_percent / _WHOLE * first - (value - first - second)
        found.append((missing > 0, missing))
    for n, k in rules.dominance:
        largest = sum(_column(cells, f"x{place}") for place in range(1, n + 1))
        missing = _WHOLE / k * largest - value
        found.append((missing > 0, missing))
    return found


def _column(cells: pd.DataFrame, name: str) -> Numbers:
    """Return a column of numbers; raises ProtectionError where it is missing or has gaps."""
    if name not in cells:
        raise ProtectionError(f"Cells lack the column {name} that a rule needs.")
    numbers = cells[name].to_numpy(np.float64, na_value=np.nan)
    if np.isnan(numbers).any():
        raise ProtectionError(f"No {name} in cells: {listed(cells.index[np.isnan(numbers)])}.")
    return numbers
