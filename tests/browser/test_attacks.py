"""Attacks on a running installation, as everyone who can knock at it: all of them are refused."""

import json
from collections import Counter

import pytest
from access_world import ADMINISTRATION, OTHER, OTHER_AREA, ROLES, World
from attacks import BUT_ANALYSE, REQUESTS, Attack
from sql_attacks import COUNTED, REFUSED, TEMPLATES

SQL_ROLES = ["Analyse", ADMINISTRATION]
FORBIDDEN = 400


def attackers(attack: Attack) -> list[str]:
    return [role for role in ROLES if attack.who != BUT_ANALYSE or role != "Analyse"]


def refusal(world: World, attack: Attack, role: str) -> str:
    """Try it and return how it was refused; "" where it was not."""
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
    files = {attack.files[0]: (attack.files[1], b"PK")} if attack.files else None
    answer = world.visitors[role].ask(attack.method, path, attack.body, files=files)
    for secret in (target["dashboard_title"], OTHER_AREA, str(world.installation.home.root)):
        assert secret not in answer.text, f"{role}: {attack.name} tells {secret}"
    if answer.is_redirect and "/login/" in answer.headers["Location"]:
        return "log-in"
    return str(answer.status_code) if FORBIDDEN <= answer.status_code < 500 else ""


@pytest.mark.parametrize("subject", dict.fromkeys(attack.subject for attack in REQUESTS))
def test_requests_are_refused(world: World, subject: str) -> None:
    let_through = []
    how: Counter[str] = Counter()
    for attack in REQUESTS:
        if attack.subject == subject:
            for role in attackers(attack):
                refused = refusal(world, attack, role)
                how[refused] += 1
                if not refused:
                    let_through.append(f"{role}: {attack.name}")
    assert let_through == []


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
            told = answer.text.replace(json.dumps(sql)[1:-1], "")
            assert "root:x:" not in told
            assert "secret_key" not in told
    assert let_through == []
    assert not list(home.parent.glob("stolen*"))


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
    # The questions do ask for these rows: who may see them gets them.
    assert [sql for sql, n in counts[ADMINISTRATION].items() if not n] == []
