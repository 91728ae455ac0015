"""An installation with two municipalities, the public let in, and somebody of every role."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
from installation import Installation, installed
from visitors import ANONYMOUS, PASSWORD, Visitor

from datenlabor.assets.datasets import DATABASE_UUID
from datenlabor.paths import Home
from datenlabor.service.superset import ADMIN

OWN, OTHER = "05162024", "99999999"
OTHER_AREA = "Gebiet der anderen Stadt"
ADMINISTRATION = "Administration"
# Who works for the city has its municipality; the crisis staff of this test has been given none.
STAFF = {
    "Wirtschaftsförderung": [f"Gemeinde {OWN}"],
    "Sozialplanung": [f"Gemeinde {OWN}"],
    "Krisenstab": [],
    "Analyse": [f"Gemeinde {OWN}"],
    "Redaktion": [f"Gemeinde {OWN}"],
}
ROLES = [*STAFF, ANONYMOUS]
TABLES = ("pub_area_geometry", "pub_indicator_value", "pub_indicator_overview")


def add_other_city(home: Home) -> None:
    """Put an area of another municipality into what is to be published."""
    with duckdb.connect(home.warehouse) as connection:
        for table in TABLES:
            connection.execute(
                f"insert into protected.{table} by name "
                f"select * replace ($1 as area_code, $2 as area_name, $3 as municipality_code) "
                f"from protected.{table} where area_code in "
                f"(select min(area_code) from protected.{table})",
                ["other", OTHER_AREA, OTHER],
            )


@dataclass
class World:
    """The installation, and what an attacker would like to know of it."""

    installation: Installation
    visitors: dict[str, Visitor] = field(default_factory=dict)
    refusals: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How many attacks on a subject were refused to a role."""

    def people(self) -> Iterator[tuple[str, Visitor]]:
        """Return somebody of every role but the administrators'."""
        return ((role, self.visitors[role]) for role in ROLES)

    @property
    def admin(self) -> Visitor:
        return self.visitors[ADMINISTRATION]

    @cached_property
    def databases(self) -> dict[str, int]:
        """Numbers of the databases by audience."""
        rows = self.admin.ask("GET", "/api/v1/database/").json()["result"]
        return {"internal" if r["uuid"] == DATABASE_UUID else "public": r["id"] for r in rows}

    @cached_property
    def dashboards(self) -> dict[str, dict[str, Any]]:
        """Dashboards by slug, with number, uuid and charts."""
        rows = self.admin.ask("GET", "/api/v1/dashboard/").json()["result"]
        for row in rows:
            charts = self.admin.ask("GET", f"/api/v1/dashboard/{row['id']}/charts")
            row["charts"] = charts.json()["result"]
        return {row["slug"]: row for row in rows}

    @cached_property
    def datasets(self) -> dict[tuple[str, str], int]:
        """Numbers of the datasets by audience and table."""
        names = {number: audience for audience, number in self.databases.items()}
        rows = self.admin.ask("GET", "/api/v1/dataset/?q=(page_size:100)").json()["result"]
        return {(names[row["database"]["id"]], row["table_name"]): row["id"] for row in rows}

    def foreign(self, role: str) -> dict[str, Any]:
        """Return a dashboard this role may not see."""
        sees_all = role in {"Analyse", "Redaktion"}
        return self.dashboards["oeffentlich-ueberblick" if sees_all else "datenqualitaet"]

    def own(self, role: str) -> dict[str, Any]:
        """Return a dashboard this role sees."""
        return self.dashboards["oeffentlich-ueberblick" if role == ANONYMOUS else "ueberblick"]

    def claim(self, role: str, table: str) -> tuple[int, dict[str, Any]]:
        """Return a dataset and the chart of one's own dashboard by which one may ask it."""
        dataset = self.datasets["public" if role == ANONYMOUS else "internal", table]
        dashboard = self.own(role)
        chart = next(
            c for c in dashboard["charts"] if c["form_data"]["datasource"] == f"{dataset}__table"
        )
        return dataset, {"dashboardId": dashboard["id"], "slice_id": chart["id"]}

    def add_user(self, name: str, roles: list[str], password: str = PASSWORD) -> int:
        """Let the administrator make an account and return its number."""
        known = self.admin.ask("GET", "/api/v1/security/roles/?q=(page_size:100)").json()["result"]
        numbers = {entry["name"]: entry["id"] for entry in known}
        answer = self.admin.ask(
            "POST",
            "/api/v1/security/users/",
            {
                "username": name,
                "first_name": name,
                "last_name": "Beispiel",
                "email": f"{name}@example.org",
                "active": True,
                "password": password,
                "roles": [numbers[role] for role in roles],
            },
        )
        assert answer.ok, answer.text
        return int(answer.json()["id"])

    def visitor(self, role: str = "") -> Visitor:
        """Return somebody who has not logged in."""
        return Visitor(self.installation.url, role)


@contextmanager
def attacked(root: Path) -> Iterator[World]:
    """Serve such an installation."""
    with installed(root, add_other_city, is_public=True) as installation:
        world = World(installation)
        world.visitors[ADMINISTRATION] = world.visitor(ADMINISTRATION)
        world.admin.log_in(ADMIN, installation.password)
        for role, more in STAFF.items():
            world.add_user(role.lower(), [role, *more])
            world.visitors[role] = world.visitor(role)
            world.visitors[role].log_in(role.lower())
        world.visitors[ANONYMOUS] = world.visitor(ANONYMOUS)
        world.visitors[ANONYMOUS].csrf = world.visitors[ANONYMOUS].token()
        yield world
