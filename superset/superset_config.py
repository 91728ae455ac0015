"""Superset's configuration: German, one calm theme, read-only access to the published release.

Superset loads this file through ``SUPERSET_CONFIG_PATH``. State lies in ``DATENLABOR_HOME``; the
environment variables that change something are named where they are read.
"""

import json
import os
from pathlib import Path
from typing import Any

import sqlglot
from flask import Blueprint, Flask, Response, send_file
from sqlalchemy.pool import NullPool
from sqlglot import exp
from superset.config import DISALLOWED_SQL_FUNCTIONS as SUPERSET_DISALLOWED_SQL_FUNCTIONS
from superset.config import THEME_DEFAULT as SUPERSET_THEME

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

_SQLITE = f"sqlite:///{_STATE / 'superset.db'}?check_same_thread=false"
# PostgreSQL, where several machines or many editors need it: postgresql+psycopg2://…
SQLALCHEMY_DATABASE_URI = os.environ.get("DATENLABOR_METADATA_URI") or _SQLITE
# gunicorn loads the application before it forks (--preload): connections kept in a pool would be
# shared by the workers. SQLite waits for the lock of another worker instead of failing at once.
SQLALCHEMY_ENGINE_OPTIONS = {"poolclass": NullPool} | (
    {"connect_args": {"timeout": 30}} if SQLALCHEMY_DATABASE_URI.startswith("sqlite") else {}
)

# -- Language and formats -------------------------------------------------------------------------

BABEL_DEFAULT_LOCALE = "de"
# The texts of the dashboards are German only: a choice of languages would mix two.
LANGUAGES = {"de": {"flag": "de", "name": "Deutsch"}}
# The texts that the set-up corrects (see german.py) come after the installed ones and win.
_TRANSLATIONS = _STATE / "translations"
BABEL_TRANSLATION_DIRECTORIES = f"translations;{_TRANSLATIONS}"
D3_FORMAT = {
    "decimal": ",",
    "thousands": ".",
    "grouping": [3],
    "currency": ["", "\u00a0€"],
    "percent": "\u00a0%",
}
D3_TIME_FORMAT = {
    "dateTime": "%A, %e. %B %Y, %X",
    "date": "%d.%m.%Y",
    "time": "%H:%M:%S",
    "periods": ["AM", "PM"],
    "days": ["Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"],
    "shortDays": ["So", "Mo", "Di", "Mi", "Do", "Fr", "Sa"],
    "months": [
        *("Januar", "Februar", "März", "April", "Mai", "Juni"),
        *("Juli", "August", "September", "Oktober", "November", "Dezember"),
    ],
    "shortMonths": [
        *("Jan", "Feb", "Mär", "Apr", "Mai", "Jun"),
        *("Jul", "Aug", "Sep", "Okt", "Nov", "Dez"),
    ],
}
CURRENCIES = ["EUR"]
# German spreadsheets open this with a double click.
CSV_EXPORT = {"encoding": "utf-8-sig", "sep": ";", "decimal": ","}

# -- Name, colours --------------------------------------------------------------------------------

APP_NAME = "Datenlabor"
APP_ICON = "/datenlabor/logo.svg"
FAVICONS = [{"href": "/datenlabor/icon.svg", "type": "image/svg+xml"}]
LOGO_TARGET_PATH = "/"
LOGO_TOOLTIP = "Startseite"

_BLUE = "#0f5c8c"
THEME_DEFAULT = {
    **SUPERSET_THEME,
    "token": {
        **SUPERSET_THEME["token"],
        "brandAppName": APP_NAME,
        "brandLogoAlt": APP_NAME,
        "brandLogoUrl": APP_ICON,
        "colorPrimary": _BLUE,
        "colorLink": _BLUE,
        "colorInfo": "#3d84b0",
        "colorSuccess": "#2b8a6b",
        "colorWarning": "#d98c00",
        "colorError": "#b3363d",
        # The tints that would be derived from these colours are greyish.
        "colorPrimaryBg": "#e8f1f7",
        "colorPrimaryBgHover": "#d3e5f0",
        "colorPrimaryBorder": "#a8cbe0",
        "colorPrimaryBorderHover": "#7fb2d1",
        "colorInfoBg": "#e9f2f8",
        "colorInfoBorder": "#b5d3e6",
        "colorSuccessBg": "#e6f4ef",
        "colorSuccessBorder": "#a9d8c6",
        "colorWarningBg": "#fdf3e0",
        "colorWarningBorder": "#f2cf8c",
        "colorErrorBg": "#fbeced",
        "colorErrorBorder": "#e9b3b6",
    },
}
# One look for everybody: the colours of the charts are chosen for a light background, and the
# tracked theme, not a database row, says what it is.
THEME_DARK = None
ENABLE_UI_THEME_ADMINISTRATION = False

