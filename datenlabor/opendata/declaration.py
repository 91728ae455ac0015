"""Which published tables and columns are data sets: ``config.meta.open_data`` of the dbt models."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from datenlabor.errors import DatenlaborError
from datenlabor.publishing.manifest import ORDER, PROTECTED

META = "open_data"
CELL = ("obs_status", "conf_status", "provenance_name", "attribution", "licence_name")
"""What every row with values has to say of them; the columns are called so in all tables."""
_GRAIN = re.compile(r"\*\*Grain:\*\*\s*(.*?)(?=\n?\*\*|\Z)", re.DOTALL)
_Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Shape(BaseModel):
    """What a model's ``open_data`` says; all columns are named by it, the others stay inside.

    With measures the data set is a cube, without them a list, which has no SDMX form.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    """Name of its folder and files, and part of its address: never changed again."""
    description: str = Field(min_length=1)
    """German; a table may hold more than is passed on, so that its own description would not do."""
    keywords: tuple[_Word, ...] = Field(min_length=1)
    themes: tuple[str, ...] = Field(min_length=1)
    """Codes of the EU's list of data themes, for example ECON."""
    frequency: str = "ANNUAL"
    """Code of the EU's list of frequencies."""
    dimensions: tuple[str, ...] = ()
    """Columns that identify a row, without that of the time."""
    time: str | None = None
    measures: tuple[str, ...] = ()
    """The first one is the value as such."""
    attributes: tuple[str, ...] = ()
    names: Mapping[str, str] = {}
    """Column of codes → column of their names."""
    licence: str | None = None
    """Column of a list with the licence of each entry: those that are not open stay inside. Without
    it all do leave, as what only describes other publications may."""

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns in the order of the files: each code is followed by its name."""
        found: list[str] = []
        for column in (*self.dimensions, *filter(None, [self.time]), *self.measures):
            found += [column, *filter(None, [self.names.get(column)])]
        return tuple(dict.fromkeys([*found, *self.attributes]))

    @model_validator(mode="after")
    def _is_cube_or_list(self) -> Self:
        if self.measures:
            if not self.dimensions or self.time is None:
                raise ValueError("measures need dimensions and a time")
            if missing := [name for name in CELL if name not in self.attributes]:
                raise ValueError(f"attributes lack {', '.join(missing)}")
        if self.licence and (self.measures or self.licence not in self.attributes):
            raise ValueError("licence is one of the attributes of a list; of measures it is known")
        return self


@dataclass(frozen=True)
class Column:
    """A column of a data set with its German texts."""

    name: str
    label: str
    description: str


@dataclass(frozen=True)
class Declaration:
    """A data set as the models describe it."""

    table: str
    shape: Shape
    title: str
    grain: str
    """What one row is."""
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    order: tuple[str, ...]
    """Columns by which rows are sorted; the key is among them, so that there is one order only."""


def declarations(manifest: Path) -> list[Declaration]:
    """Return the data sets declared in dbt's manifest, by name.

    Raises DatenlaborError if the manifest is missing, a declaration is wrong, or there is none.
    """
    hint = "Run `datenlabor publish`; it builds what the manifest describes."
    try:
        nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"]
        models = [node for node in nodes.values() if _is_published(node)]
    except (OSError, ValueError, LookupError, AttributeError) as error:
        message = f"dbt's manifest {manifest} cannot be read: {error!r}."
        raise DatenlaborError(message, hint=hint) from error
    found = sorted(_declared(models), key=lambda one: one.shape.name)
    names = [one.shape.name for one in found]
    if not found:
        raise DatenlaborError(
            f"No model in {manifest} is declared as open data.",
            hint=f"Write config.meta.{META} into the model, see docs/open-data.md.",
        )
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise DatenlaborError(
            f"Two models are both open data called {', '.join(twice)}.",
            hint=f"Correct config.meta.{META}.name of one of them.",
        )
    return found


def _is_published(node: Mapping[str, Any]) -> bool:
    return node.get("resource_type") == "model" and node.get("schema") == PROTECTED


def _declared(models: list[Mapping[str, Any]]) -> Iterator[Declaration]:
    for model in models:
        meta = model["config"].get("meta") or {}
        if META in meta:
            try:
                yield _declaration(model, meta, Shape.model_validate(meta[META]))
            except ValidationError as error:
                raise DatenlaborError(
                    f"Model {model['name']}: config.meta.{META} cannot be used:\n{error}",
                    hint="Correct it, then run `datenlabor publish`.",
                ) from error


def _declaration(model: Mapping[str, Any], meta: Mapping[str, Any], shape: Shape) -> Declaration:
    known = model["columns"]
    key = next(
        (tuple(c["columns"]) for c in model["constraints"] if c["type"] == "primary_key"), ()
    )
    named = {*shape.columns, *shape.names, *key}
    if unknown := sorted(named - known.keys()):
        raise DatenlaborError(
            f"Model {model['name']} has no column {', '.join(unknown)}.",
            hint=f"Correct config.meta.{META} of the model.",
        )
    grain = _GRAIN.search(model["description"])
    return Declaration(
        table=model.get("alias") or model["name"],
        shape=shape,
        title=meta["label"],
        grain=_one_line(grain[1]) if grain else "",
        columns=tuple(
            Column(
                name,
                known[name]["config"]["meta"]["label"],
                _one_line(known[name]["description"]),
            )
            for name in shape.columns
        ),
        key=key,
        order=tuple(dict.fromkeys([*(meta.get(ORDER) or ()), *key])),
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())
