"""Which measures add up to which and follow from which, from what is said of measures."""

from collections.abc import Iterator, Sequence

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
        DatenlaborError: a sum is none, or adds a measure to itself.

    """
    said = (
        (whole, f"Summe {number}", addends)
        for whole, sums in _said(measures, "sum_of")
        for number, addends in enumerate(sums, start=1)
    )
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
        for whole, rule, addends in (*_breakdowns(measures), *said)
        for term, factor in addends.items()
    ]
    return pd.DataFrame(rows, columns=list(_COLUMNS))


def measure_origins(measures: pd.DataFrame) -> pd.DataFrame:
    """Return one row per measure, measure it is calculated from and how many years before.

    ``measures``: rows of ``stg_register__measures``. Said in ``calculated_from``.

    Raises:
        DatenlaborError: as :func:`measure_addends`.

    """
    rows = [
        (measure, term.measure, term.years)
        for measure, sums in _said(measures, "calculated_from")
        for term in {term: None for addends in sums for term in addends}
    ]
    return pd.DataFrame(rows, columns=["measure_code", "origin_code", "years_before"]).astype(
        {"measure_code": str, "origin_code": str, "years_before": int}
    )


def _breakdowns(measures: pd.DataFrame) -> Iterator[_Sum]:
    """Yield what complete breakdowns say."""
    parts = measures[measures["is_complete_breakdown"].astype(bool)]
    for (whole, breakdown), group in parts.groupby(["parent_measure_code", "breakdown"]):
        addends = {Term(measure): 1 for measure in group["measure_code"]}
        yield str(whole), f"Teile nach {breakdown}", addends


def _said(measures: pd.DataFrame, column: str) -> Iterator[tuple[str, Sequence[Addends]]]:
    """Yield what measures say of themselves in a column. Raises DatenlaborError.

    What speaks of a measure that is not there is left out: deliveries are refused for it, but the
    product's measures speak of some that not every city delivers, and a delivery may be withdrawn.
    """
    known = set(measures["measure_code"])
    told = measures.dropna(subset=[column])
    for whole, text in zip(told["measure_code"], told[column], strict=True):
        place = f"Measure {whole!r}, column {column}:"
        try:
            sums = parse(text)
        except NotationError as error:
            raise DatenlaborError(f"{place} {error}", hint=HINT) from error
        for addends in sums:
            if Term(whole) in addends:
                raise DatenlaborError(
                    f"{place} {text!r} names the measure itself in the same year.",
                    hint=f"Take it out, or write how many years before: {whole}@-1.",
                )
        yield whole, [each for each in sums if known.issuperset(term.measure for term in each)]
