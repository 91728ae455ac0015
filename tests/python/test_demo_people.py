"""Residents of the demo city: sums, margins, ages."""

from dataclasses import replace

import numpy as np
import pytest

from datenlabor.demo.anchors import published
from datenlabor.demo.people import SEXES, group_names, population, residents
from datenlabor.demo.social_figures import Table
from datenlabor.demo.town import Array, Town


@pytest.fixture(scope="module")
def town() -> Town:
    return Town.read()


@pytest.fixture(scope="module")
def people(town: Town) -> Table:
    return residents(town)


def _city(people: Table, town: Town, measure: str, year: int) -> float:
    total: float = people[measure][:, town.years.index(year)].sum()
    return total


@pytest.mark.parametrize("measure", ["population", "population_male", "population_female"])
def test_districts_add_up_to_the_official_city(people: Table, town: Town, measure: str) -> None:
    official = published(measure)
    assert sorted(official) == [*range(2009, 2016), 2022]
    assert {year: _city(people, town, measure, year) for year in official} == official


def test_age_by_sex_of_2015_is_the_official_one(people: Table, town: Town) -> None:
    for sex in SEXES:
        for name in group_names():
            measure = f"population_{sex}_{name}"
            assert _city(people, town, measure, 2015) == published(measure)[2015]


def test_parts_add_up_in_every_district_and_year(people: Table) -> None:
    total = people["population"]
    of_sexes = sum(people[f"population_{sex}"] for sex in SEXES)
    of_ages = sum(people[f"population_{name}"] for name in group_names())
    np.testing.assert_array_equal(of_sexes, total)
    np.testing.assert_array_equal(of_ages, total)
    np.testing.assert_array_equal(people["population_foreign"] + people["population_german"], total)
    for sex in SEXES:
        ages = sum(people[f"population_{sex}_{name}"] for name in group_names())
        np.testing.assert_array_equal(ages, people[f"population_{sex}"])


def test_ages_of_other_subjects_fit_together(people: Table) -> None:
    def aged(*names: str) -> Array:
        added: Array = np.stack([people[f"population_{name}"] for name in names]).sum(axis=0)
        return added

    np.testing.assert_array_equal(aged("under_18", "18_plus"), people["population"])
    np.testing.assert_array_equal(aged("under_18", "18_64", "65_plus"), people["population"])
    np.testing.assert_array_equal(aged("under_15", "15_24", "25_64"), aged("under_65"))
    decades = ("18_29", "30_39", "40_49", "50_59", "60_69", "70_plus")
    np.testing.assert_array_equal(aged(*decades), aged("18_plus"))
    assert (aged("14_20") < aged("under_21")).all()
    assert (aged("80_plus") < aged("75_plus")).all()


def test_numbers_are_whole_and_nobody_is_missing(people: Table) -> None:
    for measure, values in people.items():
        assert (values >= 0).all(), measure
        np.testing.assert_array_equal(values, np.rint(values))


def test_the_city_grows_older_and_more_foreign(people: Table) -> None:
    city = {measure: values.sum(axis=0) for measure, values in people.items()}
    assert (np.diff(city["population_65_plus"] / city["population"]) > 0).all()
    foreign = city["population_foreign"] / city["population"]
    assert foreign[-1] > foreign[0] + 0.05


def test_the_city_does_not_change_on_a_straight_line(people: Table) -> None:
    change = np.diff(people["population"].sum(axis=0))
    assert len(set(change.astype(int))) > 10
    assert (np.sign(change[-9:]) > 0).any()


def test_districts_change_slowly(people: Table, town: Town) -> None:
    change = people["population"][:, 1:] / people["population"][:, :-1] - 1
    large = town.factor("population") > 1_000
    assert np.abs(change[large]).max() < 0.06


def test_figures_are_one_per_area_period_and_measure(town: Town) -> None:
    figures = population(town)
    assert not figures.duplicated(["area_code", "period", "measure_code"]).any()
    assert set(figures["provenance"]) == {"synthetic"}
    assert figures["period"].str.fullmatch(r"20\d\d-12-31").all()
    assert len(figures) == len(residents(town)) * len(town.districts) * len(town.years)


def test_two_runs_are_equal_and_another_seed_is_not(town: Town, people: Table) -> None:
    again = residents.__wrapped__(town)
    assert all((again[measure] == people[measure]).all() for measure in people)
    other = residents.__wrapped__(replace(town, seed=1))
    assert (other["population_foreign"] != people["population_foreign"]).any()