# Okabe and Ito's palette, distinguishable with every kind of colour blindness; its yellow, too
# pale for lines on white, is replaced by grey.
EXTRA_CATEGORICAL_COLOR_SCHEMES = [
    {
        "id": "datenlabor",
        "label": "Datenlabor",
        "description": "Für alle Formen der Farbenfehlsichtigkeit unterscheidbar",
        "isDefault": True,
        "colors": [
            *("#0072b2", "#e69f00", "#009e73", "#cc79a7"),
            *("#56b4e9", "#d55e00", "#5b5b5b", "#8c6d31"),
        ],
    }
]
EXTRA_SEQUENTIAL_COLOR_SCHEMES = [
    {
        "id": "datenlabor_blau",
        "label": "Datenlabor Blau",
        "description": "Von wenig nach viel",
        "isDefault": True,
        "isDiverging": False,
        "colors": ["#edf4f9", "#c6dcec", "#93bfdc", "#5a9bc5", "#2a77aa", _BLUE, "#0a3f61"],
    },
    {
        "id": "datenlabor_divergierend",
        "label": "Datenlabor divergierend",
        "description": "Von unter dem Vergleichswert (orange) bis darüber (blau)",
        "isDefault": False,
        "isDiverging": True,
        "colors": [
            *("#b35806", "#e08214", "#fdb863", "#fee0b6", "#f7f7f7"),
            *("#d1e5f0", "#92c5de", "#4393c3", "#2166ac"),
        ],
    },
]

# -- What users may do ----------------------------------------------------------------------------

FEATURE_FLAGS = {
    # A viewer sees the dashboards granted to a role, and through them only their data.
    "DASHBOARD_RBAC": True,
    "RLS_IN_SQLLAB": True,
    # Jinja in SQL is one more language to secure, and nothing needs it.
    "ENABLE_TEMPLATE_PROCESSING": False,
}
# Accounts are made by the administrator; nobody is let in without one.
AUTH_USER_REGISTRATION = False
PUBLIC_ROLE_LIKE = None
# Slows down the guessing of passwords. Counted in each worker's memory: no further service needed.
RATELIMIT_ENABLED = True
RATELIMIT_STORAGE_URI = "memory://"
RATELIMIT_APPLICATION = ""  # a dashboard sends dozens of requests at once
AUTH_RATE_LIMITED = False  # Superset 6.1 limits a view that takes no passwords; see below
_LOGINS = "30 per minute"


def FLASK_APP_MUTATOR(app: Flask) -> None:  # noqa: N802  Superset's name
    """Limit the two places that take passwords, the form and the API; name the pages' language."""
    limiter = app.appbuilder.sm.limiter
    for blueprint in ("AuthDBView", "SecurityApi"):
        if blueprint in app.blueprints:
            limiter.limit(_LOGINS, methods=["POST"])(app.blueprints[blueprint])
    app.after_request(_with_language)


def _with_language(response: Response) -> Response:
    """Say that a page is German; Superset's templates do not, and screen readers would guess."""
    if response.mimetype == "text/html" and not response.is_streamed:
        page = response.get_data().replace(b"<html>", b'<html lang="de">', 1)
        response.set_data(page)
    return response


ROW_LIMIT = 10_000
SQL_MAX_ROW = 100_000
DISPLAY_MAX_ROW = 10_000
SUPERSET_WEBSERVER_TIMEOUT = 60
SQLLAB_TIMEOUT = 30

# -- What reaches the warehouse -------------------------------------------------------------------

