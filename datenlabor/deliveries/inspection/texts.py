"""What the text of a single cell looks like: number, period, symbol, unit, or just text."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from datenlabor.assets.identity import file_stem
from datenlabor.deliveries.codes import normalise
from datenlabor.deliveries.numbers import SPACES
from datenlabor.deliveries.periods import parse_date, parse_period

GENESIS_SYMBOLS = {"-": "O", ".": "O", "...": "L", "x": "M", "/": "O", "": "O"}
"""What official tables write instead of a number (DIN 55301)."""
SYMBOLS = GENESIS_SYMBOLS | {
    "X": "M",
    "…": "L",
    "*": "Q",
    **dict.fromkeys(("\u2013", "\u2014", "--", "k.A.", "k. A.", "kA", "n.v."), "O"),
    **dict.fromkeys(
        ("n/a", "N/A", "NA", "#NV", "#N/A", "#DIV/0!", "NULL", "null", "None", "nan", "NaN"), "O"
    ),
}
"""Text instead of a number → status proposed for it."""
MARKS = {"p": "P", "r": "A", "s": "E", "e": "E", "b": "B"}
"""Mark behind a number → status proposed for it."""
_UNITS = (
    "%|‰|€|EUR|Euro|T€|TEUR|TEuro|km²|km2|m²|qm|ha|(?:Tsd\\.?|Mio\\.?|Mrd\\.?)(?: ?(?:€|EUR|Euro))?"
)
_WRITTEN = re.compile(
    rf"(?P<open>\()?[{SPACES}]*"
    rf"(?P<number>[+\-\u2212\u2013]?\d+(?:[.,'\u2019]\d+|[{SPACES}]\d{{3}}(?!\d))*)"
    rf"[{SPACES}]*(?P<unit>{_UNITS})?"
    rf"[{SPACES}]*(?P<mark>[{''.join(MARKS)}]|\d{{1,2}}\)|\*)?[{SPACES}]*(?P<close>\))?"
)
_COUNTED = 3
"""Ascending whole numbers in a row that are taken for the numbers of columns."""


class Kind(StrEnum):
    """What a cell is; ``EITHER`` a number or a period, such as 2015."""

    EMPTY = "empty"
    NUMBER = "number"
    PERIOD = "period"
    EITHER = "either"
    SYMBOL = "symbol"
    TEXT = "text"


@dataclass(frozen=True)
class Written:
    """A number as it is written, taken apart."""

    number: str
    unit: str
    mark: str
    is_bracketed: bool


def written(text: str) -> Written | None:
    """Take a written number apart, None if the text is none. ``(12)`` is bracketed."""
    match = _WRITTEN.fullmatch(text)
    if match is None:
        return None
    mark, is_bracketed = match["mark"] or "", bool(match["open"])
    if is_bracketed != bool(match["close"]):
        return None
    return Written(match["number"], match["unit"] or "", mark, is_bracketed)


@lru_cache(maxsize=1 << 16)
def kind(text: str) -> Kind:
    """Tell what a cell is."""
    plain = normalise(text)
    if not plain:
        return Kind.EMPTY
    if plain in SYMBOLS:
        return Kind.SYMBOL
    is_number = written(plain) is not None
    if parse_period(plain):
        return Kind.EITHER if is_number and not parse_date(plain) else Kind.PERIOD
    return Kind.NUMBER if is_number else Kind.TEXT


def is_counting(texts: Sequence[str]) -> bool:
    """Tell whether the texts are numbers that follow each other: numbers of columns, or years."""
    numbers = [int(text) for text in texts if re.fullmatch(r"\d{1,4}", text)]
    return len(numbers) >= _COUNTED and all(
        after - before == 1 for before, after in itertools.pairwise(numbers)
    )


def code_of(text: str, words: int = 6, longest: int = 48) -> str:
    """Return a snake_case ASCII code for a German text: its first words, none of them twice."""
    parts = file_stem(text).lower().split("_")
    parts = [part for part in dict.fromkeys(parts) if part not in _NOISE]
    code = "_".join(parts[:words])
    if len(code) > longest:
        code = code[: longest + 1].rpartition("_")[0] or code[:longest]
    return code if re.match(r"[a-z]", code) else f"m_{code}".strip("_")


_NOISE = {
    *("der", "die", "das", "des", "den", "dem", "und", "oder", "von", "vom", "zu", "zum", "zur"),
    *("in", "im", "am", "an", "auf", "mit", "nach", "fuer", "bei", "einer", "eines", "innen"),
}


def comment(text: str, longest: int = 160) -> str:
    """Return a text as one printable line for a comment."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    plain = normalise(plain)
    return plain if len(plain) <= longest else f"{plain[: longest - 2]} …"
