"""Who publishes open data, where, and whom to ask: ``cities/<code>/open-data.yml``."""

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from datenlabor.city import City
from datenlabor.deliveries import plain_yaml
from datenlabor.errors import DatenlaborError

FILE = "open-data.yml"
_EXAMPLE = "https://example.org/open-data"


class Settings(BaseModel):
    """The file's content, or an example where a city has none."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    base_uri: str = Field(pattern=r"^https?://[^/?#\s]+(/[^/?#\s]+)*$")
    """Address under which the folder ``current`` is served, without a final slash."""
    publisher: str = Field(min_length=1)
    contact_role: str = Field(min_length=1)
    """An office, never a person."""
    contact_email: str = Field(pattern=r"^[^@\s<>\"]+@[^@\s<>\"]+$")
    licence: str = "dl-de/by-2-0"
    """Licence code of lists, and of data sets whose sources have several licences."""
    contributor_id: str | None = Field(default=None, pattern=r"^https?://\S+$")
    """URI by which GovData knows the provider of the catalogue."""
    nuts: str | None = Field(default=None, pattern=r"^DE[0-9A-Z]{1,3}$")

    @property
    def is_example(self) -> bool:
        """Whether the addresses are made up."""
        return self.base_uri.startswith(_EXAMPLE)


def read_settings(city: City) -> Settings:
    """Read the settings of a city, or make up an example where it has none.

    Raises:
        DatenlaborError: the file is there and cannot be used.

    """
    file = city.folder / FILE
    if not file.is_file():
        return Settings(
            base_uri=f"{_EXAMPLE}/{city.code}",
            publisher=f"Stadt {city.name}",
            contact_role="Stelle für offene Daten",
            contact_email="open-data@example.org",
            licence=city.licence,
        )
    try:
        text = file.read_text(encoding="utf-8")
        return Settings.model_validate(plain_yaml.load(text, str(file)))
    except (ValidationError, UnicodeDecodeError) as error:
        raise DatenlaborError(
            f"{file} cannot be used:\n{error}", hint="docs/open-data.md shows how it is written."
        ) from error
