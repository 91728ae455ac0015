"""People who look at dashboards, without a browser: they send what their browser would send.

What that is was recorded from a real one (``benchmarks.recording``). Nothing is drawn here.
"""

import copy
import json
import random
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import requests
from visitors import Visitor

from benchmarks.recording import Dashboard, Sent

AT_ONCE = 6
"""Requests a browser sends to one server at the same time."""
READING_SECONDS = (5.0, 20.0)
"""How long somebody looks at a dashboard before doing anything else."""
CHANGES = (0, 3)
"""How many filters somebody changes before opening another dashboard."""
_OK = 200


@dataclass
class Log:
    """What viewers waited for, in milliseconds by kind, and what went wrong."""

    times: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def add(self, kind: str, milliseconds: float) -> None:
        """Note how long something took."""
        with self.lock:
            self.times.setdefault(kind, []).append(milliseconds)

    def fail(self, what: str) -> None:
        """Note an error."""
        with self.lock:
            self.errors.append(what)


def send(visitor: Visitor, sent: Sent, *, force: bool = False) -> tuple[float, str]:
    """Send a request again and return its milliseconds, and what is wrong with the answer.

    With ``force`` charts are answered by the database, whatever is kept.
    """
    body = json.loads(sent.body) if sent.body else None
    if force and body is not None:
        body["force"] = True
    begun = time.perf_counter()
    try:
        answer = visitor.ask(sent.method, sent.path, body)
    except requests.RequestException as error:
        return 0.0, repr(error)
    return (time.perf_counter() - begun) * 1000, _wrong(answer)


def look_around(visitor: Visitor, dashboards: Sequence[Dashboard], end: float, log: Log) -> None:
    """Open dashboards, change filters and read, like people, until it is time to go home."""
    chance = random.Random(visitor.role)  # noqa: S311  no secret
    # People do not arrive all at once.
    time.sleep(chance.uniform(0, READING_SECONDS[0]))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while time.monotonic() < end:
            dashboard = chance.choice(dashboards)
            begun = time.perf_counter()
            _send_all(visitor, dashboard.pages, log, "page", pool)
            _send_all(visitor, dashboard.texts, log, "description", pool)
            _send_all(visitor, dashboard.charts, log, "chart", pool)
            log.add("dashboard, all answers", (time.perf_counter() - begun) * 1000)
            for _ in range(chance.randint(*CHANGES)):
                _read(chance, end)
                begun = time.perf_counter()
                _send_all(visitor, list(_changed(dashboard, chance)), log, "chart", pool)
                log.add("filter, all answers", (time.perf_counter() - begun) * 1000)
            _read(chance, end)


def _send_all(
    visitor: Visitor, wanted: Sequence[Sent], log: Log, kind: str, pool: ThreadPoolExecutor
) -> None:
    for sent, (milliseconds, wrong) in zip(
        wanted, pool.map(lambda one: send(visitor, one), wanted), strict=True
    ):
        log.add(kind, milliseconds)
        if wrong:
            log.fail(f"{sent.path}: {wrong}")


def _changed(dashboard: Dashboard, chance: random.Random) -> Iterator[Sent]:
    """Yield the requests of the charts that follow from another choice in one filter."""
    if not dashboard.choices:
        yield from dashboard.charts
        return
    column = chance.choice(sorted(dashboard.choices))
    value = chance.choice(dashboard.choices[column])
    for sent in dashboard.charts:
        body: dict[str, Any] = copy.deepcopy(json.loads(sent.body or "{}"))
        filters = [entry for query in body["queries"] for entry in query.get("filters") or ()]
        chosen = [
            entry for entry in filters if entry["col"] == column and isinstance(entry["val"], list)
        ]
        for entry in chosen:
            entry["val"] = [value]
        if chosen:
            yield Sent(sent.method, sent.path, json.dumps(body), sent.title)


def _read(chance: random.Random, end: float) -> None:
    time.sleep(max(0.0, min(chance.uniform(*READING_SECONDS), end - time.monotonic())))


def _wrong(answer: requests.Response) -> str:
    if answer.status_code != _OK:
        return f"{answer.status_code} {answer.text[:200]}"
    if "/chart/data" in answer.url:
        errors = [one["error"] for one in answer.json()["result"] if one.get("error")]
        return "; ".join(map(str, errors))
    return ""
