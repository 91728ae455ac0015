"""What the form offers and shows: read from the published files, with the rights of the user."""

import csv
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import guard

from datenlabor.audiences import INTERNAL, PUBLIC
from datenlabor.comments.board import Content
from datenlabor.comments.checking import Choices
from datenlabor.paths import SEEDS, Home

_NOT_PUBLIC = "nicht gezeigt"
AUTHOR_ROLES = (
    *("Gleichstellungsstelle", "Integrationsstelle", "Jugendhilfeplanung", "Krisenstab"),
    *("Seniorenarbeit", "Sozialplanung", "Stadtplanung", "Statistikstelle"),
    *("Wirtschaftsförderung, Analyse", "Wirtschaftsförderung, Leitung"),
)
"""Offered together with those that are already published."""
_YEARS = 8


@dataclass(frozen=True)
class Figure:
    """A published value as city staff and as everybody sees it."""

    label: str
    internal: str
    public: str
    note: str
    is_meant: bool = False


@dataclass(frozen=True)
class Figures:
    """A table of values beside a comment, with its German title."""

    title: str
    label: str
    note: str
    rows: tuple[Figure, ...]


def home() -> Home:
    """Return the installation this process serves."""
    return Home(Path(os.environ["DATENLABOR_HOME"]))


def choices() -> Choices:
    """Return what the user can choose; areas within another municipality are not among it."""
    areas = _internal(
        "select distinct area_code, area_name, area_level_name, area_order "
        "from protected.pub_indicator_value order by area_order, area_name"
    )
    indicators = _internal(
        "select indicator_code, indicator_name, chapter_name "
        "from protected.pub_indicator_value group by indicator_code, indicator_name, chapter_name "
        "order by min(min(indicator_order)) over (partition by chapter_name), min(indicator_order)"
    )
    years = _internal(
        "select distinct calendar_year from protected.pub_indicator_value "
        "order by calendar_year desc"
    )
    roles = _internal("select distinct author_role from protected.pub_comment")
    return Choices(
        areas={code: f"{name} ({level})" for code, name, level, _ in areas},
        indicators={code: f"{name} ({chapter})" for code, name, chapter in indicators},
        industries=_industries(),
        periods={str(year): str(year) for (year,) in years},
        author_roles={name: name for name in sorted({*AUTHOR_ROLES, *(n for (n,) in roles)})},
    )


def figures(content: Content) -> list[Figures]:
    """Return the values a comment is about: of its indicator, and of its industry."""
    found = []
    if content.area_code and content.indicator_code:
        found.append(_of_indicator(content.area_code, content.indicator_code, content.period))
    if content.area_code and content.industry_code:
        found.append(_of_industry(content.area_code, content.industry_code, content.period))
    return [table for table in found if table.rows]


def _of_indicator(area: str, indicator: str, period: str | None) -> Figures:
    """Return the values of the last years, that of the period before all."""
    rows = _both(
        "select calendar_year, value_text, status_name from protected.pub_indicator_value "
        "where area_code = ? and indicator_code = ? order by calendar_year desc",
        (area, indicator),
        period,
    )
    chosen = sorted(rows, key=lambda figure: not figure.is_meant)[:_YEARS]
    return Figures("Indikator", "Jahr", "Status", tuple(chosen))


def _of_industry(area: str, industry: str, period: str | None) -> Figures:
    """Return all figures of the groups that hold the industry, of its period or the last one.

    Groups of sections are named by their first and last letter.
    """
    section = _industry_rows().get(industry, {}).get("parent_industry_code") or industry
    where = (
        "from protected.pub_company_figure where area_code = ? and breakdown = 'industry' "
        "and (class_code = ? or ? between left(lower(class_code), 1) "
        "and right(lower(class_code), 1)) and calendar_year <= ?"
    )
    about = (area, industry, section.lower(), period or "9999")
    rows = _both(
        f"select figure_name || ', ' || class_name, value_text, period_name {where} "
        f"and calendar_year = (select max(calendar_year) {where}) "
        "order by figure_order, class_order",
        (*about, *about),
        None,
    )
    return Figures("Unternehmen", "Zahl", "Zeitraum", tuple(rows))


def _both(sql: str, parameters: Sequence[str], period: str | None) -> list[Figure]:
    """Return label, value and note as city staff and as everybody sees them."""
    public = {label: value for label, value, _ in _public(sql, parameters)}
    return [
        Figure(str(label), value, public.get(label, _NOT_PUBLIC), note or "", str(label) == period)
        for label, value, note in _internal(sql, parameters)
    ]


def shown_versions() -> set[tuple[str, int]]:
    """Return code and version of the comments readers see now."""
    rows = _internal("select comment_code, version_number from protected.pub_comment")
    return {(str(code), int(number)) for code, number in rows}


def _industries() -> dict[str, str]:
    """Return sections and divisions, each section before its divisions."""
    rows = _industry_rows()
    parents = {code: row["parent_industry_code"] for code, row in rows.items()}
    order = sorted(rows, key=lambda code: (parents[code] or code, parents[code] and code))
    names = {code: rows[code]["short_name_de"] or rows[code]["name_de"] for code in order}
    return {code: f"{code} {name}" for code, name in names.items()}


def _industry_rows() -> dict[str, dict[str, str]]:
    with (SEEDS / "codes" / "code_industry.csv").open(encoding="utf-8", newline="") as stream:
        return {row["industry_code"]: row for row in csv.DictReader(stream)}


def _internal(sql: str, parameters: Sequence[str] = ()) -> list[tuple[Any, ...]]:
    """Answer a query on the file of city staff: only rows of the user's municipalities."""
    from superset.extensions import db
    from superset.models.core import Database

    file = home().published_for(INTERNAL)
    known = db.session.query(Database).filter_by(sqlalchemy_uri=f"duckdb:///{file}").one()
    return guard.published_rows(file, guard.guarded(sql, database=known), parameters)


def _public(sql: str, parameters: Sequence[str]) -> list[tuple[Any, ...]]:
    """Answer a query on the file of everybody."""
    return guard.published_rows(home().published_for(PUBLIC), sql, parameters)
