"""What every answer gets on its way out: language, plain German errors, no paths of the server."""

import json
import os
from collections.abc import Callable, Iterable
from typing import Any

from flask import Response, render_template_string, request

_ERROR = 400
_SERVER_ERROR = 500
_TEXTS = {
    401: "Bitte melden Sie sich an.",
    403: "Diese Seite ist für Sie nicht freigegeben.",
    404: "Diese Seite gibt es nicht.",
    413: "Die Anfrage ist zu groß.",
    429: "Zu viele Versuche. Bitte warten Sie eine Viertelstunde.",
    500: "Hier ist etwas schiefgegangen. Der Fehler ist vermerkt; bitte versuchen Sie es später.",
}
_OTHER = "Diese Anfrage ist nicht möglich."
_PAGE = """<!doctype html>
<html lang="de">
<head><meta charset="utf-8"><title>Datenlabor</title></head>
<body style="font-family: sans-serif; max-width: 36em; margin: 6em auto; padding: 0 1em">
<img src="/datenlabor/logo.svg" alt="Datenlabor" height="40">
<h1 style="font-size: 1.4em">{{ text }}</h1>
<p><a href="/">Zur Startseite</a></p>
</body>
</html>
"""
_HIDDEN = "…"
# Superset calls every mistake in somebody's own SQL an error of the server.
_OWN_QUERIES = "/api/v1/sqllab/"

_Start = Callable[..., Any]
_Application = Callable[[dict[str, Any], _Start], Iterable[bytes]]


def same_for_everyone(application: _Application) -> _Application:
    """Let browsers keep the program's files whoever they were sent to.

    Flask says of everything that it depends on the cookie; a browser would then load megabytes of
    scripts again after each change of it.
    """

    def answer(environment: dict[str, Any], start: _Start) -> Iterable[bytes]:
        if not environment["PATH_INFO"].startswith("/static/"):
            return application(environment, start)

        def start_plainly(status: str, headers: list[tuple[str, str]], *error: object) -> Any:  # noqa: ANN401  WSGI's
            kept = [header for header in headers if header[0].lower() != "vary"]
            return start(status, [*kept, ("Vary", "Accept-Encoding")], *error)

        return application(environment, start_plainly)

    return answer


def say_language(response: Response) -> Response:
    """Say that a page is German; Superset's templates do not, and screen readers would guess."""
    if response.mimetype == "text/html" and not response.is_streamed:
        page = response.get_data().replace(b"<html>", b'<html lang="de">', 1)
        response.set_data(page)
    return response


def explain_errors(response: Response) -> Response:
    """Answer errors in German, without what only helps who wants to break in.

    Who opens a page gets a page. Programs keep the message of the error, but of one of the server
    itself only that there was one, and never where its files lie.
    """
    status = response.status_code
    if status < _ERROR or (response.is_streamed and response.mimetype != "text/html"):
        return response
    if request.accept_mimetypes.accept_html and not request.path.startswith("/api/"):
        text = _TEXTS.get(status, _OTHER)
        response = Response(render_template_string(_PAGE, text=text), status, mimetype="text/html")
    elif status >= _SERVER_ERROR and not request.path.startswith(_OWN_QUERIES):
        errors = [{"message": _TEXTS[500], "error_type": "GENERIC_BACKEND_ERROR", "level": "error"}]
        content = {"message": _TEXTS[500], "errors": errors}
        response = Response(json.dumps(content), status, mimetype="application/json")
    else:
        home = os.environ["DATENLABOR_HOME"].encode()
        response.set_data(response.get_data().replace(home, _HIDDEN.encode()))
    return response
