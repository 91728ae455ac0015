"""What a workbook must be before it is opened."""

import mmap
import re
import zipfile
from pathlib import Path

from datenlabor.deliveries.files.containers import check_zip
from datenlabor.deliveries.files.intake import refusal
from datenlabor.errors import DatenlaborError

_OLE = b"\xd0\xcf\x11\xe0"
_XLSX_PART = "xl/workbook.xml"
_ZIP = b"PK\x03\x04"
_CHUNK = 1 << 20
_ODS_ERROR = b'calcext:value-type="error"'
# Records of the old format (BIFF): a cell with an error code, a formula with one as its result.
_ERROR_CODE = rb"[\x00\x07\x0f\x17\x1d\x24\x2a]"
_XLS_ERROR = re.compile(
    rb"\x05\x02\x08\x00.{6}" + _ERROR_CODE + rb"\x01"
    rb"|\x06\x00.\x00.{6}\x02\x00" + _ERROR_CODE + rb"\x00{3}\xff\xff",
    re.DOTALL,
)


def check_workbook(file: Path) -> None:
    """Look for what forbids to open a workbook.

    Raises:
        DatenlaborError: it is none, damaged, encrypted, or has macros.

    """
    if file.suffix.lower() in (".xlsm", ".xltm", ".xlam"):
        raise _macros(file)
    with file.open("rb") as stream:
        start = stream.read(4)
    if start == _ZIP:
        with check_zip(file) as archive:
            _check_parts(file, archive)
    elif start == _OLE:
        _check_old(file)
    else:
        raise refusal(
            file,
            "not_a_workbook",
            "its content is none of .xlsx, .xls and .ods.",
            "It may be text or HTML with the name of a workbook: save it as .xlsx or as CSV.",
        )


def is_xlsx(file: Path) -> bool:
    """Return whether a checked workbook is an .xlsx, whatever its name."""
    if not zipfile.is_zipfile(file):
        return False
    with zipfile.ZipFile(file) as archive:
        return _XLSX_PART in archive.namelist()


def _check_parts(file: Path, archive: zipfile.ZipFile) -> None:
    names = {name.lower() for name in archive.namelist()}
    if any(name.endswith("vbaproject.bin") or name.startswith("basic/") for name in names):
        raise _macros(file)
    if "xl/workbook.bin" in names:
        raise refusal(file, "xlsb", "binary workbooks are not read.", "Save it as .xlsx.")
    if "content.xml" in names:
        with archive.open("content.xml") as stream:
            before = b""
            while piece := stream.read(_CHUNK):
                if _ODS_ERROR in before + piece:
                    raise _hides_errors(file)
                before = piece[-len(_ODS_ERROR) :]


def _check_old(file: Path) -> None:
    with (
        file.open("rb") as stream,
        mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content,
    ):
        if content.find("EncryptedPackage".encode("utf-16-le")) >= 0:
            raise encrypted(file)
        if content.find("_VBA_PROJECT".encode("utf-16-le")) >= 0:
            raise _macros(file)
        if _XLS_ERROR.search(content):
            raise _hides_errors(file)


def _macros(file: Path) -> DatenlaborError:
    return refusal(file, "macros", "it contains macros.", "Save it as .xlsx without macros.")


def encrypted(file: Path) -> DatenlaborError:
    """Return the refusal of a workbook with a password."""
    return refusal(file, "encrypted", "it has a password.", "Save it without a password.")


def _hides_errors(file: Path) -> DatenlaborError:
    return refusal(
        file,
        "error_values",
        "cells have errors such as #DIV/0!, which this format would show as empty.",
        "Correct the formulas, or save it as .xlsx so that the cells can be named.",
    )
