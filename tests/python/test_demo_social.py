"""The social report of the demo city: counts, catalogue tables and what is to be found."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datenlabor.deliveries.contract import contracts
from datenlabor.demo.anchors import Known, ratios
from datenlabor.demo.debt import overindebted
from datenlabor.demo.facilities import STATES, facilities
from datenlabor.demo.people import CENSUS_YEARS, residents
from datenlabor.demo.social import SOCIAL, social, social_figures
from datenlabor.demo.social_counts import Subject, allocate, draw
from datenlabor.demo.social_figures import COLUMNS, MEASURES, references
from datenlabor.demo.town import Town
from datenlabor.errors import DatenlaborError

CATALOGUE = Path(__file__).parents[2] / "seeds" / "catalogue"
INDICATORS = MEASURES.with_name("indicators.csv")


@pytest.fixture(scope="module")
def town() -> Town:
    return Town.read()


@pytest.fixture(scope="module")
def figures(town: Town) -> pd.DataFrame:
    return social_figures(town)


@pytest.fixture(scope="module")
def wide(figures: pd.DataFrame) -> pd.DataFrame:
    """One row per area and year, one column per measure."""
    dated = figures.assign(year=figures["period"].str[:4].astype(int))
    return dated.pivot_table("value", ["area_code", "year"], "measure_code")


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_figures_have_the_columns_of_the_contract_and_a_unique_key(figures: pd.DataFrame) -> None:
    assert list(figures.columns) == COLUMNS
    assert not figures.duplicated(COLUMNS[:3]).any()
    assert not figures.isna().any().any()
    assert set(figures["provenance"]) == {"synthetic"}


def test_every_measure_has_figures_and_every_figure_a_measure(figures: pd.DataFrame) -> None:
    assert set(figures["measure_code"]) == set(references())


def test_values_can_be_what_their_units_allow(figures: pd.DataFrame) -> None:
    units = {row["measure_code"]: row["unit_code"] for row in _rows(MEASURES)}
    signed = figures["measure_code"].map(units).eq("number")
    assert (figures.loc[~signed, "value"] >= 0).all()
    is_area = figures["measure_code"].eq("land_area")
    assert (figures.loc[~is_area, "value"] % 1 == 0).all()


def test_shares_are_between_none_and_all(wide: pd.DataFrame) -> None:
    checked = 0
    for row in _rows(INDICATORS):
        if row["unit_code"] == "percent" and row["indicator_code"] != "pop_change_5y":
            numerator = wide[row["numerator_measure_code"]]
            denominator = wide[row["denominator_measure_code"]]
            both = numerator.notna() & denominator.notna()
            assert (numerator[both] <= denominator[both]).all(), row["indicator_code"]
            checked += int(both.any())
    assert checked > 50


def test_complete_parts_add_up_to_their_total(wide: pd.DataFrame) -> None:
    parts = pd.DataFrame(_rows(MEASURES)).query("is_complete_breakdown == 'true'")
    # Men and women of the total are measures of the product's catalogue.
    for (parent, _), rows in parts.groupby(["parent_measure_code", "breakdown"]):
        added = wide[list(rows["measure_code"])].sum(axis=1, min_count=1).dropna()
        expected = wide[parent].dropna()
        shared = added.index.intersection(expected.index)
        assert len(shared) >= 16
        assert (added[shared] == expected[shared]).all(), parent


def test_no_part_is_more_than_its_whole(wide: pd.DataFrame) -> None:
    parts = [row for row in _rows(MEASURES) if row["parent_measure_code"] in wide.columns]
    assert len(parts) > 50
    for row in parts:
        part, whole = wide[row["measure_code"]], wide[row["parent_measure_code"]]
        both = part.notna() & whole.notna()
        assert (part[both] <= whole[both]).all(), row["measure_code"]


def test_the_city_changes_by_births_deaths_and_moves_but_for_a_census(wide: pd.DataFrame) -> None:
    city = wide.groupby("year").sum()
    due = city["births"] - city["deaths"] + city["in_migrations"] - city["out_migrations"]
    missed = (city["population"].diff() - due).abs().drop([2009, *CENSUS_YEARS])
    # What is published of 2015 does not quite fit.
    assert missed.pop(2015) < 50
    assert missed.max() <= 1


def test_sixty_indicators_in_eight_chapters() -> None:
    rows = _rows(INDICATORS)
    assert len(rows) >= 60
    chapters = {row["chapter_code"] for row in rows}
    assert chapters == {
        "demography",
        "income",
        "work",
        "housing",
        "education",
        "health",
        "participation",
        "safety",
    }
    assert len({row["indicator_code"] for row in rows}) == len(rows)
    assert len({row["indicator_order"] for row in rows}) == len(rows)
    assert all(row["definition_de"].endswith(".") for row in rows)


@pytest.mark.parametrize(("file", "name"), [(MEASURES, "measure"), (INDICATORS, "indicator")])
def test_catalogue_tables_follow_their_contract(file: Path, name: str) -> None:
    rows = _rows(file)
    contract = contracts()[name]
    assert list(rows[0]) == [column.name for column in contract.columns]
    units = {row["unit_code"] for row in _rows(CATALOGUE / "catalogue_unit.csv")}
    assert {row["unit_code"] for row in rows} <= units
    for column in contract.columns:
        if column.required:
            assert all(row[column.name] for row in rows), column.name
    product = {row[contract.key[0]] for row in _rows(CATALOGUE / f"catalogue_{name}.csv")}
    assert not product & {row[contract.key[0]] for row in rows}


def test_indicators_and_parents_refer_to_measures() -> None:
    for ratio in ratios().values():
        assert {ratio.numerator, ratio.denominator} <= references().keys()
    for row in _rows(MEASURES):
        assert row["parent_measure_code"] in {"", *references()}, row["measure_code"]


def test_elections_are_only_in_their_years(figures: pd.DataFrame) -> None:
    years = figures.groupby("measure_code")["period"].unique().map(sorted)
    assert years["voters_local"] == ["2009", "2014", "2020"]
    assert years["voters_federal"] == ["2009", "2013", "2017", "2021"]
    assert years["deaths_under_65_3y"][0] == "2011"
    assert years["population_change_5y"][0] == "2014-12-31"


def test_net_migration_is_a_difference(wide: pd.DataFrame) -> None:
    net = wide["in_migrations"] - wide["out_migrations"]
    assert (net.dropna() == wide["net_migration"].dropna()).all()


def test_care_places_are_those_of_the_homes_in_the_register(town: Town) -> None:
    register = facilities(town, STATES[-1])
    homes = register[register["category"] == "Pflegeheim"].groupby("area_code")["capacity"].sum()
    codes = [district.code for district in town.districts]
    places = dict(zip(codes, social(town)["care_places"][:, -1], strict=True))
    assert {code: count for code, count in places.items() if count} == homes.to_dict()


def test_three_years_are_a_sum(town: Town) -> None:
    table = social(town)
    yearly, three = table["deaths_under_65"], table["deaths_under_65_3y"]
    assert np.isnan(three[:, :2]).all()
    np.testing.assert_array_equal(three[:, 2:], yearly[:, 2:] + yearly[:, 1:-1] + yearly[:, :-2])


def test_benefits_go_with_the_factors_and_last(town: Town) -> None:
    table, people = social(town), residents(town)
    rates = table["sgb2_recipients"] / people["population_under_65"]
    assert np.corrcoef(rates.mean(axis=1), town.factor("affluence"))[0, 1] < -0.8
    for place in range(1, len(town.years)):
        assert np.corrcoef(rates[:, place], rates[:, place - 1])[0, 1] > 0.95


def test_subjects_go_together_but_are_no_copies_of_one_factor(town: Town) -> None:
    table = {**social(town), **residents(town)}
    rates = {
        code: (table[code] / table[base]).mean(axis=1)
        for code, base in (
            ("sgb2_recipients", "population_under_65"),
            ("dwellings_subsidised", "dwellings"),
            ("purchasing_power", "population"),
            ("voters_local", "eligible_local"),
            ("sgb12_65plus", "population_65_plus"),
            ("offences", "population"),
        )
    }
    between = np.abs(np.corrcoef(list(rates.values())))[np.triu_indices(len(rates), 1)]
    assert between.min() > 0.3
    assert between.max() < 0.96


def test_shocks_show(town: Town) -> None:
    table, people = social(town), residents(town)
    asylum = table["asylum_recipients"].sum(axis=0) / people["population"].sum(axis=0)
    assert asylum[town.years.index(2016)] > 3 * asylum[town.years.index(2013)]
    poor = table["sgb2_under_15"].sum(axis=0) / people["population_under_15"].sum(axis=0)
    assert poor[town.years.index(2022)] > 1.05 * poor[town.years.index(2021)]
    library = table["library_users"].sum(axis=0)
    at = town.years.index(2020)
    assert library[at] < 0.85 * library[at - 1]


def test_seniors_digital_activity_follows_debt_and_not_age(town: Town) -> None:
    people = residents(town)
    active = social(town)["digital_seniors"] / people["population_65_plus"]
    debt = overindebted(town)["overindebted_adults"] / people["population_18_plus"]
    age = people["population_age_sum"] / people["population"]
    for place, year in enumerate(town.years):
        assert abs(np.corrcoef(active[:, place], debt[:, place])[0, 1]) > 0.7, year
        assert abs(np.corrcoef(active[:, place], age[:, place])[0, 1]) < 0.3, year


def test_two_runs_are_equal_and_small(figures: pd.DataFrame) -> None:
    for function in (residents, overindebted, social):
        function.cache_clear()
    again = social_figures(Town.read())
    pd.testing.assert_frame_equal(again, figures)
    text = again[COLUMNS[:4]].to_csv(index=False, float_format="%.15g")
    assert len(text.encode()) < 8_000_000


def test_every_base_comes_before_what_is_counted_in_it(town: Town) -> None:
    made = {*residents(town), "land_area", "job_sites", "care_sites"}
    for row in _rows(SOCIAL):
        bases = {base.removeprefix("-") for base in row["base_code"].split()}
        assert bases <= made, row["measure_code"]
        made |= {row["measure_code"], row["rest_code"]}


@given(
    st.lists(
        st.tuples(st.integers(0, 10**6).map(lambda share: share / 1_000), st.integers(0, 500)),
        min_size=1,
        max_size=30,
    ),
    st.floats(0, 1),
)
def test_allocated_numbers_add_up_within_their_limits(
    cells: list[tuple[float, int]], fill: float
) -> None:
    shares = np.array([share for share, _ in cells])
    limits = np.array([float(limit) for _, limit in cells])
    total = int(limits.sum() * fill)
    result = allocate(shares, total, limits)
    assert result.sum() == total
    assert (result >= 0).all()
    assert (result <= limits).all()


def test_more_than_there_is_cannot_be_allocated() -> None:
    with pytest.raises(DatenlaborError, match="7 cannot be spread over areas that hold 6"):
        allocate(np.ones(2), 7, np.array([3.0, 3.0]))


@given(
    seed=st.integers(0, 2**32),
    city=st.floats(0.01, 0.6),
    district=st.floats(0.01, 0.6),
    is_share=st.booleans(),
)
def test_counts_meet_what_is_known(
    *, seed: int, city: float, district: float, is_share: bool
) -> None:
    base = np.full((6, 4), 1_000.0)
    known = Known(np.full(4, np.nan), np.full((6, 4), np.nan))
    known.city[2] = city
    known.districts[1, 2] = district if district < city * 5 else city
    subject = Subject("x", (0.1,) * 4, {"a": 0.5}, is_share=is_share)
    drivers = {"a": np.linspace(-1, 1, 6)[:, None]}
    chance = np.random.Generator(np.random.Philox(seed))
    counts = draw(subject, base, known, drivers, chance)
    assert counts[:, 2].sum() == round(city * 6_000)
    assert abs(counts[1, 2] - known.districts[1, 2] * 1_000) <= 1
    assert (counts >= 0).all()
    assert not is_share or (counts <= base).all()
