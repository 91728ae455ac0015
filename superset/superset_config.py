"""Superset's configuration: who may do what, where state lies, what browsers are told.

Superset loads this file through ``SUPERSET_CONFIG_PATH``. Looks are in ``appearance``, what reaches
the database in ``guard``, log-ins in ``people``. State lies in ``DATENLABOR_HOME``; the environment
variables that change something are named where they are read, and listed in
``docs/production.md``.
"""

import gc
import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import audit
import borders
import guard
import people
import responses
import results
import sso
from appearance import (
    APP_ICON,
    APP_NAME,
    BABEL_DEFAULT_LOCALE,
    CSV_EXPORT,
    CURRENCIES,
    D3_FORMAT,
    D3_TIME_FORMAT,
    ENABLE_UI_THEME_ADMINISTRATION,
    EXTRA_CATEGORICAL_COLOR_SCHEMES,
    EXTRA_SEQUENTIAL_COLOR_SCHEMES,
    FAVICONS,
    LANGUAGES,
    LOGO_TARGET_PATH,
    LOGO_TOOLTIP,
    THEME_DARK,
    THEME_DEFAULT,
)
from comments.pages import blueprint as comment_pages
from flask import Blueprint, Flask, Response, g, request, send_file
from jinja2 import ChoiceLoader, FileSystemLoader
from sqlalchemy.pool import QueuePool
from superset.config import DISALLOWED_SQL_FUNCTIONS as SUPERSET_DISALLOWED_SQL_FUNCTIONS

_HERE = Path(__file__).resolve().parent
_STATE = Path(os.environ["DATENLABOR_HOME"]) / "superset"
_HTTPS = os.environ.get("DATENLABOR_HTTPS") == "1"

# -- Secrets and metadata -------------------------------------------------------------------------


def _secret_key() -> str:
    """Return the key that signs sessions; there is no default that an installation could keep."""
    if key := os.environ.get("SUPERSET_SECRET_KEY"):
        return key
    file = _STATE / "secrets.json"
    try:
        return str(json.loads(file.read_text(encoding="utf-8"))["secret_key"])
    except (OSError, ValueError, KeyError) as error:
        raise RuntimeError(
            f"No secret key: set SUPERSET_SECRET_KEY or let `datenlabor run` create {file}"
        ) from error


SECRET_KEY = _secret_key()
# Superset's defaults of these are known to everybody. What they sign is switched off.
GUEST_TOKEN_JWT_SECRET = f"{SECRET_KEY}:guest"
GLOBAL_ASYNC_QUERIES_JWT_SECRET = f"{SECRET_KEY}:queries"

_SQLITE = f"sqlite:///{_STATE / 'superset.db'}?check_same_thread=false"
# PostgreSQL, where several machines or many editors need it: postgresql+psycopg2://…
SQLALCHEMY_DATABASE_URI = os.environ.get("DATENLABOR_METADATA_URI") or _SQLITE
# Opening one for each request takes a tenth of the time of an answer that is kept. SQLite
# waits for the lock of another worker instead of failing at once; PostgreSQL may restart meanwhile.
SQLALCHEMY_ENGINE_OPTIONS = {"poolclass": QueuePool, "pool_size": 8} | (
    {"connect_args": {"timeout": 30}}
    if SQLALCHEMY_DATABASE_URI.startswith("sqlite")
    else {"pool_pre_ping": True}
)

# The texts that the set-up corrects (see german.py) come after the installed ones and win.
_TRANSLATIONS = _STATE / "translations"
BABEL_TRANSLATION_DIRECTORIES = f"translations;{_TRANSLATIONS}"

# -- What users may do (roles: roles.yaml) --------------------------------------------------------

FEATURE_FLAGS = {
    # A viewer sees the dashboards granted to a role, and through them only their data.
    "DASHBOARD_RBAC": True,
    # What is two screens away is neither asked for nor drawn until somebody scrolls there.
    "DASHBOARD_VIRTUALIZATION_DEFER_DATA": True,
    # Jinja in SQL is one more language to secure, and nothing needs it.
    "ENABLE_TEMPLATE_PROCESSING": False,
}
# Whoever is not logged in; without permissions unless DATENLABOR_PUBLIC=1.
AUTH_ROLE_PUBLIC = "Öffentlichkeit"
PUBLIC_ROLE_LIKE = None
# Accounts are made by an administrator, or by single sign-on where it is on.
AUTH_USER_REGISTRATION = False
CUSTOM_SECURITY_MANAGER = people.PeopleManager
FAB_PASSWORD_COMPLEXITY_ENABLED = True
FAB_PASSWORD_COMPLEXITY_VALIDATOR = people.check_password
FAB_API_SWAGGER_UI = False
PERMANENT_SESSION_LIFETIME = timedelta(seconds=people.SESSION_SECONDS)
JWT_REFRESH_TOKEN_EXPIRES = PERMANENT_SESSION_LIFETIME
globals().update(sso.settings())

