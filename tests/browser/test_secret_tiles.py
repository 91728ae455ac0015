"""What key figures say where there is no number to be shown."""

from chromium import wait_until_drawn
from installation import Installation
from playwright.sync_api import BrowserContext, Route
from stored import stored_dashboards

from datenlabor.assets.bundle import read_folder
from datenlabor.paths import ASSETS


def test_a_tile_without_a_number_says_that_it_may_be_secret(
    installation: Installation, context: BrowserContext
) -> None:
    """Neither nought nor "no data": the answers of the server are emptied on their way."""
    stored = stored_dashboards(read_folder(ASSETS))["krisenlage"]
    tiles = [chart for chart in stored.charts if chart["viz_type"] == "big_number_total"]

    def hide(route: Route) -> None:
        # A connection kept for the next question may be closed by the server as it is asked.
        answer = route.fetch(headers={**route.request.headers, "connection": "close"})
        content = answer.json()
        assert "result" in content, content
        for result in content["result"]:
            match result["data"]:
                case [row] if len(row) == 1:
                    result["data"] = [dict.fromkeys(row)]
        route.fulfill(response=answer, json=content)

    page = context.new_page()
    page.route("**/api/v1/chart/data**", hide)
    page.goto(f"{installation.url}/superset/dashboard/{stored.slug}/")
    wait_until_drawn(page, len(stored.charts))
    assert len(tiles) > 1
    assert page.get_by_text("geheim zu halten oder ohne Angabe").count() == len(tiles)
    assert page.get_by_text("Keine Daten").count() == 0
    page.close()
