"""Numbers, periods and codes: what is written comes back, what is not understood is refused."""

import re
from datetime import date, timedelta
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datenlabor.deliveries.contract import contracts
from datenlabor.deliveries.numbers import SPACES, number_pattern, number_sql, trimmed
from datenlabor.deliveries.periods import parse_date, parse_period, parse_truth
from datenlabor.deliveries.spec import Numbers, Spec
from datenlabor.publishing.tables import literal

FIGURE = contracts()["figure"]


def spec(**parts: Any) -> Spec:  # noqa: ANN401 any part of a spec
    return Spec.model_validate(
        {
            "name": "test",
            "title": "Test",
            "dataset": "figure",
            "source": {
                "code": "test",
                "publisher": "Test",
                "title": "Test",
                "licence": "CC-BY-4.0",
                "attribution": "Test",
            },
            "format": {"type": "csv"},
            "body": {"starts": {"line": 2}},
            "columns": {
                "area_code": {"from": "column 1"},
                "period": {"from": "column 2"},
                "measure_code": {"from": "column 3"},
                "value": {"from": "column 4"},
            },
            **parts,
        }
    )


def parsed(text: str, **parts: Any) -> tuple[float | None, str | None]:  # noqa: ANN401 any part of a spec
    sql = number_sql("text", spec(**parts))
    row = duckdb.sql(
        f"select {sql.value}, {sql.status} from (select {trimmed(literal(text))} as text)"
    ).fetchone()
    assert row
    return row[0], row[1]


SEPARATORS = [(",", ""), (",", "."), (",", " "), (".", ""), (".", ","), (",", "'")]


def written(value: int, decimals: int, decimal: str, thousands: str) -> str:
    whole, fraction = divmod(abs(value), 10**decimals)
    text = f"{whole:,}".replace(",", thousands)
    text += f"{decimal}{fraction:0{decimals}d}" if decimals else ""
    return f"-{text}" if value < 0 else text


@given(
    value=st.integers(-(10**14), 10**14),
    decimals=st.integers(0, 4),
    separators=st.sampled_from(SEPARATORS),
    before=st.text(SPACES, max_size=3),
    after=st.text(SPACES, max_size=3),
)
def test_a_written_number_is_read_as_it_was_meant(
    value: int, decimals: int, separators: tuple[str, str], before: str, after: str
) -> None:
    text = before + written(value, decimals, *separators) + after
    numbers = dict(zip(("decimal", "thousands"), separators, strict=True))
    assert parsed(text, numbers=numbers)[0] == value / 10**decimals


@given(
    value=st.integers(1000, 10**9),
    decimals=st.integers(0, 3),
    as_written=st.sampled_from(SEPARATORS),
    as_read=st.sampled_from(SEPARATORS),
)
def test_a_number_in_another_notation_is_right_or_refused(
    value: int, decimals: int, as_written: tuple[str, str], as_read: tuple[str, str]
) -> None:
    """One notation cannot be told from another by one number: 1.234 is thousands or decimals."""
    text = written(value, decimals, *as_written)
    numbers = dict(zip(("decimal", "thousands"), as_read, strict=True))
    found = parsed(text, numbers=numbers)[0]
    swapped = as_written[1] == as_read[0] or as_written[0] == as_read[1]
    assert found in {None, value / 10**decimals} or swapped


