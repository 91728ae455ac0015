"""An installation as a municipality would have it: a published release and a running Superset."""

import os
import random
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from datenlabor.assets.bundle import Bundle, read_folder
from datenlabor.assets.server import SupersetServer
from datenlabor.city import City
from datenlabor.comments.delivering import ingest_comments
from datenlabor.paths import ASSETS, PROJECT, TARGET, Home, city_code
from datenlabor.publishing import publish, publish_build
from datenlabor.publishing.connection import open_read_only
from datenlabor.publishing.manifest import internal_tables, protected_tables
from datenlabor.publishing.workflow import Protection
from datenlabor.service.access import PUBLIC
from datenlabor.service.secrets import PROVIDED, load_secrets
from datenlabor.service.superset import ADMIN, HOST, running_superset

# Where dbt wrote its artifacts; the variable is dbt's own.
ARTIFACTS = Path(os.environ.get("DBT_TARGET_PATH") or TARGET)
MANIFEST = ARTIFACTS / "manifest.json"
_CHANGED_BY_COMMENTS = (
    *("stg_delivery__deliveries", "stg_delivery__comments"),
    *("dim_release", "fct_commentary", "pub_comment"),
)
Row = dict[str, Any]
PAGE = 100
"""Most entries Superset lists at once."""
_ORDER = {"chart": "slice_name", "dashboard": "dashboard_title", "dataset": "table_name"}


@dataclass(frozen=True)
class Installation:
    """A home with a published release, and the Superset that serves it."""

    home: Home
    url: str
    password: str
    server: SupersetServer
    assets: Bundle
    dataset_ids: dict[str, int]

    def chart_ids(self) -> dict[str, int]:
        """Return the numbers Superset gave to charts, by their titles."""
        entries = listed(self.server, "chart", "id,slice_name")
        return {str(entry["slice_name"]): int(entry["id"]) for entry in entries}

    def rows(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Answer a query on the published file."""
        with open_read_only(self.home.published) as connection:
            return connection.execute(sql, parameters).fetchall()

    def warehouse_rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Answer a query on the warehouse."""
        with duckdb.connect(str(self.home.warehouse), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def chart_data(
        self,
        dataset: str,
        columns: list[str],
        metrics: list[str],
        conditions: dict[str, object] | None = None,
    ) -> list[Row]:
        """Ask Superset as a chart does; ``metrics`` are names of the dataset's metrics."""
        filters = [
            {"col": column, "op": "==", "val": value}
            for column, value in (conditions or {}).items()
        ]
        query = {"columns": columns, "metrics": metrics, "filters": filters, "row_limit": 100_000}
        return self.server.chart_data(
            {
                "datasource": {"id": self.dataset_ids[dataset], "type": "table"},
                "queries": [query],
                "result_format": "json",
                "result_type": "full",
            }
        )


def publish_audited(home: Home, *, keep: int = 5) -> None:
    """Publish a warehouse whose cells were audited for another release, which takes a while."""
    publish(
        home,
        tables=protected_tables(MANIFEST),
        protection=Protection(internal_tables(MANIFEST)),
        keep=keep,
    )


def take_in_comments(home: Home) -> None:
    """Deliver the comments of the form and build what hangs on them."""
    ingest_comments(home, City.read(city_code()))
    subprocess.run(
        [
            Path(sys.executable).with_name("dbt"),
            *("--quiet", "--no-write-json", "build", "--indirect-selection", "empty"),
            *("--select", *_CHANGED_BY_COMMENTS),
        ],
        cwd=PROJECT,
        env={**os.environ, "DATENLABOR_HOME": str(home.root)},
        check=True,
    )


@contextmanager
def installed(
    root: Path, prepare: Callable[[Home], None] | None = None, *, is_public: bool = False
) -> Iterator[Installation]:
    """Publish from the warehouse of ``DATENLABOR_HOME`` into ``root`` and serve it there.

    ``prepare`` may change the copied warehouse before it is published; as it is, it is audited.
    """
    source = Home.from_environment()
    home = Home(root)
    if not source.warehouse.exists():
        pytest.fail(f"{source.warehouse} does not exist: run `make build` first.", pytrace=False)
    with pytest.MonkeyPatch.context() as environment:
        # What belongs to another installation (users, passwords, metadata) stays out of it.
        for name in (*PROVIDED, *(f"{name}_FILE" for name in PROVIDED), PUBLIC, "DATENLABOR_HTTPS"):
            environment.delenv(name, raising=False)
        if is_public:
            environment.setenv(PUBLIC, "1")
        home.root.mkdir()
        try:
            shutil.copyfile(source.warehouse, home.warehouse)
            if prepare:
                prepare(home)
                publish_audited(home)
            else:
                publish_build(home, MANIFEST)
            with serve(home) as installation:
                yield installation
        finally:
            shutil.rmtree(home.root)


@contextmanager
def serve(home: Home) -> Iterator[Installation]:
    """Serve what is published in a home on a free port."""
    with running_superset(home, free_port()) as url:
        password = load_secrets(home).admin_password
        server = SupersetServer(url, ADMIN, password)
        assets = read_folder(ASSETS)
        # The public has datasets of the same names and others' identities.
        numbers = {
            str(entry["table_name"]): int(entry["id"])
            for entry in listed(server, "dataset", "id,table_name,uuid")
            if entry["uuid"] in assets.assets["datasets"]
        }
        yield Installation(home, url, password, server, assets, numbers)


def listed(server: SupersetServer, kind: str, columns: str = "") -> list[dict[str, Any]]:
    """Return all charts, dashboards or datasets; Superset gives no more than a page at a time."""
    found: list[dict[str, Any]] = []
    while True:
        page = len(found) // PAGE
        wanted = f"columns:!({columns})," if columns else ""
        order = f"order_column:{_ORDER[kind]},order_direction:asc"
        answer = server.get(f"/api/v1/{kind}/?q=({wanted}page:{page},page_size:{PAGE},{order})")
        rows = answer["result"]
        found += rows
        if len(rows) < PAGE:
            return found


def free_port() -> int:
    """Return a port below those that the system gives to connections.

    Until the server listens there, nothing else is to come upon it: a set-up takes a while, and
    meanwhile another process of these tests looks for a port as well.
    """
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind((HOST, port))
            return port
