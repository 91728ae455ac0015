"""Propose a spec for a table of figures."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from datenlabor.deliveries.codes import normalise
from datenlabor.deliveries.inspection.document import KeyPath
from datenlabor.deliveries.inspection.frame import (
    Proposal,
    heading,
    named_format,
    recognised_by,
    source_checks,
)
from datenlabor.deliveries.inspection.labels import Measures, find_measures
from datenlabor.deliveries.inspection.places import (
    Place,
    key_column,
    name_column,
    reference_of,
)
from datenlabor.deliveries.inspection.roles import KEY, column_texts
from datenlabor.deliveries.inspection.table import (
    MOST_LABELS,
    Table,
    header_texts,
    labelled,
    period_place,
    written_periods,
)
from datenlabor.deliveries.periods import parse_period


@dataclass(frozen=True)
class Area:
    """What is known of the city's areas: its own key, and the keys of areas by name."""

    city: str
    by_name: Mapping[str, str]


def propose_figures(table: Table, area: Area) -> Proposal:
    """Return the proposal for a table of figures; ``area`` is the city it is for."""
    subject, roles, content = table.subject, table.roles, table.content
    periods = written_periods(table)
    texts = " | ".join((*subject.titles, *header_texts(table)))
    reference, is_said = reference_of(next(iter(periods), None), texts)
    column, labels, tokens = labelled(table)
    measures = find_measures(labels, reference, subject.table_code, area.city)
    known = next(iter(measures.references), "")
    if len(measures.references) == 1 and known != reference:
        # What exists already says what a period stands for.
        reference = known
        measures = find_measures(labels, reference, subject.table_code, area.city)
    period = period_place(table, reference if all(map(_is_year, periods)) else "")
    profile = content.profiles[roles.area - 1]
    place = table.place(roles.area)
    name = " ".join(column_texts(content.prepared.header, roles.area))
    areas = (
        name_column(place, profile, area.city, dict(area.by_name))
        if roles.is_named
        else key_column(place, profile, area.city, content.odd_cells([roles.area])[0], name)
    )
    spec = _framed(table, _rhythm(periods)) | {
        **({"factors": measures.factors} if measures.factors else {}),
        "columns": {
            "area_code": areas.column,
            "period": period.column,
            "measure_code": _mapped(column, tokens, measures),
            "value": {"from": _value_place(table)},
        },
        **({"measures": [dict(row) for row in measures.rows]} if measures.rows else {}),
    }
    comments = _comments(table, measures, areas, period, is_said=is_said)
    return Proposal(spec, comments, _findings(table, measures, periods))


def _is_year(text: str) -> bool:
    return re.fullmatch(r"\d{4}", parse_period(text) or "") is not None


def _rhythm(periods: Sequence[str]) -> str:
    found = {parse_period(text) or "" for text in periods}
    if len({day[:4] for day in found}) == len(found):
        return "year"
    if any("Q" in text for text in found):
        return "quarter"
    return "half_year" if any("H" in text for text in found) else "month"


def _mapped(column: dict[str, Any], tokens: list[str], measures: Measures) -> dict[str, Any]:
    if not tokens:
        return {"constant": next(iter(measures.codes.values()))}
    origin = tokens[0] if len(tokens) == 1 else tokens
    return {"from": origin, **column, "map": measures.codes}


