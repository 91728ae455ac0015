"""Measures for the labels of a file: those that exist, and proposals for the others."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from datenlabor.city import COMMON
from datenlabor.deliveries.codes import normalise
from datenlabor.deliveries.inspection.texts import code_of
from datenlabor.deliveries.inspection.units import Unit, is_rate
from datenlabor.deliveries.spec import Spec, read_spec
from datenlabor.paths import CITIES, SEEDS

JOIN = " | "
_GENERAL = {"insgesamt", "gesamt", "geschlecht", "nationalität", "zusammen", "summe", "total"}
"""Parts of labels that say nothing where another part does."""
_TOO_SHORT = {*_GENERAL, "männlich", "weiblich", "männer", "frauen", "deutsche", "anzahl", "ledig"}
"""Labels that mean something else in every table."""


@dataclass(frozen=True)
class Label:
    """A label of the file with what its cells show."""

    text: str
    unit: Unit
    table: str = ""
    """What the whole table counts, where the label alone does not say it."""


@dataclass(frozen=True)
class Measures:
    """Which measure each label means."""

    codes: dict[str, str]
    rows: tuple[dict[str, Any], ...]
    """Measures no catalogue has, as rows of contract ``measure``."""
    references: frozenset[str]
    """References of the measures that exist."""
    factors: dict[str, float]
    unsure: tuple[str, ...]
    """Codes of measures whose unit is a guess."""


def find_measures(
    labels: Sequence[Label], reference: str, table_code: str | None, city: str
) -> Measures:
    """Find the measure of each label.

    Args:
        labels: all labels of the file, all different.
        reference: what a period stands for (``31.12.``, ``year_sum``, ``year_average``).
        table_code: code of the official table, whose labels may be known.
        city: folder of the city whose specs are searched besides the common ones.

    """
    catalogue = {row["measure_code"]: row for row in _seed("catalogue_measure")}
    by_name = {
        normalise(row[name]).casefold(): code
        for name in ("name_en", "name_de")
        for code, row in catalogue.items()
    }
    by_label, described = _known_labels(_specs(city), table_code)
    known: dict[str, Mapping[str, Any]] = {
        code: {"reference": "year_sum"} | row for code, row in (described | catalogue).items()
    }
    codes: dict[str, str] = {}
    rows: list[dict[str, Any]] = []
    unsure: list[str] = []
    for label in labels:
        code = by_name.get(_name(label).casefold()) or by_label.get(label.text)
        if code is None:
            code = _free(_code(label), {*catalogue, *described, *codes.values()})
            rows.append(_row(code, label, reference))
            unsure += [] if label.unit.is_sure else [code]
        elif code not in catalogue and code in described and code not in codes.values():
            rows.append(described[code])
        codes[label.text] = code
    return Measures(
        codes,
        tuple(rows),
        frozenset(str(known[code]["reference"]) for code in codes.values() if code in known),
        _factors(labels, codes, catalogue),
        tuple(unsure),
    )


def is_short(label: str) -> bool:
    """Tell whether a label means something else in every table, such as ``männlich``."""
    return all(part.casefold() in _TOO_SHORT for part in label.split(JOIN))


def _row(code: str, label: Label, reference: str) -> dict[str, Any]:
    row: dict[str, Any] = {
        "measure_code": code,
        "name_de": _name(label),
        "unit_code": label.unit.code,
        "reference": reference,
    }
    return row | ({"is_additive": False} if is_rate(label.text, label.unit) else {})


def _name(label: Label) -> str:
    """Return a name for readers: the parts of the label that say something."""
    parts = list(dict.fromkeys(label.text.split(JOIN)))
    telling = [part for part in parts if part.casefold() not in _GENERAL] or parts[-1:]
    said = ", ".join(part for part in telling if part and part.casefold() not in _GENERAL)
    if label.table:
        return f"{label.table}: {said}" if said else label.table
    return said or telling[0] or "Wert"


def _code(label: Label) -> str:
    """Return a code for a name; what the whole table counts is cut to two words."""
    if not label.table:
        return code_of(_name(label))
    said = _name(label).removeprefix(label.table).lstrip(": ")
    return "_".join(filter(None, (code_of(label.table, 2), said and code_of(said))))


def _free(code: str, taken: Iterable[str]) -> str:
    """Return a code that is not taken, with a number behind it if needed."""
    used = set(taken)
    if code not in used:
        return code
    return next(found for i in range(2, len(used) + 3) if (found := f"{code}_{i}") not in used)


def _factors(
    labels: Sequence[Label], codes: Mapping[str, str], catalogue: Mapping[str, Mapping[str, str]]
) -> dict[str, float]:
    """Return factors where the file's unit is another than that of the measure."""
    scale = {"eur": 1.0, "eur_thousand": 1e3, "eur_million": 1e6}
    factors = {}
    for label in labels:
        code = codes[label.text]
        wanted = catalogue[code]["unit_code"] if code in catalogue else label.unit.code
        factor = label.unit.factor
        if label.unit.is_sure and wanted in scale and label.unit.code in scale:
            factor *= scale[label.unit.code] / scale[wanted]
        if factor != 1:
            factors[code] = factor
    return factors


def _known_labels(
    specs: Iterable[Spec], table_code: str | None
) -> tuple[dict[str, str], dict[str, dict[str, Any]]]:
    """Return labels that existing specs map to one measure, and the measures they describe."""
    same: dict[str, str] = {}
    others: dict[str, set[str]] = {}
    described: dict[str, dict[str, Any]] = {}
    for spec in specs:
        described |= {str(row["measure_code"]): row for row in spec.measures}
        column = spec.columns.get("measure_code")
        for label, code in ((column and column.mapping) or {}).items():
            if table_code and spec.source.table_code == table_code:
                same[label] = code
            elif not is_short(label) and (JOIN not in label or not spec.source.table_code):
                others.setdefault(label, set()).add(code)
    clear = {label: next(iter(codes)) for label, codes in others.items() if len(codes) == 1}
    return clear | same, described


def _specs(city: str) -> list[Spec]:
    files = (file for name in (COMMON, city) for file in (CITIES / name / "specs").glob("*.yml"))
    return [read_spec(file) for file in sorted(files)]


@cache
def _seed(name: str) -> tuple[dict[str, str], ...]:
    with (SEEDS / "catalogue" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream))
