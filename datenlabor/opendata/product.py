"""What one export offers: everything the catalogue and the pages are made from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from datenlabor.city import City
from datenlabor.opendata import texts
from datenlabor.opendata.codes import Codes, Licence
from datenlabor.opendata.content import Content
from datenlabor.opendata.files import DataFile
from datenlabor.opendata.settings import Settings


@dataclass(frozen=True)
class DataSet:
    """A data set with its files."""

    content: Content
    licence: Licence
    files: tuple[DataFile, ...]

    @property
    def name(self) -> str:
        """Name of its folder."""
        return self.content.declaration.shape.name

    @property
    def title(self) -> str:
        """German title."""
        return texts.title(self.content)

    @property
    def description(self) -> str:
        """German description."""
        return texts.description(self.content)

    @property
    def rights(self) -> str | None:
        """Which licences single values have, where there are several."""
        return texts.rights(self.content, self.licence)


@dataclass(frozen=True)
class Product:
    """All data sets of one release."""

    release_id: str
    published_at: datetime
    """UTC."""
    city: City
    settings: Settings
    codes: Codes
    data_sets: Sequence[DataSet]

    @property
    def has_synthetic(self) -> bool:
        """Whether any data set holds invented rows."""
        return any(data_set.content.synthetic for data_set in self.data_sets)

    def address(self, data_set: DataSet) -> str:
        """Return the page of a data set, with a final slash."""
        return f"{self.settings.base_uri}/{data_set.name}/"


def licence_of(content: Content, settings: Settings, codes: Codes) -> Licence:
    """Return that of its sources, or that of the city where there are several or none.

    Raises DatenlaborError if the city's is not open.
    """
    only = content.licences[0] if len(content.licences) == 1 else None
    return only or codes.licence(settings.licence)
