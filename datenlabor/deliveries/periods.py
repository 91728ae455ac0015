"""Periods, dates and truth values as German tables write them."""

import re
from datetime import date

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("januar", "jan", "jänner"),
            ("februar", "feb"),
            ("märz", "mär", "mrz"),
            ("april", "apr"),
            ("mai",),
            ("juni", "jun"),
            ("juli", "jul"),
            ("august", "aug"),
            ("september", "sep", "sept"),
            ("oktober", "okt"),
            ("november", "nov"),
            ("dezember", "dez"),
        ),
        start=1,
    )
    for name in names
}
_LEAD = r"(?:(?:jahr|berichtsjahr|stand|stichtag|am|zum)\s*:?\s*)?"
_SCHOOL = r"(?:schuljahr|kindergartenjahr|kita-?jahr|ausbildungsjahr)\s*:?\s*"
_GERMAN_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]00:00(?::00)?)?", re.ASCII)
_TRUTH = {
    **dict.fromkeys(("true", "wahr", "ja", "j", "1", "yes"), "true"),
    **dict.fromkeys(("false", "falsch", "nein", "n", "0", "no"), "false"),
}


def parse_date(text: str) -> str | None:
    """Return the ISO date of ``31.12.2015`` or ``2015-12-31``, None if it is no day that exists."""
    german, iso = _GERMAN_DATE.fullmatch(text), _ISO_DATE.fullmatch(text)
    try:
        if german:
            return date(int(german[3]), int(german[2]), int(german[1])).isoformat()
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3])).isoformat()
    except ValueError:
        return None
    return None


def parse_period(text: str) -> str | None:
    """Return the ISO period of a text, None if it is none.

    Read are days, ``2015``, ``Jahr: 2016``, ``Stand 31.12.2015``, ``3. Quartal 2015``,
    ``2015-Q3``, ``III/2015``, ``1. Halbjahr 2015``, ``Juli 2015``, ``07/2015``, ``2015-07``, and
    school years, of which the first year is taken: ``Schuljahr 2011/12``, ``2015/16``. What may
    be one or a month, ``2011/12``, is neither.
    """
    plain = re.sub(_LEAD, "", _plain(text), count=1)
    return parse_date(plain) or _parse_span(plain)


def ambiguity(text: str) -> str:
    """Say what a text may mean that looks like a school year and like a month; "" otherwise."""
    match = _YEAR_AND_MONTH.fullmatch(_plain(text))
    if not match or not _school_year(match):
        return ""
    return (
        f"{text!r} is a school year or a month. For a school year write "
        '`as: "Schuljahr {0}"` into the spec, for a month '
        '`pattern: "([0-9]{4})/([0-9]{2})"` and `as: "{1}-{2}"`.'
    )


def _plain(text: str) -> str:
    return " ".join(text.split()).lower()


def _parse_span(text: str) -> str | None:
    for pattern, form in _SPANS:
        if match := pattern.fullmatch(text):
            return form(match)
    return None


def _month(match: re.Match[str]) -> str | None:
    number = _MONTHS.get(match[1].rstrip("."))
    return f"{match[2]}-{number:02d}" if number else None


def _numbered_month(match: re.Match[str]) -> str | None:
    number = int(match["month"])
    return f"{match['year']}-{number:02d}" if 1 <= number <= len(_MONTH_NUMBERS) else None


def _school_year(match: re.Match[str]) -> str | None:
    follows = (int(match[1]) + 1) % 100 == int(match[2]) % 100
    return match[1] if follows else None


def _sure_school_year(match: re.Match[str]) -> str | None:
    """Take two years for a school year unless the second may be a month."""
    is_sure = int(match[2]) not in _MONTH_NUMBERS
    return _school_year(match) if is_sure else None


_MONTH_NUMBERS = range(1, 13)
_YEAR = r"((?:18|19|20|21)\d{2})"
_YEAR_AND_MONTH = re.compile(rf"{_YEAR}/(\d{{2}})", re.ASCII)
_SPANS = tuple(
    (re.compile(pattern, re.ASCII), form)
    for pattern, form in (
        (_YEAR, lambda m: m[1]),
        (_SCHOOL + _YEAR, lambda m: m[1]),
        (rf"{_SCHOOL}{_YEAR}/(\d{{2}}|\d{{4}})", _school_year),
        (rf"{_YEAR}/(\d{{2}}|\d{{4}})", _sure_school_year),
        (rf"([1-4])\.? ?(?:quartal|vierteljahr|vj\.?|q) ?/?{_YEAR}", lambda m: f"{m[2]}-Q{m[1]}"),
        (rf"q ?([1-4])[ /]{_YEAR}", lambda m: f"{m[2]}-Q{m[1]}"),
        (rf"{_YEAR}[- /]?q([1-4])", lambda m: f"{m[1]}-Q{m[2]}"),
        (
            rf"(i{{1,3}}|iv)/{_YEAR}",
            lambda m: f"{m[2]}-Q{('i', 'ii', 'iii', 'iv').index(m[1]) + 1}",
        ),
        (rf"([12])\.? ?(?:halbjahr|hj\.?) ?/?{_YEAR}", lambda m: f"{m[2]}-H{m[1]}"),
        (rf"{_YEAR}[- /]?h([12])", lambda m: f"{m[1]}-H{m[2]}"),
        (rf"([a-zä]+\.?) {_YEAR}", _month),
        (rf"(?P<month>\d{{1,2}})[/.](?P<year>{_YEAR})", _numbered_month),
        (rf"(?P<year>{_YEAR})-(?P<month>\d{{2}})", _numbered_month),
    )
)


def parse_truth(text: str) -> str | None:
    """Return ``true`` or ``false``, None if the text says neither."""
    return _TRUTH.get(text.lower())
