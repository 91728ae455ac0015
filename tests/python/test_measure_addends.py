"""What is said of measures becomes rows, or an error that says what is wrong."""

import pandas as pd
import pytest

from datenlabor.errors import DatenlaborError
from datenlabor.methods.measure_addends import measure_addends, measure_origins


def measures(sum_of: str | None) -> pd.DataFrame:
    """Return people, divided by sex, and what else is counted."""
    return pd.DataFrame(
        [
            ("births", None, None, False, None),
            ("deaths", None, None, False, None),
            ("men", "people", "sex", True, None),
            ("people", None, None, False, sum_of),
            ("women", "people", "sex", True, None),
        ],
        columns=[
            "measure_code",
            "parent_measure_code",
            "breakdown",
            "is_complete_breakdown",
            "sum_of",
        ],
    )


def test_breakdowns_and_sums_become_rows() -> None:
    found = measure_addends(measures("people@-1 + births - 2 * deaths; men + women"))
    assert found.to_records(index=False).tolist() == [
        ("people", "Teile nach sex", "men", 0, 1, 2, False),
        ("people", "Teile nach sex", "women", 0, 1, 2, False),
        ("people", "Summe 1", "people", 1, 1, 3, True),
        ("people", "Summe 1", "births", 0, 1, 3, True),
        ("people", "Summe 1", "deaths", 0, -2, 3, True),
        ("people", "Summe 2", "men", 0, 1, 2, False),
        ("people", "Summe 2", "women", 0, 1, 2, False),
    ]


def test_without_sums_there_are_only_breakdowns() -> None:
    assert len(measure_addends(measures(None))) == 2


@pytest.mark.parametrize(
    ("sum_of", "words", "hint"),
    [
        ("births - ", "a measure is expected at '-'", "population@-1"),
        ("people + births", "itself in the same year", "people@-1"),
    ],
)
def test_what_is_no_sum_names_the_measure_and_what_to_do(
    sum_of: str, words: str, hint: str
) -> None:
    with pytest.raises(DatenlaborError, match=words) as caught:
        measure_addends(measures(sum_of))
    assert str(caught.value).startswith("Measure 'people', column sum_of")
    assert hint in caught.value.hint


def test_what_measures_are_calculated_from_becomes_rows() -> None:
    told = measures(None).assign(calculated_from=None)
    assert measure_origins(told).empty
    told.loc[told["measure_code"] == "people", "calculated_from"] = "men@-1 + births; men@-1"
    assert measure_origins(told).to_records(index=False).tolist() == [
        ("people", "men", 1),
        ("people", "births", 0),
    ]


def test_what_speaks_of_a_measure_that_is_not_there_is_left_out() -> None:
    found = measure_addends(measures("births + moves@-1; men + women"))
    assert list(found["rule_name"]) == ["Teile nach sex"] * 2 + ["Summe 1"] * 2
    told = measures(None).assign(calculated_from=None)
    told.loc[told["measure_code"] == "people", "calculated_from"] = "ages; births"
    assert list(measure_origins(told)["origin_code"]) == ["births"]