# The connection is read-only and has no access to files (see the asset bundle); these are the
# second line, for what would show the server's files or settings.
DISALLOWED_SQL_FUNCTIONS = {
    **SUPERSET_DISALLOWED_SQL_FUNCTIONS,
    "duckdb": {
        *("read_csv", "read_csv_auto", "sniff_csv", "read_parquet", "parquet_scan"),
        *("parquet_metadata", "parquet_schema", "parquet_file_metadata", "parquet_kv_metadata"),
        *("read_json", "read_json_auto", "read_json_objects", "read_json_objects_auto"),
        *("read_ndjson", "read_ndjson_auto", "read_ndjson_objects", "read_text", "read_blob"),
        *("read_xlsx", "st_read", "st_read_meta", "glob", "query", "query_table", "getenv"),
        *("duckdb_settings", "duckdb_secrets", "duckdb_databases", "duckdb_logs"),
        *("which_secret", "json_execute_serialized_sql", "seq_scan", "arrow_scan", "pandas_scan"),
    },
}
_READING = (exp.Select, exp.SetOperation, exp.Subquery)
# SUMMARIZE, PIVOT and the commands that sqlglot does not parse get round Superset's permissions
# on tables.
_NOT_READING = (exp.Command, exp.Pivot, exp.Summarize)


def SQL_QUERY_MUTATOR(sql: str, **context: Any) -> str:  # noqa: ANN401, N802  Superset's name
    """Let nothing but SELECT and UNION through to DuckDB; Superset calls this for every query."""
    database = context.get("database")
    if database is None or database.backend != "duckdb":
        return sql
    for statement in filter(None, sqlglot.parse(sql, dialect="duckdb")):
        refused = statement.find(*_NOT_READING) or (
            None if isinstance(statement, _READING) else statement
        )
        if refused:
            raise PermissionError(
                f"Nur Abfragen mit SELECT sind erlaubt, nicht {refused.key.upper()}."
            )
    return sql


# -- Caches ---------------------------------------------------------------------------------------

# Results are not cached: an answer from before a publication would be wrong, and DuckDB answers in
# a tenth of a second. The state of filters and of the chart editor stays in the metadata database
# (Superset's default), where all workers find it.
_NO_CACHE = {"CACHE_TYPE": "NullCache", "CACHE_NO_NULL_WARNING": True}
CACHE_CONFIG = _NO_CACHE
DATA_CACHE_CONFIG = _NO_CACHE

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
}
# Without a key Superset does not ask Mapbox, and the font list of the theme stays empty.
MAPBOX_API_KEY = ""
THEME_FONT_URL_ALLOWED_DOMAINS: list[str] = []

# Maps have no background of their own: tiles from elsewhere would tell others what is looked at.
# The address is relative, in the form deck.gl takes it; with TLS it has to be absolute.
_TILES = os.environ.get("DATENLABOR_TILES") or "http:/datenlabor/empty/{z}/{x}/{y}.png"
DECKGL_BASE_MAP = [[f"tile://{_TILES}", "Ohne Hintergrundkarte"]]

# -- Own pages: logo, corrected translations, empty map tiles -------------------------------------


def _image(name: str) -> Response:
    return send_file(_HERE / "static" / f"{name}.svg")


def _empty_tile(**_place: int) -> Response:
    return send_file(_HERE / "static" / "empty.png", max_age=86_400)


def _language_pack() -> Response:
    return send_file(_TRANSLATIONS / "de" / "LC_MESSAGES" / "messages.json", max_age=0)


_pages = Blueprint("datenlabor", __name__)
_pages.add_url_rule("/datenlabor/<any(logo, icon):name>.svg", view_func=_image)
_pages.add_url_rule("/datenlabor/empty/<int:z>/<int:x>/<int:y>.png", view_func=_empty_tile)
# The fixed path takes precedence over Superset's `/superset/language_pack/<lang>/`, which knows
# only the installed texts and needs a permission that nobody has before the log-in, so that the
# log-in page would stay English.
_pages.add_url_rule("/superset/language_pack/de/", view_func=_language_pack)
BLUEPRINTS = [_pages]
