"""A data set as SDMX: one structure message, and rows that refer to it."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pysdmx.io import write_sdmx
from pysdmx.io.format import Format
from pysdmx.model import (
    Agency,
    Code,
    Codelist,
    Component,
    Components,
    Concept,
    ConceptScheme,
    Dataflow,
    DataStructureDefinition,
    DataType,
    ItemReference,
    Role,
)
from pysdmx.model.message import Header

from datenlabor.opendata.codes import Codes, Status
from datenlabor.opendata.content import Content, PublicFile, Value

VERSION = "1.0"
"""Of two numbers: by the standard such a structure may change, as new codes come."""
_TYPES = {
    "BOOLEAN": DataType.BOOLEAN,
    "DATE": DataType.DATE,
    "DOUBLE": DataType.DOUBLE,
    "INTEGER": DataType.INTEGER,
    "BIGINT": DataType.LONG,
}
_CODE = re.compile(r"[A-Za-z0-9_@$\-]+")


@dataclass(frozen=True)
class Part:
    """A component of the structure and the column it is filled from."""

    component_id: str
    column: str
    role: Role


def parts(content: Content) -> list[Part]:
    """Return the components: dimensions, values, attributes; names of codes are in code lists.

    The time is TIME_PERIOD, the first measure OBS_VALUE; the others are called like their column.
    """
    shape = content.declaration.shape
    names = {*shape.names.values()}
    value, *others = shape.measures
    return [
        *(Part(name.upper(), name, Role.DIMENSION) for name in shape.dimensions),
        Part("TIME_PERIOD", str(shape.time), Role.DIMENSION),
        Part("OBS_VALUE", value, Role.MEASURE),
        *(Part(name.upper(), name, Role.MEASURE) for name in others),
        *(
            Part(name.upper(), name, Role.ATTRIBUTE)
            for name in shape.attributes
            if name not in names
        ),
    ]


def header(content: Content) -> list[str]:
    """Return the first line of the SDMX-CSV."""
    names = [part.component_id for part in parts(content)]
    return ["STRUCTURE", "STRUCTURE_ID", "ACTION", *names]


def batches(public: PublicFile, content: Content, agency: str) -> Iterator[list[tuple[Value, ...]]]:
    """Yield all rows of the SDMX-CSV: each says which structure it has and that it is news."""
    place = {column.name: i for i, column in enumerate(content.declaration.columns)}
    order = [place[part.column] for part in parts(content)]
    first = ("dataflow", f"{agency}:{_id(content)}({VERSION})", "I")
    for rows in public.batches(content):
        yield [(*first, *(row[i] for i in order)) for row in rows]


def structure(content: Content, codes: Codes, *, agency: str, prepared: datetime) -> dict[str, Any]:
    """Return the structure message (SDMX-JSON 2.0): code lists, concepts, structure, dataflow."""
    declaration, name = content.declaration, _id(content)
    columns = {column.name: column for column in declaration.columns}
    lists = dict(_code_lists(content, codes, agency))
    concepts = ConceptScheme(
        id=f"CS_{name}",
        name=declaration.title,
        agency=agency,
        version=VERSION,
        items=[
            Concept(
                part.component_id,
                name=columns[part.column].label,
                description=columns[part.column].description,
            )
            for part in parts(content)
        ],
    )
    components = [
        Component(
            part.component_id,
            required=part.role is Role.DIMENSION,
            role=part.role,
            concept=ItemReference("Concept", agency, concepts.id, VERSION, part.component_id),
            local_dtype=_type(part, content) if part.column not in lists else None,
            local_codes=lists.get(part.column),
            local_enum_ref=_urn(lists[part.column]) if part.column in lists else None,
            attachment_level="O" if part.role is Role.ATTRIBUTE else None,
        )
        for part in parts(content)
    ]
    definition = DataStructureDefinition(
        id=name,
        name=declaration.title,
        description=declaration.shape.description,
        agency=agency,
        version=VERSION,
        components=Components(components),
    )
    flow = Dataflow(
        id=name, name=declaration.title, agency=agency, version=VERSION, structure=definition
    )
    message = write_sdmx(
        [*lists.values(), concepts, definition, flow],
        Format.STRUCTURE_SDMX_JSON_2_0_0,
        header=Header(id=name, prepared=prepared, sender=Agency(id=agency)),
    )
    document: dict[str, Any] = json.loads(str(message))
    for one in document["data"]["dataStructures"]:
        # Written by pysdmx although there are none, which the schema forbids.
        del one["dataStructureComponents"]["groups"]
    return document


def _code_lists(content: Content, codes: Codes, agency: str) -> Iterator[tuple[str, Codelist]]:
    columns = {column.name: column for column in content.declaration.columns}
    for column, pairs in content.names.items():
        # A code of other signs cannot stand in a list; such a dimension is free text.
        if all(_CODE.fullmatch(str(code)) for code, _ in pairs):
            items = [Code(str(code), name=name) for code, name in pairs]
            yield column, _code_list(column, columns[column].label, items, agency)
    for column, statuses in (("obs_status", codes.obs_status), ("conf_status", codes.conf_status)):
        items = [_status_code(status) for status in statuses]
        yield column, _code_list(column, columns[column].label, items, agency)


def _code_list(column: str, name: str, items: list[Code], agency: str) -> Codelist:
    return Codelist(
        id=f"CL_{column.upper()}", name=name, agency=agency, version=VERSION, items=items
    )


def _status_code(status: Status) -> Code:
    return Code(status.code, name=status.name, description=status.description)


def _urn(codelist: Codelist) -> str:
    return (
        "urn:sdmx:org.sdmx.infomodel.codelist.Codelist="
        f"{codelist.agency}:{codelist.id}({codelist.version})"
    )


def _type(part: Part, content: Content) -> DataType:
    if part.component_id == "TIME_PERIOD":
        return DataType.PERIOD
    return _TYPES.get(content.types[part.column], DataType.STRING)


def _id(content: Content) -> str:
    return content.declaration.shape.name.upper().replace("-", "_")
