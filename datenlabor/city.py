"""Cities: a folder each, with its name, its specs and its registers; nothing else knows a city."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from datenlabor import paths
from datenlabor.deliveries import plain_yaml
from datenlabor.deliveries.spec import Spec, parse_spec
from datenlabor.errors import DatenlaborError

COMMON = "common"


@dataclass(frozen=True)
class SpecFile:
    """A spec together with the text it was read from, which is kept with every delivery."""

    spec: Spec
    text: str

    @classmethod
    def read(cls, file: Path) -> Self:
        """Read a spec file. Raises DatenlaborError if it cannot be used."""
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise DatenlaborError(f"Spec {file} cannot be read: {error}") from error
        return cls(parse_spec(text, file.name), text)


class City(BaseModel):
    """A city as described in ``cities/<code>/city.yml``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str = Field(pattern=r"^[0-9]{2,12}$")
    """Official key (AGS or ARS), also the name of its folder."""
    name: str = Field(min_length=1)
    withhold: tuple[str, ...] = ()
    """Codes of indicators that are not published."""
    with_supplied_deliveries: bool = True
    """Whether data that come with the product, such as those of the demo, count."""
    licence: str = "dl-de/by-2-0"
    """Licence code of the registers the city keeps itself."""

    @classmethod
    def from_environment(cls) -> Self:
        """Read the city named by ``DATENLABOR_CITY``. Raises DatenlaborError, see :meth:`read`."""
        return cls.read(paths.city_code())

    @classmethod
    def read(cls, code: str) -> Self:
        """Read a city.

        Raises:
            DatenlaborError: it does not exist, or its ``city.yml`` cannot be used.

        """
        file = paths.CITIES / code / "city.yml"
        if not file.is_file():
            raise DatenlaborError(
                f"There is no city {code!r}.",
                hint=f"Cities are {', '.join(known_cities())}; a new one is a folder with a "
                f"`city.yml`: {file}",
            )
        try:
            text = file.read_text(encoding="utf-8")
            city = cls.model_validate(plain_yaml.load(text, str(file)))
        except (ValidationError, UnicodeDecodeError) as error:
            raise DatenlaborError(f"{file} cannot be used:\n{error}") from error
        if city.code != code:
            raise DatenlaborError(
                f"{file} describes {city.code!r}.", hint=f"Write `code: {code!r}` or move the file."
            )
        return city

    @property
    def folder(self) -> Path:
        """The folder of the city's configuration."""
        return paths.CITIES / self.code

    @property
    def registers(self) -> tuple[Path, ...]:
        """Return the registers the city keeps itself: tidy CSV files named like their dataset."""
        return tuple(sorted((self.folder / "registers").glob("*.csv")))

    @cached_property
    def specs(self) -> dict[str, Path]:
        """Return the spec files of the city and those common to all cities, by name.

        Raises:
            DatenlaborError: two files define the same name.

        """
        found: dict[str, Path] = {}
        for folder in (self.folder, paths.CITIES / COMMON):
            for file in sorted((folder / "specs").glob("*.yml")):
                if file.stem in found:
                    raise DatenlaborError(
                        f"There are two specs {file.stem!r}: {found[file.stem]} and {file}.",
                        hint="Rename one of them.",
                    )
                found[file.stem] = file
        return found

    def spec(self, name: str) -> SpecFile:
        """Read one of the specs.

        Raises:
            DatenlaborError: there is none of that name, or it cannot be used.

        """
        if name not in self.specs:
            raise DatenlaborError(
                f"{self.name} has no spec {name!r}.",
                hint=f"Its specs: {', '.join(sorted(self.specs)) or 'none yet'}.",
            )
        found = SpecFile.read(self.specs[name])
        if found.spec.name != name:
            raise DatenlaborError(
                f"{self.specs[name]} defines spec {found.spec.name!r}.",
                hint="The file must be named like the spec.",
            )
        return found


def known_cities() -> list[str]:
    """Return the codes of all cities that have a ``city.yml``."""
    return sorted(file.parent.name for file in paths.CITIES.glob("*/city.yml"))
