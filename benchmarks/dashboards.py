"""How fast dashboards are: for one reader, drawn in a browser, and for many at once.

    PYTHONPATH=tests/browser .venv/bin/python -m benchmarks.dashboards
        [--viewers 20] [--minutes 5] [--rounds 5] [--only charts] [--dashboards SLUG …]

Serves a copy of the current release of ``DATENLABOR_HOME`` as `datenlabor run` does, from a folder
that is deleted in the end, and looks at it as somebody with all roles but the administrators':

- ``charts``: each request for data that a dashboard sends when it opens, one after the other, over
  HTTP on this machine: *uncached* (Superset is told to ask the database) and *cached* (asked
  before). Superset's own work is in it: session, permissions, row-level rules, JSON.
- ``drawn``: from the address to the last tile drawn, in headless Chromium without a graphics card,
  which draws maps in software. *Warm*: the browser has the files, the server the answers.
  *Screen*: the tiles in a window of 1280 x 900, for a person, whose tiles two screens away are
  drawn later. *All*: every tile at once, which a remote-controlled browser gets of Superset.
  *On the processor* is the time of the page's main thread for that, which others on the machine
  do not lengthen.
- ``viewers``: people with sessions of their own who open dashboards, read for 5 to 20 seconds,
  choose something else in a filter, read and go on. They send what the browser would, six requests
  at a time, and draw nothing. Each choice is a question nobody may have asked before.

The load of the machine is printed with everything: with more than its number of processors,
times say little, and time on the processor more.
"""

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from chromium import chromium, logged_in
from installation import free_port, listed
from stored import stored_dashboards
from visitors import PASSWORD, Visitor

from benchmarks.recording import Dashboard, record
from benchmarks.viewers import Log, look_around, send
from datenlabor.assets.bundle import read_folder
from datenlabor.assets.server import SupersetServer
from datenlabor.errors import DatenlaborError
from datenlabor.paths import ASSETS, Home
from datenlabor.service.secrets import load_secrets
from datenlabor.service.superset import ADMIN, HOST, running_superset

READER = "reader"
ROLES = ("Wirtschaftsförderung", "Sozialplanung", "Krisenstab", "Analyse", "Redaktion")
MUNICIPALITY = "Gemeinde "
LOGINS_PER_MINUTE = 25
SLOWEST = 5
PARTS = ("charts", "viewers")


@dataclass(frozen=True)
class Server:
    """A server that is measured."""

    url: str
    port: int
    titles: dict[int, str]
    """Of the charts, by number."""

    def seconds(self) -> float:
        """Return the time its processes have spent on the processor."""
        total = 0
        for folder in Path("/proc").iterdir():
            try:
                if folder.name.isdecimal() and f"{HOST}:{self.port}".encode() in (
                    folder / "cmdline"
                ).read_bytes().split(b"\0"):
                    numbers = (folder / "stat").read_text().rpartition(")")[2].split()
                    total += int(numbers[11]) + int(numbers[12])
            except OSError:
                continue  # It has ended meanwhile.
        return total / os.sysconf("SC_CLK_TCK")


def say(text: str = "") -> None:
    """Print a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def load() -> str:
    """Return how busy the machine is."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"


def spread(milliseconds: Sequence[float]) -> str:
    """Return median, 95th percentile and maximum."""
    ordered = sorted(milliseconds)
    highest = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    return f"p50 {statistics.median(ordered):6.0f}  p95 {highest:6.0f}  max {ordered[-1]:6.0f} ms"


@contextmanager
def served() -> Iterator[Server]:
    """Serve a copy of the current release, with an account for readers."""
    current = Home.from_environment().current
    if not current.exists():
        raise DatenlaborError(f"{current} does not exist.", hint="Run `datenlabor publish`.")
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        shutil.copytree(current.resolve(), home.releases / current.resolve().name)
        home.current.symlink_to(current.resolve().name)
        port = free_port()
        with running_superset(home, port) as url:
            password = load_secrets(home).admin_password
            add_reader(url, password)
            charts = listed(SupersetServer(url, ADMIN, password), "chart")
            yield Server(url, port, {one["id"]: one["slice_name"] for one in charts})


