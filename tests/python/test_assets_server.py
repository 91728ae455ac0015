"""A session with Superset outlives its tokens."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from datenlabor.assets.server import SupersetServer
from datenlabor.errors import DatenlaborError


class Forgetful(BaseHTTPRequestHandler):
    """Gives a token per log-in, which is good for two requests."""

    logins = 0
    left = 0
    lets_in = True

    def do_POST(self) -> None:
        """Log in, or refuse."""
        self.rfile.read(int(self.headers["Content-Length"]))
        if not Forgetful.lets_in:
            self._answer(401, {"message": "Not authorized"})
            return
        Forgetful.logins += 1
        Forgetful.left = 2
        self._answer(200, {"access_token": str(Forgetful.logins)})

    def do_GET(self) -> None:
        """Answer who has the newest token, while it holds."""
        Forgetful.left -= 1
        is_valid = self.headers["Authorization"] == f"Bearer {Forgetful.logins}"
        if is_valid and Forgetful.left >= 0:
            self._answer(200, {"result": str(Forgetful.logins)})
        else:
            self._answer(401, {"msg": "Token has expired"})

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  that of http.server
        """Say nothing."""

    def _answer(self, status: int, content: object) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def server() -> Iterator[SupersetServer]:
    """A session with a server whose tokens end soon."""
    Forgetful.logins, Forgetful.lets_in = 0, True
    with ThreadingHTTPServer(("127.0.0.1", 0), Forgetful) as http:
        Thread(target=http.serve_forever, daemon=True).start()
        yield SupersetServer(f"http://127.0.0.1:{http.server_port}", "admin", "secret")
        http.shutdown()


def test_an_expired_token_is_renewed(server: SupersetServer) -> None:
    """One request is left after the log-in, then one per new token."""
    assert [server.get("/api/v1/me/")["result"] for _ in range(4)] == ["1", "2", "3", "4"]


def test_who_may_no_longer_log_in_is_told(server: SupersetServer) -> None:
    """A password that has been changed ends the session."""
    server.get("/api/v1/me/")
    Forgetful.lets_in = False
    with pytest.raises(DatenlaborError, match=r"refused POST /api/v1/security/login \(401\)"):
        server.get("/api/v1/me/")
