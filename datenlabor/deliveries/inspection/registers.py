"""Propose a spec for a register: areas, facilities, hazard zones, municipalities, tidy tables."""

import re
from collections.abc import Iterable, Sequence
from itertools import filterfalse
from typing import TYPE_CHECKING, Any

from datenlabor.deliveries.codes import normalise
from datenlabor.deliveries.contract import Contract, Type, contracts
from datenlabor.deliveries.inspection.content import Content, Profile
from datenlabor.deliveries.inspection.frame import (
    Proposal,
    Subject,
    heading,
    named_format,
    recognised_by,
    source_checks,
)
from datenlabor.deliveries.inspection.notation import find_notation
from datenlabor.deliveries.inspection.places import key_column
from datenlabor.deliveries.inspection.roles import column_texts
from datenlabor.deliveries.inspection.texts import Kind

if TYPE_CHECKING:
    from datenlabor.deliveries.inspection.document import KeyPath

_FACILITY = {
    "street": r"stra(ß|ss)e|street|adresse|anschrift",
    "postal_code": r"plz|postleitzahl|zip|postcode",
    "carrier_type": r"tr(ä|ae)ger(art|typ)?|carrier",
    "capacity": r"pl(ä|ae)tze|kapazit(ä|ae)t|capacity",
}
_NAME = r".*(name|titel|title|bezeichnung|bez|gen)"
_CATEGORY = r"kategorie|category|typ|art|einrichtungsart|schulform"
_KEY = r".*(schl(ü|ue)ssel|kennziffer|nummer|code|nr|id|ags|ars)"
LONGITUDE = r"l(ä|ae)ngengrad|longitude|lon|lng|x_wgs84"
LATITUDE = r"breitengrad|latitude|lat|y_wgs84"
_HAZARD = (
    r"hq[ _-]?\d|hq[ _-]?(extrem|h(ä|ae)ufig)|hochwasser|(ü|ue)berflut|(ü|ue)berschwemm|starkregen"
)
_SCENARIOS = (
    (r"starkregen", "heavy_rain"),
    (r"extrem|hq[ _-]?(200|300|500|1000)", "extreme"),
    (r"h(ä|ae)ufig|hq[ _-]?(5|10|20|30)(?!\d)|hoch", "frequent"),
    (r"", "medium"),
)
_MUNICIPALITY = {
    "municipality_name": r"gemeindename",
    "surface_km2": r"fl(ä|ae)che.*km.*",
    "population": r"bev(ö|oe)lkerung.*",
    "postal_code": r"postleit-? ?zahl.*",
    "longitude": r"l(ä|ae)ngengrad",
    "latitude": r"breitengrad",
}
_ARS = ("Land", "RB", "Kreis", "VB", "Gem")


def tidy_contract(names: Sequence[str]) -> Contract | None:
    """Return the contract whose required columns are all among the names of a header."""
    fitting = [
        contract
        for contract in contracts().values()
        if {c.name for c in contract.columns if c.required and c.default is None} <= set(names)
    ]
    return max(
        fitting, key=lambda c: sum(column.name in names for column in c.columns), default=None
    )


def propose_tidy(subject: Subject, content: Content, contract: Contract, body: int) -> Proposal:
    """Return the proposal for a table whose columns are named like those of a contract."""
    names = [normalise(text) for text in content.prepared.header[0].fields]
    used = [column for column in contract.columns if column.name in names]
    numeric = [names.index(c.name) + 1 for c in used if c.type in (Type.NUMBER, Type.INTEGER)]
    spec = {
        **heading(subject, contract.dataset),
        "match": recognised_by(subject, [column.name for column in used]),
        "format": named_format(subject),
        "body": {"starts": {"line": body}},
        "header": {"rows": 1},
        **_numbers(content, numeric),
        "columns": {column.name: {"from": f"column {column.name}"} for column in used},
    }
    finding = f"register  {contract.title}: {len(used)} columns are named like the contract's"
    return Proposal(spec, source_checks(subject), (finding,))


def _numbers(content: Content, columns: Sequence[int]) -> dict[str, Any]:
    if not columns:
        return {}
    cells, has_long = content.odd_cells(columns)
    notation = find_notation(cells, has_long=has_long)
    thousands = notation.numbers.thousands
    numbers = {"decimal": notation.numbers.decimal} | (
        {"thousands": thousands} if thousands else {}
    )
    return {"numbers": numbers, "symbols": notation.symbols}


