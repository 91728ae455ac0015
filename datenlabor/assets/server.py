"""A running Superset, seen through its REST API."""

from typing import Any

import requests

from datenlabor.errors import DatenlaborError

_TIMEOUT_SECONDS = 120


class SupersetServer:
    """A logged-in session with one Superset server."""

    def __init__(self, base_url: str, username: str, password: str) -> None:
        self._base = base_url.rstrip("/")
        self._session = requests.Session()
        answer = self._request(
            "POST",
            "/api/v1/security/login",
            json={"username": username, "password": password, "provider": "db", "refresh": False},
        )
        self._session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        token = self._request("GET", "/api/v1/security/csrf_token/").json()["result"]
        self._session.headers.update({"X-CSRFToken": token, "Referer": self._base})

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

    def _request(self, method: str, path: str, **options: Any) -> requests.Response:  # noqa: ANN401  those of requests
        try:
            answer = self._session.request(
                method, self._base + path, timeout=_TIMEOUT_SECONDS, **options
            )
        except requests.ConnectionError as error:
            raise DatenlaborError(
                f"No Superset answers at {self._base}.", hint="Start it with `make run`."
            ) from error
        if not answer.ok:
            raise DatenlaborError(
                f"Superset refused {method} {path} ({answer.status_code}): {answer.text[:500]}"
            )
        return answer