# What is counted or kept for several workers and machines together. Without Redis each worker
# counts for itself, and the state of filters stays in the metadata database.
_REDIS = os.environ.get("DATENLABOR_REDIS")
if _REDIS:
    _SHARED = {"CACHE_TYPE": "RedisCache", "CACHE_REDIS_URL": _REDIS}
    FILTER_STATE_CACHE_CONFIG = _SHARED | {
        "CACHE_KEY_PREFIX": "datenlabor_filters_",
        "CACHE_DEFAULT_TIMEOUT": 90 * 86_400,
        "REFRESH_TIMEOUT_ON_RETRIEVAL": True,
    }
    EXPLORE_FORM_DATA_CACHE_CONFIG = FILTER_STATE_CACHE_CONFIG | {
        "CACHE_KEY_PREFIX": "datenlabor_explore_",
        "CACHE_DEFAULT_TIMEOUT": 7 * 86_400,
    }
# Slows down the guessing of passwords, from one address and for one account.
RATELIMIT_ENABLED = True
RATELIMIT_STORAGE_URI = _REDIS or "memory://"
RATELIMIT_APPLICATION = ""  # a dashboard sends dozens of requests at once
AUTH_RATE_LIMITED = False  # Superset 6.1 limits a view that takes no passwords; see below
_LOGINS = "30 per minute"
_FAILURES = "10 per 15 minutes"


def FLASK_APP_MUTATOR(app: Flask) -> None:  # noqa: N802  Superset's name
    """Limit the two places that take passwords, the form and the API; go over every answer."""
    limiter = app.appbuilder.sm.limiter
    by_address = limiter.shared_limit(_LOGINS, scope="log-ins", methods=["POST"])
    by_account = limiter.shared_limit(
        _FAILURES,
        scope="failures",
        methods=["POST"],
        key_func=_account,
        deduct_when=lambda _response: g.get("login_failed", False),
    )
    for name in ("AuthDBView", "SecurityApi"):
        if blueprint := app.blueprints.get(name):
            by_address(blueprint)
            by_account(blueprint)
    people.follow_logins(app)
    # Superset's own place for additions to the head of its pages.
    own = FileSystemLoader(_HERE / "templates")
    app.jinja_loader = ChoiceLoader([own, app.jinja_loader])
    app.wsgi_app = responses.same_for_everyone(app.wsgi_app)
    app.appbuilder.add_link("Einordnungen", href="/einordnungen/")
    # The last to be named is the first to be called.
    app.after_request(responses.say_language)
    app.after_request(responses.explain_errors)
    app.after_request(audit.record_export)
    # gunicorn loads the application before it forks (--preload); no connection may be shared.
    os.register_at_fork(before=app.appbuilder.session.get_bind().dispose)
    # What is loaded by now stays: to look through it for garbage would hold up a request for a
    # quarter of a second now and then, and copy it into each process that gunicorn forks.
    gc.collect()
    gc.freeze()


def _account() -> str:
    """Return the account that somebody wants to log in to."""
    sent = request.get_json(silent=True) if request.is_json else request.form
    name = sent.get("username") if hasattr(sent, "get") else None
    return f"account:{str(name or '').strip().lower()}"


def _own_user(query: Any) -> Any:  # noqa: ANN401  SQLAlchemy's
    """Show nobody but administrators who else has an account."""
    from superset.extensions import security_manager

    if security_manager.is_admin():
        return query
    return query.filter(security_manager.user_model.id == getattr(g.user, "id", None))


def _own_roles(query: Any) -> Any:  # noqa: ANN401  as above
    """Show nobody but administrators which roles there are."""
    from superset.extensions import security_manager

    if security_manager.is_admin():
        return query
    own = [role.id for role in security_manager.get_user_roles()]
    return query.filter(security_manager.role_model.id.in_(own))


EXTRA_RELATED_QUERY_FILTERS = {"user": _own_user, "role": _own_roles}
# Log-ins and exports are logged (audit.py), clicks are not.
EVENT_LOGGER = audit.NoEventLog()

ROW_LIMIT = 10_000
SQL_MAX_ROW = 100_000
DISPLAY_MAX_ROW = 10_000
SUPERSET_WEBSERVER_TIMEOUT = 60
SQLLAB_TIMEOUT = 30

# -- What reaches the warehouse (guard.py) --------------------------------------------------------

