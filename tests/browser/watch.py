"""What happens on a page while a browser shows it."""

import json
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import ConsoleMessage, Page, Request, Response

# Superset's telemetry pixel: the content security policy blocks it, the browser reports that.
TELEMETRY = "scarf.sh"
# The page itself gave up a request, as Superset does when a filter changes under way.
GIVEN_UP = "net::ERR_ABORTED"
CHART_DATA = "/api/v1/chart/data"


@dataclass
class Watch:
    """What happens on a page: complaints (errors, strangers) and the answers charts got."""

    url: str
    complaints: list[str] = field(default_factory=list)
    answers: list[Response] = field(default_factory=list)

    def attach(self, page: Page) -> None:
        page.on("pageerror", lambda error: self._complain(f"script error: {error}"))
        page.on("console", self._console)
        page.on("request", self._request)
        page.on("requestfailed", self._failed)
        page.on("response", self._response)

    def chart_answers(self) -> dict[int, list[dict[str, Any]]]:
        """Return by chart id the results of its last request (one per query)."""
        contents = {number: answer.json() for number, answer in self._last_answers().items()}
        return {
            number: content.get("result") or [{"error": content}]
            for number, content in contents.items()
        }

    def chart_requests(self) -> dict[int, str]:
        """Return by chart id what was asked for in its last request, as JSON."""
        return {
            number: answer.request.post_data or ""
            for number, answer in self._last_answers().items()
        }

    def _last_answers(self) -> dict[int, Response]:
        """Return the last answers only: of requests that were given up there may be no content."""
        found = {}
        for answer in self.answers:
            number = json.loads(answer.request.post_data or "{}")["form_data"].get("slice_id")
            if number is not None:
                found[number] = answer
        return found

    def _complain(self, text: str) -> None:
        if TELEMETRY not in text and text not in self.complaints:
            self.complaints.append(text)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._complain(f"console: {message.text} {message.location.get('url', '')}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.url}/", "data:", "blob:")):
            self._complain(f"foreign host: {request.url}")

    def _failed(self, request: Request) -> None:
        if request.failure != GIVEN_UP:
            self._complain(f"failed: {request.url} {request.failure}")

    def _response(self, answer: Response) -> None:
        if not answer.ok and not 300 <= answer.status < 400:
            self._complain(f"{answer.status}: {answer.url}")
        if CHART_DATA in answer.url:
            self.answers.append(answer)
