"""The parameters of the rules, which are the installation's own and are never published.

They are read from ``protection.yml`` beside the deliveries. Without it those of the demo hold: they
lie in the open with the code, so that whoever publishes real figures needs a file of his own.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from datenlabor.audiences import INTERNAL, PUBLIC
from datenlabor.errors import DatenlaborError
from datenlabor.protection.rules import Rules

FILE = "protection.yml"
_DEMO = Path(__file__).with_name("demo.yml")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Persons(_Strict):
    """Rule for counts of persons, households and cases."""

    minimum: int = Field(ge=1)


class Enterprises(_Strict):
    """Rules for counts of enterprises and for what they add up to."""

    minimum: int = Field(ge=1)
    minimum_groups: int = Field(ge=1)
    p_percent: float = Field(gt=0, le=100)
    dominance: tuple[tuple[int, float], ...] = ()
    """Pairs (n, k): the n largest groups must not have more than k per cent."""


class _Audience(_Strict):
    persons: Persons
    enterprises: Enterprises


class Parameters(_Strict):
    """Parameters by audience."""

    internal: _Audience
    public: _Audience
    accepted: frozenset[str] = frozenset()
    """Cells of which it is put up with that they follow from what was published before."""

    @model_validator(mode="after")
    def _public_is_stricter(self) -> Self:
        inside, outside = self.internal, self.public
        pairs = (
            (inside.persons.minimum, outside.persons.minimum),
            (inside.enterprises.minimum, outside.enterprises.minimum),
            (inside.enterprises.minimum_groups, outside.enterprises.minimum_groups),
            (inside.enterprises.p_percent, outside.enterprises.p_percent),
        )
        if any(within > without for within, without in pairs):
            message = "a parameter of `public` is laxer than that of `internal`"
            raise ValueError(message)
        return self

    @property
    def smallest_count(self) -> int:
        """Counts below this are kept from some audience."""
        return max(self.public.persons.minimum, self.public.enterprises.minimum)

    def rules(self) -> Mapping[str, Mapping[str, Rules]]:
        """Return the rules by audience, from the inside out, and by table."""
        return {
            INTERNAL: _rules(self.internal),
            PUBLIC: _rules(self.public),
        }


def read_parameters(home: Path) -> Parameters:
    """Read the parameters of an installation. Raises DatenlaborError if they make no sense."""
    own = home / FILE
    file = own if own.exists() else _DEMO
    try:
        return Parameters.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise DatenlaborError(
            f"{file}: {error}", hint="docs/protection.md shows a complete file to begin with."
        ) from error


def are_own(home: Path) -> bool:
    """Return whether an installation has parameters of its own."""
    return (home / FILE).exists()


def _rules(audience: _Audience) -> Mapping[str, Rules]:
    """Return the rules by table code, as ``int_cell_listed`` names the tables."""
    enterprises = audience.enterprises
    return {
        "official": Rules(is_count=True, minimum_units=0),
        "unpublished": Rules(is_count=True, minimum_units=0),
        "person": Rules(is_count=True, minimum_units=audience.persons.minimum),
        "company_count": Rules(
            is_count=True,
            minimum_units=enterprises.minimum,
            minimum_holders=enterprises.minimum_groups,
        ),
        "company_sum": Rules(
            is_count=False,
            minimum_units=enterprises.minimum,
            minimum_holders=enterprises.minimum_groups,
            p_percent=enterprises.p_percent,
            dominance=enterprises.dominance,
        ),
    }
