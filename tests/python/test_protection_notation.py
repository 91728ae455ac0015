"""Sums of measures as planners write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datenlabor.protection.notation import LARGEST, MOST_YEARS, NotationError, Term, parse, written

terms = st.builds(
    Term, st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True), st.integers(0, MOST_YEARS)
)
factors = st.integers(-LARGEST, LARGEST).filter(bool)


def test_a_balance_is_read() -> None:
    text = "population@-1 + births - deaths + moves_in - moves_out"
    assert parse(text) == [
        {
            Term("population", 1): 1,
            Term("births"): 1,
            Term("deaths"): -1,
            Term("moves_in"): 1,
            Term("moves_out"): -1,
        }
    ]


def test_sums_of_one_measure_are_read_one_by_one() -> None:
    assert parse("a+b;2*a - c @-3") == [
        {Term("a"): 1, Term("b"): 1},
        {Term("a"): 2, Term("c", 3): -1},
    ]


def test_what_is_there_twice_counts_twice() -> None:
    assert parse("a + a") == parse("2 * a")


@given(st.lists(st.dictionaries(terms, factors, min_size=1, max_size=6), min_size=1, max_size=3))
def test_what_is_written_is_read_again(sums: list[dict[Term, int]]) -> None:
    assert parse("; ".join(map(written, sums))) == sums


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "a measure is expected at ''"),
        ("births +", r"\+ or - and a measure is expected at '\+'\."),
        ("births deaths", r"\+ or - and a measure is expected at 'deaths'"),
        ("births + + deaths", r"expected at '\+ \+ deaths'"),
        ("births; ; deaths", "a measure is expected at ''"),
        ("Births", "a measure is expected at 'Births'"),
        ("births@1", r"expected at '@1'"),
        ("births@-0", "between 1 and 10"),
        ("births@-11", "between 1 and 10"),
        ("births@-²", r"expected at '@-²'"),
        ("0 * births", "births counts 0 times"),
        ("births - births", "births counts 0 times"),
        ("6 * births + 6 * births", "births counts 12 times"),
    ],
)
def test_what_is_no_sum_is_refused_with_its_place(text: str, words: str) -> None:
    with pytest.raises(NotationError, match=words):
        parse(text)


@given(st.text(alphabet="ab +-*@;19", max_size=20))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        sums = parse(text)
    except NotationError:
        return
    assert parse("; ".join(map(written, sums))) == sums
