"""From the text of a cell to the code of a contract column: once per distinct text."""

import difflib
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from datenlabor.deliveries.contract import Column, Type
from datenlabor.deliveries.periods import ambiguity, parse_date, parse_period, parse_truth
from datenlabor.deliveries.spec_columns import ColumnSpec
from datenlabor.protection.notation import NotationError, parse, written


@dataclass(frozen=True)
class Resolved:
    """What became of a text: a code (None for empty), or a broken rule with a hint."""

    code: str | None
    rule: str | None = None
    hint: str = ""
    is_ignored: bool = False


def normalise(text: str) -> str:
    """Return a label or key without indentation, line ends and doubled spaces."""
    return " ".join(text.split())


def resolve(
    text: str,
    source: ColumnSpec,
    column: Column,
    codes: Collection[str] | None,
    known: Collection[str] = (),
) -> Resolved:
    """Turn a text into the code of ``column``.

    ``codes`` are those allowed, None for any; ``known`` are some of them: what would be one of
    these with a leading zero has lost it.
    """
    plain = normalise(text)
    is_mapped = source.mapping is not None and plain in source.mapping
    if not is_mapped and any(fnmatchcase(plain, glob) for glob in source.ignore):
        return Resolved(None, is_ignored=True)
    plain = _padded(plain, source)
    if source.pattern is not None:
        match = re.fullmatch(source.pattern, plain)
        if not match:
            return _broken(plain, "pattern", f"The spec expects {source.pattern!r}.", column)
        groups = match.groups(default="")
        plain = source.template.format(match[0], *groups) if source.template else match[0]
    elif source.template and plain:
        plain = source.template.format(plain)
    plain = _padded(plain, source)
    if source.mapping is not None:
        if plain in source.mapping:
            plain = source.mapping[plain]
        elif not source.also:
            return _broken(plain, "unknown_label", nearest(plain, source.mapping), column)
    if not plain:
        plain = column.default or ""
    if plain not in known and f"0{plain}" in known:
        hint = f"A leading zero is lost: with `digits: {len(plain) + 1}` it is '0{plain}'."
        return _broken(plain, "pattern", hint, column)
    return check(plain, column, codes)


def _padded(text: str, source: ColumnSpec) -> str:
    """Restore the leading zeros of a purely numeric key."""
    is_numeric = text.isascii() and text.isdecimal()
    return text.zfill(source.digits) if source.digits and is_numeric else text


def check(text: str, column: Column, codes: Collection[str] | None) -> Resolved:
    """Check a text against the type and the rules of its column."""
    if not text:
        if column.required:
            return Resolved(None, "required", column.hint or f"{column.name} must not be empty.")
        return Resolved(None)
    code = _PARSERS[column.type](text)
    if code is None:
        reason = _REASONS[column.type](text) if column.type in _REASONS else ""
        return _broken(text, f"not_a_{column.type}", reason, column)
    # As in the warehouse, whose `\d` are 0 to 9 and not the digits of all scripts.
    if column.pattern and not re.fullmatch(column.pattern, code, re.ASCII):
        return _broken(code, "pattern", f"Allowed is {column.pattern}.", column)
    allowed = column.codes or codes
    for part in parts(code, column):
        if allowed is not None and part not in allowed:
            which = f"{part!r} is unknown." if part != code else ""
            reason = " ".join(filter(None, (which, nearest(part, allowed))))
            return _broken(part, "unknown_code", reason, column)
    return Resolved(code)


def parts(code: str, column: Column) -> Collection[str]:
    """Return the codes a code of ``column`` names: itself, or those it adds up; of "" none."""
    if not code:
        return ()
    if column.type is not Type.SUM:
        return (code,)
    return [term.measure for addends in parse(code) for term in addends]


def _parse_sum(text: str) -> str | None:
    """Return a sum as it is written everywhere, None if it is none."""
    return None if _misspelling(text) else "; ".join(map(written, parse(text)))


def _misspelling(text: str) -> str:
    """Say what is wrong in a sum, "" if nothing is."""
    try:
        parse(text)
    except NotationError as error:
        return str(error)
    return ""


_PARSERS: Mapping[Type, Callable[[str], str | None]] = {
    Type.STRING: lambda text: text,
    Type.CODE: lambda text: text,
    Type.GEOMETRY: lambda text: text,
    Type.PERIOD: parse_period,
    Type.DATE: parse_date,
    Type.BOOLEAN: parse_truth,
    Type.NUMBER: lambda text: text if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text) else None,
    Type.INTEGER: lambda text: text if re.fullmatch(r"-?[0-9]+", text) else None,
    Type.SUM: _parse_sum,
}
_REASONS: Mapping[Type, Callable[[str], str]] = {Type.PERIOD: ambiguity, Type.SUM: _misspelling}
"""What can be said of a text that is none of its type."""


def _broken(text: str, rule: str, reason: str, column: Column) -> Resolved:
    hint = " ".join(filter(None, (reason, column.hint)))
    return Resolved(None, rule, hint or f"{text[:80]!r} does not fit {column.name}.")


def nearest(text: str, known: Collection[str]) -> str:
    """Say which code may be meant, or which are allowed if they are few."""
    close = difflib.get_close_matches(text, known, n=1) if len(known) < _MANY else []
    if close:
        return f"Did you mean {close[0]!r}?"
    return f"Allowed are {', '.join(sorted(known))}." if len(known) <= _FEW else ""


_FEW = 12
"""So many codes can be read in a hint."""
_MANY = 5000
"""Looking for the nearest among more codes would take longer than reading the file."""
