"""How a file writes numbers, and what it writes instead of or beside them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from datenlabor.deliveries.inspection.texts import (
    GENESIS_SYMBOLS,
    MARKS,
    SYMBOLS,
    comment,
    written,
)
from datenlabor.deliveries.numbers import number_pattern
from datenlabor.deliveries.spec import Numbers

_SUFFIX_FACTORS = {"Tsd": 1000, "T": 1000, "Mio": 1_000_000, "Mrd": 1_000_000_000}
_GROUP = 3


@dataclass(frozen=True)
class Notation:
    """Numbers, symbols, marks and units of the cells of a file, as a spec says them."""

    numbers: Numbers
    symbols: dict[str, str]
    marks: dict[str, str]
    suffixes: dict[str, int]
    checks: tuple[str, ...]
    """What is unsure about the numbers."""
    strange: tuple[str, ...]
    """Texts that are none of these; they will be quarantined."""
    is_negative: bool

    def values(self, texts: Iterable[str]) -> Iterator[float]:
        """Yield the numbers among texts, without unit and mark."""
        pattern = re.compile(number_pattern(self.numbers))
        decimal = self.numbers.decimal
        for text in texts:
            found = written(text)
            if found and pattern.fullmatch(found.number):
                kept = re.sub(rf"[^0-9{decimal}]", "", found.number)
                yield float(kept.replace(decimal, "."))


def find_notation(
    cells: Mapping[str, int], *, has_long: bool, is_genesis: bool = False
) -> Notation:
    """Find the notation of cells.

    Args:
        cells: texts that are no plain digits, with their counts.
        has_long: whether some plain digits are four or more.
        is_genesis: official tables use one notation, whether or not it is seen.

    """
    taken = {text: found for text in cells if text not in SYMBOLS and (found := written(text))}
    numbers, checks = _separators([found.number for found in taken.values()], has_long=has_long)
    if is_genesis:
        numbers, checks = Numbers(decimal=",", thousands=""), ()
    pattern = re.compile(number_pattern(numbers))
    fitting = {text for text, found in taken.items() if pattern.fullmatch(found.number)}
    symbols = {text: SYMBOLS[text] for text in cells if text in SYMBOLS and text}
    marks = {found.mark: MARKS.get(found.mark, "A") for found in taken.values() if found.mark}
    if any(found.is_bracketed for found in taken.values()):
        marks["()"] = "U"
    suffixes = {found.unit: _factor(found.unit) for found in taken.values() if found.unit}
    return Notation(
        numbers=numbers,
        symbols={**(GENESIS_SYMBOLS if is_genesis else {}), **symbols, "": "O"},
        marks=marks,
        suffixes=suffixes,
        checks=checks,
        strange=tuple(
            comment(text, 30) for text in cells if text not in SYMBOLS and text not in fitting
        ),
        is_negative=any(text.lstrip("( ")[:1] in "-\u2212\u2013" for text in fitting),
    )


def _factor(unit: str) -> int:
    match = re.match(r"Tsd|Mio|Mrd|T(?=€|E)", unit)
    return _SUFFIX_FACTORS[match[0]] if match else 1


def _separators(numbers: Iterable[str], *, has_long: bool) -> tuple[Numbers, tuple[str, ...]]:
    """Return the separators that the numbers show, and what remains unsure."""
    bare = [number.lstrip("+-\u2212\u2013") for number in numbers]
    parts = [found for text in bare if (found := re.findall(r"[^0-9]", text))]
    groupers = {
        " " if sep.isspace() else sep.replace("\u2019", "'") for seps in parts for sep in seps
    }
    decimals = {sep for text in bare if (sep := _sure_decimal(text))}
    grouping = {sep for text in bare if (sep := _sure_thousands(text))}
    sure = sorted(decimals & {",", "."}, key=lambda sep: -_uses(bare, sep))
    thousands_sure = sorted(grouping - set(sure[:1]))
    unsure = sorted(groupers & {",", "."} - set(sure) - grouping)
    if sure:
        decimal = sure[0]
        others = [sep for sep in (*thousands_sure, *unsure) if sep != decimal]
        spaced = [sep for sep in (" ", "'") if sep in groupers]
        checks = (f"both {sure[0]!r} and {sure[1]!r} look like decimal signs",) if sure[1:] else ()
        return _numbers(decimal, (*others, *spaced)), checks
    if thousands_sure:
        thousands = thousands_sure[0]
        return _numbers("." if thousands == "," else ",", (thousands,)), ()
    if unsure:
        return _ambiguous(unsure[0], has_long=has_long, all_have=_all_have(bare, unsure[0]))
    return _numbers(",", [sep for sep in (" ", "'") if sep in groupers]), ()


def _ambiguous(sep: str, *, has_long: bool, all_have: bool) -> tuple[Numbers, tuple[str, ...]]:
    """Decide what ``1.234`` means where every number is written like that."""
    is_decimal = has_long or (sep == "," and all_have)
    numbers = _numbers(sep, ()) if is_decimal else _numbers("." if sep == "," else ",", (sep,))
    meaning = "decimal sign" if is_decimal else "thousands separator"
    return numbers, (f"ambiguous: {sep!r} is always followed by three digits; taken as {meaning}",)


def _numbers(decimal: str, thousands: Iterable[str]) -> Numbers:
    return Numbers.model_validate({"decimal": decimal, "thousands": next(iter(thousands), "")})


def _sure_decimal(text: str) -> str:
    """Return the separator that can only be a decimal sign, or ""."""
    match = re.fullmatch(r"(\d+(?:[^0-9]\d{3})*)([.,])(\d+)", text)
    if match is None:
        return ""
    before = re.findall(r"[^0-9]", match[1])
    if match[2] in before:
        return ""
    is_sure = (
        len(match[3]) != _GROUP
        or bool(before)
        or match[1].startswith("0")
        or len(match[1]) > _GROUP
    )
    return match[2] if is_sure else ""


def _sure_thousands(text: str) -> str:
    """Return the separator that can only group thousands: it occurs twice or before another."""
    found = [
        " " if sep.isspace() else sep.replace("\u2019", "'") for sep in re.findall(r"[^0-9]", text)
    ]
    if len(found) > 1 and (len(set(found)) > 1 or found[0] == found[1]):
        return found[0]
    return found[0] if found and found[0] in " '" else ""


def _uses(numbers: Iterable[str], sep: str) -> int:
    return sum(sep in number for number in numbers)


def _all_have(numbers: Iterable[str], sep: str) -> bool:
    return all(sep in number for number in numbers)
