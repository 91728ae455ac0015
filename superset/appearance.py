"""How Superset speaks and looks: German, one calm theme."""

from superset.config import THEME_DEFAULT as SUPERSET_THEME

# -- Language and formats -------------------------------------------------------------------------

BABEL_DEFAULT_LOCALE = "de"
# The texts of the dashboards are German only: a choice of languages would mix two.
LANGUAGES = {"de": {"flag": "de", "name": "Deutsch"}}
D3_FORMAT = {
    "decimal": ",",
    "thousands": ".",
    "grouping": [3],
    "currency": ["", "\u00a0€"],
    "percent": "\u00a0%",
    # As in the texts made by SQL.
    "minus": "\u2212",
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
        "colors": ["#d3e4f1", "#b1cfe5", "#86b7d8", "#5a9bc5", "#2a77aa", _BLUE, "#0a3f61"],
    },
    {
        "id": "datenlabor_divergierend",
        "label": "Datenlabor divergierend",
        "description": "Von unter dem Vergleichswert (orange) bis darüber (blau)",
        "isDefault": False,
        "isDiverging": True,
        "colors": [
            *("#b35806", "#e08214", "#fdb863", "#fee0b6", "#dedede"),
            *("#d1e5f0", "#92c5de", "#4393c3", "#2166ac"),
        ],
    },
]
