"""What the tests of this folder look at: installations, and a browser.

Two processes may share the tests, ``--numprocesses 2 --dist loadfile``: what looks at the same
installation then runs in one of them, in its order, and each installation is made once.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from access_world import World, attacked
from chromium import chromium, logged_in
from installation import Installation, installed
from playwright.sync_api import Browser, BrowserContext
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from datenlabor.service.superset import ADMIN

AT_INSTALLATION = {
    *("test_dashboards", "test_exchange_with_server", "test_links", "test_map_borders"),
    *("test_map_colours", "test_reading", "test_secret_tiles"),
}
AT_WORLD = {
    *("test_access_pages", "test_attacks", "test_attacks_charts", "test_attacks_logins"),
    *("test_cached_results", "test_comments", "test_equality", "test_readers_during_publish"),
    *("test_restored_service", "test_served_file", "test_single_sign_on"),
}


class ByInstallation(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Keep together what looks at one installation; the other files have one of their own."""

    def _split_scope(self, nodeid: str) -> str:
        name = Path(nodeid.partition("::")[0]).stem
        return "installation" if name in AT_INSTALLATION else "world" if name in AT_WORLD else name


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--screenshots", type=Path, help="Folder for one PNG per dashboard (docs/handbuch/bilder)."
    )
    parser.addoption(
        "--refusals", action="store_true", help="Write the list of refusals into docs/access.md."
    )


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByInstallation:
    return ByInstallation(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run last what leaves nobody of this address a log-in for a minute."""
    items.sort(key=lambda item: item.get_closest_marker("uses_up_log_ins") is not None)


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installed(tmp_path_factory.mktemp("installation") / "home") as installation:
        yield installation


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return one for all, with Playwright behind it; who logs in gets another with a profile."""
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def context(
    installation: Installation, browser: Browser, pytestconfig: pytest.Config
) -> Iterator[BrowserContext]:
    """Return the browser of somebody who has logged in (once: log-ins are limited)."""
    with logged_in(
        browser,
        installation.url,
        ADMIN,
        installation.password,
        for_pictures=pytestconfig.getoption("screenshots") is not None,
    ) as context:
        yield context


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Return an installation for attackers, with somebody of every role."""
    with attacked(tmp_path_factory.mktemp("attacked") / "home") as world:
        yield world
