"""The two publications of the social report."""

import pandas as pd
import pytest

from datenlabor.demo.companies import companies
from datenlabor.demo.releases import company_releases, event_releases, figure_releases
from datenlabor.demo.social import social_figures
from datenlabor.demo.town import Town

KEY = ["area_code", "period", "measure_code"]


@pytest.fixture(scope="module")
def town() -> Town:
    return Town.read()


@pytest.fixture(scope="module")
def published(town: Town) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    figures = social_figures(town)
    return figures, *figure_releases(town, figures)


def test_the_latest_of_each_figure_is_the_figure(
    published: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame],
) -> None:
    figures, first, second = published
    latest = pd.concat([first, second]).drop_duplicates(KEY, keep="last")
    both = latest.merge(figures, on=KEY, suffixes=("", "_drawn"))
    assert len(both) == len(latest) == len(figures)
    assert (both["value"] == both["value_drawn"]).all()


def test_corrections_move_cases_between_districts_only(
    town: Town, published: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]
) -> None:
    figures, first, _ = published
    both = first.merge(figures, on=KEY, suffixes=("", "_drawn"))
    changed = both[both["value"] != both["value_drawn"]]
    assert len(changed) == 16
    assert set(changed["obs_status"]) == {"P"}
    assert set(changed["period"].str[:4]) == {str(town.years[-2])}
    moved = (changed["value"] - changed["value_drawn"]).groupby(changed["measure_code"]).sum()
    assert (moved == 0).all()


def test_only_the_newest_year_is_provisional(
    town: Town, published: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]
) -> None:
    _, first, second = published
    for rows, newest in ((first, town.years[-2]), (second, town.years[-1])):
        years = rows.loc[rows["obs_status"] == "P", "period"].str[:4].astype(int)
        assert set(years) == {newest}
        assert rows["period"].str[:4].astype(int).max() == newest


def test_turnover_and_insolvencies_come_late_and_then_are_there(town: Town) -> None:
    drawn = companies(town)
    years, events = company_releases(town, drawn.years), event_releases(town, drawn.events)
    for rows, (first, second), key in (
        (drawn.years, years, ["company_code", "year"]),
        (drawn.events, events, ["company_code", "event_on", "kind"]),
    ):
        latest = pd.concat([first, second]).drop_duplicates(key, keep="last")
        # What was late made whole numbers floats.
        newest = latest.sort_values(key, ignore_index=True)
        pd.testing.assert_frame_equal(newest, rows, check_dtype=False)
    before = years[0]["turnover_eur"].isna().groupby(years[0]["year"]).mean()
    assert list(before[before > 0].index) == [town.years[-2]]
    assert 0.08 < before[town.years[-2]] < 0.16
    known, late = (set(map(tuple, rows[["company_code", "kind"]].to_numpy())) for rows in events)
    assert {kind for _, kind in late - known if kind == "insolvency"} == {"insolvency"}
