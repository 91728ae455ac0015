"""Dashboards in a real browser: how long until all is drawn, and what the browser asks for."""

import json
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from chromium import AS_A_PERSON, DRAWN, DRAWN_ON_SCREEN, SCREEN
from playwright.sync_api import BrowserContext, Request
from stored import Stored

CHART_DATA = "/api/v1/chart/data"
_UNCOUNTED = ("/superset/log/", "filter_state", "/static/")
_SETTLED_MS = 500
_MOST_CHOICES = 50
_SCREENS = 3


@dataclass(frozen=True)
class Sent:
    """A request as the browser sent it; ``title`` names what it is for."""

    method: str
    path: str
    body: str | None
    title: str


@dataclass(frozen=True)
class Dashboard:
    """What was seen of a dashboard whose files the browser already has."""

    slug: str
    tiles: int
    seconds: float
    """From the address to the last tile drawn, with a window as high as the page."""
    screen_seconds: float
    """From the address to the last tile drawn of those a screen shows a person: the median."""
    browser_seconds: float
    """Time on the processor of the page's main thread, which a busy machine does not lengthen."""
    requests: int
    pages: list[Sent]
    texts: list[Sent]
    """What is asked about the dashboard before its charts."""
    charts: list[Sent]
    choices: dict[str, list[Any]]
    """Values to choose from in its filters, by column."""


def record(context: BrowserContext, url: str, stored: Stored, titles: dict[int, str]) -> Dashboard:
    """Open a dashboard until it is warm and return what it then took and asked for.

    Raises playwright's TimeoutError if a tile stays empty.
    """
    _open(context, url, stored, titles)
    seen = _open(context, url, stored, titles)
    _, *screens = [_screen(context, url, stored) for _ in range(1 + _SCREENS)]
    return replace(seen, screen_seconds=statistics.median(screens))


def _screen(context: BrowserContext, url: str, stored: Stored) -> float:
    page = context.new_page()
    page.add_init_script(AS_A_PERSON)
    page.set_viewport_size(SCREEN)
    begun = time.perf_counter()
    page.goto(_address(url, stored), wait_until="commit")
    page.wait_for_function(DRAWN_ON_SCREEN, polling=50)
    seconds = time.perf_counter() - begun
    page.wait_for_timeout(_SETTLED_MS)
    page.close()
    return seconds


def _open(context: BrowserContext, url: str, stored: Stored, titles: dict[int, str]) -> Dashboard:
    page = context.new_page()
    requests: list[Request] = []

    def finished(request: Request) -> None:
        requests.append(request)

    page.on("requestfinished", finished)
    clock = context.new_cdp_session(page)
    clock.send("Performance.enable", {"timeDomain": "threadTicks"})
    begun = time.perf_counter()
    page.goto(_address(url, stored), wait_until="commit")
    page.wait_for_function(DRAWN, arg=len(stored.charts), polling=50)
    seconds = time.perf_counter() - begun
    metrics = clock.send("Performance.getMetrics")["metrics"]
    page.wait_for_timeout(_SETTLED_MS)
    choices = _choices(requests)
    page.close()
    sent = [_sent(request, url, titles) for request in requests]
    counted = [one for one in sent if not any(part in one.path for part in _UNCOUNTED)]
    charts = [one for one in counted if one.path.startswith(CHART_DATA)]
    return Dashboard(
        slug=stored.slug,
        tiles=len(stored.charts),
        seconds=seconds,
        screen_seconds=seconds,
        browser_seconds=next(one["value"] for one in metrics if one["name"] == "TaskDuration"),
        requests=len(sent),
        pages=[one for one in counted if one.path.startswith("/superset/dashboard/")],
        texts=[one for one in counted if one.path.startswith("/api/") and one not in charts],
        charts=charts,
        choices=choices,
    )


def _address(url: str, stored: Stored) -> str:
    return f"{url}/superset/dashboard/{stored.slug}/"


def _sent(request: Request, url: str, titles: dict[int, str]) -> Sent:
    title = ""
    if request.post_data and CHART_DATA in request.url:
        form = json.loads(request.post_data)["form_data"]
        title = titles.get(form.get("slice_id"), f"choices of {form.get('groupby')}")
    path = request.url.removeprefix(url)
    return Sent(request.method, path, request.post_data, title)


def _is_choice(request: Request) -> bool:
    if CHART_DATA not in request.url or not request.post_data:
        return False
    form = json.loads(request.post_data)["form_data"]
    return form.get("type") == "NATIVE_FILTER" or "native_filter_id" in form


def _choices(requests: Sequence[Request]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for request in filter(_is_choice, requests):
        answer = request.response()
        if answer is None:
            continue
        [result, *_] = answer.json()["result"]
        for column in result.get("colnames") or ():
            values = [row[column] for row in result["data"] if row[column] is not None]
            if values:
                found[column] = values[:_MOST_CHOICES]
    return found
