"""A minimal .xlsx written by hand, so that tests can contain what no library writes."""

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from xml.sax.saxutils import escape, quoteattr

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_PART = "application/vnd.openxmlformats-officedocument.spreadsheetml"


class Xml(str):
    """The inside of a cell element, with its attributes: ``t="e"><v>#DIV/0!</v>``."""

    __slots__ = ()


def _column(number: int) -> str:
    letters = ""
    while number >= 0:
        number, letter = divmod(number, 26)
        letters = chr(ord("A") + letter) + letters
        number -= 1
    return letters


def _cell(row: int, column: int, value: object) -> str:
    place = f'<c r="{_column(column)}{row}" '
    match value:
        case None:
            return ""
        case Xml():
            return f"{place}{value}</c>"
        case bool():
            return f'{place}t="b"><v>{int(value)}</v></c>'
        case int() | float():
            return f"{place}><v>{value!r}</v></c>"
        case _:
            text = f'<is><t xml:space="preserve">{escape(str(value))}</t></is>'
            return f'{place}t="inlineStr">{text}</c>'


def _sheet(rows: dict[int, list[object]]) -> str:
    content = "".join(
        f'<row r="{number}">{"".join(_cell(number, i, value) for i, value in enumerate(row))}</row>'
        for number, row in rows.items()
    )
    return f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>{content}</sheetData></worksheet>'


def _styles(formats: Sequence[str]) -> str:
    numbers = range(1, len(formats) + 1)
    codes = "".join(
        f'<numFmt numFmtId="{163 + number}" formatCode="{escape(code)}"/>'
        for number, code in zip(numbers, formats, strict=True)
    )
    cells = "".join(f'<xf numFmtId="{163 + number}"/>' for number in numbers)
    return (
        f'{_HEAD}<styleSheet xmlns="{_MAIN}"><numFmts>{codes}</numFmts>'
        f'<cellStyleXfs><xf numFmtId="0"/></cellStyleXfs>'
        f'<cellXfs><xf numFmtId="0"/>{cells}</cellXfs></styleSheet>'
    )


def write_workbook(
    file: Path,
    sheets: dict[str, dict[int, list[object]]],
    extra: dict[str, bytes] | None = None,
    *,
    hidden: Mapping[str, str] = MappingProxyType({}),
    formats: Sequence[str] = (),
) -> Path:
    """Write sheets given as row number → cells; ``extra`` members are added as they are.

    ``hidden``: sheet → state; ``formats``: number formats of the cell styles 1, 2, ….
    """
    numbers = range(1, len(sheets) + 1)
    names = "".join(
        f'<sheet name="{name}" sheetId="{number}" r:id="rId{number}"'
        f"{f' state={quoteattr(hidden[name])}' if name in hidden else ''}/>"
        for number, name in zip(numbers, sheets, strict=True)
    )
    targets = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/worksheet" '
        f'Target="worksheets/sheet{number}.xml"/>'
        for number in numbers
    )
    members = {
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_TYPES}">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_PART}.sheet.main+xml"/></Types>',
        "_rels/.rels": f'{_HEAD}<Relationships xmlns="{_RELATIONS}"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        f"<sheets>{names}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'{_HEAD}<Relationships xmlns="{_RELATIONS}">{targets}'
        f'<Relationship Id="rIdS" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": _styles(formats),
    }
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
        for number, rows in zip(numbers, sheets.values(), strict=True):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", _sheet(rows))
        for name, content in (extra or {}).items():
            archive.writestr(name, content)
    return file
