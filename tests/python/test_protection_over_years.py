"""Sums over several years that nobody declared are found, and declared ones keep secrets."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datenlabor.protection.examining import examine
from datenlabor.protection.identities import Identity, in_words, undeclared
from datenlabor.protection.notation import Term, parse
from datenlabor.protection.protecting import protect
from datenlabor.protection.rules import Rules

AREAS = 12
YEARS = range(2015, 2025)
BALANCE = "people@-1 + births - deaths + moves_in - moves_out"


def zero(whole: str, sum_of: str) -> Identity:
    """Return a declared sum as what is zero."""
    (addends,) = parse(sum_of)
    return {Term(whole): 1} | {term: -factor for term, factor in addends.items()}


def city(seed: int, areas: int = AREAS) -> pd.DataFrame:
    """Return people of areas by year, whose changes are explained to the last one."""
    chance = np.random.default_rng(seed)
    index = pd.MultiIndex.from_product([range(areas), YEARS], names=["area", "year"])
    values = pd.DataFrame(
        {
            name: chance.poisson(mean, len(index)).astype(float)
            for name, mean in (("births", 6), ("deaths", 8), ("moves_in", 40), ("moves_out", 39))
        },
        index=index,
    )
    change = values["births"] - values["deaths"] + values["moves_in"] - values["moves_out"]
    values["people"] = change.groupby("area").cumsum() + 900 + 10 * index.get_level_values("area")
    values["cases"] = chance.poisson(3, len(index)).astype(float)
    return values


def before(values: pd.Series, years: int) -> pd.Series:
    """Return a measure as it was so many years before."""
    return values.groupby("area").shift(years)


def words(found: list[Identity]) -> list[str]:
    """Return what was found as readers are told."""
    return [in_words(identity) for identity in found]


def test_a_balance_is_found_and_named_so_that_it_can_be_declared() -> None:
    values = city(1)
    (found,) = words(undeclared(values, []))
    whole, sum_of = found.split(" = ")
    assert whole == "people"
    assert parse(sum_of) == parse(BALANCE)
    assert undeclared(values, [zero(whole, sum_of)]) == []


@pytest.mark.parametrize("years", [2, 3, 4, 5])
def test_a_sum_over_years_beside_the_years_is_found(years: int) -> None:
    values = city(2).drop(columns="people")
    values["cases_long"] = sum(before(values["cases"], each) for each in range(years))
    (found,) = words(undeclared(values, []))
    whole, sum_of = found.split(" = ")
    assert whole == "cases_long"
    assert parse(sum_of) == [{Term("cases", each): 1 for each in range(years)}]
    assert undeclared(values, [zero(whole, sum_of)]) == []


def test_a_sum_of_measures_that_different_areas_have_is_found() -> None:
    """No measure is there just where both are: the sum begins later, the years have fewer areas."""
    values = city(9, areas=20).drop(columns="people")
    values["cases_3y"] = sum(before(values["cases"], each) for each in range(3))
    values["cases"] = values["cases"].where(values.index.get_level_values("area") < AREAS)
    assert words(undeclared(values, [])) == ["cases_3y = cases + cases@-1 + cases@-2"]


def test_what_was_years_ago_is_found() -> None:
    values = city(3).drop(columns="births")
    values["people_then"] = before(values["people"], 5)
    assert words(undeclared(values, [])) == ["people_then = people@-5"]


def test_a_stock_known_in_parts_only_is_found() -> None:
    values = city(4)
    women = np.floor(values.pop("people") / 2 + 3 * np.sin(np.arange(len(values)) ** 2))
    whole = city(4)["people"]
    (found,) = undeclared(values.assign(women=women, men=whole - women), [])
    assert found.keys() == {
        *(Term(name, years) for name in ("women", "men") for years in (0, 1)),
        *map(Term, ("births", "deaths", "moves_in", "moves_out")),
    }


def test_what_one_measure_says_of_itself_is_no_sum() -> None:
    values = city(5).drop(columns="people")
    area = values.index.get_level_values("area").to_numpy(float)
    year = values.index.get_level_values("year").to_numpy(float)
    values["never"] = 0.0
    values["constant"] = 50 + area**2
    values["same_everywhere"] = 7.0
    values["trend"] = 3 + area + (1 + area % 3) * (year - YEARS[0])
    values["other_constant"] = 90 + np.sqrt(area + 1)
    assert undeclared(values, []) == []


def test_where_nearly_all_is_zero_nothing_is_taken_for_a_sum() -> None:
    values = city(6).drop(columns="people")
    values["rare"] = 0.0
    values.loc[(3, 2018), "rare"] = 1.0
    values["rare_later"] = 0.0
    values.loc[(3, 2019), "rare_later"] = 1.0
    assert undeclared(values, []) == []


def test_short_histories_say_nothing() -> None:
    values = city(7, areas=20)
    assert undeclared(values[values.index.get_level_values("year") < YEARS[0] + 2], []) == []
    single = values[values.index.get_level_values("year") == YEARS[0]]
    assert undeclared(single, []) == []


def test_gaps_in_a_history_link_no_years_that_do_not_follow_each_other() -> None:
    values = city(8, areas=25)
    odd = values[values.index.get_level_values("year") % 2 == 1]
    assert undeclared(odd, []) == []


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    factors=st.dictionaries(
        st.sampled_from(["births", "deaths", "moves_in", "cases"]),
        st.sampled_from([1, -1, 2]),
        min_size=1,
        max_size=4,
    ),
)
def test_any_balance_is_found_until_it_is_declared(seed: int, factors: dict[str, int]) -> None:
    values = city(seed).drop(columns="people")
    change = sum(factor * values[name] for name, factor in factors.items())
    values["stock"] = 5000.0 + pd.Series(change).groupby("area").cumsum()
    declared = {Term("stock"): 1, Term("stock", 1): -1} | {
        Term(name): -factor for name, factor in factors.items()
    }
    (found,) = undeclared(values, [])
    assert found in (declared, {term: -factor for term, factor in declared.items()})
    assert undeclared(values, [declared]) == []


def test_a_declared_balance_keeps_a_hidden_count_from_being_worked_out() -> None:
    """Three births are hidden; people, deaths and moves of both years would give them away."""
    shown = {
        "people 2020": 900.0,
        "people 2021": 901.0,
        "births 2021": 3.0,
        "deaths 2021": 9.0,
        "moves_in 2021": 40.0,
        "moves_out 2021": 33.0,
    }
    cells = pd.DataFrame(
        {"table_code": "t", "cell_id": list(shown), "value": list(shown.values())}
    ).assign(units=lambda frame: frame["value"])
    factors = [1, -1, 1, -1, 1, -1]
    balance = pd.DataFrame(
        {"equation_id": "Summe 1", "cell_id": list(shown), "coefficient": factors}
    )
    rules = {"public": {"t": Rules(is_count=True, minimum_units=5)}}
    nothing = balance.iloc[:0]
    sabotaged = protect(cells, nothing, rules).cells
    assert list(sabotaged.loc[sabotaged["status_public"] != "free", "cell_id"]) == ["births 2021"]
    assert not examine(sabotaged, balance, "public", effort="exact")["is_ok"].all()
    protected = protect(cells, balance, rules).cells
    assert (protected["status_public"] != "free").sum() > 1
    assert examine(protected, balance, "public", effort="exact")["is_ok"].all()
