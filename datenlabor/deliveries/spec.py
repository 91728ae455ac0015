"""Specs: how one kind of file becomes rows of a contract. The words of the YAML are defined here.

A spec says, for each column of the contract, where it comes from (``from``) and how its text is
turned into a code. It never computes: what does not fit is quarantined, not bent.
"""

import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator

from datenlabor.deliveries import plain_yaml
from datenlabor.deliveries.contract import Contract, Type, contracts
from datenlabor.deliveries.spec_columns import ColumnSpec, Origin, Part, Regex, Text, Texts
from datenlabor.errors import DatenlaborError

MISSING = ("O", "M", "L", "Q")
"""SDMX statuses of figures without a value."""
Factor = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Match(Part):
    """How a file is recognised: all that is given must fit."""

    name: str | None = None
    """Glob on the file name."""
    first_line: str | None = None
    """Text the first line begins with."""
    header: tuple[str, ...] = ()
    """Names that must be among the header cells or attributes."""


class Format(Part):
    """How the file is written."""

    type: Literal["csv", "excel", "geo"]
    encoding: Literal["auto", "utf-8", "utf-16", "cp1252", "latin-1"] = "auto"
    delimiter: str = ";"
    sheet: Text | None = None
    """Workbooks: name, else number from 1; by default the first one that is shown."""
    layer: str | None = None
    """Geodata with several layers."""
    last_line: Literal["ended", "unended"] = "ended"
    """``unended``: the last line may lack its line end, which otherwise means a cut file."""


class Place(Part):
    """A record: the one on a line, or the first that fits a pattern."""

    line: int | None = None
    column: int | None = None
    pattern: Regex | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "Place":
        if (self.line is None) == (self.pattern is None):
            raise ValueError("give either `line` or `pattern` (with `column`, if not the first)")
        return self


class Skip(Part):
    """Records of the body that are declared not to be data, and why."""

    column: str
    """Number or name of a column."""
    pattern: Regex
    why: str


class Body(Part):
    """Which records are data."""

    starts: Place
    ends: Place | None = None
    """First record of the footer; if given, a file without it is taken to be cut off."""
    skip: tuple[Skip, ...] = ()


class Header(Part):
    """How many rows directly above the body are header rows."""

    rows: int = Field(0, ge=0, le=12)
    fill: tuple[int, ...] = ()
    """Numbers (from 1) of header rows in which an empty cell repeats its left neighbour."""


class Numbers(Part):
    """How numbers are written. A text that is not written like this is not a number."""

    decimal: Literal[",", "."] = ","
    thousands: Literal["", ".", ",", " ", "'"] = ""
    """A space stands for every kind of space."""

    @model_validator(mode="after")
    def _distinct(self) -> "Numbers":
        if self.decimal == self.thousands:
            raise ValueError("decimal and thousands separator are the same")
        return self


class Source(Part):
    """Where the file comes from and on which terms."""

    code: str
    publisher: str
    title: str
    licence: str
    attribution: str
    provenance: Literal["published", "derived", "estimated", "synthetic"] = "published"
    """What its rows are; figures may say it row by row."""
    url: str | None = None
    table_code: str | None = None
    rhythm: Literal["month", "quarter", "half_year", "year", "once", "irregular"] = "year"
    lag_months: int = 12
    """Months from the end of a period to its publication, for the freshness of the source."""


class PublishedOn(Part):
    """The place of the date on which this state was published."""

    origin: str = Field(alias="from")
    pattern: Regex = r".*?(\d{2}\.\d{2}\.\d{4}).*"
    """Its first group is the date."""

    @model_validator(mode="after")
    def _can_be_found(self) -> "PublishedOn":
        allowed = ("line", "footer", "file name")
        if Origin.parse(self.origin).kind not in allowed:
            raise ValueError(
                f"from {self.origin!r} says nothing of the whole file: write `line 6`, `footer` "
                "or `file name`"
            )
        if not re.compile(self.pattern).groups:
            raise ValueError(f"pattern {self.pattern!r} has no group ( ) around the date")
        return self


