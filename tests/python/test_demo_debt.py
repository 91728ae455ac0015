"""Over-indebtedness of the demo city: parts, ages, types and what is to be found."""

import numpy as np
import pandas as pd
import pytest

from datenlabor.demo.debt import AGES, overindebted, overindebtedness
from datenlabor.demo.debt_types import GERMANY, GROUPS, TOTAL, TYPES
from datenlabor.demo.people import residents
from datenlabor.demo.social_figures import Table
from datenlabor.demo.town import CITY, RIESA, Array, Town


@pytest.fixture(scope="module")
def town() -> Town:
    return Town.read()


@pytest.fixture(scope="module")
def debt(town: Town) -> Table:
    return overindebted(town)


@pytest.fixture(scope="module")
def types(town: Town) -> pd.DataFrame:
    """Figures of debtor types, one row per area and year, one column per measure."""
    figures = overindebtedness(town)
    kept = figures[figures["measure_code"].str.match(r"debtors?_|overindebted_typed")]
    return kept.pivot_table("value", ["area_code", "period"], "measure_code")


def _share(types: pd.DataFrame, kind: str) -> "pd.Series[float]":
    return types[f"debtor_{kind}"] / types[TOTAL]


def _of_observation_areas(town: Town, values: Array) -> Array:
    """Return means of the districts of each observation area, weighted with residents."""
    weights = town.factor("population")
    names = np.array([district.observation_area for district in town.districts])
    means = [
        np.average(values[names == name], weights=weights[names == name])
        for name in town.observation_areas
    ]
    return np.array(means)


def test_parts_add_up_to_all(debt: Table) -> None:
    adults = debt["overindebted_adults"]
    np.testing.assert_array_equal(debt["overindebted_hard"] + debt["overindebted_soft"], adults)
    np.testing.assert_array_equal(sum(debt[f"overindebted_{age}"] for age in AGES), adults)


def test_no_age_has_more_debtors_than_residents(debt: Table, town: Town) -> None:
    people = residents(town)
    for age in (*AGES, "adults"):
        base = people["population_18_plus" if age == "adults" else f"population_{age}"]
        assert (debt[f"overindebted_{age}"] >= 0).all()
        assert (debt[f"overindebted_{age}"] < base).all()


def test_ages_are_no_copies_of_each_other(debt: Table, town: Town) -> None:
    people = residents(town)
    rates = [(debt[f"overindebted_{age}"] / people[f"population_{age}"]).mean(1) for age in AGES]
    between = np.corrcoef(rates)[np.triu_indices(len(AGES), 1)]
    assert between.min() > 0.8
    assert between.max() < 0.99


def test_rates_by_age_have_the_order_of_germany_in_2017(debt: Table, town: Town) -> None:
    people, at = residents(town), town.years.index(2017)
    rates = {
        age: debt[f"overindebted_{age}"][:, at].sum() / people[f"population_{age}"][:, at].sum()
        for age in AGES
    }
    order = sorted(AGES, key=rates.__getitem__, reverse=True)
    assert order == ["30_39", "18_29", "40_49", "50_59", "60_69", "70_plus"]


def test_poor_and_dense_districts_have_more_debtors(debt: Table, town: Town) -> None:
    rates = debt["overindebted_adults"] / residents(town)["population_18_plus"]
    assert np.corrcoef(rates.mean(axis=1), town.factor("affluence"))[0, 1] < -0.8


def test_types_and_groups_add_up_in_every_area(types: pd.DataFrame) -> None:
    of_types = types[[f"debtor_{kind.code}" for kind in TYPES]].sum(axis=1)
    of_groups = types[[f"debtors_{group}" for group in GROUPS]].sum(axis=1)
    pd.testing.assert_series_equal(of_types, types[TOTAL], check_names=False)
    pd.testing.assert_series_equal(of_groups, types[TOTAL], check_names=False)
    assert (types >= 0).all().all()


def test_observation_areas_have_the_debtors_of_their_districts(
    types: pd.DataFrame, debt: Table, town: Town
) -> None:
    areas = set(types.index.get_level_values("area_code"))
    expected = {town.observation_area_code(name) for name in town.observation_areas}
    assert areas == expected | {CITY, GERMANY, RIESA}
    own = types[types.index.get_level_values("area_code").isin(expected)]
    city = types.loc[[CITY]].droplevel("area_code")
    pd.testing.assert_frame_equal(own.groupby("period").sum(), city)
    np.testing.assert_array_equal(city[TOTAL], debt["overindebted_adults"].sum(axis=0))


def test_findings_about_types(types: pd.DataFrame, town: Town) -> None:
    codes = [town.observation_area_code(name) for name in town.observation_areas]
    affluence = _of_observation_areas(town, town.factor("affluence"))
    density = _of_observation_areas(town, town.factor("density"))
    for period in ("2010-10-01", "2019-10-01", "2024-10-01"):
        year = types.loc[[(code, period) for code in [*codes, GERMANY]]]
        own = year.iloc[:-1]
        emergency = _share(own, "emergency").to_numpy()
        lifestyle = _share(own, "lifestyle").to_numpy()
        assert np.corrcoef(emergency, density - affluence)[0, 1] > 0.8
        assert np.corrcoef(lifestyle, affluence)[0, 1] > 0.8
        city, germany = own.sum(), year.iloc[-1]
        for kind, low, high in (
            ("emergency", 1.25, 1.5),
            ("denier", 0.75, 0.95),
            ("lifestyle", 0.7, 0.95),
        ):
            measure = f"debtor_{kind}"
            relative = (city[measure] / city[TOTAL]) / (germany[measure] / germany[TOTAL])
            assert low < relative < high, (period, kind)


def test_two_runs_are_equal(town: Town, debt: Table) -> None:
    again = overindebted.__wrapped__(town)
    assert all((again[measure] == debt[measure]).all() for measure in debt)
    pd.testing.assert_frame_equal(overindebtedness(town), overindebtedness(town))
