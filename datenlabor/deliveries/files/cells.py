"""Values of workbooks and geodata as text, in the notation the spec declares."""

import math
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import Decimal

_HALF_SECOND = timedelta(microseconds=500_000)


def number_text(value: float, decimal: str) -> str:
    """Return a number without thousands separator and exponent; "" for NaN.

    The shortest digits that give the same number are used: 0.1 is ``0,1``.
    """
    if math.isnan(value):
        return ""
    # str of a float and of NumPy's floats are those shortest digits.
    exact = Decimal(str(value))
    if not exact:
        return "0"
    if exact.is_finite() and exact == exact.to_integral_value():
        return f"{exact:.0f}"
    return f"{exact:f}".replace(".", decimal)


def plain_text(text: str) -> str:
    """Return a text in Unicode NFC with LF line ends."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def _time_text(value: date | time) -> str:
    """Return a date, a time of day, or both, unless the time is midnight."""
    if not isinstance(value, datetime):
        return value.isoformat()
    # Workbooks count days as binary fractions, which miss a second by microseconds.
    rounded = (value + _HALF_SECOND).replace(microsecond=0)
    return (rounded.date() if rounded.time() == time() else rounded).isoformat()


def cell_text(value: object, decimal: str) -> str:
    """Return the value of a cell as text: dates in ISO, booleans as ``true`` and ``false``."""
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return number_text(value, decimal)
        case date() | time():
            return _time_text(value)
        case _:
            return "" if value is None else plain_text(str(value))