class Spec(Part):
    """One kind of file."""

    name: str = Field(pattern=r"^[a-z0-9_]+$")
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
    suffixes: dict[str, Factor] = Field(default_factory=dict)
    """Unit written behind a number (``%``, ``Tsd.``, ``T€``) → factor to the measure's unit."""
    factors: dict[str, Factor] = Field(default_factory=dict)
    """Measure → factor, for columns that are in another unit than the measure."""
    columns: dict[str, ColumnSpec]
    measures: tuple[dict[str, Any], ...] = ()
    """Rows of contract ``measure`` this file needs beyond the catalogue."""
    required_areas: str | None = None
    """Level of which every area of the register must be there for each measure and period."""
    scope: Literal["full", "partial"] = "full"
    """Whether what is missing from a later delivery has ceased to exist; of observations, in the
    periods the later one contains."""

    @property
    def contract(self) -> Contract:
        """Return the contract of the spec's dataset."""
        return contracts()[self.dataset]

    @model_validator(mode="after")
    def _symbols_are_known(self) -> "Spec":
        for text, code in self.symbols.items():
            if code not in MISSING and not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", code):
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

    @model_validator(mode="after")
    def _every_word_counts(self) -> "Spec":
        """Refuse what would be read past: the user meant something by it."""
        is_register = self.contract.kind != "figures"
        for word in ("factors", "measures", "required_areas"):
            if is_register and getattr(self, word):
                raise ValueError(f"`{word}` is for figures, {self.dataset!r} is a register")
        for name, source in self.columns.items():
            kinds = [place.kind for place in source.places]
            is_number = self.contract.column(name).type in {Type.NUMBER, Type.INTEGER}
            if is_number and source.origins and source.rewriting:
                raise ValueError(
                    f"columns.{name}: {', '.join(source.rewriting)} cannot be used for numbers; "
                    "allowed are `from`, and `numbers`, `symbols`, `marks`, `suffixes` of the spec"
                )
            if is_register and is_number and source.origins and kinds != ["column"]:
                raise ValueError(f"columns.{name}: a number stands in one `column N`")
            if is_register and (strange := {"header", "cells"} & set(kinds)):
                raise ValueError(
                    f"columns.{name}: {', '.join(strange)} is for figures; allowed in registers "
                    "are `column N`, `line N`, `footer`, `file name`"
                )
            if "cells" in kinds and not is_number:
                raise ValueError(f"columns.{name}: only `value` comes from cells")
        measures = self._named_measures()
        if measures and (strange := set(self.factors) - measures):
            raise ValueError(
                f"factors: {', '.join(sorted(strange))} is no measure of this spec; allowed are "
                f"{', '.join(sorted(measures))}"
            )
        return self

    def _named_measures(self) -> set[str]:
        """Return the measures if the spec names all of them, else an empty set."""
        source = self.columns.get("measure_code")
        if source is None or source.also:
            return set()
        return {source.constant} if source.constant else set((source.mapping or {}).values())


def parse_spec(text: str, where: str) -> Spec:
    """Read a spec from YAML.

    Raises:
        DatenlaborError: it is none; the message names the place in the spec and the rule.

    """
    try:
        return Spec.model_validate(plain_yaml.load(text, f"Spec {where}"))
    except ValidationError as error:
        problems = "\n".join(
            f"  {'.'.join(map(str, problem['loc'])) or 'spec'}: "
            f"{problem['msg'].removeprefix('Value error, ')}{_found(problem['input'])}"
            for problem in error.errors()
        )
        raise DatenlaborError(
            f"Spec {where} cannot be used:\n{problems}",
            hint="docs/deliveries.md explains the words of a spec.",
        ) from error


def _found(value: object) -> str:
    """Show a text that is wrong; a block of the spec would be too long."""
    return f" (found {value!r})" if isinstance(value, str) else ""


def read_spec(file: Path) -> Spec:
    """Read a spec file. Raises DatenlaborError if it is missing or none."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DatenlaborError(f"Spec {file} cannot be read: {error}") from error
    return parse_spec(text, file.name)
