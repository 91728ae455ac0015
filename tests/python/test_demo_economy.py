"""Awards, websites, commuters, business climate and comments of the demo city."""

import re

import numpy as np
import pandas as pd
import pytest
from demo_contract import assert_keeps_contract

from datenlabor.demo.awards import AWARD_YEARS, awards
from datenlabor.demo.climate import BRANCHES, PERIODS, business_climate
from datenlabor.demo.comments import comments
from datenlabor.demo.commuters import COMMUTER_YEARS, commuter_flows
from datenlabor.demo.companies import companies
from datenlabor.demo.digital import CRAWLS, websites
from datenlabor.demo.industries import divisions
from datenlabor.demo.people import residents
from datenlabor.demo.social import social
from datenlabor.demo.town import CITY, Town

TOWN = Town.read()
PANEL, EVENTS = companies(TOWN).years, companies(TOWN).events
AWARDS = awards(TOWN, PANEL)
WEBSITES = websites(TOWN, PANEL)
COMMUTERS = commuter_flows(TOWN)
CLIMATE = business_climate(TOWN)
COMMENTS = comments(TOWN)
SITES = WEBSITES.merge(PANEL, on=["company_code", "year"])


@pytest.mark.parametrize(
    ("rows", "dataset"),
    [
        (AWARDS, "award"),
        (WEBSITES, "company_website"),
        (COMMUTERS, "commuter_flow"),
        (CLIMATE, "business_climate"),
        (COMMENTS, "comment"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_rows_keep_their_contract_and_are_small(rows: pd.DataFrame, dataset: str) -> None:
    assert_keeps_contract(rows, dataset)
    assert 0 < len(rows.to_csv(index=False)) < 1_000_000


def test_two_calls_are_equal() -> None:
    town = Town.read()
    assert awards(town, PANEL).equals(AWARDS)
    assert websites(town, PANEL).equals(WEBSITES)
    assert commuter_flows(town).equals(COMMUTERS)
    assert business_climate(town).equals(CLIMATE)
    assert comments(town).equals(COMMENTS)


def test_awards_go_to_companies_that_exist_in_innovative_industries() -> None:
    named = AWARDS.merge(PANEL, on=["company_code", "year"])
    assert len(named) == len(AWARDS)
    innovative = divisions().loc[divisions()["is_innovative"], "industry_code"]
    assert named["industry_code"].isin(innovative).all()
    wins = pd.crosstab(AWARDS["year"], AWARDS["result"])
    assert list(wins.index) == list(AWARD_YEARS)
    assert (wins["winner"] >= 1).all()
    assert (wins["nominee"] > wins["winner"]).all()
    assert wins.loc[2020].sum() < wins.loc[2019].sum()


def test_every_company_of_a_crawl_is_listed_and_only_sites_that_were_read_are_known() -> None:
    assert len(WEBSITES) == PANEL["year"].isin(CRAWLS).sum()
    features = WEBSITES.columns[3:]
    is_read = WEBSITES["status"] == "ok"
    assert WEBSITES.loc[~is_read, features].isna().to_numpy().all()
    always = ["domains", "pages", "hosting", "last_changed_days", "has_shop", "has_booking"]
    assert WEBSITES.loc[is_read, always].notna().to_numpy().all()
    unknown = WEBSITES.loc[is_read, ["has_map_entry", "people_named"]].isna().mean()
    assert unknown.tolist() == pytest.approx([0.08, 0.22], abs=0.015)
    assert is_read.groupby(WEBSITES["year"]).mean().between(0.55, 0.8).all()
    assert not (SITES["has_shop"] & ~SITES["has_shop_tool"]).any()


def _mean(rows: pd.DataFrame, feature: str) -> float:
    return float(rows[feature].astype("Float64").mean())


def test_managers_named_are_among_the_people_named() -> None:
    named = WEBSITES.dropna(subset=["people_named"])
    assert (named["managers_named"] <= named["people_named"]).all()


def test_websites_differ_by_customers_size_and_age() -> None:
    is_business = SITES["is_b2b"]
    business, consumers = SITES[is_business], SITES[~is_business]
    assert _mean(consumers, "has_shop") > 1.4 * _mean(business, "has_shop")
    assert _mean(consumers, "has_booking") > 2 * _mean(business, "has_booking")
    assert _mean(business, "network_profiles") > _mean(consumers, "network_profiles")
    large, small = SITES[SITES["employees"] >= 50], SITES[SITES["employees"] == 0]
    assert _mean(large, "people_named") > 3 * _mean(small, "people_named")
    assert (large["status"] == "no_site").mean() < (small["status"] == "no_site").mean() / 2
    age = SITES["year"] - SITES["founded_on"].str[:4].astype(int)
    assert _mean(SITES[age < 5], "social_networks") > 1.3 * _mean(
        SITES[age > 25], "social_networks"
    )
    assert _mean(SITES[SITES["year"] == 2024], "pages") > _mean(
        SITES[SITES["year"] == 2022], "pages"
    )


@pytest.mark.parametrize(
    ("year", "direction", "published"),
    [
        (2015, "in", 44_551),
        (2015, "out", 32_887),
        (2017, "in", 47_060),
        (2017, "out", 34_918),
        (2019, "in", 48_056),
        (2019, "out", 36_313),
    ],
)
def test_commuters_add_up_to_what_is_published(year: int, direction: str, published: int) -> None:
    rows = COMMUTERS[(COMMUTERS["year"] == year) & (COMMUTERS["direction"] == direction)]
    assert rows["commuters"].sum() == published


def test_commuters_have_every_place_in_every_year_and_none_contains_another() -> None:
    counts = pd.crosstab(COMMUTERS["place_code"], [COMMUTERS["year"], COMMUTERS["direction"]])
    assert counts.shape[1] == 2 * len(COMMUTER_YEARS)
    assert (counts == 1).to_numpy().all()
    places = sorted(set(COMMUTERS["place_code"]))
    assert not any(
        other.startswith(place)
        for place in places
        for other in places
        if place != other and place.isdigit()
    )
    assert CITY not in places
    assert set(COMMUTERS["provenance"]) == {"synthetic"}


def test_crises_are_seen_in_the_climate() -> None:
    climate = CLIMATE.pivot_table("climate", "period", "branch")
    assert climate.shape == (len(PERIODS), len(BRANCHES))
    usual = climate.median()
    for period in ("2009-H1", "2020-H1", "2022-H2"):
        assert (climate.loc[period] < usual - 5).all()
    assert climate.loc["2020-H1"].idxmin() == "hospitality"
    assert climate.loc["2009-H1"].idxmin() == "manufacturing"
    assert climate.loc["2022-H2"].idxmin() == "construction"
    both = np.sqrt((CLIMATE["situation"] + 200) * (CLIMATE["expectations"] + 200)) - 200
    assert (CLIMATE["climate"] - both).abs().max() < 0.051


def test_comments_are_many_and_of_every_kind() -> None:
    latest = COMMENTS.drop_duplicates("comment_code", keep="last")
    assert len(latest) >= 60
    kinds = latest["kind"].value_counts()
    assert kinds["focus"] >= 8
    assert kinds["context"] >= 8
    assert set(kinds.index) == {"assessment", "focus", "context", "recommendation"}
    assert latest["text_de"].is_unique
    assert latest["text_de"].str.len().between(80, 500).all()
    focus = latest.loc[latest["kind"] == "focus", "title_de"]
    assert focus.str.startswith("Blickpunkt: ").all()


def test_versions_follow_each_other_about_the_same_thing() -> None:
    versions = COMMENTS.groupby("comment_code")
    assert (versions["version"].max() == versions.size()).all()
    assert (versions.size() >= 2).sum() >= 6
    assert versions.size().max() == 3
    for code, rows in versions:
        assert rows["version"].tolist() == list(range(1, len(rows) + 1)), code
        assert rows["valid_from"].is_monotonic_increasing, code
        assert rows["valid_from"].is_unique, code
        assert rows["text_de"].is_unique, code
        assert rows[["kind", "area_code", "industry_code"]].nunique(dropna=False).max() == 1, code


def test_comments_speak_of_known_things_and_of_no_person() -> None:
    areas = {CITY, *(district.code for district in TOWN.districts)}
    assert set(COMMENTS["area_code"]) <= areas
    industries = {*divisions()["industry_code"], *divisions()["section_code"]}
    assert set(COMMENTS["industry_code"].dropna()) <= industries
    later = COMMENTS["period"].str[:4].fillna("0") <= COMMENTS["valid_from"].str[:4]
    assert later.all()
    text = " ".join([*COMMENTS["title_de"], *COMMENTS["text_de"], *COMMENTS["author_role"]])
    assert not re.search(r"Musterdaten|\b(Herr|Frau|Dr\.)\s", text)


def test_comments_do_not_contradict_the_figures_beside_them() -> None:
    """Where a comment says that a figure of an area and year rose, it did."""
    people, table = residents(TOWN), social(TOWN)
    shares = {
        "child_poverty": table["sgb2_under_15"] / people["population_under_15"],
        "burglary": table["burglaries"] / table["households"],
    }
    codes = [district.code for district in TOWN.districts]
    said = COMMENTS[COMMENTS["text_de"].str.contains("Anstieg") & COMMENTS["period"].eq("2022")]
    said = said[said["indicator_code"].isin(list(shares))]
    assert set(said["indicator_code"]) == set(shares)
    at = TOWN.years.index(2022)
    for row in said.itertuples():
        course = shares[str(row.indicator_code)][codes.index(str(row.area_code))]
        assert course[at] > course[at - 1], row.comment_code


def test_insolvencies_rose_most_in_the_industries_a_comment_names() -> None:
    (text,) = COMMENTS.loc[COMMENTS["comment_code"] == "K041", "text_de"]
    assert "Handel und Unternehmensdienste" in text
    events = EVENTS[EVENTS["kind"] == "insolvency"]
    division = events["company_code"].map(PANEL.groupby("company_code")["industry_code"].first())
    section = division.map(divisions().set_index("industry_code")["section_code"])
    table = pd.crosstab(section, events["event_on"].str[:4])
    assert set((table["2023"] - table["2022"]).nlargest(2).index) == {"G", "N"}
