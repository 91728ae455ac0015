"""Published figures and how the demo honours them."""

import pandas as pd
import pytest

from datenlabor.demo import calibration
from datenlabor.demo.anchors import anchors, check, claims, in_city, published
from datenlabor.demo.supplies import supplies
from datenlabor.demo.town import CITY, Town

SUBJECTS = ("companies_", "company_insolvencies", "employees_companies", "commuters_", "facilities")


@pytest.fixture(scope="module")
def figures() -> pd.DataFrame:
    town = Town.read()
    return calibration.figures(town, supplies(town))


def test_every_published_figure_is_honoured(figures: pd.DataFrame) -> None:
    checked = check(figures)
    assert len(checked) == len(claims()) >= 240
    missed = checked[~checked["is_within"]]
    assert missed.empty, missed.to_string()


@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_subject_has_anchors(subject: str) -> None:
    assert [anchor for anchor in claims() if anchor.measure_code.startswith(subject)]


def test_what_is_only_used_is_in_the_report_without_a_claim(figures: pd.DataFrame) -> None:
    text = calibration.report(figures)
    claimed, used = text.split("## Used, but not claimed")
    assert "| overindebted | 2013 | 05162 | 10.52 | INKAR" in used
    assert "| 2013 | 05162 | 10.52 |" not in claimed
    inputs = [anchor for anchor in anchors() if anchor.kind == "input"]
    assert used.count("| 20") == len(inputs) == len(anchors()) - len(claims())


def test_anchors_are_unique_and_have_a_source() -> None:
    codes = [anchor.anchor_code for anchor in anchors()]
    assert len(set(codes)) == len(codes)
    for anchor in anchors():
        assert anchor.source, anchor.anchor_code
    for anchor in claims():
        if anchor.kind == "relative":
            assert 0 <= anchor.tolerance <= 0.1, anchor.anchor_code
        if anchor.kind == "absolute" and not anchor.scale:
            assert 0 <= anchor.tolerance <= 3, anchor.anchor_code
        if anchor.scale and anchor.kind == "absolute" and anchor.scale > 1:
            # Less than one of what is counted in the city.
            assert anchor.tolerance <= 1.04 * anchor.scale, anchor.anchor_code


def test_bounds_are_not_made_up_into_figures() -> None:
    """What is published as "over 20 %" is compared with 20, from below."""
    bounds = [anchor for anchor in claims() if ": over " in anchor.source]
    assert len(bounds) == 6
    for anchor in bounds:
        assert anchor.kind == "at_least"
        assert f"over {anchor.value:.0f} %" in anchor.source


def test_no_two_anchors_mean_the_same_figure_of_the_city() -> None:
    scaled = {anchor.measure_code for anchor in anchors() if anchor.scale}
    for measure in scaled:
        of_measure = [anchor for anchor in anchors() if anchor.measure_code == measure]
        assert len({anchor.year for anchor in of_measure}) == len(of_measure), measure


def test_figures_of_larger_areas_are_scaled_to_the_city() -> None:
    assert in_city("company_insolvencies")[2009] == pytest.approx(281 * 0.40)
    assert in_city("company_insolvencies")[2023] == 77


@pytest.mark.parametrize(
    ("code", "generated", "wanted"),
    [
        ("flood_residents_city_2019", 35_999, "missed"),
        ("flood_residents_city_2019", 36_000, "honoured"),
        ("flood_residents_city_2019", 40_000, "missed"),
        ("denier_city_2019", 1.01, "missed"),
        ("denier_city_2019", 0.9, "honoured"),
        ("companies_city_2023", 5_250, "honoured"),
        ("companies_city_2023", 5_251, "missed"),
        ("commuters_in_city_2015", 44_551, "honoured"),
        ("commuters_in_city_2015", 44_550, "missed"),
        ("commuters_in_city_2015", float("nan"), "missed"),
    ],
)
def test_tolerances_have_two_sides_or_one(code: str, generated: float, wanted: str) -> None:
    (anchor,) = (anchor for anchor in anchors() if anchor.anchor_code == code)
    assert anchor.is_honoured(generated) == (wanted == "honoured")


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
