"""Specs: how one kind of file becomes rows of a contract. The words of the YAML are defined here.

A spec says, for each column of the contract, where it comes from (``from``) and how its text is
turned into a code. It never computes: what does not fit is quarantined, not bent.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from datenlabor.deliveries.contract import Contract, contracts
from datenlabor.errors import DatenlaborError

MISSING = ("O", "M", "L", "Q")
"""SDMX statuses of figures without a value."""
_TOKEN = re.compile(
    r"(?P<kind>column|header|line|footer|file name|cells)(?: (?P<place>.+))?", re.DOTALL
)


@dataclass(frozen=True)
class Origin:
    """Where a text comes from: ``column 2``, ``header 1``, ``line 6``, ``cells 3-``."""

    kind: Literal["column", "header", "line", "footer", "file name", "cells"]
    place: str

    @classmethod
    def parse(cls, token: str) -> "Origin":
        """Read a token of the spec. Raises ValueError."""
        match = _TOKEN.fullmatch(token.strip())
        needs_place = ("column", "header", "line", "cells")
        if not match or (match["kind"] in needs_place) != bool(match["place"]):
            raise ValueError(
                f"{token!r} is no place: write `column 2`, `column Name`, `header 1`, `line 6`, "
                "`footer`, `file name` or `cells 3-`"
            )
        return cls(match["kind"], match["place"] or "")  # type: ignore[arg-type] # from the regex


def _tuple(value: Any) -> Any:  # noqa: ANN401 as written in the YAML
    return (value,) if isinstance(value, str) else value


def _texts(value: Any) -> Any:  # noqa: ANN401 as written in the YAML
    """Let `2005: population` and `-: 0` be texts; a boolean would hide what was written."""
    if isinstance(value, dict):
        return {
            key if isinstance(key, bool) else str(key): item
            if isinstance(item, bool)
            else str(item)
            for key, item in value.items()
        }
    return value if isinstance(value, bool) or value is None else str(value)


Tokens = Annotated[tuple[str, ...], BeforeValidator(_tuple)]
Texts = Annotated[dict[str, str], BeforeValidator(_texts)]
Text = Annotated[str, BeforeValidator(_texts)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Match(_Part):
    """How a file is recognised: all that is given must fit."""

    name: str | None = None
    """Glob on the file name."""
    first_line: str | None = None
    """Text the first line begins with."""
    header: tuple[str, ...] = ()
    """Names that must be among the header cells or attributes."""


class Format(_Part):
    """How the file is written."""

    type: Literal["csv", "excel", "geo"]
    encoding: Literal["auto", "utf-8", "utf-16", "cp1252", "latin-1"] = "auto"
    delimiter: str = ";"
    sheet: str | int | None = None
    """Workbooks: name or number from 1; by default the only or the first one."""
    layer: str | None = None
    """Geodata with several layers."""
    last_line: Literal["ended", "unended"] = "ended"
    """``unended``: the last line may lack its line end, which otherwise means a cut file."""


class Place(_Part):
    """A record: the one on a line, or the first that fits a pattern."""

    line: int | None = None
    column: int | None = None
    pattern: str | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "Place":
        if (self.line is None) == (self.pattern is None):
            raise ValueError("give either `line` or `pattern` (with `column`, if not the first)")
        return self


class Skip(_Part):
    """Records of the body that are declared not to be data, and why."""

    column: str
    """Number or name of a column."""
    pattern: str
    why: str


class Body(_Part):
    """Which records are data."""

    starts: Place
    ends: Place | None = None
    """First record of the footer; if given, a file without it is taken to be cut off."""
    skip: tuple[Skip, ...] = ()


class Header(_Part):
    """How many rows directly above the body are header rows."""

    rows: int = Field(0, ge=0, le=12)
    fill: tuple[int, ...] = ()
    """Numbers (from 1) of header rows in which an empty cell repeats its left neighbour."""


class Numbers(_Part):
    """How numbers are written. A text that is not written like this is not a number."""

    decimal: Literal[",", "."] = ","
    thousands: Literal["", ".", ",", " ", "'"] = ""
    """A space stands for every kind of space."""

    @model_validator(mode="after")
    def _distinct(self) -> "Numbers":
        if self.decimal == self.thousands:
            raise ValueError("decimal and thousands separator are the same")
        return self


class ColumnSpec(_Part):
    """Where a column of the contract comes from and how its text becomes a code."""

    origins: Tokens = Field((), alias="from")
    """One place, or several whose texts are joined by ``join``."""
    join: str = " | "
    constant: Text | None = None
    pattern: str | None = None
    """Regular expression the whole text must fit; ``as`` may use its groups as {1}, {2}."""
    template: str | None = Field(None, alias="as")
    digits: int | None = None
    """Restore lost leading zeros of a purely numeric key."""
    mapping: Texts | None = Field(None, alias="map")
    """Text → code. If given, a text that is not in it is quarantined."""
    also: bool = False
    """With ``map``: other texts are taken as they are."""
    ignore: Annotated[tuple[str, ...], BeforeValidator(_tuple)] = ()
    """Texts (globs with * and ?) whose cells or rows are declared not to be wanted."""

    @model_validator(mode="after")
    def _one_origin(self) -> "ColumnSpec":
        if bool(self.origins) == (self.constant is not None):
            raise ValueError("give either `from` or `constant`")
        for token in self.origins:
            Origin.parse(token)
        return self

    @property
    def places(self) -> tuple[Origin, ...]:
        """Return the places the text is made of."""
        return tuple(map(Origin.parse, self.origins))


class Source(_Part):
    """Where the file comes from and on which terms."""

    code: str
    publisher: str
    title: str
    licence: str
    attribution: str
    url: str | None = None
    table_code: str | None = None
    rhythm: Literal["month", "quarter", "half_year", "year", "once", "irregular"] = "year"
    lag_months: int = 12
    """Months from the end of a period to its publication, for the freshness of the source."""


class PublishedOn(_Part):
    """The place of the date on which this state was published."""

    origin: str = Field(alias="from")
    pattern: str = r".*?(\d{2}\.\d{2}\.\d{4}).*"


class Spec(_Part):
    """One kind of file."""

    name: str = Field(pattern=r"[a-z0-9_]+")
    title: str
    dataset: str
    source: Source
    match: Match = Match()
    published_on: PublishedOn | None = None
    format: Format
    body: Body | None = None
    """Not for geodata."""
    header: Header = Header(rows=0)
    numbers: Numbers = Numbers()
    symbols: Texts = Field(default_factory=dict)
    """Text in place of a number → a number, or the SDMX status of a missing value."""
    marks: Texts = Field(default_factory=dict)
    """Mark beside a number (``p``, ``r``, ``()``, ``1)``) → SDMX status of the value."""
    suffixes: dict[str, float] = Field(default_factory=dict)
    """Unit written behind a number (``%``, ``Tsd.``, ``T€``) → factor to the measure's unit."""
    factors: dict[str, float] = Field(default_factory=dict)
    """Measure → factor, for columns that are in another unit than the measure."""
    columns: dict[str, ColumnSpec]
    measures: tuple[dict[str, Any], ...] = ()
    """Rows of contract ``measure`` this file needs beyond the catalogue."""
    required_areas: str | None = None
    """Level of which every area of the register must be there for each measure and period."""
    scope: Literal["full", "partial"] = "full"
    """Registers: whether what is missing from a later delivery has ceased to exist."""

    @property
    def contract(self) -> Contract:
        """Return the contract of the spec's dataset."""
        return contracts()[self.dataset]

    @model_validator(mode="after")
    def _symbols_are_known(self) -> "Spec":
        for text, code in self.symbols.items():
            if code not in MISSING and not re.fullmatch(r"-?\d+(\.\d+)?", code):
                raise ValueError(
                    f"symbol {text!r} stands for {code!r}, which is neither a number "
                    f"nor one of {', '.join(MISSING)}"
                )
        if wrong := sorted(code for code in self.marks.values() if code in MISSING):
            raise ValueError(f"marks stand beside a value, {wrong} say that there is none")
        return self

    @model_validator(mode="after")
    def _fits_contract(self) -> "Spec":
        known = contracts().get(self.dataset)
        if known is None:
            raise ValueError(f"dataset {self.dataset!r} is none of {', '.join(contracts())}")
        names = {column.name for column in known.columns}
        if strange := sorted(set(self.columns) - names):
            raise ValueError(f"columns {strange} are not in contract {self.dataset!r}")
        missing = [
            column.name
            for column in known.columns
            if column.required and column.default is None and column.name not in self.columns
        ]
        if missing:
            raise ValueError(f"columns {missing} are required by contract {self.dataset!r}")
        if self.format.type == "geo":
            if self.body or self.header.rows:
                raise ValueError("geodata have neither `body` nor `header`")
        elif self.body is None:
            raise ValueError("say under `body: {starts: …}` where the data begin")
        return self


def parse_spec(text: str, where: str) -> Spec:
    """Read a spec from YAML.

    Raises:
        DatenlaborError: it is none; the message names the place in the spec and the rule.

    """
    try:
        return Spec.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise DatenlaborError(f"Spec {where} is not YAML: {error}") from error
    except ValidationError as error:
        problems = "\n".join(
            f"  {'.'.join(map(str, problem['loc'])) or 'spec'}: {problem['msg']}"
            for problem in error.errors()
        )
        raise DatenlaborError(
            f"Spec {where} cannot be used:\n{problems}",
            hint="docs/deliveries.md explains the words of a spec.",
        ) from error


def read_spec(file: Path) -> Spec:
    """Read a spec file. Raises DatenlaborError if it is missing or none."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DatenlaborError(f"Spec {file} cannot be read: {error}") from error
    return parse_spec(text, file.name)
