"""Log-ins: passwords, sessions, single sign-on, and whose queries are whose."""

import hmac
import secrets
import time
from typing import Any
from uuid import UUID

import audit
import sso
from flask import Flask, Response, current_app, g, request, session
from flask_appbuilder.api import BaseApi
from flask_appbuilder.exceptions import PasswordComplexityValidationError
from flask_appbuilder.security.api import SecurityApi
from flask_jwt_extended import verify_jwt_in_request
from flask_login import user_logged_in, user_logged_out
from superset.errors import ErrorLevel, SupersetError, SupersetErrorType
from superset.exceptions import SupersetSecurityException
from superset.extensions.metastore_cache import SupersetMetastoreCache
from superset.key_value.types import JsonKeyValueCodec
from superset.security import SupersetSecurityManager
from superset.utils.core import get_user_id

SESSION_SECONDS = 12 * 3600
SHORTEST_PASSWORD = 12
_FEWEST_CHARACTERS = 6
_GUESSED_FIRST = ("passwor", "datenlabor", "superset", "qwert", "12345", "geheim", "stadt")
_LOGIN = "login"
_KEPT = ("_user_id", "_fresh", "_id", "_permanent")
_ENDED = UUID("5a0f5c1e-9b0b-5a3e-8f7c-3c1d2e4b6a90")
_REPORTS = "/superset/log/"

# FAB's part of the API takes a cookie without the token of the page, unlike Superset's. Only where
# passwords are taken there is no session yet that could be misused.
BaseApi.csrf_exempt = False
SecurityApi.csrf_exempt = True


def check_password(password: str) -> None:
    """Refuse a password that is short, monotonous or among the first guesses.

    Length is what counts; rules on kinds of characters lead to passwords that are easy to guess.

    Raises:
        PasswordComplexityValidationError: with the reason, for the one who chose it.

    """
    if len(password) < SHORTEST_PASSWORD:
        raise PasswordComplexityValidationError(
            f"Das Passwort ist zu kurz: mindestens {SHORTEST_PASSWORD} Zeichen."
        )
    if len(set(password)) < _FEWEST_CHARACTERS or any(
        word in password.lower() for word in _GUESSED_FIRST
    ):
        raise PasswordComplexityValidationError("Das Passwort ist zu leicht zu erraten.")


class PeopleManager(SupersetSecurityManager):  # type: ignore[misc]  # Superset has no types here
    """Superset's security manager, with sessions that end and log-ins that are logged."""

    def load_user(self, pk: str) -> Any:  # noqa: ANN401  a user of Superset
        """Return the user of a session that is still valid, else nobody."""
        user = super().load_user(pk)
        return user if user and _is_valid(session.get(_LOGIN), user) else None

    def load_user_jwt(self, _header: dict[str, Any], token: dict[str, Any]) -> Any:  # noqa: ANN401  as above
        """Return the user of a token of the API, which has no session."""
        g.user = super().load_user(token["sub"])
        return g.user

    def auth_user_db(self, username: str, password: str) -> Any:  # noqa: ANN401  a user of Superset
        """Check a password; a failure counts towards the limit of its account."""
        user = super().auth_user_db(username, password)
        if user is None:
            g.login_failed = True
            known = self.find_user(username=username)
            audit.record(audit.FAILED_LOGIN, known.id if known else None)
        return user

    def on_user_login(self, user: Any) -> None:  # noqa: ANN401  as above
        """Log it: with a password, by single sign-on, or for a token of the API."""
        audit.record(audit.LOGIN, user.id, path=request.path)

    def oauth_user_info(self, provider: str, response: Any = None) -> dict[str, Any]:  # noqa: ANN401  as above
        """Return what the provider of single sign-on says about a person."""
        return sso.person(self.oauth_remotes[provider].userinfo(token=response))

    def _oauth_calculate_user_roles(self, userinfo: dict[str, Any]) -> list[Any]:
        """Return the roles named as the person's groups; nobody gets one that does not exist."""
        found = (self.find_role(name) for name in userinfo["role_keys"])
        return [role for role in found if role]

    def is_item_public(self, permission_name: str, view_name: str) -> bool:
        """Say whether everybody has a permission, logged in or not; asked before each answer."""
        public = self.role_model.name == self.auth_role_public
        return (permission_name, view_name) in self._granted("public", public)

    def exist_permission_on_roles(
        self, view_name: str, permission_name: str, role_ids: list[int]
    ) -> bool:
        """Say whether one of the roles has a permission."""
        return (permission_name, view_name) in self._granted_to(role_ids)

    def user_view_menu_names(self, permission_name: str) -> set[str]:
        """Return on what the user has a permission."""
        granted = self._granted_to([role.id for role in self.get_user_roles()])
        return {view for name, view in granted if name == permission_name}

    def _granted_to(self, role_ids: list[int]) -> set[tuple[str, str]]:
        roles = frozenset(role_ids)
        return self._granted(roles, self.role_model.id.in_(roles))

    def _granted(self, key: object, are_meant: object) -> set[tuple[str, str]]:
        """Return all permissions of roles, read once per request: each checks a dozen of them."""
        kept: dict[object, set[tuple[str, str]]] = g.setdefault("granted", {})
        if key not in kept:
            found = (
                self.session.query(self.permission_model.name, self.viewmenu_model.name)
                .select_from(self.permissionview_model)
                .join(self.permission_model)
                .join(self.viewmenu_model)
                .filter(self.permissionview_model.role.any(are_meant))
            )
            kept[key] = {(permission, view) for permission, view in found}
        return kept[key]

    def raise_for_access(self, *arguments: Any, **resource: Any) -> None:  # noqa: ANN401  Superset's
        """Refuse others' queries in SQL Lab also to those who may read the same database."""
        owner = getattr(resource.get("query"), "user_id", None)
        if owner is not None and owner != get_user_id() and not self.is_admin():
            raise SupersetSecurityException(
                SupersetError(
                    message="Diese Abfrage gehört jemand anderem.",
                    error_type=SupersetErrorType.QUERY_SECURITY_ACCESS_ERROR,
                    level=ErrorLevel.WARNING,
                )
            )
        super().raise_for_access(*arguments, **resource)


