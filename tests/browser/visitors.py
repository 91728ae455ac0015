"""People at the door: a session of each role, that can be made to ask for anything."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

import requests

PASSWORD = "Blaue-Forelle-77-schwimmt"
ANONYMOUS = "Öffentlichkeit"
_TIMEOUT_SECONDS = 60


@dataclass
class Visitor:
    """A browser without a screen: cookies, the CSRF token of its session, nothing else."""

    url: str
    role: str
    session: requests.Session = field(default_factory=requests.Session)
    csrf: str = ""

    def __post_init__(self) -> None:
        # A connection kept open may be closed by the server just when it is used again.
        self.session.headers["Connection"] = "close"

    def log_in(self, user: str, password: str = PASSWORD) -> requests.Response:
        """Send the form; the answer says whether it worked."""
        answer = self.send_form(user, password)
        self.csrf = self.token()
        return answer

    def send_form(self, user: str, password: str, query: str = "") -> requests.Response:
        data = {"username": user, "password": password, "csrf_token": self.token()}
        return self.session.post(
            f"{self.url}/login/{query}",
            data=data,
            headers={"Referer": self.url, "Accept": "text/html"},
            allow_redirects=False,
            timeout=_TIMEOUT_SECONDS,
        )

    def token(self) -> str:
        """Return a CSRF token as pages carry it."""
        page = self.session.get(f"{self.url}/login/", timeout=_TIMEOUT_SECONDS).text
        found = re.search(r'id="csrf_token"[^>]*value="([^"]+)"', page)
        assert found
        return found[1]

    def ask(
        self,
        method: str,
        path: str,
        json: object = None,
        *,
        files: Mapping[str, tuple[str, bytes]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Send a request as a page of Superset does."""
        usual = {"X-CSRFToken": self.csrf, "Referer": self.url, "Accept": "application/json"}
        return self.session.request(
            method,
            self.url + path,
            json=json,
            files=files,
            headers=usual | dict(headers or {}),
            allow_redirects=False,
            timeout=_TIMEOUT_SECONDS,
        )

    def sql(self, text: str, database: int, more: Mapping[str, object] = {}) -> requests.Response:
        """Run SQL as SQL Lab does."""
        body: dict[str, object] = {
            "client_id": uuid.uuid4().hex[:11],
            "database_id": database,
            "schema": "protected",
            "sql": text,
            "runAsync": False,
            "queryLimit": 1000,
        }
        return self.ask("POST", "/api/v1/sqllab/execute/", body | dict(more))

    def chart(
        self, dataset: int, claim: Mapping[str, object], **query: object
    ) -> requests.Response:
        """Ask for data; ``claim`` says on which dashboard and in which chart it is to be shown."""
        asked: dict[str, object] = {
            "columns": ["area_name"],
            "metrics": [],
            "filters": [],
            "row_limit": 1000,
        } | query
        body = {
            "datasource": {"id": dataset, "type": "table"},
            "queries": [asked],
            "form_data": dict(claim),
            "result_format": "json",
            "result_type": "full",
        }
        return self.ask("POST", "/api/v1/chart/data", body)
