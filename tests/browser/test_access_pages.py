"""What each role sees in a browser: its dashboards, complete and without an error."""

import pytest
from access_world import ROLES, World
from chromium import logged_in, open_dashboard, troubles
from playwright.sync_api import Browser
from visitors import ANONYMOUS, PASSWORD
from watch import Watch

SOCIAL = {"sozialbericht", "gebietsprofil"}
ECONOMY = {"wirtschaftsstruktur", "branchen", "gruendungen"}
EVERY = {
    *("ueberblick", "gebiete", "vergleich", "sozialatlas", "krisenlage", "datenqualitaet"),
    *("pendler", "ueberschuldung"),
    *ECONOMY,
    *SOCIAL,
}
SEEN = {
    "Wirtschaftsförderung": {
        "ueberblick",
        "gebiete",
        "vergleich",
        "sozialatlas",
        "pendler",
        *ECONOMY,
        *SOCIAL,
    },
    "Sozialplanung": {
        *("ueberblick", "gebiete", "vergleich", "sozialatlas", "krisenlage", "ueberschuldung"),
        *SOCIAL,
    },
    "Krisenstab": {"ueberblick", "gebiete", "sozialatlas", "krisenlage", *SOCIAL},
    "Analyse": EVERY,
    "Redaktion": EVERY,
    ANONYMOUS: {
        f"oeffentlich-{slug}"
        for slug in ("ueberblick", "gebiete", "vergleich", "sozialatlas", *SOCIAL)
    },
}


@pytest.mark.parametrize("role", ROLES)
def test_each_role_lists_its_dashboards_and_no_others(world: World, role: str) -> None:
    rows = world.visitors[role].ask("GET", "/api/v1/dashboard/").json()["result"]
    assert {row["slug"] for row in rows} == SEEN[role]


@pytest.mark.parametrize("role", ["Sozialplanung", ANONYMOUS])
def test_a_dashboard_is_drawn_for_those_who_may_see_it(
    world: World, browser: Browser, role: str
) -> None:
    url, board = world.installation.url, world.own(role)
    if role == ANONYMOUS:
        visitor = browser.new_context(locale="de-DE", viewport={"width": 1280, "height": 5200})
        page, watch = open_dashboard(visitor, url, board["slug"], charts=len(board["charts"]))
        assert (troubles(page), watch.complaints) == ([], [])
        visitor.close()
        return
    with logged_in(browser, url, role.lower(), PASSWORD) as visitor:
        page, watch = open_dashboard(visitor, url, board["slug"], charts=len(board["charts"]))
        assert (troubles(page), watch.complaints) == ([], [])


def test_analysts_have_a_page_for_sql(world: World, browser: Browser) -> None:
    with logged_in(browser, world.installation.url, "analyse", PASSWORD) as visitor:
        page = visitor.new_page()
        watch = Watch(world.installation.url)
        watch.attach(page)
        page.goto(f"{world.installation.url}/sqllab/")
        page.get_by_text("Registerkarte").first.wait_for()
        page.wait_for_load_state("networkidle")
        assert watch.complaints == []
