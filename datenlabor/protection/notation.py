"""How sums of measures are written: ``population@-1 + births - deaths``.

A measure of earlier years has ``@-`` and how many years before (``population@-1``), one that counts
several times a factor (``2 * births``). Several sums of one measure are separated by ``;``.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

MOST_YEARS = 10
"""Addends are of so many years before at most; what is further away is a slip of the pen."""
LARGEST = 10
"""Factors of sums are small; larger ones are no sums but accidents."""
HINT = (
    "Write measures joined by + or -, one of earlier years with @- and the number of years, "
    "several sums separated by ;, for example: population@-1 + births - deaths"
)

_SIGN = re.compile(r"\s*([+-]?)\s*")
_ADDEND = re.compile(
    r"(?:(?P<factor>[0-9]+)\s*\*\s*)?(?P<measure>[a-z][a-z0-9_]*)(?:\s*@\s*-\s*(?P<years>[0-9]+))?",
)


class Term(NamedTuple):
    """A measure in the year of the whole (0) or so many years before."""

    measure: str
    years: int = 0

    def __str__(self) -> str:
        """Return the term as it is written."""
        return f"{self.measure}@-{self.years}" if self.years else self.measure

    def before(self, years: int) -> "Term":
        """Return the same, so many years earlier."""
        return Term(self.measure, self.years + years)


Addends = Mapping[Term, int]
"""Factor by term, none of them 0."""


class NotationError(ValueError):
    """What is wrong in a sum, and where."""


def parse(text: str) -> Sequence[Addends]:
    """Return the sums of a text. Raises NotationError, which says what is wrong."""
    return [_addends(part) for part in text.split(";")]


def written(addends: Addends) -> str:
    """Return a sum as it is written; what is added comes first."""
    parts = []
    for term, factor in sorted(addends.items(), key=lambda item: item[1] < 0):
        sign, times = "+" if factor > 0 else "-", abs(factor)
        parts.append(f"{sign} {times} * {term}" if times > 1 else f"{sign} {term}")
    return " ".join(parts).removeprefix("+ ")


def _addends(text: str) -> Addends:
    """Return the addends of one sum; terms that are there several times are added."""
    found: dict[Term, int] = {}
    place = 0
    rest = text.strip()
    while place < len(rest) or not found:
        sign = _SIGN.match(rest, place)
        addend = _ADDEND.match(rest, sign.end() if sign else place)
        if not sign or not addend or (found and not sign[1]):
            expected = "+ or - and a measure" if found else "a measure"
            left = rest[place:].strip()
            raise NotationError(f"In {rest!r}, {expected} is expected at {left!r}.")
        term, factor = _term(addend)
        found[term] = found.get(term, 0) + (-factor if sign[1] == "-" else factor)
        place = addend.end()
    for term, factor in found.items():
        if not 1 <= abs(factor) <= LARGEST:
            raise NotationError(
                f"In {rest!r}, {term} counts {factor} times; allowed is once to {LARGEST} times."
            )
    return found


def _term(addend: re.Match[str]) -> tuple[Term, int]:
    """Return a term with its factor. Raises NotationError for a year that is too far away, or 0."""
    factor, years = int(addend["factor"] or 1), int(addend["years"] or 0)
    if addend["years"] and not 1 <= years <= MOST_YEARS:
        raise NotationError(f"In {addend[0]!r}, years before must lie between 1 and {MOST_YEARS}.")
    return Term(addend["measure"], years), factor
