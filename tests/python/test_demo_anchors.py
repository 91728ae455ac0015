"""Published figures and how the demo honours them."""

import pandas as pd
import pytest

from datenlabor.demo.anchors import anchors, check, published
from datenlabor.demo.social import social_figures
from datenlabor.demo.town import CITY, Town


@pytest.fixture(scope="module")
def town() -> Town:
    return Town.read()


@pytest.fixture(scope="module")
def figures(town: Town) -> pd.DataFrame:
    return social_figures(town)


def test_every_published_figure_is_honoured(figures: pd.DataFrame) -> None:
    checked = check(figures)
    assert len(checked) == len(anchors()) >= 150
    missed = checked[~checked["is_within"]]
    assert missed.empty, missed.to_string()


def test_anchors_are_unique_and_have_a_source() -> None:
    codes = [anchor.anchor_code for anchor in anchors()]
    assert len(set(codes)) == len(codes)
    for anchor in anchors():
        assert anchor.source, anchor.anchor_code
        assert 0 <= anchor.tolerance <= (0.1 if anchor.is_relative else 3), anchor.anchor_code


def test_a_figure_beside_its_anchor_is_found(figures: pd.DataFrame) -> None:
    is_touched = (
        figures["area_code"].eq(f"{CITY}-01")
        & figures["measure_code"].eq("unemployed")
        & figures["period"].eq("2012")
    )
    changed = figures.assign(value=figures["value"] + is_touched * 5)
    checked = check(changed).set_index("anchor_code")
    missed = checked[~checked["is_within"]]
    assert list(missed.index) == ["unemployed_city_2012"]
    assert missed["deviation"].item() == 5


def test_a_missing_figure_is_not_within(figures: pd.DataFrame) -> None:
    checked = check(figures[figures["measure_code"] != "dwellings"]).set_index("anchor_code")
    assert checked["generated"].isna()["dwellings_city_2010"]
    assert not checked.loc["dwellings_city_2010", "is_within"]


def test_areas_of_several_districts_are_summed(figures: pd.DataFrame) -> None:
    checked = check(figures).set_index("anchor_code")
    row = checked.loc["population_15_16_03_2013"]
    codes = str(row["area_code"]).split("+")
    own = figures[
        figures["area_code"].isin(codes)
        & figures["measure_code"].eq("population")
        & figures["period"].eq("2013-12-31")
    ]
    assert len(own) == 3
    assert row["generated"] == own["value"].sum()


def test_published_figures_by_year() -> None:
    assert published("unemployed")[2009] == 6910
    assert 2022 not in published("unemployed")