DB_SQLA_URI_VALIDATOR = guard.check_uri
DB_CONNECTION_MUTATOR = guard.connect_as_reader
SQL_QUERY_MUTATOR = guard.guarded
# The connection has no access to files; this is the second line.
DISALLOWED_SQL_FUNCTIONS = {
    **SUPERSET_DISALLOWED_SQL_FUNCTIONS,
    "duckdb": {
        *("read_csv", "read_csv_auto", "sniff_csv", "read_parquet", "parquet_scan"),
        *("parquet_metadata", "parquet_schema", "parquet_file_metadata", "parquet_kv_metadata"),
        *("read_json", "read_json_auto", "read_json_objects", "read_json_objects_auto"),
        *("read_ndjson", "read_ndjson_auto", "read_ndjson_objects", "read_text", "read_blob"),
        *("read_xlsx", "st_read", "st_read_meta", "glob", "query", "query_table", "getenv"),
        *("duckdb_settings", "duckdb_secrets", "duckdb_databases", "duckdb_logs"),
        *("which_secret", "current_setting", "json_execute_serialized_sql"),
        *("seq_scan", "arrow_scan", "pandas_scan"),
    },
}

# -- Caches ---------------------------------------------------------------------------------------

# Answers are kept for one release and for people with the same roles (results.py).
DATA_CACHE_CONFIG = results.configuration(_STATE, SECRET_KEY, _REDIS)
CACHE_CONFIG = DATA_CACHE_CONFIG

# -- Browser --------------------------------------------------------------------------------------

# Without DATENLABOR_HTTPS=1 the browser would not send the cookie to http://127.0.0.1.
SESSION_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
# Behind a proxy that ends TLS: take the scheme and the address from its headers.
ENABLE_PROXY_FIX = _HTTPS
WTF_CSRF_ENABLED = True
# No page of another origin needs the API.
ENABLE_CORS = False
TALISMAN_ENABLED = True
# Superset's own rules without the foreign hosts (telemetry, map tiles, fonts): the browser asks
# this server and no other. `strict-dynamic` and the nonce are Superset's defaults.
TALISMAN_CONFIG = {
    "content_security_policy": {
        "base-uri": ["'self'"],
        "default-src": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "worker-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "object-src": "'none'",
        "style-src": ["'self'", "'unsafe-inline'"],
        "font-src": ["'self'"],
        "script-src": ["'self'", "'strict-dynamic'"],
        "frame-ancestors": ["'self'"],
    },
    "content_security_policy_nonce_in": ["script-src"],
    # The proxy redirects; /health has to answer without TLS.
    "force_https": False,
    "session_cookie_secure": _HTTPS,
    # With TLS the browser is to come back with TLS only, for a year.
    "strict_transport_security_max_age": 31_536_000,
    # Addresses of dashboards say what somebody looks at.
    "referrer_policy": "same-origin",
}
# Without a key Superset does not ask Mapbox, and the font list of the theme stays empty.
MAPBOX_API_KEY = ""
THEME_FONT_URL_ALLOWED_DOMAINS: list[str] = []

# Maps have at most the city's own borders behind them: tiles from elsewhere would tell others what
# is looked at.
# An address without a host, in the form deck.gl takes it, is completed for the own scheme only.
_SCHEME = "https" if _HTTPS else "http"
_TILES = os.environ.get("DATENLABOR_TILES") or f"{_SCHEME}:/datenlabor/empty/{{z}}/{{x}}/{{y}}.png"
DECKGL_BASE_MAP = [
    [f"tile://{_TILES}", "Ohne Hintergrundkarte"],
    [f"tile://{_SCHEME}:/datenlabor/borders/{{z}}/{{x}}/{{y}}.png", "Grenzen der Gebiete"],
    [f"tile://{_SCHEME}:/datenlabor/areas/{{z}}/{{x}}/{{y}}.png", "Gebiete mit Namen"],
]

# -- Own pages: logo, corrected translations, map tiles, a script ---------------------------------


def _image(name: str) -> Response:
    return send_file(_HERE / "static" / f"{name}.svg")


def _empty_tile(**_place: int) -> Response:
    return send_file(_HERE / "static" / "empty.png", max_age=86_400)


def _whole_page_script() -> Response:
    return send_file(_HERE / "static" / "whole_page.js", max_age=3600)


def _language_pack() -> Response:
    return send_file(_TRANSLATIONS / "de" / "LC_MESSAGES" / "messages.json", max_age=0)


_pages = Blueprint("datenlabor", __name__)
_pages.add_url_rule("/datenlabor/<any(logo, icon):name>.svg", view_func=_image)
_pages.add_url_rule("/datenlabor/empty/<int:z>/<int:x>/<int:y>.png", view_func=_empty_tile)
_pages.add_url_rule(
    "/datenlabor/<any(areas, borders):kind>/<int:z>/<int:x>/<int:y>.png",
    view_func=borders.tile_page,
)
_pages.add_url_rule("/datenlabor/whole_page.js", view_func=_whole_page_script)
# The fixed path takes precedence over Superset's `/superset/language_pack/<lang>/`, which knows
# only the installed texts and needs a permission that nobody has before the log-in, so that the
# log-in page would stay English.
_pages.add_url_rule("/superset/language_pack/de/", view_func=_language_pack)
BLUEPRINTS = [_pages, comment_pages]
