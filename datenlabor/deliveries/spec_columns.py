"""The words of a spec that say where a column comes from and how its text becomes a code."""

import re
from dataclasses import dataclass
from string import Formatter
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

Kind = Literal["column", "header", "line", "footer", "file name", "cells"]
_TOKEN = re.compile(
    r"(?P<kind>column|header|line|footer|file name|cells)(?: (?P<place>.+))?", re.DOTALL
)
_LONGEST_KEY = 20


@dataclass(frozen=True)
class Origin:
    """Where a text comes from: ``column 2``, ``header 1``, ``line 6``, ``cells 3-``."""

    kind: Kind
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


def _text(value: Any) -> Any:  # noqa: ANN401 as written in the YAML
    """Let 2015 and 0 be texts; a boolean would hide what was written."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _texts(value: Any) -> Any:  # noqa: ANN401 as written in the YAML
    if not isinstance(value, dict):
        return value
    if empty := [key for key, item in value.items() if key is None or item is None]:
        raise ValueError(f'{empty[0]!r} has nothing beside it: write "" for an empty text')
    return {_text(key): _text(item) for key, item in value.items()}


def _regular(value: str) -> str:
    try:
        re.compile(value)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"{value!r} is no regular expression: {error}") from error
    return value


Tokens = Annotated[tuple[str, ...], BeforeValidator(_tuple)]
Texts = Annotated[dict[str, str], BeforeValidator(_texts)]
Text = Annotated[str, BeforeValidator(_text)]
Regex = Annotated[str, AfterValidator(_regular)]
"""Regular expression of Python."""


class Part(BaseModel):
    """A part of a spec; words that are none are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class ColumnSpec(Part):
    """Where a column of the contract comes from and how its text becomes a code."""

    origins: Tokens = Field((), alias="from")
    """One place, or several whose texts are joined by ``join``."""
    join: str = " | "
    constant: Text | None = None
    pattern: Regex | None = None
    """Regular expression the whole text must fit; ``as`` may use its groups as {1}, {2}."""
    template: str | None = Field(None, alias="as")
    digits: int | None = Field(None, ge=1, le=_LONGEST_KEY)
    """Restore lost leading zeros of a purely numeric key."""
    mapping: Texts | None = Field(None, alias="map")
    """Text → code. If given, a text that is not in it is quarantined."""
    also: bool = False
    """With ``map``: other texts are taken as they are."""
    ignore: Tokens = ()
    """Texts (globs with * and ?) whose cells or rows are declared not to be wanted."""

    @model_validator(mode="after")
    def _one_origin(self) -> "ColumnSpec":
        if bool(self.origins) == (self.constant is not None):
            raise ValueError("give either `from` or `constant`")
        for token in self.origins:
            Origin.parse(token)
        return self

    @model_validator(mode="after")
    def _groups_exist(self) -> "ColumnSpec":
        if self.template is not None:
            groups = re.compile(self.pattern).groups if self.pattern else 0
            allowed = {str(number) for number in range(groups + 1)}
            try:
                parts = list(Formatter().parse(self.template))
            except ValueError as error:
                raise ValueError(f"as {self.template!r} cannot be used: {error}") from error
            for _, name, layout, conversion in parts:
                if name is not None and (name not in allowed or layout or conversion):
                    raise ValueError(
                        f"as {self.template!r}: allowed in braces are {', '.join(sorted(allowed))}"
                        f" (0 is the whole text, `pattern` has {groups} groups)"
                    )
        return self

    @property
    def places(self) -> tuple[Origin, ...]:
        """Return the places the text is made of."""
        return tuple(map(Origin.parse, self.origins))

    @property
    def rewriting(self) -> tuple[str, ...]:
        """Return the words given that change a text or drop it."""
        fields = type(self).model_fields
        words = ("pattern", "template", "digits", "mapping", "also", "ignore")
        return tuple(fields[word].alias or word for word in words if getattr(self, word))
