"""The rules a single record can break, with what the user can do about each."""

import re

from datenlabor.deliveries.files.records import Rejected

SHOWN = 500
"""Characters of a rejected record that are kept."""

HINTS = {
    "field_count": "Quote fields that contain the delimiter, or correct `delimiter:` in the spec.",
    "bad_quoting": 'Write a quote inside a quoted field twice ("") and close every quote.',
    "unclosed_quote": "Close the quote, or write it twice; the lines after this one "
    "are read on their own.",
    "control_character": "Remove the control character, for example by exporting the file again.",
    "mixed_encoding": "The text was read with the wrong encoding (`Ã¼` for `ü`): the file mixes "
    "several, or the spec names the wrong one. Export it again as UTF-8.",
    "unterminated_last_line": "The file may have been cut. Complete it, or set "
    "`last_line: unended` under `format:` in the spec.",
    "uncalculated_formula": "The formula has no stored value: open the workbook, let it "
    "calculate, save it.",
    "empty_geometry": "Give the feature a geometry, or remove it at the source.",
    "invalid_geometry": "Repair the geometry at the source: closed rings that neither cross nor "
    "overlap, and are wider than a centimetre.",
    "coordinates_out_of_range": "Check the reference system and the order of axes: all of Germany "
    "lies between 5 and 16 degrees east, 47 and 56 degrees north.",
    "not_a_geometry": "Give the borders as a Polygon or a MultiPolygon of GeoJSON.",
}

CONTROLS = bytes([*range(9), *range(11, 32), 127])
"""ASCII control characters but tab and line end."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff]")
"""All of them, and the byte-order mark, which inside a file comes from joined files."""
_CONTROL_BEYOND_ASCII = re.compile(rb"\xc2[\x80-\x9f]|\xef\xbb\xbf")
"""Those beyond ASCII in UTF-8: bytes are searched several times faster."""
_MISREAD = "äöüÄÖÜßéèáàçñ§°²³€„“”…\u2013\u2019\u00a0\u0308"


def _misreadings(encoding: str) -> list[str]:
    """Return what characters of German texts become if their UTF-8 is read as another."""
    return [
        letter.encode().decode(encoding, "ignore")
        for letter in _MISREAD
        if len(letter.encode().decode(encoding, "ignore")) == len(letter.encode())
    ]


_MOJIBAKE_TEXTS = sorted({*_misreadings("cp1252"), *_misreadings("latin-1")})
_MOJIBAKE = re.compile("|".join(map(re.escape, _MOJIBAKE_TEXTS)))
_MOJIBAKE_STARTS = sorted({text[0] for text in _MOJIBAKE_TEXTS})


def oddity(text: str) -> str:
    """Return the rule that characters of a text break, or ""."""
    if not text.isascii() and _MOJIBAKE.search(text):
        return "mixed_encoding"
    return "control_character" if _CONTROL.search(text) else ""


def may_be_odd(text: str) -> bool:
    """Say, fast and for many lines at once, whether a line can have an ``oddity``."""
    encoded = text.encode()
    if len(encoded.translate(None, CONTROLS)) != len(encoded):
        return True
    return not text.isascii() and (
        any(start in text for start in _MOJIBAKE_STARTS)
        or bool(_CONTROL_BEYOND_ASCII.search(encoded))
    )


def reject(line: int, text: str, rule: str, detail: str = "") -> Rejected:
    """Return a rejected record with the hint of its rule."""
    return Rejected(line, text[:SHOWN], rule, f"{detail} {HINTS[rule]}".strip())
