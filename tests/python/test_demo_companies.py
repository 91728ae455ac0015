"""Companies: stocks that add up, published margins, and a trail from which one can learn."""

from dataclasses import replace
from typing import Literal

import numpy as np
import pandas as pd
import pytest
from demo_contract import assert_keeps_contract
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from datenlabor.demo.anchors import published
from datenlabor.demo.companies import companies
from datenlabor.demo.company_lives import INSOLVENCIES, simulate
from datenlabor.demo.company_sizes import SIZE_CLASSES, size_class_targets
from datenlabor.demo.company_trail import INSOLVENT
from datenlabor.demo.industries import YEARS, divisions, section_counts, sections, stocks
from datenlabor.demo.town import COUNTY, Town

TOWN = Town.read()
COMPANIES = companies(TOWN)
EVENTS = COMPANIES.events.assign(year=COMPANIES.events["event_on"].str[:4].astype(int))
QUARTERS = COMPANIES.quarters
SECTION = dict(zip(divisions()["industry_code"], divisions()["section_code"], strict=True))
PANEL = COMPANIES.years.assign(section=COMPANIES.years["industry_code"].map(SECTION))


def _counted(rows: pd.DataFrame, area: str) -> NDArray[np.int64]:
    """Count rows: districts by years."""
    codes = [district.code for district in TOWN.districts]
    counts = pd.crosstab(rows[area], rows["year"])
    return counts.reindex(index=codes, columns=list(YEARS), fill_value=0).to_numpy(np.int64)


def _by_year(rows: pd.DataFrame, by: str, aggregate: Literal["count", "sum"]) -> pd.DataFrame:
    """Aggregate turnover: a row per value of a column, a column per year."""
    return rows.pivot_table("turnover_eur", by, "year", aggfunc=aggregate)


