"""From a file to a proposed spec."""

import csv
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from datenlabor.deliveries.codes import normalise
from datenlabor.deliveries.files.sample import Sample, sample
from datenlabor.deliveries.inspection.content import opened
from datenlabor.deliveries.inspection.frame import (
    GENESIS,
    Proposal,
    Subject,
    named_format,
    proved,
)
from datenlabor.deliveries.inspection.registers import (
    LATITUDE,
    LONGITUDE,
    is_municipality_register,
    propose_municipalities,
    propose_places,
    propose_tidy,
    tidy_contract,
)
from datenlabor.deliveries.inspection.roles import find_roles
from datenlabor.deliveries.inspection.structure import (
    RULE,
    Structure,
    end_pattern,
    find_structure,
    merged_rows,
)
from datenlabor.deliveries.inspection.table import Table
from datenlabor.deliveries.inspection.tables import Area, propose_figures
from datenlabor.deliveries.inspection.texts import comment
from datenlabor.deliveries.spec import Spec
from datenlabor.errors import DatenlaborError
from datenlabor.paths import CITIES, SEEDS

_MOST_SHEETS = 20


def propose(file: Path, city: str, sheet: str | None = None) -> Proposal:
    """Look into a file and propose a spec, which parses and fits it.

    Args:
        file: text, workbook, geodata, or an archive with one of them.
        city: key of the city it is for, put before numbers the city gives its areas.
        sheet: sheet or layer; by default the one with the most numbers.

    Raises:
        DatenlaborError: the file is refused, or no table is found in it.

    """
    seen, structure, remarks = _chosen(file, sheet)
    if seen.kind == "geo":
        subject = Subject(file, seen)
        with opened(file, _provisional(subject, {})) as content:
            if not content.prepared.body_records:
                raise _nothing(file, seen)
            return proved(subject, propose_places(subject, content, city, {}))
    if structure is None:
        raise _nothing(file, seen)
    subject = Subject(file, seen, structure.preamble, structure.footer, remarks)
    return proved(subject, _from_table(subject, structure, city))


def _chosen(file: Path, sheet: str | None) -> tuple[Sample, Structure | None, str]:
    """Return the sheet with the table, its structure, and the texts of the other sheets."""
    first = sample(file, layer=sheet)
    if sheet is not None and sheet not in first.layers:
        raise DatenlaborError(
            f"{file.name} has no sheet or layer {sheet!r}.",
            hint=f"It has {', '.join(first.layers) or 'none'}.",
        )
    if first.kind == "geo":
        return first, None, ""
    if first.kind == "csv":
        return first, find_structure(first.first, first.last), ""
    wanted = [sheet] if sheet else first.shown[:_MOST_SHEETS]
    seen = [first if name == first.layer else sample(file, layer=name) for name in first.layers]
    found = [(one, find_structure(one.first, one.last)) for one in seen if one.layer in wanted]
    best = max(found, key=lambda pair: pair[1].numeric_cells if pair[1] else -1)
    others = (one for one in seen[:_MOST_SHEETS] if one.layer != best[0].layer)
    texts = (text for one in others for record in one.first[:50] for text in record.fields)
    return *best, " | ".join(filter(None, texts))


def _from_table(subject: Subject, structure: Structure, city: str) -> Proposal:
    is_genesis = bool(structure.preamble and GENESIS.match(structure.preamble[0].fields[0]))
    fill = () if is_genesis else merged_rows(structure.header)
    rows = {"rows": len(structure.header)} | ({"fill": list(fill)} if fill else {})
    ends = {"pattern": RULE} if is_genesis else end_pattern(structure)
    body = {"starts": {"line": structure.body[0].line}} | ({"ends": ends} if ends else {})
    layout = {"body": body, "header": rows}
    header = [record.fields for record in structure.header]
    with opened(subject.file, _provisional(subject, layout)) as content:
        names = list(map(normalise, header[-1])) if header else []
        contract = tidy_contract(names) if len(header) == 1 else None
        if contract:
            return propose_tidy(subject, content, contract, structure.body[0].line)
        if is_municipality_register(header):
            return propose_municipalities(subject, content, rows)
        if len(header) == 1 and _has_coordinates(names):
            return propose_places(subject, content, city, layout)
        roles = find_roles(content)
        if roles is None:
            raise _nothing(subject.file, subject.sample, names)
        table = Table(subject, structure, content, roles, fill, ends)
        return propose_figures(table, Area(city, _area_names(city)))


def _has_coordinates(names: Sequence[str]) -> bool:
    return all(
        any(re.fullmatch(pattern, name, re.IGNORECASE) for name in names)
        for pattern in (LONGITUDE, LATITUDE)
    )


def _provisional(subject: Subject, layout: Mapping[str, Any]) -> Spec:
    """Return a spec that is enough to read the records."""
    source = dict.fromkeys(("code", "publisher", "title", "licence", "attribution"), "-")
    columns = ("area_code", "period", "measure_code", "value")
    return Spec.model_validate(
        {
            "name": "inspected",
            "title": "-",
            "dataset": "figure",
            "source": source,
            "format": named_format(subject),
            "columns": {name: {"constant": "-"} for name in columns},
            **layout,
        }
    )


def _area_names(city: str) -> dict[str, str]:
    """Return the keys of known areas by name; names that stand for several areas are left out."""
    found: dict[str, set[str]] = {}
    for file in (SEEDS / "codes" / "code_area.csv", CITIES / city / "registers" / "area.csv"):
        if file.is_file():
            with file.open(encoding="utf-8", newline="") as stream:
                for row in csv.DictReader(stream):
                    found.setdefault(row["area_name"], set()).add(row["area_code"])
    return {name: next(iter(codes)) for name, codes in found.items() if len(codes) == 1}


def _nothing(file: Path, seen: Sample, names: Sequence[str] = ()) -> DatenlaborError:
    """Return the error that says what was seen instead of a table."""
    records = seen.first[:3]
    shown = " / ".join(comment("; ".join(record.fields), 60) for record in records)
    where = f", sheet {seen.layer!r}" if seen.layer else ""
    header = f" Its columns are {', '.join(names)[:200]}." if names else ""
    return DatenlaborError(
        f"No table of figures or register is found in {file.name} ({seen.kind}{where}, "
        f"{seen.records} records). It begins: {shown}.{header}",
        hint="Name a sheet with --sheet, or write the spec by hand (docs/deliveries.md).",
    )
