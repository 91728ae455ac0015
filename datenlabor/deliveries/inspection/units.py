"""Units as German tables write them: which unit of the catalogue, and by what factor."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from datenlabor.deliveries.codes import normalise

_UNIT_WORD = re.compile(
    r"\(?(?:in )?(?:anzahl|zahl|personen|f(ä|ae)lle|prozent|%|‰|promille|eur|euro|€|t€|teur|"
    r"(?:tsd|mio|mrd)\.?(?: ?(?:eur|euro|€|personen))?|1\.?000(?: ?(?:eur|euro|€))?|"
    r"(?:eur|euro|€|anzahl)? ?je .{1,40}|km²|km2|qkm|m²|qm|ha|hektar|jahre|index|punkte)\)?",
    re.IGNORECASE,
)
_PERSONS = re.compile(
    r"einwohner|bev(ö|oe)lkerung|person|besch(ä|ae)ftigt|arbeitslos|sch(ü|ue)ler|m(ä|ae)nn|weiblich|"
    r"frauen|ausl(ä|ae)nder|empf(ä|ae)nger|pendler|kinder|deutsche|studierende|insgesamt|gestorben|"
    r"geboren|zuz(ü|ue)ge|fortz(ü|ue)ge|migration|jahre|ledig|verheiratet|katholisch|evangelisch",
    re.IGNORECASE,
)
_ENTERPRISES = re.compile(r"unternehmen(?!.*verfahren)|betriebe\b", re.IGNORECASE)
_ALL = 100
_RATE = re.compile(
    r"quote|anteil|prozent|%|je einwohner|je \d|rate\b|durchschnitt|dichte", re.IGNORECASE
)


@dataclass(frozen=True)
class Unit:
    """A unit of the catalogue; ``is_sure`` is false where nothing in the file names it."""

    code: str
    factor: float = 1
    is_sure: bool = True


def is_unit(text: str) -> bool:
    """Tell whether a text names a unit and nothing else: ``Anzahl``, ``Tsd. EUR``, ``%``."""
    return _UNIT_WORD.fullmatch(normalise(text)) is not None


def is_rate(label: str, unit: Unit) -> bool:
    """Tell whether values must not be added up over areas."""
    return unit.code == "percent" or unit.code.startswith("per_") or bool(_RATE.search(label))


def unit_of(label: str, unit_text: str, numbers: Sequence[float]) -> Unit:
    """Return the unit of a measure.

    Args:
        label: its label.
        unit_text: text of the unit row, "" if there is none.
        numbers: its values, which are whole and may be large if they are counts.

    """
    named = _named(unit_text.lower()) or _named_in(label.lower())
    if named:
        return named
    if not all(map(float.is_integer, numbers)):
        is_share = max(numbers) <= _ALL
        return Unit("percent" if is_share else "number", is_sure=False)
    if _ENTERPRISES.search(label):
        return Unit("enterprises")
    if _PERSONS.search(label):
        return Unit("persons")
    is_count = min(numbers, default=0) >= 0
    return Unit("cases" if is_count else "number", is_sure=False)


def _named(text: str) -> Unit | None:
    """Return the unit that a text names, None for a mere count."""
    if match := re.search(r"je (1\.?000|100\.?000|10\.?000|100)\b", text):
        return Unit(f"per_{match[1].replace('.', '')}")
    if re.search(r"%|prozent", text):
        return Unit("percent")
    if re.search(r"eur|€", text):
        return _money(text)
    if match := re.search(r"(\bkm[²2]|quadratkilometer)|\bha\b|hektar", text):
        return Unit("square_kilometre" if match[1] else "hectare")
    is_thousands = re.search(r"\btsd|^\(?(in )?1\.?000\)?$", text)
    return Unit("persons", 1000, is_sure=False) if is_thousands else None


def _money(text: str) -> Unit:
    if re.search(r"\bmrd", text):
        return Unit("eur_million", 1000)
    if re.search(r"\bmio", text):
        return Unit("eur_million")
    return Unit("eur_thousand" if re.search(r"tsd|1\.?000|t€|teur", text) else "eur")


def _named_in(label: str) -> Unit | None:
    """Return the unit that stands in a label: in brackets, behind ``in``, or as a sign."""
    match = re.search(r"\(([^()]*)\)\s*$|\bin (\S.{0,12})$|(€|%)", label)
    text = next(filter(None, match.groups()), "") if match else ""
    return _named(text) if text and (is_unit(text) or text in "€%") else None
