"""From the current release to a folder that a web server can serve."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from datenlabor import console, disk
from datenlabor.audiences import PUBLIC
from datenlabor.city import City
from datenlabor.errors import DatenlaborError
from datenlabor.opendata import catalogue, files, folder, pages, sdmx, texts
from datenlabor.opendata.codes import Codes, read_codes
from datenlabor.opendata.content import Content, PublicFile, opened
from datenlabor.opendata.declaration import Declaration, declarations
from datenlabor.opendata.package import data_package
from datenlabor.opendata.product import DataSet, Product, licence_of
from datenlabor.opendata.settings import Settings, read_settings
from datenlabor.paths import Home
from datenlabor.publishing.store import Release
from datenlabor.publishing.workflow import current_release

STEPS = 4


@dataclass(frozen=True)
class Export:
    """An export that is in its place."""

    release_id: str
    path: Path
    rows: int
    settings: Settings


@dataclass(frozen=True)
class _Work:
    """What all steps of one export need."""

    release: Release
    city: City
    settings: Settings
    codes: Codes
    public: PublicFile
    path: Path
    """Where it is being written."""


def public_file(release: Release) -> Path:
    """Return the file of a release that holds what everyone may see."""
    return release.files[PUBLIC].path


def export(home: Home, city: City, *, manifest: Path, root: Path | None = None) -> Export:
    """Write the open data of the current release to ``root``, by default ``open-data`` at home.

    The release is the one that is current at the beginning; if another is published meanwhile,
    that is a matter for the next export. Nothing is seen in ``root`` before it is complete.

    Raises DatenlaborError, with ``root`` as it was, for anything that goes wrong.
    """
    root = root or home.open_data
    with _plain_errors():
        release = current_release(home)
        if release is None:
            raise DatenlaborError(
                "Nothing has been published yet.", hint="Run `datenlabor publish` first."
            )
        settings, codes = read_settings(city), read_codes()
        declared = declarations(manifest)
        with (
            opened(public_file(release), codes) as public,
            folder.staged(root, release.release_id) as path,
        ):
            work = _Work(release, city, settings, codes, public, path)
            _refuse_other_release(work)
            console.step(1, STEPS, f"Data sets of release {release.release_id}")
            data_sets = [_write_data_set(work, declaration) for declaration in declared]
            product = Product(
                release.release_id, release.published_at, city, settings, codes, data_sets
            )
            console.step(2, STEPS, "Descriptions: Frictionless, DCAT-AP.de")
            for data_set in data_sets:
                target = path / data_set.name / "datapackage.json"
                files.write_json(target, data_package(product, data_set))
            graph = catalogue.catalogue(product)
            _write(path / "katalog.ttl", catalogue.turtle(graph))
            _write(path / "katalog.jsonld", catalogue.json_ld(graph))
            console.step(3, STEPS, "Pages")
            for name, text in pages.pages(product).items():
                _write(path / name, text)
            console.step(4, STEPS, "Checksums; put in place")
        rows = sum(data_set.content.rows for data_set in data_sets)
        return Export(release.release_id, root / release.release_id, rows, settings)


def _write_data_set(work: _Work, declaration: Declaration) -> DataSet:
    content = work.public.load(declaration)
    name = declaration.shape.name
    target = work.path / name
    target.mkdir()
    licence = licence_of(content, work.settings, work.codes)
    address = f"{work.settings.base_uri}/{name}/"
    written = [
        _written(files.CSV, target / name, lambda file: _write_csv(work, content, file)),
        _written(
            files.PARQUET,
            target / name,
            lambda file: work.public.copy_to_parquet(
                content,
                file,
                {"title": texts.title(content), "licence": licence.uri, "source": address},
            ),
        ),
    ]
    if declaration.shape.measures:
        written.append(
            _written(files.SDMX, target / name, lambda file: _write_sdmx(work, content, file))
        )
        structure = sdmx.structure(
            content, work.codes, agency=_agency(work), prepared=work.release.published_at
        )
        files.write_json(target / f"{name}.structure.json", structure)
    console.done(f"{texts.title(content)}: {content.rows} rows")
    return DataSet(content, licence, tuple(written))


def _written(kind: files.Kind, stem: Path, write: Callable[[Path], None]) -> files.DataFile:
    file = stem.with_name(f"{stem.name}{kind.suffix}")
    write(file)
    return files.described(kind, file)


def _write_csv(work: _Work, content: Content, file: Path) -> None:
    files.write_csv(file, list(content.types), work.public.batches(content))


def _write_sdmx(work: _Work, content: Content, file: Path) -> None:
    rows = sdmx.batches(work.public, content, _agency(work))
    files.write_csv(file, sdmx.header(content), rows)


def _agency(work: _Work) -> str:
    return f"AGS{work.city.code}"


def _write(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")


def _refuse_other_release(work: _Work) -> None:
    if work.public.release_id != work.release.release_id:
        raise DatenlaborError(
            f"The file of release {work.release.release_id} says it is {work.public.release_id}.",
            hint="Run `datenlabor publish` to publish anew.",
        )


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Turn errors of the file system and of DuckDB into one the user can act on."""
    try:
        yield
    except (OSError, duckdb.Error) as error:
        hint = disk.advice(error) or (
            "Check that the folder is there and can be written, then try again."
            if isinstance(error, OSError)
            else "If the file of the release is damaged, publish anew or go back to another "
            "release with `datenlabor publish --rollback`."
        )
        raise DatenlaborError(
            f"The export failed: {error}. Nothing of it is shown; earlier exports are unchanged.",
            hint=hint,
        ) from error
