"""A dashboard in the browser, and what its tables have to show."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from chromium import GOOD_NEWS, table_of
from installation import Installation
from playwright.sync_api import Page
from stored import Stored
from watch import Watch


@dataclass
class Opened:
    """A dashboard in the browser."""

    stored: Stored
    page: Page
    watch: Watch


def check_table(
    opened: Opened, installation: Installation, chart: dict[str, Any], chosen: dict[str, list[Any]]
) -> None:
    expected = opened.stored.rows(installation, chart, chosen)
    if not expected and GOOD_NEWS.fullmatch(title(chart)):
        return
    headings, shown = table_of(opened.page, title(chart))
    assert headings == opened.stored.headings(chart)
    assert not set(headings) & opened.stored.columns(chart).keys()
    limits = (chart["params"][name] for name in ("row_limit", "page_length"))
    assert len(shown) == min(len(expected), *filter(None, limits))
    assert not Counter(shown) - Counter(expected)


def title(chart: dict[str, Any]) -> str:
    return str(chart["slice_name"])
