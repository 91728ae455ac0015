"""The log of log-ins and exports: who, when, what.

It lies in the table ``logs`` of the metadata database; administrators read it under *Security →
Action Log*. Nothing else is logged there: which pages an employee opens is nobody's business.
Entries are deleted after ``DATENLABOR_AUDIT_DAYS`` days. They name no address of a machine, and
of a log-in that failed the account only if there is one: people type passwords into the wrong
field.
"""

import json
import os
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from flask import Response, g, request
from superset.utils.log import AbstractEventLogger

KEPT_DAYS = int(os.environ.get("DATENLABOR_AUDIT_DAYS") or 90)
LOGIN, FAILED_LOGIN, LOGOUT, EXPORT = "login", "login failed", "logout", "export"
_ACTIONS = (LOGIN, FAILED_LOGIN, LOGOUT, EXPORT)


class NoEventLog(AbstractEventLogger):  # type: ignore[misc]  # Superset has no types here
    """Superset's log of every click, left empty."""

    def log(self, *_arguments: Any, **_event: Any) -> None:  # noqa: ANN401  Superset's
        """Log nothing."""


def record(action: str, user_id: int | None, **what: str) -> None:
    """Add an entry and delete those that are too old."""
    from superset.extensions import db
    from superset.models.core import Log

    now = datetime.utcnow()  # noqa: DTZ003  Superset keeps times without a zone
    old = Log.action.in_(_ACTIONS) & (Log.dttm < now - timedelta(days=KEPT_DAYS))
    # A session of its own: what the request has changed so far may still be undone.
    with db.engine.begin() as connection:
        connection.execute(Log.__table__.delete().where(old))
        connection.execute(
            Log.__table__.insert().values(
                action=action, user_id=user_id, json=json.dumps(what, ensure_ascii=False), dttm=now
            )
        )


def record_export(response: Response) -> Response:
    """Log every download that succeeds."""
    disposition = response.headers.get("Content-Disposition", "")
    if response.status_code == HTTPStatus.OK and disposition.startswith("attachment"):
        user = g.get("user")
        user_id = None if user is None or user.is_anonymous else user.id
        file = disposition.partition("filename=")[2].strip('"')
        record(EXPORT, user_id, path=request.path, file=file)
    return response
