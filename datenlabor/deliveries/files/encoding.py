"""Which encoding a text file is written in."""

import codecs
from dataclasses import dataclass
from pathlib import Path

from datenlabor.deliveries.files.intake import refusal

_CHUNK = 1 << 20
_NOT_CP1252 = bytes([0x81, 0x8D, 0x8F, 0x90, 0x9D])
"""The bytes that mean nothing in Windows-1252."""
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig", "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16", "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16", "utf-16-be"),
)
_FAMILIES = {"utf-8-sig": "utf-8"}


@dataclass(frozen=True)
class TextForm:
    """How to decode a file: its encoding, Python's codec for it, bytes of the byte-order mark."""

    name: str
    codec: str
    skip: int = 0


def _is_utf8(file: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with file.open("rb") as stream:
        try:
            while chunk := stream.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _fits_cp1252(file: Path) -> bool:
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            if len(chunk.translate(None, _NOT_CP1252)) != len(chunk):
                return False
    return True


def _marked(file: Path) -> TextForm | None:
    with file.open("rb") as stream:
        start = stream.read(3)
    for mark, name, codec in _BOMS:
        if start.startswith(mark):
            return TextForm(name, codec, len(mark))
    return None


def detect_encoding(file: Path) -> str:
    """Return ``utf-8``, ``utf-8-sig``, ``utf-16``, ``cp1252`` or ``latin-1``.

    A byte-order mark decides; else the whole file is valid UTF-8, or fits Windows-1252, or is
    taken as Latin-1. Raises OSError.
    """
    if marked := _marked(file):
        return marked.name
    if _is_utf8(file):
        return "utf-8"
    return "cp1252" if _fits_cp1252(file) else "latin-1"


def text_form(file: Path, declared: str = "auto") -> TextForm:
    """Return how to decode a file whose spec declares an encoding or ``auto``.

    Raises:
        DatenlaborError: the byte-order mark says something else than the spec.

    """
    marked = _marked(file)
    if marked:
        if declared not in ("auto", _FAMILIES.get(marked.name, marked.name)):
            raise refusal(
                file,
                "encoding",
                f"it begins with the mark of {marked.name}, the spec says {declared}.",
                "Set `encoding: auto` under `format:` in the spec.",
            )
        return marked
    if declared == "auto":
        name = detect_encoding(file)
        return TextForm(name, name)
    # Without a mark UTF-16 comes from Windows, which writes the low byte first.
    return TextForm(declared, "utf-16-le" if declared == "utf-16" else declared)
