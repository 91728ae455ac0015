"""A table of figures that has been understood: its labels, periods and numbers."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from datenlabor.deliveries.codes import normalise
from datenlabor.deliveries.inspection.content import Content
from datenlabor.deliveries.inspection.frame import (
    Subject,
)
from datenlabor.deliveries.inspection.labels import JOIN, Label, is_short
from datenlabor.deliveries.inspection.notation import Notation, find_notation
from datenlabor.deliveries.inspection.places import (
    Place,
    on_day,
    same_period,
)
from datenlabor.deliveries.inspection.roles import YEAR, Roles, column_texts
from datenlabor.deliveries.inspection.structure import Structure
from datenlabor.deliveries.inspection.units import is_unit, unit_of

MOST_LABELS = 2000
"""Labels that are listed; a file with more of them is hardly a table of measures."""
_GENERIC = re.compile(r"werte?|zahl|anzahl|value|count|betrag|menge|obs_value", re.IGNORECASE)


@dataclass(frozen=True)
class Table:
    """A table of figures whose columns have been understood."""

    subject: Subject
    structure: Structure
    content: Content
    roles: Roles
    fill: tuple[int, ...]
    ends: Mapping[str, Any] | None

    @cached_property
    def notation(self) -> Notation:
        """Return how its numbers are written."""
        cells, has_long = self.content.odd_cells(self.roles.values)
        is_genesis = self.subject.table_code is not None
        return find_notation(cells, has_long=has_long, is_genesis=is_genesis)

    def header_text(self, row: int, column: int) -> str:
        """Return the text of a header row above a column, both counted from 1."""
        return normalise(self.content.prepared.header[row - 1].fields[column - 1])

    def place(self, number: int) -> str:
        """Return the token of a column: by name where there is one that is clear."""
        header = self.content.prepared.header
        names = [normalise(text) for text in header[0].fields] if len(header) == 1 else []
        name = names[number - 1] if names else ""
        is_clear = name and names.count(name) == 1 and not name.isdecimal()
        return f"column {name if is_clear else number}"

    @cached_property
    def year_row(self) -> int | None:
        """Return the header row whose labels contain a year each, None if there is none."""
        if self.roles.period or self.roles.period_row:
            return None
        for row in self.roles.label_rows:
            texts = [self.header_text(row, number) for number in self.roles.values]
            if all(len(re.findall(rf"(?<!\d){YEAR}(?!\d)", text)) == 1 for text in texts):
                return row
        return None

    @cached_property
    def label_rows(self) -> tuple[int, ...]:
        """Return the header rows that make the label of a measure."""
        roles = self.roles
        if roles.dimensions and len(roles.values) == 1:
            texts = (self.header_text(row, roles.values[0]) for row in roles.label_rows)
            if all(_GENERIC.fullmatch(text) for text in texts):
                return ()
        return roles.label_rows


def header_texts(table: Table) -> list[str]:
    """Return the texts above the values."""
    header = table.content.prepared.header
    return [text for number in table.roles.values for text in column_texts(header, number)]


def written_periods(table: Table) -> list[str]:
    """Return periods as they are written."""
    roles = table.roles
    if roles.period:
        return list(table.content.profiles[roles.period - 1].texts)
    if row := roles.period_row:
        return list(dict.fromkeys(table.header_text(row, number) for number in roles.values))
    if row := table.year_row:
        texts = (table.header_text(row, number) for number in roles.values)
        found = (re.findall(YEAR, text) for text in texts)
        return list(dict.fromkeys(years[0] for years in found))
    place = same_period(table.subject.preamble, table.subject.file.name).column
    text = table.subject.file.name
    if str(place["from"]).startswith("line"):
        line = int(str(place["from"]).split()[1])
        record = next(r for r in table.subject.preamble if r.line == line)
        text = normalise(" ".join(filter(None, record.fields)))
    match = re.fullmatch(place["pattern"], text) if "pattern" in place else None
    return [match[1] if match else text] if match or "pattern" not in place else []


def period_place(table: Table, reference: str) -> Place:
    """Return the place of the period; years become dates if figures refer to a day."""
    roles = table.roles
    if roles.period:
        found = Place({"from": table.place(roles.period)})
    elif roles.period_row:
        found = Place({"from": f"header {roles.period_row}"})
    elif table.year_row:
        pattern = rf".*?({YEAR}).*"
        found = Place({"from": f"header {table.year_row}", "pattern": pattern, "as": "{1}"})
    else:
        found = same_period(table.subject.preamble, table.subject.file.name)
    column = on_day(found.column, reference)
    if column != found.column:
        return Place(column, (*found.checks, f"figures refer to {reference} of the year"))
    return found


def labelled(table: Table) -> tuple[dict[str, Any], list[Label], list[str]]:
    """Return how labels are rewritten, the labels, and the places they are made of."""
    roles, content = table.roles, table.content
    rows, dimensions = table.label_rows, roles.dimensions
    tokens = [*(f"header {row}" for row in rows), *map(table.place, dimensions)]
    tuples = content.tuples(dimensions) if dimensions else [()]
    column: dict[str, Any] = {}
    base, base_unit = table_base(table)
    title = next(iter(table.subject.titles), "") if table.subject.table_code is None else ""
    if not tokens:
        base = base or table.subject.title
    if table.year_row in rows:
        plain = [
            JOIN.join(filter(None, (table.header_text(row, n) for row in rows)))
            for n in roles.values
        ]
        column = _without_year(plain)
    labels: dict[str, Label] = {}
    for number in roles.values:
        above = [table.header_text(row, number) for row in rows]
        unit_text = table.header_text(roles.unit_row, number) if roles.unit_row else base_unit
        numbers = list(table.notation.values(content.profiles[number - 1].texts))
        for texts in tuples:
            text = JOIN.join(filter(None, [*above, *map(normalise, texts)]))
            if column and (match := re.fullmatch(column["pattern"], text)):
                text = column["as"].format(match[0], *match.groups())
            unit = unit_of(f"{base} {text}", unit_text or _suffix(table), numbers)
            if text not in labels and len(labels) < MOST_LABELS:
                labels[text] = Label(text, unit, base or (title if is_short(text) else ""))
    return column, list(labels.values()), tokens


def _suffix(table: Table) -> str:
    suffixes = table.notation.suffixes
    return next(iter(suffixes)) if len(suffixes) == 1 and set(suffixes.values()) == {1} else ""


def _without_year(labels: Sequence[str]) -> dict[str, Any]:
    """Return pattern and template that leave the year out of labels."""
    pattern = rf"(.*?)\W*{YEAR}\W*(.*?)"
    found = [match for label in labels if (match := re.fullmatch(pattern, label))]
    if len(found) != len(labels):
        return {}
    is_front, is_back = (not any(match[i] for match in found) for i in (1, 2))
    template = "{1}" if is_back else "{2}" if is_front else "{1} {2}"
    return {"pattern": pattern, "as": template}


def table_base(table: Table) -> tuple[str, str]:
    """Return what the whole table counts and in what unit: ``Bevölkerungsstand (Anzahl)``."""
    for text in reversed(table.subject.titles):
        match = re.fullmatch(r"(.{3,80}) \(([^()]+)\)", text)
        if match and is_unit(match[2]):
            return match[1], match[2]
    return "", ""
