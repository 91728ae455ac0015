"""What the catalogue says about measures: which there are, and which values are possible."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd

from datenlabor.deliveries.codes import check, nearest, parts
from datenlabor.deliveries.contract import contracts
from datenlabor.deliveries.spec import Spec
from datenlabor.errors import DatenlaborError
from datenlabor.publishing.tables import literal


@dataclass(frozen=True)
class ValueRange:
    """Values a measure can have, in its unit; None for no bound."""

    minimum: float | None
    maximum: float | None
    is_integer: bool


Codes = Mapping[str, Collection[str]]
"""Name of a code list → its codes; ``area:<level>`` lists the areas of a level."""


@dataclass(frozen=True)
class Known:
    """What a delivery is checked against: codes by list, possible values by measure."""

    codes: Codes
    ranges: Mapping[str, ValueRange]


def value_ranges(
    units: Iterable[Mapping[str, str | None]], measures: Iterable[Mapping[str, str | None]]
) -> dict[str, ValueRange]:
    """Return the possible values by measure, from rows of the catalogue of units and measures.

    A measure may have a ``minimum`` of its own, below that of its unit.
    """
    by_unit = {
        unit["unit_code"]: (unit["minimum"], unit["maximum"], unit["is_integer"]) for unit in units
    }
    found = {}
    for measure in measures:
        minimum, maximum, is_integer = by_unit.get(measure["unit_code"], (None, None, None))
        found[str(measure["measure_code"])] = ValueRange(
            _bound(measure.get("minimum") or minimum), _bound(maximum), is_integer == "true"
        )
    return found


def _bound(text: str | None) -> float | None:
    return float(text) if text else None


def spec_measures(spec: Spec) -> list[dict[str, str | None]]:
    """Return the measures a spec describes, as rows of contract ``measure``.

    Raises:
        DatenlaborError: one of them breaks the contract.

    """
    contract = contracts()["measure"]
    known = {column.name for column in contract.columns}
    rows = []
    for measure in spec.measures:
        if strange := sorted(set(measure) - known):
            raise DatenlaborError(
                f"Spec {spec.name}: a measure has {', '.join(strange)}, which the contract lacks.",
                hint=f"Columns of a measure are {', '.join(sorted(known))}.",
            )
        row = {}
        for column in contract.columns:
            found = check(_text(measure.get(column.name)) or column.default or "", column, None)
            if found.rule:
                raise DatenlaborError(
                    f"Spec {spec.name}: measure {measure.get('measure_code')!r}, {column.name}: "
                    f"{found.rule}.",
                    hint=found.hint,
                )
            row[column.name] = found.code
        rows.append(row)
    return rows


def check_spec(spec: Spec, codes: Codes) -> None:
    """Check the codes a spec itself gives, as far as their lists are known.

    Raises:
        DatenlaborError: one is not in its list; the message names word and code.

    """
    given: list[tuple[str, Iterable[str | None], str]] = [
        ("factors", spec.factors, "measure"),
        ("marks", spec.marks.values(), "obs_status"),
        ("required_areas", [spec.required_areas], "area_level"),
        *(
            (
                f"measures, {column.name}",
                [code for row in measures for code in parts(row[column.name] or "", column)],
                column.references,
            )
            for measures in [spec_measures(spec)]
            for column in contracts()["measure"].columns
            if column.references
        ),
    ]
    for word, texts, name in given:
        allowed = codes.get(name)
        strange = sorted({text for text in texts if text} - set(allowed or ()))
        if allowed is not None and strange:
            raise DatenlaborError(
                f"Spec {spec.name}, {word}: {strange[0]!r} is not in the list of {name!r}.",
                hint=nearest(strange[0], allowed),
            )


def write_measures(
    connection: duckdb.DuckDBPyConnection, spec: Spec, folder: Path, delivery_id: str
) -> dict[str, int]:
    """Write ``measure.parquet`` with the measures of the spec; return their number, if any.

    Raises:
        DatenlaborError: one of them breaks the contract.

    """
    rows = spec_measures(spec)
    if not rows:
        return {}
    columns = ", ".join(
        f"cast({column.name} as {column.type.sql}) as {column.name}"
        for column in contracts()["measure"].columns
    )
    connection.register("measure_frame", pd.DataFrame(rows, dtype="str"))
    connection.execute(
        f"copy (select {columns}, row_number() over () as line_number, "
        f"cast(null as varchar) as column_label, {literal(delivery_id)} as delivery_id "
        f"from measure_frame) to {literal(str(folder / 'measure.parquet'))} (format parquet)"
    )
    connection.unregister("measure_frame")
    return {"measure": len(rows)}


def _text(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
