"""Attacks on a running installation, as everyone who can knock at it: all of them are refused."""

import json
from contextlib import suppress
from pathlib import Path

import pytest
from access_world import ADMINISTRATION, OTHER, OTHER_AREA, ROLES, World
from attacks import BUT_ANALYSE, REQUESTS, Attack
from refusals import HANDBOOK, refusals_table, write_table
from sql_attacks import COUNTED, REFUSED, TEMPLATES

SQL_ROLES = ["Analyse", ADMINISTRATION]
FORBIDDEN, FAILED = 400, 500
# Not there for anybody: an address outside of what is served, and pages that are switched off.
NOWHERE = [
    "GET /api/v1/_openapi",
    "GET /datenlabor/..%2f..%2fsecrets.json",
    "GET /static/../superset_config.py",
    "GET /swagger/v1",
]


def attackers(attack: Attack) -> list[str]:
    return [role for role in ROLES if attack.who != BUT_ANALYSE or role != "Analyse"]


def aimed(world: World, attack: Attack, role: str) -> str:
    """Return the path with what this role may not see."""
    target = world.foreign(role)
    chart = target["charts"][0]
    names = {
        "dashboard": target["id"],
        "slug": target["slug"],
        "uuid": target["uuid"],
        "chart": chart["id"],
        "dataset": chart["form_data"]["datasource"].partition("_")[0],
        "own": world.own(role)["id"],
    }
    path = attack.path
    for name, value in names.items():
        path = path.replace(f"{{{name}}}", str(value))
    return path


def is_refused(world: World, attack: Attack, role: str) -> bool:
    """Try it; whatever is answered must not tell what the role may not know."""
    target = world.foreign(role)
    path = aimed(world, attack, role)
    files = {attack.files[0]: (attack.files[1], b"PK")} if attack.files else None
    answer = world.visitors[role].ask(attack.method, path, attack.body, files=files)
    for secret in (target["dashboard_title"], OTHER_AREA, str(world.installation.home.root)):
        assert secret not in answer.text, f"{role}: {attack.name} tells {secret}"
    to_login = answer.is_redirect and "/login/" in answer.headers["Location"]
    return to_login or FORBIDDEN <= answer.status_code < FAILED


@pytest.mark.parametrize("subject", dict.fromkeys(attack.subject for attack in REQUESTS))
def test_requests_are_refused(world: World, subject: str) -> None:
    let_through = []
    for attack in REQUESTS:
        if attack.subject == subject:
            for role in attackers(attack):
                if is_refused(world, attack, role):
                    world.refusals[subject, role] += 1
                else:
                    let_through.append(f"{role}: {attack.name}")
    assert let_through == []


def test_what_is_attacked_exists(world: World) -> None:
    """Else a refusal would prove nothing."""
    missing = set()
    for attack in REQUESTS:
        answer = world.admin.ask("OPTIONS", aimed(world, attack, "Krisenstab"))
        if attack.method not in answer.headers.get("Allow", ""):
            missing.add(attack.name)
    assert sorted(missing) == NOWHERE


def test_administrators_cannot_open_other_databases(world: World) -> None:
    number = world.databases["internal"]
    published = world.installation.home.published
    for address in (
        "duckdb:////etc/passwd",
        "duckdb:///:memory:",
        f"duckdb:///{world.installation.home.warehouse}",
        f"duckdb:///{published.resolve()}",
        f"duckdb:///{published}?access_mode=read_write",
        f"sqlite:///{world.installation.home.superset}/superset.db",
        "postgresql+psycopg2://localhost/postgres",
    ):
        body = {"database_name": "x", "sqlalchemy_uri": address}
        for method, path in (
            ("POST", "/api/v1/database/test_connection/"),
            ("POST", "/api/v1/database/"),
            ("PUT", f"/api/v1/database/{number}"),
        ):
            answer = world.admin.ask(method, path, body)
            assert not answer.ok, f"{method} {path} {address}: {answer.text}"
        world.refusals["other databases", ADMINISTRATION] += 1
    assert world.admin.sql("select 1 as n", number).json()["data"] == [{"n": 1}]


@pytest.mark.parametrize("subject", REFUSED)
def test_sql_is_refused(world: World, subject: str) -> None:
    let_through = []
    home = world.installation.home.root
    for role in SQL_ROLES:
        for text in REFUSED[subject]:
            sql = text.format(home=home, catalog="datenlabor")
            answer = world.visitors[role].sql(sql, world.databases["internal"])
            if answer.ok:
                let_through.append(f"{role}: {sql}: {answer.text[:200]}")
            else:
                world.refusals[f"SQL: {subject}", role] += 1
            told = answer.text.replace(json.dumps(sql)[1:-1], "")
            assert "root:x:" not in told
            assert "secret_key" not in told
    assert let_through == []
    assert not list(home.glob("stolen*"))


def test_nothing_in_sql_is_a_template(world: World) -> None:
    for text in TEMPLATES:
        [row] = world.admin.sql(text, world.databases["internal"]).json()["data"]
        assert "{{" in row["n"]


def test_rows_of_another_municipality_are_for_nobody_else(world: World) -> None:
    counts: dict[str, dict[str, int]] = {}
    for role in SQL_ROLES:
        for text in COUNTED:
            sql = text.format(
                rows="protected.pub_area_geometry", theirs=f"municipality_code = '{OTHER}'"
            )
            answer = world.visitors[role].sql(sql, world.databases["internal"])
            assert answer.ok, f"{sql}: {answer.text}"
            rows = answer.json()["data"]
            counts.setdefault(role, {})[sql] = sum(row["n"] or 0 for row in rows)
    assert {sql: n for sql, n in counts["Analyse"].items() if n} == {}
    world.refusals["SQL: rows of another municipality", "Analyse"] = len(counts["Analyse"])
    # The questions do ask for these rows: who may see them gets them.
    assert [sql for sql, n in counts[ADMINISTRATION].items() if not n] == []


def test_the_list_of_refusals_is_that_of_the_handbook(
    world: World, request: pytest.FixtureRequest
) -> None:
    """`--refusals` writes it anew."""
    subjects = {attack.subject for attack in REQUESTS} | {f"SQL: {name}" for name in REFUSED}
    if {subject for subject, _ in world.refusals} < subjects:
        pytest.skip("the list needs all attacks")
    if request.config.getoption("--refusals"):
        write_table(world.refusals)
    assert refusals_table(world.refusals) in HANDBOOK.read_text(encoding="utf-8")


def opened(process: Path) -> set[Path]:
    """Return the paths of all files a process has open, as far as anybody may know."""
    found = set()
    with suppress(OSError):  # it ended, or is somebody else's
        for descriptor in (process / "fd").iterdir():
            with suppress(OSError):  # closed meanwhile
                found.add(descriptor.readlink())
    return found


def test_no_connection_to_accounts_is_shared_by_processes(world: World) -> None:
    """What one of them asks could be answered to the other, of another user."""
    file = world.installation.home.superset / "superset.db"
    holders = {process for process in Path("/proc").glob("[0-9]*") if file in opened(process)}
    stats = [(process / "stat").read_text().rpartition(")")[2].split() for process in holders]
    starters = {Path("/proc") / parent for _state, parent, *_ in stats}
    assert holders
    assert holders & starters == set(), "a worker began with connections of who started it"
