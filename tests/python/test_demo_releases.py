"""The two publications of the social report."""

import pandas as pd
import pytest

from datenlabor.demo.releases import releases
from datenlabor.demo.social import social_figures
from datenlabor.demo.town import Town

KEY = ["area_code", "period", "measure_code"]


@pytest.fixture(scope="module")
def town() -> Town:
    return Town.read()


@pytest.fixture(scope="module")
def published(town: Town) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    figures = social_figures(town)
    return figures, *releases(town, figures)


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
