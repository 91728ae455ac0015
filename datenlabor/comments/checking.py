"""What a comment may be: codes from lists, texts of a decent length, and nothing else."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from datenlabor.comments.board import Content

TITLE_LENGTH = (5, 80)
TEXT_LENGTH = (40, 500)
REASON_LENGTH = 300
KINDS = {
    "assessment": "Einordnung",
    "focus": "Blickpunkt",
    "context": "Kontext",
    "recommendation": "Empfehlung",
}
AUDIENCES = {"internal": "nur Stadtverwaltung", "public": "auch Öffentlichkeit"}
_OPTIONAL = ("indicator_code", "industry_code", "period")


@dataclass(frozen=True)
class Choices:
    """What can be chosen: German names by code, in the order of the lists."""

    areas: Mapping[str, str]
    indicators: Mapping[str, str]
    industries: Mapping[str, str]
    periods: Mapping[str, str]
    author_roles: Mapping[str, str]


def content_of(values: Mapping[str, str]) -> Content:
    """Return what was typed into the form, tidied: one paragraph without control characters."""
    texts = {name: tidy(text) for name, text in values.items()}
    return Content(
        area_code=texts.get("area_code", ""),
        kind=texts.get("kind", ""),
        audience=texts.get("audience", ""),
        author_role=texts.get("author_role", ""),
        title=texts.get("title", ""),
        text=texts.get("text", ""),
        indicator_code=texts.get("indicator_code") or None,
        industry_code=texts.get("industry_code") or None,
        period=texts.get("period") or None,
    )


def tidy(text: str) -> str:
    """Return a text as one paragraph without characters nobody sees."""
    composed = unicodedata.normalize("NFC", text)
    kept = "".join(c if c.isspace() or unicodedata.category(c)[0] != "C" else "" for c in composed)
    return " ".join(kept.split())


def problems(content: Content, choices: Choices, *, is_draft: bool = False) -> dict[str, str]:
    """Return what is wrong, in German, by field; a draft may lack things."""
    found: dict[str, str] = {}
    for name, known in (
        ("area_code", choices.areas),
        ("kind", KINDS),
        ("audience", AUDIENCES),
        ("author_role", choices.author_roles),
        ("indicator_code", choices.indicators),
        ("industry_code", choices.industries),
        ("period", choices.periods),
    ):
        value = getattr(content, name)
        if not value and name not in _OPTIONAL and not is_draft:
            found[name] = "Bitte wählen."
        elif value and value not in known:
            found[name] = "Das steht nicht in der Liste."
    if not content.indicator_code and not content.industry_code and not is_draft:
        found["indicator_code"] = "Bitte einen Indikator oder einen Wirtschaftszweig wählen."
    for name, text, (least, most) in (
        ("title", content.title, TITLE_LENGTH),
        ("text", content.text, TEXT_LENGTH),
    ):
        if not (0 if is_draft else least) <= len(text) <= most:
            found[name] = f"{least} bis {most} Zeichen, es sind {len(text)}."
        # Superset's tables try out what looks like HTML; the contract refuses it as well.
        elif re.search(r"[<>]", text):
            found[name] = "Bitte ohne spitze Klammern schreiben."
        # A spreadsheet would take "=…" for a formula.
        elif text and not re.match(r"[\w„“\"(]", text):
            found[name] = "Der Text beginnt mit einem Buchstaben, einer Ziffer oder einem Zitat."
    return found
