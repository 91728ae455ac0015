"""From a file to prepared records: the only way in for the other steps."""

from pathlib import Path

from datenlabor.deliveries.files.containers import (
    GEODATA_SUFFIXES,
    SHAPEFILE_SUFFIXES,
    TEXT_SUFFIXES,
    WORKBOOK_SUFFIXES,
    unpacked,
)
from datenlabor.deliveries.files.geodata import prepare_geodata, sibling
from datenlabor.deliveries.files.intake import check_file, refusal
from datenlabor.deliveries.files.lines import Progress, no_progress
from datenlabor.deliveries.files.records import Prepared
from datenlabor.deliveries.files.text import prepare_text
from datenlabor.deliveries.files.workbook import prepare_workbook
from datenlabor.deliveries.spec import Spec

SUFFIXES = {"csv": TEXT_SUFFIXES, "excel": WORKBOOK_SUFFIXES, "geo": GEODATA_SUFFIXES}
"""Endings of each kind of file, in lower case."""


def parts(file: Path) -> tuple[Path, ...]:
    """Return the files of a delivery: the file, and for a shapefile the parts beside it.

    Raises OSError if their folder cannot be read.
    """
    if file.suffix.lower() != ".shp":
        return (file,)
    others = (sibling(file, suffix) for suffix in SHAPEFILE_SUFFIXES[1:])
    return (file, *(other for other in others if other))


def prepare(file: Path, spec: Spec, folder: Path, progress: Progress = no_progress) -> Prepared:
    """Turn a file into prepared records.

    Args:
        file: text, workbook, geodata, or a .zip or .gz with one of them.
        spec: how to read it.
        folder: existing, empty scratch folder; ``body.csv`` and what is unpacked are put there.
        progress: told bytes done and bytes in total while reading.

    Raises:
        DatenlaborError: the file is refused; the message names file, rule and what to do.

    """
    try:
        return _prepare(file, spec, folder, progress)
    except OSError as error:
        raise refusal(
            file, "unreadable", f"{error}.", "Check the disk and the permissions, then try again."
        ) from error


def _prepare(file: Path, spec: Spec, folder: Path, progress: Progress) -> Prepared:
    check_file(file)
    kind = spec.format.type
    inside = unpacked(file, folder, SUFFIXES[kind])
    size = check_file(inside)
    if kind == "geo":
        prepared = prepare_geodata(inside, spec, folder)
    elif spec.body is None:
        raise refusal(file, "spec", "the spec has no `body:`.", "Say where the data begin.")
    elif kind == "csv":
        return prepare_text(inside, spec, spec.body, folder, progress)
    else:
        prepared = prepare_workbook(inside, spec, spec.body, folder)
    progress(size, size)
    return prepared
