"""Which spec fits a file: by name, first line and header, as the specs say.

An archive is recognised by what is in it. Nothing is opened before the checks that come before
reading it.
"""

import codecs
import csv
import tempfile
import unicodedata
from collections.abc import Iterable
from contextlib import closing
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import Path

from datenlabor.deliveries.files.containers import unpacked
from datenlabor.deliveries.files.geodata import raw_features
from datenlabor.deliveries.files.prepare import SUFFIXES
from datenlabor.deliveries.files.workbook import sheet_index, sheet_records
from datenlabor.deliveries.files.workbook_checks import check_workbook
from datenlabor.deliveries.spec import Format, Match, Spec
from datenlabor.errors import DatenlaborError

_PEEK_BYTES = 65536
_PEEK_ROWS = 30


def find_spec(file: Path, specs: Iterable[Spec]) -> Spec:
    """Return the only spec that fits a file, one that may be opened.

    Raises:
        DatenlaborError: none fits, or several do; OSError if the file cannot be read.

    """
    with tempfile.TemporaryDirectory() as folder:
        content = _Content(file, Path(folder))
        fitting = [spec for spec in specs if content.fits(spec)]
    if not fitting:
        raise DatenlaborError(
            f"No spec fits {file.name}.",
            hint=f"`datenlabor inspect {file}` proposes one; --spec names one that exists.",
        )
    if len(fitting) > 1:
        raise DatenlaborError(
            f"Several specs fit {file.name}: {', '.join(sorted(spec.name for spec in fitting))}.",
            hint="Name one with --spec, or make their `match` narrower.",
        )
    return fitting[0]


def fits(file: Path, spec: Spec) -> bool:
    """Tell whether a file is all that a spec says under ``match``, which has to say something."""
    with tempfile.TemporaryDirectory() as folder:
        return _Content(file, Path(folder)).fits(spec)


class _Content:
    """A file seen through many specs: what is in it is looked up only once."""

    def __init__(self, file: Path, folder: Path) -> None:
        self._file = file
        self._folder = folder
        self._inside: dict[str, Path | None] = {}
        self._names: dict[Format, set[str]] = {}

    def fits(self, spec: Spec) -> bool:
        match = spec.match
        if match == Match():
            return False
        if match.name and not self._is_named(match.name, spec.format.type):
            return False
        inside = self._unpacked(spec.format.type) if match.first_line or match.header else None
        if match.first_line:
            first = _normal(_peek(inside)) if inside else ""
            if not first.lstrip().lstrip('"').startswith(_normal(match.first_line)):
                return False
        return not match.header or set(map(_label, match.header)) <= self._header(spec.format)

    def _is_named(self, glob: str, kind: str) -> bool:
        wanted = _normal(glob).lower()
        if fnmatchcase(_normal(self._file.name).lower(), wanted):
            return True
        inside = self._unpacked(kind)
        return inside is not None and fnmatchcase(_normal(inside.name).lower(), wanted)

    def _unpacked(self, kind: str) -> Path | None:
        """Return the file, or the one of a kind in it if it is an archive; None if there is none.

        Reading it will say what is wrong.
        """
        if kind not in self._inside:
            try:
                self._inside[kind] = unpacked(self._file, self._folder, SUFFIXES[kind])
            except DatenlaborError:
                self._inside[kind] = None
        return self._inside[kind]

    def _header(self, form: Format) -> set[str]:
        if form not in self._names:
            inside = self._unpacked(form.type)
            try:
                names = _header_names(inside, form) if inside else set()
            except DatenlaborError:
                names = set()
            self._names[form] = set(map(_label, names))
        return self._names[form]


def _header_names(file: Path, form: Format) -> set[str]:
    """Return what may be names of columns: attributes, or the cells of the first rows.

    Raises:
        DatenlaborError: the file is none of this kind, or damaged.

    """
    if form.type == "geo":
        return set(raw_features(file, form.layer, form.encoding, ".").names)
    if form.type == "excel":
        check_workbook(file)
        with closing(sheet_records(file, sheet_index(file, form.sheet), ".")) as records:
            return {cell for _, _, row, _ in islice(records, _PEEK_ROWS) for cell in row or ()}
    lines = _peek(file).splitlines(keepends=True)[:_PEEK_ROWS]
    try:
        return {cell for row in csv.reader(lines, delimiter=form.delimiter) for cell in row}
    except (csv.Error, TypeError, ValueError):
        # Also for a delimiter that cannot be one.
        return set()


def _normal(text: str) -> str:
    """Return a text in the form in which umlauts are one character."""
    return unicodedata.normalize("NFC", text)


def _label(text: str) -> str:
    return " ".join(_normal(text).split())


def _peek(file: Path) -> str:
    """Return the start of a file as text, whatever it is; only for recognising it."""
    with file.open("rb") as stream:
        start = stream.read(_PEEK_BYTES)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return start.decode("utf-16", errors="replace")
    try:
        return start.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        cut_character = 4
        if error.start > len(start) - cut_character:
            return start.decode("utf-8-sig", errors="replace")
        return start.decode("cp1252", errors="replace")
