"""Which measures add up to which, from what is said of measures."""

from collections.abc import Iterator

import pandas as pd

from datenlabor.errors import DatenlaborError
from datenlabor.protection.notation import HINT, Addends, NotationError, Term, parse

_Sum = tuple[str, str, Addends]
"""The whole, which of its sums it is (in German, for reports), and its addends."""

_COLUMNS = (
    "measure_code",
    "rule_name",
    "addend_code",
    "years_before",
    "factor",
    "addend_count",
    "is_over_years",
)


def measure_addends(measures: pd.DataFrame) -> pd.DataFrame:
    """Return one row per measure, sum, addend and how many years before it is taken.

    ``measures``: rows of ``stg_register__measures``. Complete breakdowns and ``sum_of`` make sums.

    Raises:
        DatenlaborError: a sum is none, names a measure that does not exist, or adds a measure to
            itself.

    """
    rows = [
        (
            whole,
            rule,
            term.measure,
            term.years,
            factor,
            len(addends),
            any(each.years for each in addends),
        )
        for whole, rule, addends in (*_breakdowns(measures), *_said(measures))
        for term, factor in addends.items()
    ]
    return pd.DataFrame(rows, columns=list(_COLUMNS))


def _breakdowns(measures: pd.DataFrame) -> Iterator[_Sum]:
    """Yield what complete breakdowns say."""
    parts = measures[measures["is_complete_breakdown"].astype(bool)]
    for (whole, breakdown), group in parts.groupby(["parent_measure_code", "breakdown"]):
        addends = {Term(measure): 1 for measure in group["measure_code"]}
        yield str(whole), f"Teile nach {breakdown}", addends


def _said(measures: pd.DataFrame) -> Iterator[_Sum]:
    """Yield what measures say themselves. Raises DatenlaborError."""
    known = set(measures["measure_code"])
    told = measures.dropna(subset=["sum_of"])
    for whole, text in zip(told["measure_code"], told["sum_of"], strict=True):
        place = f"Measure {whole!r}, column sum_of:"
        try:
            sums = parse(text)
        except NotationError as error:
            raise DatenlaborError(f"{place} {error}", hint=HINT) from error
        for number, addends in enumerate(sums, start=1):
            if Term(whole) in addends:
                raise DatenlaborError(
                    f"{place} {text!r} adds the measure to itself in the same year.",
                    hint=f"Take it out, or write how many years before: {whole}@-1.",
                )
            if unknown := [term.measure for term in addends if term.measure not in known]:
                raise DatenlaborError(
                    f"{place} {text!r} names {unknown[0]!r}, which is no measure.",
                    hint="Correct it, or deliver the measure first (contract measure).",
                )
            yield whole, f"Summe {number}", addends