def add_reader(url: str, password: str) -> None:
    """Let the administrator make an account that sees all dashboards of the city's staff."""
    admin = Visitor(url, ADMIN)
    admin.log_in(ADMIN, password)
    known = admin.ask("GET", "/api/v1/security/roles/?q=(page_size:100)").json()["result"]
    account = {
        "username": READER,
        "first_name": READER,
        "last_name": READER,
        "email": f"{READER}@example.org",
        "active": True,
        "password": PASSWORD,
        "roles": [
            one["id"]
            for one in known
            if one["name"] in ROLES or one["name"].startswith(MUNICIPALITY)
        ],
    }
    admin.ask("POST", "/api/v1/security/users/", account).raise_for_status()


def seen_dashboards(server: Server, slugs: Sequence[str]) -> list[Dashboard]:
    """Open all dashboards in a browser and print how long they took."""
    say(f"\nDashboards in the browser, warm ({load()})")
    found = []
    with chromium() as browser, logged_in(browser, server.url, READER, PASSWORD) as context:
        for slug, stored in stored_dashboards(read_folder(ASSETS)).items():
            if slugs and slug not in slugs:
                continue
            seen = record(context, server.url, stored, server.titles)
            found.append(seen)
            say(
                f"  {slug:20} screen {seen.screen_seconds:5.1f} s, all {seen.seconds:5.1f} s "
                f"({seen.browser_seconds:3.1f} s on the processor), {seen.tiles:2} tiles, "
                f"{seen.requests:3} requests ({load()})"
            )
    return found


def measure_charts(server: Server, dashboards: Sequence[Dashboard], rounds: int) -> None:
    """Ask for the data of each chart, one after the other, and print how long it took."""
    visitor = Visitor(server.url, READER)
    visitor.log_in(READER, PASSWORD)
    wanted = [sent for dashboard in dashboards for sent in dashboard.charts]
    for name, force in (("uncached", True), ("cached", False)):
        for sent in wanted:
            send(visitor, sent, force=force)
        begun = server.seconds()
        best: dict[str, float] = {}
        everything: list[float] = []
        wrong: list[str] = []
        for _ in range(rounds):
            for sent in wanted:
                milliseconds, error = send(visitor, sent, force=force)
                everything.append(milliseconds)
                best[sent.title] = min(best.get(sent.title, milliseconds), milliseconds)
                wrong += [error] * bool(error)
        busy = (server.seconds() - begun) * 1000 / len(everything)
        say(f"\nRequests for data of charts, {name}: {len(wanted)} x {rounds} ({load()})")
        say(f"  {spread(everything)}; server {busy:.0f} ms on the processor each")
        say(f"  the best of {rounds}: {spread(list(best.values()))}; {len(wrong)} errors")
        for title in sorted(best, key=best.__getitem__, reverse=True)[:SLOWEST]:
            say(f"    {best[title]:6.0f} ms  {title}")


def measure_viewers(
    server: Server, dashboards: Sequence[Dashboard], count: int, minutes: float
) -> None:
    """Let people look at dashboards at the same time and print what they waited for."""
    viewers = []
    for number in range(count):
        if number and number % LOGINS_PER_MINUTE == 0:
            time.sleep(60)
        viewers.append(Visitor(server.url, f"{READER} {number}"))
        viewers[-1].log_in(READER, PASSWORD)
    log = Log()
    before, begun = server.seconds(), time.monotonic()
    with ThreadPoolExecutor(count) as pool:
        for done in [
            pool.submit(look_around, viewer, dashboards, begun + minutes * 60, log)
            for viewer in viewers
        ]:
            done.result()
    elapsed = time.monotonic() - begun
    answers = sum(len(times) for kind, times in log.times.items() if ", all" not in kind)
    busy = (server.seconds() - before) / elapsed
    say(f"\n{count} viewers for {elapsed / 60:.1f} minutes: {answers} requests ({load()})")
    say(f"  {len(log.errors)} errors; server on {busy:.2f} processors")
    for kind, times in sorted(log.times.items()):
        say(f"  {kind:24} {len(times):6}  {spread(times)}")
    for error in log.errors[:SLOWEST]:
        say(f"    {error[:300]}")


def main() -> None:
    """Measure what is wanted."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--viewers", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--dashboards", nargs="+", default=(), metavar="SLUG")
    options = parser.parse_args()
    with served() as server:
        # What a dashboard asks for is known from the browser alone.
        dashboards = seen_dashboards(server, options.dashboards)
        parts: dict[str, Callable[[], None]] = {
            "charts": lambda: measure_charts(server, dashboards, options.rounds),
            "viewers": lambda: measure_viewers(
                server, dashboards, options.viewers, options.minutes
            ),
        }
        for name, measure in parts.items():
            if name in options.only:
                measure()


if __name__ == "__main__":
    main()