@pytest.mark.parametrize(
    ("rows", "dataset"),
    [
        (COMPANIES.years, "company_year"),
        (COMPANIES.events, "company_event"),
        (COMPANIES.quarters, "company_quarter"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_rows_keep_their_contract(rows: pd.DataFrame, dataset: str) -> None:
    assert_keeps_contract(rows, dataset)
    assert rows.equals(rows.sort_values(list(rows.columns[:2]), kind="stable", ignore_index=True))


def test_two_calls_are_equal_and_another_seed_is_not() -> None:
    again = companies(Town.read())
    for name in ("years", "events", "quarters"):
        assert getattr(again, name).equals(getattr(COMPANIES, name))
    assert not companies(replace(TOWN, seed=1)).years.equals(COMPANIES.years)


def test_stock_is_what_was_there_and_what_came_and_went_in_every_district_and_year() -> None:
    stock = _counted(PANEL, "area_code")
    coming = EVENTS[EVENTS["kind"].isin(["birth", "move_in", "move"])]
    going = EVENTS[EVENTS["kind"].isin(["death", "move_out", "move"])]
    change = _counted(coming, "to_area_code") - _counted(going, "from_area_code")
    assert (np.diff(stock, axis=1) == change[:, 1:]).all()
    assert (change != 0).mean() > 0.5


def test_events_name_the_areas_they_are_about() -> None:
    is_out = EVENTS["kind"].isin(["death", "move_out", "move", "insolvency"])
    is_in = EVENTS["kind"].isin(["birth", "move_in", "move"])
    assert (EVENTS["from_area_code"].notna() == is_out).all()
    assert (EVENTS["to_area_code"].notna() == is_in).all()
    moves = EVENTS[EVENTS["kind"] == "move"]
    assert (moves["from_area_code"] != moves["to_area_code"]).all()


def test_companies_come_once_go_once_and_are_listed_in_between() -> None:
    day = EVENTS.pivot_table("event_on", "company_code", "kind", aggfunc=["min", "max", "count"])
    for kind in ("birth", "move_in", "death", "move_out", "insolvency"):
        assert day["count"][kind].max() == 1
    came = day["min"]["birth"].fillna(day["min"]["move_in"])
    went = day["min"]["death"].fillna(day["min"]["move_out"])
    years = PANEL.groupby("company_code")["year"].agg(["min", "max", "count"])
    assert (years["max"] - years["min"] + 1 == years["count"]).all()
    listed = years.join(pd.DataFrame({"came": came.str[:4], "went": went.str[:4]}))
    entered = listed.dropna(subset="came")
    assert (entered["min"] == entered["came"].astype(int)).all()
    left = listed.dropna(subset="went")
    assert (left["max"] == left["went"].astype(int) - 1).all()
    assert (listed.loc[listed["went"].isna(), "max"] == YEARS[-1]).all()
    failed = pd.DataFrame({"failed": day["min"]["insolvency"], "went": went}).dropna()
    assert (failed["failed"] < failed["went"]).all()


def test_births_are_foundations() -> None:
    births = EVENTS[EVENTS["kind"] == "birth"].merge(PANEL, on="company_code")
    assert (births["event_on"] == births["founded_on"]).all()
    arrivals = EVENTS[EVENTS["kind"] == "move_in"].merge(PANEL, on="company_code")
    assert (arrivals["event_on"] > arrivals["founded_on"]).all()


def test_sections_of_2014_are_those_of_the_county_in_small() -> None:
    counts = PANEL[PANEL["year"] == 2014].groupby("section").size()
    codes = sections()["section_code"]
    county = pd.Series(
        [published(f"companies_{code.lower()}", COUNTY)[2014] for code in codes], codes
    )
    assert county.sum() == 19_779
    wanted = county / county.sum() * 5_000
    assert counts.sum() == 5_000
    assert (counts.reindex(county.index, fill_value=0) - wanted).abs().max() <= 1


def test_size_classes_of_2014_are_met() -> None:
    heads = PANEL.loc[PANEL["year"] == 2014, "employees"].to_numpy()
    counts = np.bincount(np.searchsorted(SIZE_CLASSES, heads, side="right") - 1)
    assert counts.tolist() == size_class_targets().tolist()
    county = np.array([18_262, 1_209, 247, 61])
    assert (counts < county).all()


@pytest.mark.parametrize(
    ("year", "known"),
    [(2015, 67_685), (2017, 70_716), (2019, 72_395), (2022, 79_000), (2023, 82_000)],
)
def test_employees_are_those_at_work_in_the_city_without_the_public_sector(
    year: int, known: int
) -> None:
    assert PANEL.loc[PANEL["year"] == year, "employees"].sum() == round(known * 0.94)


def test_wholesale_and_transport_have_their_published_shares_of_employees() -> None:
    there = PANEL[PANEL["year"] == 2018]
    total = there["employees"].sum() / 0.94
    wholesale = there.loc[there["industry_code"] == "46", "employees"].sum()
    transport = there.loc[there["section"] == "H", "employees"].sum()
    assert wholesale / total == pytest.approx(0.11, abs=0.001)
    assert transport / total == pytest.approx(0.087, abs=0.001)


def test_insolvencies_are_as_many_as_published() -> None:
    counts = EVENTS[EVENTS["kind"] == "insolvency"].groupby("year").size()
    assert counts.to_dict() == INSOLVENCIES
    assert {year: INSOLVENCIES[year] for year in (2015, 2016, 2022, 2023)} == {
        2015: 62,
        2016: 65,
        2022: 54,
        2023: 77,
    }
    assert INSOLVENCIES[2009] == round(281 * 0.40)


@pytest.mark.parametrize("aggregate", ["count", "sum"])
def test_hospitality_and_arts_suffer_most_in_2020(aggregate: Literal["count", "sum"]) -> None:
    values = _by_year(PANEL, "section", aggregate)
    # Energy and water have few companies.
    change = (values[2020] / values[2019]).drop(["D", "E"])
    assert set(change.nsmallest(2).index) == {"I", "R"}


def test_manufacturing_suffers_in_2009_and_who_needs_energy_in_2022() -> None:
    turnover = _by_year(PANEL, "section", "sum").loc["C"]
    assert turnover[2009] < 0.9 * turnover[2008]
    energy = PANEL[PANEL["industry_code"].isin(["17", "20", "23", "24"])]
    yearly = energy.groupby("year")["turnover_eur"].sum()
    assert yearly[2022] / yearly[2021] < turnover[2022] / turnover[2021]


def test_prices_carry_the_turnover_of_2022() -> None:
    """Nominal turnover did not collapse as the volume of what was sold did."""
    values = _by_year(PANEL, "section", "sum")
    change = (values[2022] / values[2021]).drop(["D", "E"])
    assert change.min() > 0.88
    assert values[2022].sum() > values[2021].sum()


def test_plastics_grow_most_of_all_industries_of_size() -> None:
    industry = PANEL[PANEL["section"] == "C"]
    turnover = _by_year(industry, "industry_code", "sum")
    is_of_size = _by_year(industry, "industry_code", "count")[2008] >= 8
    growth = turnover[2023] / turnover[2008]
    assert growth[is_of_size].idxmax() == "22"


def test_centre_and_harbour_differ_by_industry() -> None:
    there = PANEL[PANEL["year"] == 2019]
    share = pd.crosstab(there["section"], there["area_code"], normalize="index")
    harbour, centre = share["05162024-03"], share["05162024-01"]
    assert harbour["H"] > 3 * harbour["M"]
    assert centre["I"] > 2 * centre["F"]


def test_keys_say_nothing_and_groups_are_small() -> None:
    assert PANEL["company_code"].str.fullmatch(r"[B-DF-HJ-NP-TV-XZ][0-9B-DF-HJ-NP-TV-XZ]{4}").all()
    share = PANEL.groupby("year")["group_code"].agg(lambda codes: codes.notna().mean())
    assert share.between(0.065, 0.095).all()
    members = PANEL.drop_duplicates("company_code").groupby("group_code").size()
    assert members.max() <= 8
    assert (members >= 2).mean() > 0.95


def test_scores_of_a_year_are_those_of_its_last_quarter() -> None:
    last = QUARTERS[QUARTERS["quarter"].str.endswith("Q4")]
    keyed = last.assign(year=last["quarter"].str[:4].astype(int))
    both = PANEL.merge(keyed, on=["company_code", "year"], how="outer")
    assert len(both) == len(PANEL) == len(keyed)
    assert (both["risk_score_x"] == both["risk_score_y"]).all()


def test_changes_of_the_headcount_add_up_to_those_between_years() -> None:
    year = QUARTERS["quarter"].str[:4].astype(int)
    changes = QUARTERS.groupby(["company_code", year.rename("year")])["headcount_change"].sum()
    heads = PANEL.set_index(["company_code", "year"])["employees"]
    before = heads.rename(index=lambda value: value + 1, level="year")
    both = pd.DataFrame({"now": heads, "before": before, "change": changes}).dropna()
    assert (both["now"] - both["before"] == both["change"]).all()
    assert (both["change"] != 0).any()


def _quarter_number(quarter: pd.Series) -> pd.Series:
    return quarter.str[:4].astype(int) * 4 + quarter.str[-1].astype(int) - 1


def _with_lead() -> pd.DataFrame:
    """Return the trail with the quarters until the insolvency, empty where there is none."""
    failing = EVENTS[EVENTS["kind"] == "insolvency"].set_index("company_code")["event_on"]
    number = failing.str[:4].astype(int) * 4 + (failing.str[5:7].astype(int) - 1) // 3
    lead = QUARTERS["company_code"].map(number) - _quarter_number(QUARTERS["quarter"])
    return QUARTERS.assign(lead=lead)


def _discrimination(score: pd.Series, fails: pd.Series) -> float:
    """Return the chance that who fails has the higher score (area under the ROC curve)."""
    ranks, count = score.rank(), int(fails.sum())
    above = float(ranks[fails].sum()) - count * (count + 1) / 2
    return above / (count * (len(score) - count))


def test_insolvency_can_be_seen_coming_but_not_surely() -> None:
    trail = _with_lead()
    before = trail[trail["lead"].isna() | (trail["lead"] > 0)]
    found = {}
    for first, last in ((1, 3), (4, 8), (13, 20)):
        rows = before[before["lead"].isna() | (before["lead"] >= first)]
        found[first] = _discrimination(rows["risk_score"], rows["lead"].between(first, last))
    assert 0.82 < found[1] < 0.94
    assert 0.68 < found[4] < 0.82
    assert found[13] < 0.68


def test_only_the_insolvent_have_the_worst_score() -> None:
    trail = _with_lead()
    worst = trail[trail["risk_score"] == INSOLVENT]
    assert len(worst) > 1_000
    assert (worst["lead"] <= 0).all()
    assert (trail.loc[trail["lead"] == 0, "risk_score"] == INSOLVENT).all()


@settings(max_examples=5, deadline=None)
@given(stock=st.integers(300, 1_500), seed=st.integers(0, 10))
@example(stock=309, seed=6)
@example(stock=40, seed=1)
def test_any_town_has_the_companies_it_should(stock: int, seed: int) -> None:
    lives = simulate(replace(TOWN, seed=seed), stock)
    wanted = stocks(stock)
    for column in range(len(YEARS) + 1):
        present = lives.division[lives.seat[:, column] >= 0]
        found = np.bincount(present, minlength=len(wanted))
        assert found.tolist() == wanted[:, column].tolist()
    assert wanted[:, YEARS.index(2014) + 1].sum() == section_counts(stock).sum() == stock