def is_municipality_register(header: Sequence[Sequence[str]]) -> bool:
    """Tell whether header rows are those of the official register of municipalities."""
    texts = {normalise(text).replace("-", "").lower() for row in header for text in row}
    return "satzart" in texts and {name.lower() for name in _ARS} <= texts


def propose_municipalities(subject: Subject, content: Content, rows: dict[str, Any]) -> Proposal:
    """Return the proposal for the official register of municipalities."""
    header = content.prepared.header
    width = range(1, content.prepared.columns + 1)
    labels = {n: column_texts(header, n) for n in width}
    key = [
        next(n for n in width if name in (normalise(r.fields[n - 1]) for r in header))
        for name in _ARS
    ]
    columns: dict[str, Any] = {
        "municipality_code": {
            "from": [f"column {n}" for n, name in zip(key, _ARS, strict=True) if name != "VB"],
            "join": "",
        },
        "regional_code": {"from": [f"column {n}" for n in key], "join": ""},
    }
    for name, pattern in _MUNICIPALITY.items():
        number = next((n for n in width if any(_fits(pattern, text) for text in labels[n])), None)
        if number:
            columns[name] = {"from": f"column {number}"}
    if "postal_code" in columns:
        columns["postal_code"]["digits"] = 5
    kinds = {"column": "1", "pattern": "[1-5]0", "why": "regions, not municipalities"}
    spec = {
        **heading(subject, "municipality", "quarter"),
        "match": recognised_by(subject, []),
        "format": named_format(subject),
        "body": {
            "starts": {"column": 1, "pattern": "[1-6]0"},
            "ends": {"column": 1, "pattern": r"(?s)[^1-6].*"},
            "skip": [kinds],
        },
        "header": rows,
        "numbers": {"decimal": ","},
        "columns": columns,
    }
    finding = "register  municipalities (Satzart, ARS)"
    return Proposal(spec, source_checks(subject), (finding,))


def propose_places(subject: Subject, content: Content, city: str, rows: dict[str, Any]) -> Proposal:
    """Return the proposal for geodata, or for a table with coordinates.

    Args:
        subject: the file.
        content: its columns, one of which is named ``geometry`` if it is geodata.
        city: key of the city.
        rows: ``body`` and ``header`` of a table, empty for geodata.

    """
    names = [normalise(text) for text in content.prepared.header[-1].fields]
    attributes = [p for p in content.profiles if names[p.number - 1] not in ("", "geometry")]
    checks: dict[KeyPath, list[str]] = source_checks(subject)
    is_area = "geometry" in names and not content.is_point(names.index("geometry") + 1)
    if is_area and re.search(_HAZARD, " ".join((subject.file.stem, *names)), re.IGNORECASE):
        dataset, columns = "hazard_zone", _hazard_zone(subject, content, names, attributes)
        checks["columns",] = ["check: scenario and edition of the map"]
    elif is_area:
        dataset, columns = "area", _area(names, attributes, city)
        checks["columns",] = ["check: level, type, parent_area_code and valid_from of the areas"]
    else:
        dataset, columns = "facility", _facility(subject, content, names, attributes)
        checks["columns",] = [
            "check: key and category; names, mail and telephone of persons are left out on purpose"
        ]
    numeric = [
        p.number for p in attributes if _fits(f"{LONGITUDE}|{LATITUDE}", names[p.number - 1])
    ]
    spec = {
        **heading(subject, dataset, "irregular"),
        "match": recognised_by(subject, [names[p.number - 1] for p in attributes]),
        "format": named_format(subject),
        **rows,
        **(_numbers(content, numeric) if rows else {"numbers": {"decimal": ","}}),
        "columns": columns,
    }
    finding = f"register  {contracts()[dataset].title}: {content.prepared.body_records} records"
    return Proposal(spec, checks, (finding, f"columns   {', '.join(names)}"))


