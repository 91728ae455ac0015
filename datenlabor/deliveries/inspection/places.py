"""Where the period and the area of a value stand, as columns of a spec."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from datenlabor.deliveries.codes import normalise
from datenlabor.deliveries.files.records import Record
from datenlabor.deliveries.inspection.content import Profile
from datenlabor.deliveries.inspection.roles import YEAR
from datenlabor.deliveries.inspection.texts import code_of
from datenlabor.deliveries.periods import parse_date, parse_period

_DAY = r"[0-3]?[0-9]\.[01]?[0-9]\."
_TOTAL = re.compile(
    r"(stadt\b.*|.*\b(insgesamt|gesamt|zusammen|summe|total|gesamtstadt))", re.IGNORECASE
)
_OFFICIAL = re.compile(r"kennziffer|\bags\b|\bars\b|kreis|regionalschl|gemeindeschl", re.IGNORECASE)
_OFFICIAL_LENGTHS = {2, 3, 5, 7, 8, 9, 10, 11, 12}
_COUNTY_DIGITS = 5


@dataclass(frozen=True)
class Place:
    """A column of a spec, and what should be checked about it."""

    column: dict[str, Any]
    checks: tuple[str, ...] = ()


def same_period(preamble: Sequence[Record], name: str) -> Place:
    """Return the place of a period that is the same for the whole file.

    Looked at are title lines from the table upwards, first those that are nothing but a period,
    then the name of the file.
    """
    lines = [
        (record.line, normalise(" ".join(text for text in record.fields if text.strip())))
        for record in reversed(preamble)
    ]
    for line, text in lines:
        if parse_period(text):
            return Place({"from": f"line {line}"})
    for pattern in (rf".*?({_DAY}{YEAR}).*", rf".*?(?<![0-9])({YEAR})(?![0-9]).*"):
        for line, text in lines:
            match = re.fullmatch(pattern, text)
            if match and parse_period(match[1]):
                column = {"from": f"line {line}", "pattern": pattern, "as": "{1}"}
                return Place(column, ("taken from a title line",))
    for pattern in (r".*?([0-9]{4}-[0-9]{2}-[0-9]{2}).*", rf".*?(?<![0-9])({YEAR})(?![0-9]).*"):
        match = re.fullmatch(pattern, name)
        if match and parse_period(match[1]):
            column = {"from": "file name", "pattern": pattern, "as": "{1}"}
            return Place(column, ("only the name of the file shows a period",))
    column = {"from": "file name", "pattern": rf".*?({YEAR}).*", "as": "{1}"}
    return Place(
        column,
        ('no period was found: write `constant: "2020"`, or put the year into the file\'s name',),
    )


def reference_of(period: str | None, texts: str) -> tuple[str, bool]:
    """Return what a period stands for, and whether the file says so.

    Args:
        period: one of the periods as written.
        texts: titles and header of the file.

    """
    day = parse_date(normalise(period)) if period else None
    iso = day or (parse_period(period) if period else None)
    if iso and re.fullmatch(r"\d{4}-\d{2}-\d{2}", iso):
        return f"{iso[8:]}.{iso[5:7]}.", True
    said = texts.lower()
    if "durchschnitt" in said and "stichtag" not in said:
        return "year_average", True
    day_named = re.search(rf"(?:stichtag|\bam|\bzum|stand)\W+({_DAY})", said)
    if day_named and parse_date(f"{day_named[1]}2000"):
        date = str(parse_date(f"{day_named[1]}2000"))
        return f"{date[8:]}.{date[5:7]}.", True
    return "year_sum", bool(re.search(r"jahressumme|- jahr -|berichtsjahr", said))


def on_day(column: dict[str, Any], reference: str) -> dict[str, Any]:
    """Turn a column with years into one with the reference date in each year."""
    day = re.fullmatch(r"(\d{2})\.(\d{2})\.", reference)
    if day is None or ("as" in column and column["as"] != "{1}"):
        return column
    group = "{1}" if "as" in column else "{0}"
    pattern = {"pattern": column.get("pattern", "[0-9]{4}")}
    return column | pattern | {"as": f"{group}-{day[2]}-{day[1]}"}


def key_column(
    place: str, profile: Profile, city: str, others: Iterable[str], name: str = ""
) -> Place:
    """Return the column of areas given by key.

    Official keys stay as they are; numbers a city gives its own areas get the city's key before
    them, as ``05162024-12``.

    Args:
        place: where the keys stand.
        profile: the keys, or many of them.
        city: key of the city.
        others: all texts there that are no digits.
        name: text above them.

    """
    others = tuple(others)
    digits = [text for text in profile.texts if text.isdecimal()]
    longest = max(map(len, digits), default=0)
    is_cut = longest == _COUNTY_DIGITS - 1 and _OFFICIAL.search(name)
    if is_cut:
        longest = _COUNTY_DIGITS
    if longest < _COUNTY_DIGITS and not {"DG", "DE"} & set(others):
        return _own_areas(place, profile, city, "{0}", {})
    column: dict[str, Any] = {"from": place}
    checks = []
    lengths = set(map(len, digits))
    has_zeros = any(text.startswith("0") for text in digits)
    if lengths <= {longest, longest - 1} and (not has_zeros or len(lengths) == 1):
        column["digits"] = longest
    elif not has_zeros and not lengths <= _OFFICIAL_LENGTHS:
        checks.append("leading zeros are lost in keys of several lengths: map them")
    countries = {text: "DE" for text in others if text in ("DG", "D")}
    totals = {text: city for text in others if _TOTAL.fullmatch(text)}
    if totals:
        checks.append("a total is taken to be the city")
    if countries or totals:
        column |= {"map": countries | totals, "also": True}
    return Place(column, tuple(checks))


def name_column(place: str, profile: Profile, city: str, areas: dict[str, str]) -> Place:
    """Return the column of areas given by name, or by number and name in one text.

    Args:
        place: where they stand.
        profile: their texts.
        city: key of the city.
        areas: keys of known areas by name.

    """
    numbered = re.compile(r"([0-9]+)[ -]+\D.*")
    texts = list(map(normalise, profile.texts))
    if texts and all(numbered.fullmatch(text) or _TOTAL.fullmatch(text) for text in texts):
        return _own_areas(place, profile, city, "{1}", {"pattern": "([0-9]+)?.*"})
    codes: dict[str, str] = {}
    for text in sorted(texts):
        own = "".join(part.capitalize() for part in code_of(text).split("_"))
        code = city if _TOTAL.fullmatch(text) else areas.get(text, f"{city}-{own}")
        codes[text] = code if code == city or code not in codes.values() else f"{code}{len(codes)}"
    return Place(
        {"from": place, "map": codes},
        ("areas are given by name: map each to its key in the register of areas",),
    )


def _own_areas(place: str, profile: Profile, city: str, group: str, more: dict[str, Any]) -> Place:
    """Return the column of numbers a city gives its areas, its totals mapped to the city."""
    totals = {}
    for text in profile.texts:
        if _TOTAL.fullmatch(text) or re.fullmatch(r"0+(?:[ -]+\D.*)?", text):
            number = (re.match(r"[0-9]+", text) or [""])[0]
            totals[f"{city}-{text if group == '{0}' else number}"] = city
    column = {"from": place, **more, "as": f"{city}-{group}"}
    checks = [f"taken to be areas of the city {city}"]
    if totals:
        column |= {"map": totals, "also": True}
        checks.append("totals and zeros are taken to be the city itself")
    return Place(column, tuple(checks))
