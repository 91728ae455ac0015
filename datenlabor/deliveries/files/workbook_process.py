"""Reads a workbook in a process of its own: ``python -m … <file> <sheet from 0, or ""> <decimal>``.

A few wrong bytes in a workbook can make the library ask for all the memory there is, which ends the
process without an exception. Here that ends only this process, whose memory is limited.

Standard output: one JSON text per line, first the sheets as pairs of a name and whether it is a
table that is shown, then the rows of the sheet as lists of texts. Exit code 0, or 2 (cannot be
read) or 3 (password), the reason on standard error.
"""

import json
import sys

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetMetadata,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from datenlabor.deliveries.files.cells import cell_text

MEMORY = 4 << 30
"""Bytes."""
SECONDS = 1800
"""Of computing."""
UNREADABLE = 2
ENCRYPTED = 3


def _limit() -> None:
    """Limit memory and time of this process, where the system can."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 absent on Windows

    for kind, wanted in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS)):
        _, most = resource.getrlimit(kind)
        resource.setrlimit(kind, (wanted if most < 0 else min(wanted, most), most))


def _is_shown(sheet: SheetMetadata) -> bool:
    return sheet.visible is SheetVisibleEnum.Visible and sheet.typ is SheetTypeEnum.WorkSheet


def _write(file: str, sheet: str, decimal: str) -> None:
    workbook = CalamineWorkbook.from_path(file)
    sheets = [(sheet.name, _is_shown(sheet)) for sheet in workbook.sheets_metadata]
    print(json.dumps(sheets))  # noqa: T201 the output of this process
    if not sheet:
        return
    content = workbook.get_sheet_by_index(int(sheet))
    # Rows come from the first one of the sheet on, columns only from the first one that is used.
    missing = [""] * (content.start[1] if content.start else 0)
    for row in content.iter_rows():
        texts = [cell_text(value, decimal) for value in row]
        print(json.dumps(missing + texts))  # noqa: T201 same


def main(file: str, sheet: str, decimal: str) -> int:
    """Write sheets and rows to standard output; return the exit code."""
    _limit()
    try:
        _write(file, sheet, decimal)
    except PasswordError as error:
        sys.stderr.write(str(error))
        return ENCRYPTED
    except (CalamineError, MemoryError, OSError, ValueError) as error:
        sys.stderr.write(str(error))
        return UNREADABLE
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