def _area(names: Sequence[str], attributes: Sequence[Profile], city: str) -> dict[str, Any]:
    key = _key(names, attributes)
    texts = [p for p in attributes if p.share(Kind.TEXT) > 0 and p is not key]
    named = [p for p in texts if _fits(_NAME, names[p.number - 1])] or texts or [key]
    return {
        "area_code": key_column(
            f"column {names[key.number - 1]}", key, city, filterfalse(str.isdecimal, key.texts)
        ).column,
        "area_name": {"from": f"column {names[named[0].number - 1]}"},
        "area_level": {"constant": "district"},
        "area_type": {"constant": "Statistischer Bezirk"},
        "geometry": {"from": "column geometry"},
    }


def _key(names: Sequence[str], attributes: Sequence[Profile]) -> Profile:
    """Return the attribute that looks most like a key: different everywhere, named so, short."""
    most = max(p.distinct for p in attributes)
    unique = [p for p in attributes if p.distinct == most and not p.empty] or list(attributes)
    unique.sort(
        key=lambda p: (
            not _fits(_KEY, names[p.number - 1]),
            not all(map(str.isdecimal, p.texts)),
            bool(_fits(r"objectid|fid|gid", names[p.number - 1])),
            p.number,
        )
    )
    return unique[0]


def _facility(
    subject: Subject, content: Content, names: Sequence[str], attributes: Sequence[Profile]
) -> dict[str, Any]:
    def found(pattern: str) -> str | None:
        return next((n for p in attributes if _fits(pattern, n := names[p.number - 1])), None)

    title = found(_NAME) or names[attributes[0].number - 1]
    street, category = found(_FACILITY["street"]), found(_CATEGORY)
    places = [
        name
        for pattern, name in ((LONGITUDE, "longitude"), (LATITUDE, "latitude"))
        for name in ([name] if name in names else [found(pattern) or ""])
    ]
    key = _facility_key(content, names, attributes, [title, street, *places])
    columns: dict[str, Any] = {
        "facility_code": {"from": key[0] if len(key) == 1 else key},
        "facility_name": {"from": f"column {title}"},
        "category": {"from": f"column {category}"} if category else {"constant": subject.file.stem},
    }
    for name, pattern in _FACILITY.items():
        if attribute := found(pattern):
            digits = {"digits": 5} if name == "postal_code" else {}
            columns[name] = {"from": f"column {attribute}"} | digits
    columns["longitude"], columns["latitude"] = ({"from": f"column {name}"} for name in places)
    return columns


def _facility_key(
    content: Content,
    names: Sequence[str],
    attributes: Sequence[Profile],
    parts: Iterable[str | None],
) -> list[str]:
    """Return the columns that tell facilities apart: a key, or as few others as are needed."""
    records = content.prepared.body_records
    for profile in attributes:
        is_key = _fits(_KEY, names[profile.number - 1])
        if is_key and profile.distinct == records:
            return [f"column {names[profile.number - 1]}"]
    chosen: list[str] = []
    for name in filter(None, dict.fromkeys(parts)):
        chosen.append(name)
        if content.combinations([names.index(part) + 1 for part in chosen]) == records:
            break
    return [f"column {name}" for name in chosen]


def _hazard_zone(
    subject: Subject, content: Content, names: Sequence[str], attributes: Sequence[Profile]
) -> dict[str, Any]:
    texts = " ".join((subject.file.stem, *names))
    scenario = next(
        (p for p in attributes if _fits(r".*(szenario|scenario|hq).*", names[p.number - 1])), None
    )
    depth = next((p for p in attributes if _fits(r".*(tiefe|depth).*", names[p.number - 1])), None)
    year = re.search(r"(?:19|20)\d{2}", subject.file.stem)
    columns: dict[str, Any] = {
        "zone_code": {"from": _facility_key(content, names, attributes, names)},
        "scenario": {
            "from": f"column {names[scenario.number - 1]}",
            "map": {text: _scenario(text) for text in scenario.texts},
        }
        if scenario
        else {"constant": _scenario(texts)},
        "edition": {"constant": year[0] if year else "unbekannt"},
    }
    if depth:
        columns["depth_class"] = {"from": f"column {names[depth.number - 1]}"}
    return columns | {"geometry": {"from": "column geometry"}}


def _scenario(text: str) -> str:
    return next(code for pattern, code in _SCENARIOS if re.search(pattern, text, re.IGNORECASE))


def _fits(pattern: str, name: str) -> bool:
    return re.fullmatch(pattern, name, re.IGNORECASE) is not None