def _value_place(table: Table) -> str:
    values = table.roles.values
    if len(values) == 1:
        return table.place(values[0])
    runs: list[list[int]] = []
    for number in values:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    if len(runs) == 1 and values[-1] == table.content.prepared.columns:
        return f"cells {values[0]}-"
    parts = (f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
    return f"cells {','.join(parts)}"


def _framed(table: Table, rhythm: str) -> dict[str, Any]:
    """Return the spec up to its columns."""
    subject, notation, roles = table.subject, table.notation, table.roles
    header = table.content.prepared.header
    names = [
        text
        for record in header[:1]
        for number, text in enumerate(map(normalise, record.fields), 1)
        if number not in roles.values
    ]
    published = subject.terms.published
    rows = {"rows": len(header)} | ({"fill": list(table.fill)} if table.fill else {})
    numbers: dict[str, str] = {"decimal": notation.numbers.decimal}
    if notation.numbers.thousands:
        numbers |= {"thousands": notation.numbers.thousands}
    return {
        **heading(subject, "figure", rhythm),
        "match": recognised_by(subject, names),
        **({"published_on": {"from": "footer", "pattern": published}} if published else {}),
        "format": named_format(subject),
        "body": {"starts": _starts(table)} | ({"ends": dict(table.ends)} if table.ends else {}),
        **({"header": rows} if header else {}),
        "numbers": numbers,
        "symbols": notation.symbols,
        **({"marks": notation.marks} if notation.marks else {}),
        **({"suffixes": notation.suffixes} if notation.suffixes else {}),
    }


def _starts(table: Table) -> dict[str, Any]:
    """Return the first record of the body: by pattern where titles may move it, else by line."""
    structure, area = table.structure, table.roles.area
    first = structure.body[0]
    keys = table.content.profiles[area - 1].texts
    lengths = sorted({len(text) for text in keys if text.isdecimal()})
    if structure.preamble and lengths and not table.roles.is_named:
        own = f"[0-9]{{{lengths[0]},{lengths[-1]}}}"
        pattern = KEY if table.subject.table_code else own
        above = (*structure.preamble, *structure.header)
        fitting = [
            r
            for r in (*above, first)
            if len(r.fields) >= area and re.fullmatch(pattern, r.fields[area - 1].strip())
        ]
        if fitting == [first]:
            return {"column": area, "pattern": pattern}
    return {"line": first.line}


def _comments(
    table: Table, measures: Measures, areas: Place, period: Place, *, is_said: bool
) -> dict[KeyPath, list[str]]:
    notation, roles = table.notation, table.roles
    found = source_checks(table.subject)
    found["symbols",] = [
        "check: what a symbol stands for differs from table to table (a number, O, M, L or Q)"
    ]
    if "-" in notation.symbols:
        found["symbols",].append("`-` may be zero (write 0), not exist (M) or be unknown (O)")
    found["numbers",] = [f"check: {text}" for text in notation.checks]
    found["columns", "area_code"] = [f"check: {text}" for text in areas.checks]
    found["columns", "period"] = [f"check: {text}" for text in period.checks]
    found["columns", "measure_code"] = _measure_checks(table)
    if len(measures.codes) == MOST_LABELS:
        found["columns", "measure_code"].append("check: there are more labels than are listed")
    found["measures",] = ["check: codes, names, units, what a period stands for (reference)"]
    if not is_said:
        found["measures",].append("check: nothing says whether these are sums over the year")
    if measures.unsure:
        found["measures",].append(f"check: units are guessed: {', '.join(measures.unsure[:20])}")
    if notation.is_negative:
        found["measures",].append("check: there are negative values, which most units forbid")
    if roles.is_named:
        found["columns", "area_code"].append("areas without a key in the city's register are new")
    return {place: texts for place, texts in found.items() if texts}


def _measure_checks(table: Table) -> list[str]:
    roles = table.roles
    rows = [*table.label_rows, *([roles.period_row] if roles.period_row else [])]
    counts = Counter(tuple(table.header_text(r, n) for r in rows) for n in roles.values)
    repeated = [" | ".join(filter(None, texts)) for texts, count in counts.items() if count > 1]
    if repeated:
        return [f"check: several columns have the label {repeated[0]!r}; `value` may leave one out"]
    return []


def _findings(table: Table, measures: Measures, periods: Sequence[str]) -> tuple[str, ...]:
    roles, prepared, notation = table.roles, table.content.prepared, table.notation
    areas = table.content.profiles[roles.area - 1].distinct
    strange = f"; not understood: {', '.join(notation.strange[:8])}" if notation.strange else ""
    shown = " ".join(filter(None, notation.symbols)) or "none"
    return (
        (
            f"body      {prepared.body_records} records from line {table.structure.body[0].line}, "
            f"{len(prepared.header)} header rows, {len(prepared.rejected)} records cannot be read"
        ),
        f"areas     {areas} in {table.place(roles.area)}",
        f"periods   {len(periods)}: {', '.join(periods[:3])}{' …' if len(periods) > 3 else ''}",  # noqa: PLR2004 a few
        f"measures  {len(measures.codes)} labels, {len(measures.rows)} of them described anew",
        (
            f"numbers   decimal {notation.numbers.decimal!r}, "
            f"thousands {notation.numbers.thousands!r}; symbols {shown}{strange}"
        ),
    )