def follow_logins(app: Flask) -> None:
    """Begin a new session with every log-in and end it for good with the log-out.

    A token of the API counts everywhere: where the public may look, Superset would take its owner
    for one of them.
    """
    app.before_request(_read_token)
    app.before_request(_pass_over_reports)
    user_logged_in.connect(_begin_session, app)
    user_logged_out.connect(_end_session, app)


def _read_token() -> None:
    if request.headers.get("Authorization", "").startswith("Bearer "):
        verify_jwt_in_request()


def _pass_over_reports() -> Response | None:
    """Answer what pages report of themselves for somebody who is not logged in, and no more.

    The log-in page reports as well, while the log-in is under way. Superset would refuse that and
    say so in the session from before, and the browser would take it back: logged in, and out again.
    """
    if request.path == _REPORTS and "_user_id" not in session:
        return Response(status=204)
    return None


def _begin_session(_app: Flask, user: Any) -> None:  # noqa: ANN401  a user of Superset
    """Keep nothing of the session before, which somebody else may have prepared."""
    kept = {key: session[key] for key in _KEPT if key in session}
    session.clear()
    session.update(kept)
    session[_LOGIN] = {"id": secrets.token_hex(16), "at": int(time.time()), "of": _mark(user)}


def _end_session(_app: Flask, user: Any) -> None:  # noqa: ANN401  as above
    """Remember the session as ended: its cookie may have been copied."""
    login = session.get(_LOGIN)
    if login:
        _ended().set(login["id"], value=True, timeout=SESSION_SECONDS)
    session.clear()
    if user and not user.is_anonymous:
        audit.record(audit.LOGOUT, user.id)


def _is_valid(login: Any, user: Any) -> bool:  # noqa: ANN401  what a cookie says; a user
    return (
        isinstance(login, dict)
        and time.time() - login["at"] < SESSION_SECONDS
        and hmac.compare_digest(login["of"], _mark(user))
        and not _ended().get(login["id"])
    )


def _mark(user: Any) -> str:  # noqa: ANN401  a user of Superset
    """Return what changes with the password, so that a change ends all sessions."""
    key = current_app.config["SECRET_KEY"].encode()
    return hmac.new(key, str(user.password).encode(), "sha256").hexdigest()[:32]


def _ended() -> SupersetMetastoreCache:
    """Return the sessions that were ended by log-out, as all workers see them."""
    return SupersetMetastoreCache(_ENDED, JsonKeyValueCodec())
