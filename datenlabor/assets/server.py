"""A running Superset, seen through its REST API."""

from http import HTTPStatus
from typing import Any

import requests

from datenlabor.errors import DatenlaborError

_TIMEOUT_SECONDS = 120


class SupersetServer:
    """A logged-in session with one Superset server."""

    def __init__(self, base_url: str, username: str, password: str) -> None:
        self._base = base_url.rstrip("/")
        self._credentials = {"username": username, "password": password}
        self._session = requests.Session()
        self._log_in()

    def export_assets(self) -> bytes:
        """Return all assets as the ZIP archive Superset makes of them."""
        return self._request("GET", "/api/v1/assets/export/").content

    def import_assets(self, archive: bytes) -> None:
        """Overwrite the server's assets by those in ``archive``."""
        self._request(
            "POST",
            "/api/v1/assets/import/",
            files={"bundle": ("bundle.zip", archive, "application/zip")},
        )

    def get(self, path: str) -> dict[str, Any]:
        """Return the JSON answer to a GET request."""
        answer: dict[str, Any] = self._request("GET", path).json()
        return answer

    def put(self, path: str, payload: dict[str, Any]) -> None:
        """Change a resource."""
        self._request("PUT", path, json=payload)

    def chart_data(self, query: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the rows of a chart-data query, as a chart on a dashboard would get them."""
        answer = self._request("POST", "/api/v1/chart/data", json=query).json()
        rows: list[dict[str, Any]] = answer["result"][0]["data"]
        return rows

    def _log_in(self) -> None:
        self._session.headers.pop("Authorization", None)
        login = {**self._credentials, "provider": "db", "refresh": False}
        answer = _accepted(self._send("POST", "/api/v1/security/login", json=login))
        self._session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        token = _accepted(self._send("GET", "/api/v1/security/csrf_token/")).json()["result"]
        self._session.headers.update({"X-CSRFToken": token, "Referer": self._base})

    def _request(self, method: str, path: str, **options: Any) -> requests.Response:  # noqa: ANN401  those of requests
        answer = self._send(method, path, **options)
        if answer.status_code == HTTPStatus.UNAUTHORIZED:
            # A token holds for a quarter of an hour, a session for as long as its user works.
            self._log_in()
            answer = self._send(method, path, **options)
        return _accepted(answer)

    def _send(self, method: str, path: str, **options: Any) -> requests.Response:  # noqa: ANN401  those of requests
        try:
            return self._session.request(
                method, self._base + path, timeout=_TIMEOUT_SECONDS, **options
            )
        except requests.ConnectionError as error:
            raise DatenlaborError(
                f"No Superset answers at {self._base}.", hint="Start it with `make run`."
            ) from error


def _accepted(answer: requests.Response) -> requests.Response:
    if not answer.ok:
        raise DatenlaborError(
            f"Superset refused {answer.request.method} {answer.request.path_url} "
            f"({answer.status_code}): {answer.text[:500]}"
        )
    return answer
