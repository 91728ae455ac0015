"""Dataset contracts: what the rows of a dataset must be, written once in ``contracts/``."""

from enum import StrEnum
from functools import cache
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from datenlabor.errors import DatenlaborError
from datenlabor.paths import CONTRACTS


class Type(StrEnum):
    """Types of contract columns.

    ``code`` is text from a closed or open list of keys, ``sum`` codes that are added up
    (``protection/notation.py``).
    """

    STRING = "string"
    CODE = "code"
    PERIOD = "period"
    NUMBER = "number"
    INTEGER = "integer"
    DATE = "date"
    BOOLEAN = "boolean"
    GEOMETRY = "geometry"
    SUM = "sum"

    @property
    def sql(self) -> str:
        """Name of the type in the warehouse."""
        return _SQL_TYPES.get(self, "varchar")


_SQL_TYPES = {
    Type.NUMBER: "double",
    Type.INTEGER: "bigint",
    Type.DATE: "date",
    Type.BOOLEAN: "boolean",
}


class Column(BaseModel):
    """A column with its rules; ``references`` names the list of codes it must be in."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    type: Type
    description: str
    required: bool = False
    default: str | None = None
    pattern: str | None = None
    codes: tuple[str, ...] = ()
    references: str | None = None
    lost_zeros: str | None = None
    """List of codes: one of these without its leading zero is none, though others are allowed."""
    minimum: float | None = None
    maximum: float | None = None
    hint: str = ""


class Shares(BaseModel):
    """Rows that agree in the columns ``of`` are all parts of one thing: ``column`` adds up to 1."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    column: str
    of: tuple[str, ...]


class Contract(BaseModel):
    """A dataset: its grain is ``key``.

    A register lists things that exist and has a history of its states; observations carry their own
    time and need none; figures are values of measures.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    dataset: str
    kind: Literal["figures", "register", "observations"]
    title: str
    description: str
    key: tuple[str, ...]
    shares: Shares | None = None
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """Return a column by name. Raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


@cache
def contracts() -> dict[str, Contract]:
    """Return all contracts by dataset.

    Raises:
        DatenlaborError: a contract file is not one.

    """
    found = {}
    for file in sorted(CONTRACTS.glob("*.yml")):
        try:
            contract = Contract.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
        except (ValidationError, yaml.YAMLError) as error:
            raise DatenlaborError(f"Contract {file.name} cannot be read:\n{error}") from error
        found[contract.dataset] = contract
    return found