@pytest.mark.parametrize(
    "text",
    [
        *("", "1.234", "1,2,3", "12 34", "007", "1e3", "--1", "1-", ",5", "5,", "0x1", "½"),
        *("NaN", "inf", "1 234", "12345678901234567", "1.2345", "٣", "²"),
    ],
)
def test_what_is_no_number_stays_none(text: str) -> None:
    assert parsed(text) == (None, None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-", (0.0, None)),
        (".", (None, "O")),
        ("x", (None, "M")),
        ("12 p", (12.0, "P")),
        ("12p", (12.0, "P")),
        ("(12)", (12.0, "U")),
        ("(12", (None, None)),
        ("12)", (None, None)),
        ("3,5 %", (3.5, None)),
        ("1,001 Tsd.", (1001.0, None)),
        ("8,999999999999998", (9.0, None)),
        ("1.500 Tsd.", (1_500_000.0, None)),
        ("1.500 T€ p", (1_500_000.0, "P")),
        ("12 q", (None, None)),
        ("\u22125,0", (-5.0, None)),
    ],
)
def test_symbols_marks_and_units(text: str, expected: tuple[float | None, str | None]) -> None:
    assert (
        parsed(
            text,
            numbers={"decimal": ",", "thousands": "."},
            symbols={"-": 0, ".": "O", "x": "M"},
            marks={"p": "P", "()": "U"},
            suffixes={"%": 1, "Tsd.": 1000, "T€": 1000},
        )
        == expected
    )


@given(
    text=st.text(alphabet="0123456789.,' +-\u2212()x", max_size=12),
    numbers=st.sampled_from(SEPARATORS),
)
def test_python_and_sql_agree_on_what_a_number_is(text: str, numbers: tuple[str, str]) -> None:
    as_spec = Numbers(decimal=numbers[0], thousands=numbers[1])
    is_number = re.fullmatch(number_pattern(as_spec), text.strip(SPACES)) is not None
    parts = {"decimal": numbers[0], "thousands": numbers[1]}
    assert (parsed(text, numbers=parts)[0] is not None) == is_number


@given(whole=st.integers(1, 10**6), factor=st.sampled_from([0.001, 0.01, 10, 1000, 1_000_000]))
def test_a_factor_loses_no_whole_number(whole: int, factor: float) -> None:
    text = f"{whole / factor:.9f}".rstrip("0").rstrip(".").replace(".", ",")
    assert parsed(f"{text} x", suffixes={"x": factor})[0] == whole


@given(st.dates(date(1800, 1, 1), date(2199, 12, 31)))
def test_days_in_german_and_iso(day: date) -> None:
    assert parse_date(f"{day:%d.%m.%Y}") == day.isoformat()
    assert parse_period(f"Stand: {day:%d.%m.%Y}") == day.isoformat()
    assert parse_period(day.isoformat()) == day.isoformat()


@given(st.integers(0, 400))
def test_days_that_do_not_exist_are_none(days: int) -> None:
    after = date(2023, 2, 28) + timedelta(days)
    impossible = f"{after.day + 31:02d}.{after:%m.%Y}"
    assert parse_date(impossible) is None


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2015", "2015"),
        ("Jahr: 2016", "2016"),
        ("Berichtsjahr 2016", "2016"),
        ("2015/16", "2015"),
        ("2015/17", None),
        # July to December 2011, or December 2011.
        ("2011/12", None),
        ("2000/01", None),
        ("1999/00", "1999"),
        ("2011/2012", "2011"),
        ("Schuljahr 2011/12", "2011"),
        ("Kita-Jahr 2011/2012", "2011"),
        ("Schuljahr 2011/13", None),
        ("\uff12\uff10\uff11\uff15", None),
        ("3. Quartal 2015", "2015-Q3"),
        ("Q3 2015", "2015-Q3"),
        ("2015-Q3", "2015-Q3"),
        ("III/2015", "2015-Q3"),
        ("IV/2015", "2015-Q4"),
        ("2. Halbjahr 2015", "2015-H2"),
        ("Juli 2015", "2015-07"),
        ("März 2015", "2015-03"),
        ("Dez. 2015", "2015-12"),
        ("07/2015", "2015-07"),
        ("2015-07", "2015-07"),
        ("13/2015", None),
        ("2015-13", None),
        ("31.02.2015", None),
        ("12345", None),
        ("Quartal", None),
        ("", None),
    ],
)
def test_periods(text: str, period: str | None) -> None:
    assert parse_period(text) == period


def test_truth() -> None:
    assert [parse_truth(text) for text in ("Ja", "nein", "1", "vielleicht")] == [
        "true",
        "false",
        "true",
        None,
    ]
