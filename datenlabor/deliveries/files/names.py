"""Names of files that come from elsewhere."""

from pathlib import PurePosixPath

_LONGEST_STEM, _LONGEST_SUFFIX = 200, 40
"""Bytes; most file systems allow names of 255."""


def safe_name(name: str) -> str:
    """Return a file name that is one path segment of printable Unicode and not hidden."""
    base = name.replace("\\", "/").rpartition("/")[2]
    # Bytes that were no UTF-8 come as lone surrogates, which no JSON file can hold.
    path = PurePosixPath("".join(letter if letter.isprintable() else "_" for letter in base))
    stem = path.stem.encode()[:_LONGEST_STEM].decode(errors="ignore").lstrip(". ")
    suffix = path.suffix.encode()[:_LONGEST_SUFFIX].decode(errors="ignore")
    return f"{stem or 'file'}{suffix}"
