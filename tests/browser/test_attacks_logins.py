"""Attacks on log-ins: sessions, tokens, passwords, redirects; and the log of what happened."""

import base64
import hashlib
import hmac
import json
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from access_world import ROLES, STAFF, World
from visitors import ANONYMOUS, PASSWORD, Visitor

from datenlabor.service.superset import ADMIN

# What Superset, its examples and its images have come with.
KNOWN_KEYS = (
    "CHANGE_ME_TO_A_COMPLEX_RANDOM_SECRET",
    "CHANGE_ME_SECRET_KEY",
    "\x02\x01thisismyscretkey\x01\x02\\e\\y\\y\\h",
    "\2\1thisismyscretkey\1\2\\e\\y\\y\\h",
    "thisISaSECRET_1234",
    "YOUR_OWN_RANDOM_GENERATED_SECRET_KEY",
    "TEST_NON_DEV_SECRET",
    "test-guest-secret-change-me",
    "",
)
WRITES = (
    ("POST", "/api/v1/security/users/", {"username": "x"}),
    ("PUT", "/api/v1/me/", {"first_name": "x"}),
    ("POST", "/api/v1/dashboard/", {"dashboard_title": "x"}),
    ("DELETE", "/api/v1/dashboard/1", None),
    ("POST", "/api/v1/sqllab/execute/", {"database_id": 1, "sql": "select 1"}),
    ("POST", "/api/v1/database/", {"database_name": "x"}),
)


def is_logged_in(visitor: Visitor) -> bool:
    answer = visitor.ask("GET", "/api/v1/me/")
    return answer.ok and not answer.json()["result"]["is_anonymous"]


@pytest.fixture
def employee(world: World) -> Iterator[Visitor]:
    """Return somebody who has just logged in, with an account of his own."""
    name = f"person-{time.monotonic_ns()}"
    number = world.add_user(name, ["Sozialplanung"])
    visitor = world.visitor(name)
    visitor.log_in(name)
    assert is_logged_in(visitor)
    yield visitor
    world.admin.ask("DELETE", f"/api/v1/security/users/{number}")


def twin(visitor: Visitor) -> Visitor:
    """Return a thief: the same cookies elsewhere."""
    other = Visitor(visitor.url, visitor.role, csrf=visitor.csrf)
    other.session.cookies.update(visitor.session.cookies)
    return other


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def forged_cookie(key: str) -> str:
    """Sign a session of the first user as Flask does."""
    payload = encoded(json.dumps({"_user_id": "1", "_fresh": True}).encode())
    stamp = encoded(int(time.time()).to_bytes(4, "big"))
    derived = hmac.new(key.encode(), b"cookie-session", hashlib.sha1).digest()
    signed = f"{payload}.{stamp}"
    return f"{signed}.{encoded(hmac.new(derived, signed.encode(), hashlib.sha1).digest())}"


