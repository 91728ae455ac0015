"""Towns: those to compare with are made as the demo city is, and any other can be."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from demo_contract import assert_keeps_contract

from datenlabor.demo.anchors import anchors, ratios
from datenlabor.demo.companies import companies
from datenlabor.demo.compared import FIRST_YEAR, compared_figures
from datenlabor.demo.geometry import adjacency, border, in_kilometres, shapes
from datenlabor.demo.people import residents
from datenlabor.demo.registers import areas, peers
from datenlabor.demo.social import social_figures
from datenlabor.demo.town import CITY, COMPARED, RIESA, Town

TOWNS = [Town.read(code) for code in COMPARED]
NAMES = [town.name for town in TOWNS]
FIGURES = {town.name: compared_figures(town) for town in TOWNS}

each_town = pytest.mark.parametrize("town", TOWNS, ids=NAMES)


def _share(town: Town, part: str, whole: str, year: int = 2020) -> float:
    table, column = residents(town), town.years.index(year)
    return float(table[part][:, column].sum() / table[whole][:, column].sum())


@each_town
def test_rows_keep_their_contracts_and_are_small(town: Town) -> None:
    assert_keeps_contract(areas(town).assign(geometry="x"), "area")
    assert_keeps_contract(FIGURES[town.name], "figure")
    assert set(FIGURES[town.name]["provenance"]) == {"synthetic"}
    assert set(FIGURES[town.name]["period"].str[:4]) == {
        str(year) for year in town.years if year >= FIRST_YEAR
    }


def test_all_together_are_small() -> None:
    texts = [rows.to_csv(index=False) for rows in FIGURES.values()]
    texts += [areas(town).to_csv(index=False) for town in TOWNS]
    assert sum(map(len, texts)) < 1_500_000


@each_town
def test_a_town_is_a_municipality_of_districts_without_gaps_or_overlaps(town: Town) -> None:
    table = areas(town).set_index("area_code")
    assert table.loc[town.code, "area_level"] == "municipality"
    assert table.loc[town.code, "is_composed"]
    parts = table.drop(town.code)
    assert set(parts["area_level"]) == {"district"}
    assert set(parts["parent_area_code"]) == {town.code}
    found = shapes(town)
    cells = [found[district.code] for district in town.districts]
    assert shapely.coverage_is_valid(cells)
    assert all(cell.is_valid for cell in cells)
    assert sum(cell.area for cell in cells) == pytest.approx(border(town).area, rel=1e-5)
    assert in_kilometres(found[town.code]).area == pytest.approx(town.hectares / 100, rel=0.02)
    near = {code for pair in adjacency(town) for code in pair}
    assert near == {district.code for district in town.districts}


@each_town
def test_figures_cover_every_indicator_the_districts_of_the_city_have(town: Town) -> None:
    figures = social_figures(Town.read())
    of_city = set(figures.loc[figures["area_code"].str.fullmatch(rf"{CITY}-\d+"), "measure_code"])
    wanted = {
        code
        for ratio in ratios().values()
        for code in (ratio.numerator, ratio.denominator)
        if code in of_city
    }
    own = FIGURES[town.name]
    assert set(own["measure_code"]) == wanted
    last = own[own["period"].str[:4] == str(town.years[-1])]
    assert (last.groupby("measure_code").size() == len(town.districts)).all()


@each_town
def test_parts_add_up_in_every_district_and_year(town: Town) -> None:
    table = social_figures(town).pivot_table("value", ["area_code", "period"], "measure_code")
    people = table.dropna(subset=["population"])
    both = people["population_male"] + people["population_female"]
    assert both.equals(people["population"])
    debtors = table.dropna(subset=["overindebted_adults"])
    parts = debtors["overindebted_hard"] + debtors["overindebted_soft"]
    assert parts.equals(debtors["overindebted_adults"])
    assert (table.drop(columns=["net_migration", "population_change_5y"]).min() >= 0).all()


def test_towns_have_their_size_and_their_character() -> None:
    city, riesa, harbour = Town.read(), *TOWNS
    for town, wanted in ((riesa, 30_700), (harbour, 44_500)):
        assert residents(town)["population"][:, town.years.index(2015)].sum() == wanted
    old, foreign = ("population_65_plus", "population_foreign")
    assert _share(riesa, old, "population") > _share(city, old, "population") + 0.03
    assert _share(riesa, foreign, "population") < _share(city, foreign, "population") / 2
    assert _share(harbour, foreign, "population") > _share(city, foreign, "population")
    population = residents(riesa)["population"].sum(axis=0)
    assert population[-1] < population[town.years.index(2015)]


def test_debtor_types_of_riesa_are_those_of_its_districts() -> None:
    of_city = social_figures(Town.read())
    is_typed = of_city["area_code"].eq(RIESA) & of_city["measure_code"].eq("overindebted_typed")
    typed = of_city[is_typed].set_index("period")["value"]
    own = social_figures(TOWNS[0])
    adults = own[own["measure_code"] == "overindebted_adults"].groupby("period")["value"].sum()
    assert typed.to_dict() == adults.to_dict()


def test_published_figures_are_of_the_city_alone() -> None:
    districts = {district.code for town in TOWNS for district in town.districts}
    own = {code for anchor in anchors() for code in anchor.area_codes}
    assert not own & {*COMPARED, *districts}


def test_no_town_is_drawn_like_another() -> None:
    same_places = replace(TOWNS[0], seed=Town.read().seed)
    assert not social_figures(same_places).equals(social_figures(TOWNS[0]))
    assert len({town.seed for town in (*TOWNS, Town.read())}) == 3


def test_codes_are_of_no_other_municipality() -> None:
    assert TOWNS[1].name == "Musterhafen"
    assert TOWNS[1].code.startswith("05999")
    assert list(peers(TOWNS)["area_code"]) == list(COMPARED)
    assert_keeps_contract(peers(TOWNS), "peer")


@each_town
def test_companies_can_be_drawn_for_any_town(town: Town) -> None:
    drawn = companies(town, stock=600)
    at_end = drawn.years.loc[drawn.years["year"] == 2014]
    assert len(at_end) == 600
    assert set(drawn.years["area_code"]) <= {district.code for district in town.districts}
    assert np.isin(drawn.events["to_area_code"].dropna().unique(), areas(town)["area_code"]).all()
