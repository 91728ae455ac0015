"""Facilities: three full registers, of which most entries stay and some come, change and go."""

from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely
import yaml

from datenlabor.demo.facilities import STATES, _states, categories, facilities
from datenlabor.demo.geometry import shapes
from datenlabor.demo.town import Town

TOWN = Town.read()
REGISTERS = [facilities(TOWN, state) for state in STATES]
CONTRACT = yaml.safe_load(
    (Path(__file__).parents[2] / "contracts" / "facility.yml").read_text(encoding="utf-8")
)

# Rhein-Kreis Neuss; the city's share of them is assumed.
KREIS = {"Kindertagesstätte": (227, 15_344), "Pflegeheim": (54, 3_888)}

each_register = pytest.mark.parametrize("register", REGISTERS, ids=map(str, STATES))


@each_register
def test_registers_are_as_the_contract_wants_them(register: pd.DataFrame) -> None:
    assert list(register) == [column["name"] for column in CONTRACT["columns"]]
    assert register["facility_code"].is_unique
    assert register["facility_name"].is_unique
    optional = {"capacity", "is_accessible"}
    assert register[[name for name in register if name not in optional]].notna().all(axis=None)
    assert register["postal_code"].str.fullmatch(r"414[67]\d").all()
    assert (register["capacity"].dropna() > 0).all()


@each_register
def test_there_are_about_a_thousand_of_many_categories(register: pd.DataFrame) -> None:
    assert 950 < len(register) < 1_050
    assert set(register["category"]) == {category.name for category in categories()}
    assert register["category"].nunique() >= 15
    assert set(register["carrier_type"]) == {
        "städtisch",
        "freigemeinnützig",
        "kirchlich",
        "privat",
    }


@each_register
def test_facilities_lie_in_their_district(register: pd.DataFrame) -> None:
    cells = register["area_code"].map(dict(shapes(TOWN))).to_numpy()
    assert shapely.contains_xy(cells, register["longitude"], register["latitude"]).all()


@each_register
def test_there_are_more_where_more_people_live(register: pd.DataFrame) -> None:
    codes = [district.code for district in TOWN.districts]
    count = register["area_code"].value_counts().reindex(codes, fill_value=0)
    assert np.corrcoef(count, TOWN.factor("population"))[0, 1] > 0.9
    assert (count > 0).sum() >= 25


@each_register
@pytest.mark.parametrize("category", KREIS)
def test_the_city_has_its_share_of_the_kreis(register: pd.DataFrame, category: str) -> None:
    count, places = KREIS[category]
    found = register[register["category"] == category]
    assert 0.35 <= len(found) / count <= 0.37
    assert 0.35 <= found["capacity"].sum() / places <= 0.37


@each_register
def test_capacity_fits_the_category(register: pd.DataFrame) -> None:
    for category in categories():
        capacity = register.loc[register["category"] == category.name, "capacity"]
        if category.sizes is None:
            assert capacity.isna().all()
        else:
            smallest, largest = category.sizes
            # Corrections and the fit to all places together may go a little further.
            assert capacity.between(0.7 * smallest, 1.4 * largest).all()


@each_register
def test_carriers_and_accessibility_are_as_assumed(register: pd.DataFrame) -> None:
    carriers = register.groupby("category")["carrier_type"].agg(set)
    assert carriers["Spielplatz"] == {"städtisch"}
    assert carriers["Hausarztpraxis"] == {"privat"}
    assert len(carriers["Kindertagesstätte"]) == 4
    share = register["is_accessible"].mean()
    expected = sum(c.count * c.accessible for c in categories()) / sum(
        c.count for c in categories()
    )
    assert share == pytest.approx(expected, abs=0.05)
    assert 0.02 < register["is_accessible"].isna().mean() < 0.08


def test_shares_of_carriers_add_up() -> None:
    for category in categories():
        assert sum(category.carriers) == pytest.approx(1)


@pytest.mark.parametrize(("before", "after"), list(pairwise(REGISTERS)))
def test_registers_change_in_every_way_but_little(
    before: pd.DataFrame, after: pd.DataFrame
) -> None:
    old, new = before.set_index("facility_code"), after.set_index("facility_code")
    closed, opened = old.index.difference(new.index), new.index.difference(old.index)
    lasting = old.index.intersection(new.index)
    was, is_now = old.loc[lasting], new.loc[lasting]
    differs = ~((was == is_now) | (was.isna() & is_now.isna())).fillna(value=False)
    assert 10 <= len(closed) <= 50
    assert 10 <= len(opened) <= 50
    # Codes are never given again.
    assert opened.min() > old.index.max()
    moved = differs["longitude"] | differs["latitude"]
    assert 10 <= moved.sum() <= 50
    assert 0 < differs["area_code"].sum() < moved.sum()
    for name in ("facility_name", "capacity", "is_accessible"):
        assert 5 <= differs[name].sum() <= 60
        assert not (differs[name] & moved).any()
    assert not differs[["category", "carrier_type", "contact_role"]].any(axis=None)
    assert differs.any(axis=1).mean() < 0.15


def test_names_say_only_category_district_and_number() -> None:
    kinds = "|".join(category.name for category in categories())
    places = "|".join(district.name for district in TOWN.districts)
    for register in REGISTERS:
        generic = rf"({kinds}) ({places}) \d+( mit Nebenstelle)?"
        assert register["facility_name"].str.fullmatch(generic).all()
        assert register["street"].str.fullmatch(r"(Muster|Beispiel|Demo)[a-zß]+ \d+").all()


def test_registers_are_the_same_each_time() -> None:
    _states.cache_clear()
    for state, register in zip(STATES, REGISTERS, strict=True):
        assert facilities(Town.read(), state).equals(register)


def test_another_seed_gives_another_register() -> None:
    other = facilities(replace(TOWN, seed=1), STATES[0])
    assert len(other) == len(REGISTERS[0])
    assert not other.equals(REGISTERS[0])


def test_days_without_publication_are_refused() -> None:
    with pytest.raises(ValueError, match="not in tuple"):
        facilities(TOWN, date(2022, 1, 16))
