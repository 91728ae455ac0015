"""German words and numbers for readers; one place says what is said of a data set."""

from datetime import date

from datenlabor.opendata.codes import CONFIDENTIAL, Codes, Licence
from datenlabor.opendata.content import Content, Value

SYNTHETIC = "Musterdaten"
CONCEALED = "geheim zu halten"
NONE = "\N{EN DASH}"
_MINUS = "\N{MINUS SIGN}"
_DECIMALS = 4
_MOST_DECIMALS = 15
_ENTRIES = ("Eintrag ist", "Einträge sind")
_UNITS = ("Byte", "kB", "MB", "GB")
_STEP = 1000


def title(content: Content) -> str:
    """Return the title; it says so where all or some of the rows are invented."""
    name = content.declaration.title
    if not content.synthetic:
        return name
    return f"{name} ({SYNTHETIC})" if content.is_invented else f"{name} (mit {SYNTHETIC})"


def description(content: Content) -> str:
    """Return what the data set holds, what a row is, and what is missing from it and why."""
    declaration = content.declaration
    said = [declaration.shape.description]
    if declaration.grain:
        said.append(_sentence(declaration.grain))
    if content.synthetic:
        some = _some(content.synthetic, "Zeile betrifft", "Zeilen betreffen")
        said.append(
            f"{SYNTHETIC}: Alle Werte sind frei erfunden und dienen nur der Vorführung."
            if content.is_invented
            else f"{SYNTHETIC}: {some} frei erfundene Werte, die nur der Vorführung dienen."
        )
    if content.secret:
        values = _some(content.secret, "Wert ist", "Werte sind")
        said.append(f"{values} {CONCEALED}: Das Feld ist leer, conf_status ist {CONFIDENTIAL}.")
    if content.withheld:
        words = ("Wert ist", "Werte sind") if declaration.shape.measures else _ENTRIES
        values = _some(content.withheld, *words)
        said.append(f"{values} nicht enthalten, weil die Quelle keine offene Lizenz hat.")
    return " ".join(said)


def rights(content: Content, licence: Licence) -> str | None:
    """Return which other licences single values have, None if there is but one."""
    others = [one.name for one in content.licences if one != licence]
    if not others:
        return None
    return (
        f"Einzelne Werte stehen unter: {'; '.join(others)}. Welche Lizenz und welcher "
        "Quellenvermerk für einen Wert gelten, steht in seiner Zeile."
    )


def years(content: Content) -> str:
    """Return the years that have rows, as text."""
    if content.first_year == content.last_year:
        return str(content.first_year or NONE)
    return f"{content.first_year} bis {content.last_year}"


def number(value: float) -> str:
    """Write a number in German: 1.234,5; four decimals, or more where only zeros would be left."""
    decimals = _DECIMALS
    while value and decimals < _MOST_DECIMALS and abs(value) < 10 ** (1 - decimals):
        decimals += 1
    text = f"{value:,.{decimals}f}".rstrip("0").rstrip(".")
    return text.translate(str.maketrans(",.", ".,")).replace("-", _MINUS)


def size(count: int) -> str:
    """Write a size in bytes: 512 Byte, 1,2 MB."""
    value, unit = float(count), 0
    while value >= _STEP and unit < len(_UNITS) - 1:
        value, unit = value / _STEP, unit + 1
    return f"{number(round(value, 1))} {_UNITS[unit]}"


def day(value: date) -> str:
    """Write a day: 31.12.2025."""
    return f"{value:%d.%m.%Y}"


def plain(value: Value) -> str:
    """Write a value that is not measured: years have no separators."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nein"
    return day(value) if isinstance(value, date) else str(value)


def empty(obs_status: str, conf_status: str, codes: Codes) -> tuple[str, str]:
    """Return what stands where a value is missing, and what that means."""
    for status in codes.conf_status:
        if status.code == conf_status == CONFIDENTIAL:
            return CONCEALED, status.description
    for status in codes.obs_status:
        if status.code == obs_status:
            return status.symbol or NONE, status.name
    return NONE, ""


def _some(count: int, one: str, several: str) -> str:
    return f"{number(count)} {one if count == 1 else several}"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
