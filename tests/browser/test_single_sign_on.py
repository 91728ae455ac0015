"""Log-in by OpenID Connect, against a small provider: people get the roles of their groups."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest
from access_world import World
from installation import free_port
from visitors import Visitor

from datenlabor.service.access import PUBLIC
from datenlabor.service.superset import running_superset

# By the code with which they come back from the provider, which here is all it knows them by.
PEOPLE = {
    "planner": ["/Sozialplanung", "/Gemeinde 05162024"],
    "boss": ["Administration"],
    "stranger": ["Admin2", "Somewhere else"],
}


class Provider(BaseHTTPRequestHandler):
    """Tells where things are, gives every code a token, and says who a token is."""

    def do_GET(self) -> None:
        base = f"http://{self.headers['Host']}"
        person = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if self.path == "/userinfo":
            names = {"sub": person, "preferred_username": person, "given_name": person}
            mail = {"family_name": "Beispiel", "email": f"{person}@example.org"}
            self._answer({**names, **mail, "groups": PEOPLE[person]})
        else:
            ends = ("authorization", "token", "userinfo")
            self._answer({"issuer": base} | {f"{end}_endpoint": f"{base}/{end}" for end in ends})

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        assert form["code_verifier"]
        self._answer({"access_token": form["code"][0], "token_type": "Bearer"})

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  of the base class
        """Say nothing."""

    def _answer(self, content: Mapping[str, object]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())


@contextmanager
def provider() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


@pytest.fixture(scope="module")
def signed_on(world: World) -> Iterator[str]:
    """Serve the installation a second time, with single sign-on."""
    with provider() as issuer, pytest.MonkeyPatch.context() as environment:
        environment.setenv(PUBLIC, "1")
        environment.setenv("DATENLABOR_OIDC_ISSUER", issuer)
        environment.setenv("DATENLABOR_OIDC_CLIENT_ID", "datenlabor")
        environment.setenv("DATENLABOR_OIDC_CLIENT_SECRET", "geheim")
        with running_superset(world.installation.home, free_port()) as url:
            yield url


def come_back(visitor: Visitor, person: str, state: str | None = None) -> str:
    """Go to the provider and come back as somebody; return where that leads."""
    away = urlsplit(visitor.ask("GET", "/login/oidc").headers["Location"])
    asked = {name: values[0] for name, values in parse_qs(away.query).items()}
    assert asked["client_id"] == "datenlabor"
    assert asked["code_challenge_method"] == "S256"
    path = urlsplit(asked["redirect_uri"]).path
    answer = visitor.ask("GET", f"{path}?code={person}&state={state or asked['state']}")
    return answer.headers["Location"]


def roles(visitor: Visitor) -> set[str]:
    """Return the roles; whoever has none may not even ask."""
    return set(visitor.ask("GET", "/api/v1/me/roles/").json().get("result", {}).get("roles", {}))


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        ("planner", {"Sozialplanung", "Gemeinde 05162024"}),
        ("boss", {"Admin"}),
        ("stranger", set()),
    ],
)
def test_people_get_the_roles_of_their_groups(
    signed_on: str, person: str, expected: set[str]
) -> None:
    visitor = Visitor(signed_on, person)
    assert "/login" not in come_back(visitor, person)
    assert roles(visitor) == expected
    boards = visitor.ask("GET", "/api/v1/dashboard/").json().get("result")
    assert bool(boards) == bool(expected)


def test_an_answer_nobody_asked_for_is_refused(signed_on: str) -> None:
    visitor = Visitor(signed_on, "planner")
    assert "/login" in come_back(visitor, "planner", state="made-up")
    assert visitor.ask("GET", "/api/v1/me/").json()["result"]["is_anonymous"]
