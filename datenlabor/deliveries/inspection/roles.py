"""Which columns hold areas, periods, dimensions and values; which header rows say what."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from datenlabor.deliveries.codes import normalise
from datenlabor.deliveries.files.records import Record
from datenlabor.deliveries.inspection.content import Content, Profile
from datenlabor.deliveries.inspection.texts import Kind, is_counting, kind
from datenlabor.deliveries.inspection.units import is_unit
from datenlabor.deliveries.periods import parse_period

KEY = r"DG|[0-9]{2,12}"
"""Key of an area in official tables."""
YEAR = r"(?:18|19|20|21)[0-9]{2}"
_KEY_NAME = re.compile(
    r"kennziffer|schl(ü|ue)ssel|\bags\b|\bars\b|raum_?id|gebiet|bezirk|stadtteil|quartier|ortsteil|"
    r"viertel|kreis|gemeinde|area|nuts|regio|wahlbezirk|baublock|statist",
    re.IGNORECASE,
)
_PERIOD_NAME = re.compile(
    r"jahr|stichtag|datum|zeit|period|monat|quartal|halbjahr|year|date|stand", re.IGNORECASE
)
_NUMBERING = re.compile(r"(lfd|laufende|rang|pos|id|fid|objectid|nr|index)\b\.?.*", re.IGNORECASE)
_DIMENSION_NAME = re.compile(
    r"(alter|altersjahr|lebensjahr|age|code|merkmal|indikator|kategorie|variable|thema|tabelle)\b.*",
    re.IGNORECASE,
)
_MOSTLY = 0.9
_HALF = 0.5
_FIRST_COLUMNS = 3


@dataclass(frozen=True)
class Roles:
    """Numbers (from 1) of columns and of header rows, by what they are for."""

    area: int
    is_named: bool
    """Areas are given by name, not by key."""
    period: int | None
    period_row: int | None
    """Header row whose texts are periods."""
    dimensions: tuple[int, ...]
    values: tuple[int, ...]
    label_rows: tuple[int, ...]
    unit_row: int | None


def find_roles(content: Content) -> Roles | None:
    """Find the roles of columns and header rows, None if there are no values or no areas."""
    header = content.prepared.header
    profiles = content.profiles
    period = _period_column(profiles, header)
    key = _key_column(profiles, header, period)
    values = _value_columns(profiles, header, {period, key})
    if not values:
        return None
    name = None if key else _name_column(profiles, header, {period, *values})
    area = key or name
    if area is None:
        return None
    values = tuple(number for number in values if number != area)
    period_row = None if period else _period_row(header, values)
    unit_row = _row(header, values, is_unit)
    label_rows = tuple(
        i
        for i, record in enumerate(header, 1)
        if i not in (period_row, unit_row)
        and not _is_numbering(record, values)
        and any(normalise(record.fields[number - 1]) for number in values)
    )
    others = [p for p in profiles if p.number not in {area, period, *values} and p.distinct]
    dimensions = _dimensions(content, [area, *([period] if period else [])], others)
    return Roles(area, not key, period, period_row, dimensions, values, label_rows, unit_row)


def column_texts(header: Sequence[Record], number: int) -> tuple[str, ...]:
    """Return the texts above a column, empty ones left out."""
    texts = (normalise(record.fields[number - 1]) for record in header)
    return tuple(dict.fromkeys(filter(None, texts)))


def _name(header: Sequence[Record], number: int) -> str:
    return " ".join(column_texts(header, number))


def _period_column(profiles: Sequence[Profile], header: Sequence[Record]) -> int | None:
    fitting = [
        profile
        for profile in profiles
        if profile.distinct
        and profile.share(Kind.PERIOD, Kind.EITHER) > _MOSTLY
        and (
            _PERIOD_NAME.search(_name(header, profile.number))
            or (
                profile.number <= _FIRST_COLUMNS and not parse_period(_name(header, profile.number))
            )
        )
    ]
    fitting.sort(key=lambda p: not _PERIOD_NAME.search(_name(header, p.number)))
    return fitting[0].number if fitting else None


def _key_column(
    profiles: Sequence[Profile], header: Sequence[Record], period: int | None
) -> int | None:
    scores = {
        profile.number: _key_score(profile, _name(header, profile.number))
        for profile in profiles
        if profile.number != period and profile.distinct
    }
    best = max(scores, key=lambda number: (scores[number], -number), default=None)
    return best if best is not None and scores[best] >= _ENOUGH else None


_ENOUGH = 3


def _key_score(profile: Profile, name: str) -> int:
    keys = [text for text in profile.texts if re.fullmatch(r"DG|DE|D|[0-9]{1,12}", text)]
    total = sum(profile.texts.values())
    if sum(profile.texts[text] for text in keys) < _MOSTLY * total:
        return 0
    numeric = [text for text in keys if text.isdecimal()]
    has_zeros = any(text.startswith("0") and len(text) > 1 for text in numeric)
    score = {1: 2, 2: 1}.get(profile.number, 0)
    score += 3 * bool(_KEY_NAME.search(name)) + 3 * has_zeros
    score += 2 * ("DG" in keys)
    official = sum(
        "01" <= text.zfill(5)[:2] <= "16" for text in numeric if len(text) in (4, 5, 7, 8)
    )
    score += 2 * (official > _MOSTLY * max(len(numeric), 1))
    if parse_period(name) or (_NUMBERING.fullmatch(name) and not _KEY_NAME.search(name)):
        score -= 3
    return score - 2 * (profile.distinct == 1 and total > 1)


def _value_columns(
    profiles: Sequence[Profile], header: Sequence[Record], taken: set[int | None]
) -> tuple[int, ...]:
    """Return the columns with numbers; one that only numbers its records is none."""
    found = []
    for profile in profiles:
        name = _name(header, profile.number)
        share = profile.share(Kind.NUMBER, Kind.EITHER, Kind.SYMBOL)
        is_group = _DIMENSION_NAME.fullmatch(name)
        numeric = profile.share(Kind.NUMBER, Kind.EITHER)
        is_id = _NUMBERING.fullmatch(name) or re.search(r"(_id|_nr|id)$", name)
        if profile.number not in taken and share > _HALF and not is_id and not is_group:
            found.append((profile.number, numeric))
    first = next((number for number, numeric in found if numeric), None)
    if first is None:
        return ()
    # A column without a single number can only be one between or behind columns of values.
    last_text = max(
        (p.number for p in profiles if p.share(Kind.TEXT) > 1 - _MOSTLY or p.number in taken),
        default=0,
    )
    empty = {p.number for p in profiles if not p.distinct and p.number > max(first, last_text)}
    empty = {number for number in empty if _name(header, number)}
    return tuple(sorted({number for number, _ in found} | empty))


def _name_column(
    profiles: Sequence[Profile], header: Sequence[Record], taken: set[int | None]
) -> int | None:
    texts = [p for p in profiles if p.number not in taken and p.share(Kind.TEXT) > 1 - _MOSTLY]
    texts.sort(key=lambda p: not _KEY_NAME.search(_name(header, p.number)))
    return texts[0].number if texts else None


def _row(
    header: Sequence[Record], values: Sequence[int], test: Callable[[str], bool]
) -> int | None:
    """Return the last header row whose texts above the values all pass a test."""
    for i in range(len(header), 0, -1):
        texts = [text for n in values if (text := normalise(header[i - 1].fields[n - 1]))]
        if texts and all(map(test, texts)):
            return i
    return None


def _period_row(header: Sequence[Record], values: Sequence[int]) -> int | None:
    return _row(header, values, lambda text: kind(text) in (Kind.PERIOD, Kind.EITHER))


def _is_numbering(record: Record, values: Sequence[int]) -> bool:
    texts = [normalise(record.fields[number - 1]) for number in values]
    return is_counting(texts) and texts[0] in ("0", "1", "2", "3", "4")


def _dimensions(content: Content, keys: list[int], others: Sequence[Profile]) -> tuple[int, ...]:
    """Return the text columns that make records of one area and period different.

    Of several that do, texts are preferred to codes, and few are enough.
    """
    records = content.prepared.body_records
    found: list[int] = []
    best = content.combinations(keys)
    candidates = [p for p in others if p.distinct < _MOSTLY * records or p.share(Kind.TEXT)]
    while best < records:
        gains = {
            p.number: content.combinations([*keys, *found, p.number])
            for p in candidates
            if p.number not in found and p.distinct > 1
        }
        texts = {p.number for p in candidates if p.share(Kind.TEXT) > _HALF}
        pick = max(gains, key=lambda n: (n in texts, gains[n], -n), default=None)
        if pick is None or gains[pick] <= best:
            break
        found.append(pick)
        best = gains[pick]
    return tuple(sorted([*found, *_context(content, keys[0], found, candidates)]))


def _context(
    content: Content, area: int, found: Sequence[int], candidates: Sequence[Profile]
) -> list[int]:
    """Return text columns that say more about the dimensions, such as the name of a table."""
    if not found:
        return []
    known, areas = content.combinations(found), content.combinations([area])
    return [
        p.number
        for p in candidates
        if p.number not in found
        and p.share(Kind.TEXT) > _HALF
        and content.combinations([*found, p.number]) == known
        and (
            content.combinations([area, p.number]) > areas
            or _DIMENSION_NAME.fullmatch(_name(content.prepared.header, p.number))
        )
    ]
