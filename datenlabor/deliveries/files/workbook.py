"""Prepare workbooks: every row of one sheet is a record."""

import json
import re
import subprocess
import sys
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from datenlabor.deliveries.files import workbook_process
from datenlabor.deliveries.files.division import divide
from datenlabor.deliveries.files.intake import refusal
from datenlabor.deliveries.files.quoting import Raw
from datenlabor.deliveries.files.records import Prepared
from datenlabor.deliveries.files.rules import oddity
from datenlabor.deliveries.files.workbook_checks import check_workbook, encrypted, is_xlsx
from datenlabor.deliveries.files.xlsx_cells import Special, special_cells
from datenlabor.deliveries.spec import Body, Spec

DELIMITER = ";"
"""Of ``body.csv``, and between the cells of a row where a pattern is to fit its beginning."""
_COMMAND = (sys.executable, "-m", workbook_process.__name__)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook."""

    name: str
    is_shown: bool
    """Whether the user sees it as a table: neither hidden nor a chart."""


def _output(file: Path, *arguments: str) -> Generator[list[Any], None, None]:
    """Yield what the reading process writes. Raises DatenlaborError if it fails."""
    command = [*_COMMAND, str(file.resolve()), *arguments]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    ) as process:
        try:
            for line in process.stdout or ():
                yield json.loads(line)
            problem = process.stderr.read() if process.stderr else ""
            process.wait()
        finally:
            # For when the rest is not wanted; what has ended is not affected.
            process.kill()
    if process.returncode == workbook_process.ENCRYPTED:
        raise encrypted(file)
    if process.returncode:
        # A failure inside the library begins with its place and goes on with how to debug it.
        told = (line for line in problem.splitlines() if line and " panicked at " not in line)
        reason = next(told, f"reading ended with {process.returncode}")
        raise refusal(
            file,
            "damaged",
            f"the workbook cannot be read: {reason}.",
            "Open it in a spreadsheet program and save it again.",
        )


def sheets(file: Path) -> list[Sheet]:
    """Return the sheets of a checked workbook. Raises DatenlaborError."""
    with closing(_output(file, "", ".")) as output:
        return [Sheet(*found) for found in next(output)]


def sheet_index(file: Path, wanted: str | int | None) -> int:
    """Return the number from 0 of a sheet given by name or number from 1, hidden ones included.

    By default it is the first that is shown.

    Raises:
        DatenlaborError: there is no such sheet, or the workbook cannot be read.

    """
    found = sheets(file)
    names = [sheet.name for sheet in found]
    if wanted is None:
        wanted = 1 + next((n for n, sheet in enumerate(found) if sheet.is_shown), 0)
    if wanted in names:
        return names.index(str(wanted))
    number = int(wanted) if str(wanted).isdecimal() else 0
    if not 1 <= number <= len(names):
        raise refusal(
            file,
            "sheet",
            f"there is no sheet {wanted!r} among {', '.join(map(repr, names))}.",
            "Correct `sheet:` under `format:` in the spec.",
        )
    return number - 1


def sheet_records(file: Path, index: int, decimal: str) -> Generator[Raw, None, None]:
    """Yield the rows of a sheet as records, numbered as the user sees them.

    Args:
        file: a checked workbook.
        index: number of the sheet from 0.
        decimal: how numbers are to be written.

    Raises:
        DatenlaborError: the sheet is damaged or too large.

    """
    special = special_cells(file, index) if is_xlsx(file) else Special()
    special_by_row = special.by_row()
    for line, fields in enumerate(islice(_output(file, str(index), decimal), 1, None), 1):
        rule = ""
        for place in special_by_row.get(line - 1, ()):
            column = place[1]
            if place in special.errors:
                fields[column] = special.errors[place]
            elif place in special.uncalculated:
                rule = "uncalculated_formula"
            elif _DAY.fullmatch(fields[column]):
                fields[column] = fields[column][:4]
        text = DELIMITER.join(fields)
        yield line, text, fields, rule or oddity(text)


def prepare_workbook(file: Path, spec: Spec, body: Body, folder: Path) -> Prepared:
    """Prepare one sheet of a workbook. Raises DatenlaborError."""
    check_workbook(file)
    index = sheet_index(file, spec.format.sheet)
    with closing(sheet_records(file, index, spec.numbers.decimal)) as records:
        return divide(file, records, spec, body, delimiter=DELIMITER, folder=folder)
