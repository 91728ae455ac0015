"""How numbers are written: one strict grammar, for SQL and for Python alike.

A text is a number only if it is written exactly as the spec says. ``1.234`` is no number where
thousands are not separated by dots: read as 1,234 or as 1234 it would be right half of the time.
"""

import re
from dataclasses import dataclass

from datenlabor.deliveries.spec import Numbers, Spec
from datenlabor.publishing.tables import literal

SPACES = " \u00a0\u2007\u2009\u202f\t"
"""Space, no-break space, figure space, thin space, narrow no-break space, tab."""
_DIGITS = 15
"""Decimal digits a double keeps, and a spreadsheet shows."""
_MINUS = "\u2212\u2013-"
"""Minus sign, en dash, hyphen; the latter last, where a character class takes it literally."""


def number_pattern(numbers: Numbers) -> str:
    """Return the regular expression (Python and RE2) of a number, without mark or unit."""
    thousands = {" ": f"[{SPACES[:-1]}]", "'": "['\u2019]"}.get(
        numbers.thousands, re.escape(numbers.thousands)
    )
    grouped = rf"[1-9][0-9]{{0,2}}(?:{thousands}[0-9]{{3}}){{1,4}}|" if numbers.thousands else ""
    # At most 15 digits before the separator: more would not be exact in a double.
    whole = rf"(?:{grouped}0|[1-9][0-9]{{0,14}})"
    return rf"[+{_MINUS}]?{whole}(?:{re.escape(numbers.decimal)}[0-9]+)?"


@dataclass(frozen=True)
class NumberSql:
    """SQL expressions over one text: its number (null if it is none), status and factor."""

    value: str
    status: str
    """SDMX status given by a symbol or a mark, else null."""
    is_symbol: str


def number_sql(text: str, spec: Spec) -> NumberSql:
    """Return the expressions for ``text``, an SQL expression of a trimmed text."""
    missing = {key: code for key, code in spec.symbols.items() if not _is_number(code)}
    values = {key: code for key, code in spec.symbols.items() if _is_number(code)}
    number = number_pattern(spec.numbers)
    if not spec.marks and not spec.suffixes:
        written = f"case when regexp_full_match({text}, {literal(number)}) then {text} end"
        parsed = _exact(text, _cast(written, spec))
        return NumberSql(
            _case(text, values, parsed, number=True),
            _case(text, missing, "null"),
            _in(text, missing),
        )
    pattern = literal(_marked_pattern(number, spec))
    balanced = f"starts_with({text}, '(') = ends_with({text}, ')')"
    bare = f"case when {balanced} then nullif(regexp_extract({text}, {pattern}, 1), '') end"
    suffix = f"regexp_extract({text}, {pattern}, 2)"
    mark = f"regexp_extract({text}, {pattern}, 3)"
    parsed = _exact(text, _cast(bare, spec))
    if spec.suffixes:
        factors = {key: repr(value) for key, value in spec.suffixes.items()}
        parsed = significant(f"{_cast(bare, spec)} * {_case(suffix, factors, '1.0', number=True)}")
    marked = _case(mark, {key: code for key, code in spec.marks.items() if key != "()"}, "null")
    if "()" in spec.marks:
        brackets = f"starts_with({text}, '(') and {bare} is not null"
        marked = f"case when {brackets} then {literal(spec.marks['()'])} else {marked} end"
    return NumberSql(
        _case(text, values, parsed, number=True),
        _case(text, missing, marked),
        _in(text, missing),
    )


def significant(number: str) -> str:
    """Return SQL for a double without the digits that only calculating in binary has added."""
    return f"cast(format('{{:.{_DIGITS}g}}', {number}) as double)"


def trimmed(expression: str) -> str:
    """Return SQL for a text without spaces of any kind around it; null becomes ''."""
    return f"trim(coalesce({expression}, ''), {literal(SPACES)})"


def _marked_pattern(number: str, spec: Spec) -> str:
    """Return a pattern whose groups are number, unit and mark; brackets around all if declared."""
    space = f"[{SPACES}]*"
    suffixes = "|".join(re.escape(key) for key in sorted(spec.suffixes, key=len, reverse=True))
    marks = "|".join(
        re.escape(key) for key in sorted(spec.marks, key=len, reverse=True) if key != "()"
    )
    unit = f"({suffixes})?" if suffixes else "()"
    mark = f"({marks})?" if marks else "()"
    core = f"({number}){space}{unit}{space}{mark}"
    return rf"^(?:\({space})?{core}(?:{space}\))?$" if "()" in spec.marks else f"^{core}$"


def _cast(text: str, spec: Spec) -> str:
    separators = {" ": SPACES[:-1], "'": "'\u2019"}.get(
        spec.numbers.thousands, spec.numbers.thousands
    )
    plain = f"translate({text}, {literal(_MINUS[:-1] + spec.numbers.decimal + separators)}, '--.')"
    return f"try_cast({plain} as double)"


def _exact(text: str, number: str) -> str:
    """Return SQL for a number written as a text: a workbook gives 9 as 8.999999999999998."""
    return f"case when length({text}) > {_DIGITS} then {significant(number)} else {number} end"


def _case(text: str, choices: dict[str, str], otherwise: str, *, number: bool = False) -> str:
    if not choices:
        return otherwise
    branches = " ".join(
        f"when {literal(key)} then {float(code) if number else literal(code)}"
        for key, code in choices.items()
    )
    return f"case {text} {branches} else {otherwise} end"


def _in(text: str, choices: dict[str, str]) -> str:
    return f"{text} in ({', '.join(map(literal, choices))})" if choices else "false"


def _is_number(code: str) -> bool:
    return re.fullmatch(r"-?\d+(\.\d+)?", code) is not None