def forged_token(key: str, algorithm: str) -> str:
    """Sign a token of the API for the first user."""
    now = int(time.time())
    claims = {"sub": "1", "iat": now, "nbf": now, "exp": now + 900, "jti": "x"}
    claims |= {"type": "access", "fresh": True}
    head = encoded(json.dumps({"alg": algorithm, "typ": "JWT"}).encode())
    signed = f"{head}.{encoded(json.dumps(claims).encode())}"
    seal = hmac.new(key.encode(), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{'' if algorithm == 'none' else encoded(seal)}"


def test_writing_needs_the_token_of_the_page(world: World) -> None:
    """A page elsewhere can make a browser send the cookie, not the token."""
    for role in (*STAFF, "Administration"):
        visitor = twin(world.visitors[role])
        for stolen in ("", "x", world.visitors[ANONYMOUS].csrf):
            visitor.csrf = stolen
            for method, path, body in WRITES:
                answer = visitor.ask(method, path, body)
                to_login = answer.is_redirect and "/login/" in answer.headers["Location"]
                refused = answer.status_code == 400 and "CSRF" in answer.text
                assert to_login or refused, f"{role}: {method} {path}: {answer.text}"
    elsewhere = world.admin.ask("GET", "/api/v1/me/", headers={"Origin": "https://example.org"})
    assert "Access-Control-Allow-Origin" not in elsewhere.headers


def test_a_session_prepared_before_the_log_in_is_worth_nothing(world: World) -> None:
    victim = world.visitor("krisenstab")
    planted = victim.token()
    attacker = twin(victim)
    victim.log_in("krisenstab")
    assert is_logged_in(victim)
    assert not is_logged_in(attacker)
    assert victim.session.cookies != attacker.session.cookies
    victim.csrf = planted
    assert victim.ask("PUT", "/api/v1/me/", {"first_name": "x"}).status_code == 400


def test_a_copied_cookie_ends_with_the_log_out(employee: Visitor) -> None:
    thief = twin(employee)
    assert is_logged_in(thief)
    employee.ask("GET", "/logout/")
    assert not is_logged_in(employee)
    assert not is_logged_in(thief)


def test_a_new_password_ends_all_sessions(world: World, employee: Visitor) -> None:
    thief = twin(employee)
    for weak in ("kurz", "aaaaaaaaaaaaaaaa", "Passwort-Passwort", "datenlabor-2026"):
        assert employee.ask("PUT", "/api/v1/me/", {"password": weak}).status_code == 400
    assert employee.ask("PUT", "/api/v1/me/", {"password": "Gelbe-Eule-41-ruft"}).ok
    assert not is_logged_in(thief)
    again = world.visitor()
    again.log_in(employee.role)
    assert not is_logged_in(again)
    again.log_in(employee.role, "Gelbe-Eule-41-ruft")
    assert is_logged_in(again)


def test_administrators_cannot_give_weak_passwords(world: World) -> None:
    names = {"username": "x", "first_name": "x", "last_name": "x", "email": "x@example.org"}
    body = names | {"active": True, "roles": [1], "password": "12345678"}
    assert world.admin.ask("POST", "/api/v1/security/users/", body).status_code == 400


def test_cookies_and_tokens_signed_with_known_keys_are_refused(world: World) -> None:
    for key in KNOWN_KEYS:
        visitor = world.visitor()
        visitor.session.cookies.set("session", forged_cookie(key))
        assert not is_logged_in(visitor)
        for algorithm in ("HS256", "none"):
            token = forged_token(key, algorithm)
            for headers in ({"Authorization": f"Bearer {token}"}, {"X-GuestToken": token}):
                answer = world.visitor().ask("GET", "/api/v1/security/users/", headers=headers)
                assert answer.status_code in {401, 422}, answer.text


def test_a_token_of_the_api_may_no_more_than_its_owner(world: World) -> None:
    for role in STAFF:
        body = {"username": role.lower(), "password": PASSWORD, "provider": "db", "refresh": True}
        answer = world.visitor().ask("POST", "/api/v1/security/login", body).json()
        for path, expected in (
            ("/api/v1/security/users/", 403),
            (f"/api/v1/dashboard/{world.foreign(role)['id']}", 404),
            (f"/api/v1/dashboard/{world.own(role)['id']}", 200),
        ):
            for name, status in (("access_token", expected), ("refresh_token", 422)):
                bearer = {"Authorization": f"Bearer {answer[name]}"}
                assert world.visitor().ask("GET", path, headers=bearer).status_code == status, path


def test_nobody_learns_who_has_an_account(world: World) -> None:
    known, unknown = world.visitor(), world.visitor()
    answers = [known.log_in(ADMIN, "falsch"), unknown.log_in("niemand", "falsch")]
    assert len({(a.status_code, a.headers["Location"], a.text) for a in answers}) == 1
    said = [
        world.visitor().ask("POST", "/api/v1/security/login", body)
        for body in (
            {"username": ADMIN, "password": "falsch", "provider": "db"},
            {"username": "niemand", "password": "falsch", "provider": "db"},
        )
    ]
    assert len({(a.status_code, a.text) for a in said}) == 1
    for role in ROLES:
        for relation in ("owners", "created_by", "changed_by"):
            answer = world.visitors[role].ask("GET", f"/api/v1/dashboard/related/{relation}")
            assert {row["text"] for row in answer.json().get("result", [])} <= {
                f"{role.lower()} Beispiel"
            }
        for board in (world.own(role)["id"], ""):
            answer = world.visitors[role].ask("GET", f"/api/v1/dashboard/{board}")
            assert "Administration" not in answer.text, role


@pytest.mark.parametrize(
    "target", ["https://example.org/", "//example.org/", "/\\example.org", "javascript:alert(1)"]
)
def test_the_log_in_leads_to_this_server_only(world: World, target: str) -> None:
    visitor = world.visitor()
    answer = visitor.send_form("krisenstab", PASSWORD, f"?next={target}")
    assert answer.is_redirect
    assert re.match(rf"(/[^/\\]|/$|{visitor.url})", answer.headers["Location"])
    assert not world.visitor().ask("GET", f"/redirect/?url={target}").is_redirect


def test_browsers_are_told_to_be_careful(world: World) -> None:
    page = world.visitor().ask("GET", "/login/", headers={"Accept": "text/html"})
    cookie = page.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "unsafe-eval" not in policy
    assert "http:" not in policy
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert page.headers["Referrer-Policy"] == "same-origin"


def test_errors_are_german_pages_without_a_trace(world: World) -> None:
    for path in ("/gibt/es/nicht", "/superset/dashboard/999/", "/api/v1/dashboard/999"):
        answer = world.visitors["Krisenstab"].ask("GET", path, headers={"Accept": "text/html"})
        assert "Traceback" not in answer.text
        if not path.startswith("/api/"):
            assert "Diese Seite gibt es nicht." in answer.text


def test_log_ins_and_exports_are_logged_and_nothing_else(world: World, employee: Visitor) -> None:
    thief = world.visitor()
    thief.log_in(employee.role, "falsch-und-geheim")
    thief.log_in("falsch-und-geheim", "x")
    dataset, claim = world.claim("Sozialplanung", "pub_indicator_overview")
    body = {
        "datasource": {"id": dataset, "type": "table"},
        "queries": [{"columns": ["area_name"], "metrics": [], "row_limit": 1}],
        "form_data": claim,
        "result_format": "csv",
        "result_type": "full",
    }
    employee.ask("GET", f"/superset/dashboard/{claim['dashboardId']}/")
    assert employee.ask("POST", "/api/v1/chart/data", body).ok
    employee.ask("GET", "/logout/")
    page = "(order_column:dttm,order_direction:desc,page_size:100)"
    entries = world.admin.ask("GET", f"/api/v1/log/?q={page}").json()["result"]
    mine = [e["action"] for e in entries if (e["user"] or {}).get("username") == employee.role]
    assert mine == ["logout", "export", "login failed", "login"]
    assert {e["action"] for e in entries} <= {"login", "login failed", "logout", "export"}
    assert "falsch-und-geheim" not in json.dumps(entries)


def test_a_report_of_the_log_in_page_takes_no_log_in_back(world: World) -> None:
    """It may come late: its answer must not bring the cookie from before."""
    stranger = world.visitor()
    stranger.csrf = stranger.token()
    answer = stranger.ask("POST", "/superset/log/?explode=events")
    assert answer.status_code == 204
    assert "Set-Cookie" not in answer.headers


@pytest.mark.uses_up_log_ins
def test_guessing_a_password_ends_after_a_few_attempts(world: World) -> None:
    name = "gesucht"
    world.add_user(name, ["Krisenstab"])
    answered = 0
    # Each of the two workers counts to ten for itself: one that is busy leaves what comes next to
    # the other.
    with ThreadPoolExecutor() as others:
        for _ in range(400):
            beside = others.submit(world.visitor().token)
            answered += world.visitor().log_in(name, "falsch").status_code != 429
            beside.result()
            if answered == 20:
                break
    assert answered == 20
    assert {world.visitor().log_in(name).status_code for _ in range(4)} == {429}
    for default in ("admin", "superset", "general", "password"):
        assert not is_logged_in_as(world, ADMIN, default)


def is_logged_in_as(world: World, user: str, password: str) -> bool:
    visitor = world.visitor()
    visitor.log_in(user, password)
    return is_logged_in(visitor)
