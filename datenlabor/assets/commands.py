"""``datenlabor assets …``."""

import os
from pathlib import Path
from typing import Annotated

import typer

from datenlabor.assets.bundle import GENERATED, Bundle, path_of, read_archive, read_folder
from datenlabor.assets.datasets import generate_datasets
from datenlabor.assets.exchange import pulled_files, write_files
from datenlabor.assets.exposures import exposures_yaml
from datenlabor.assets.links import keys, link_problems, read_links, with_links
from datenlabor.assets.normal_form import dump, normalise
from datenlabor.assets.server import SupersetServer
from datenlabor.assets.validation import problems
from datenlabor.console import out
from datenlabor.dbt import parse
from datenlabor.errors import DatenlaborError
from datenlabor.paths import ASSETS, PROJECT, TARGET, Home
from datenlabor.semantics.artifacts import Project, read_project
from datenlabor.semantics.indicator_metrics import indicator_metrics_yaml, read_catalogue
from datenlabor.service.access import read_roles
from datenlabor.service.preparation import placeholders
from datenlabor.service.secrets import load_secrets

SEMANTIC = PROJECT / "models" / "semantic"
METRICS_FILE = SEMANTIC / "indicator_metrics.yml"
EXPOSURES_FILE = SEMANTIC / "exposures.yml"

app = typer.Typer(help="Superset assets as code.", no_args_is_help=True)
Url = Annotated[str, typer.Option(help="Address of the Superset server.")]
DEFAULT_URL = f"http://127.0.0.1:{os.environ.get('DATENLABOR_PORT', '8088')}"


@app.command()
def generate() -> None:
    """Write what is generated: indicator metrics, datasets, exposures."""
    _write(METRICS_FILE, indicator_metrics_yaml(*read_catalogue(PROJECT / "seeds")))
    bundle = _with_datasets(read_folder(ASSETS), _project_without_exposures())
    for path in write_files(ASSETS, bundle.files()):
        out.print(f"written: superset/assets/{path}")
    _refuse(problems(ASSETS, _dataset_files(bundle), keys(read_links())))
    _write(EXPOSURES_FILE, exposures_yaml(bundle))
    parse()


@app.command()
def validate() -> None:
    """Prove offline that every reference of the assets holds and nothing is out of date."""
    parse()
    expected = _with_datasets(read_folder(ASSETS), read_project(TARGET))
    links = read_links()
    found = problems(ASSETS, _dataset_files(expected), keys(links))
    bundle = read_folder(ASSETS)
    if not found:
        found += link_problems(links, bundle, read_roles().dashboards)
    generated = {METRICS_FILE: indicator_metrics_yaml(*read_catalogue(PROJECT / "seeds"))}
    if not found:
        generated[EXPOSURES_FILE] = exposures_yaml(bundle)
    for path, text in generated.items():
        if not path.exists() or path.read_text("utf-8") != text:
            name = path.relative_to(PROJECT)
            found.append(f"{name}: out of date; run `datenlabor assets generate`.")
    _refuse(found)
    counts = {kind: len(assets) for kind, assets in bundle.assets.items()}
    out.print(f"Assets hold: {', '.join(f'{count} {kind}' for kind, count in counts.items())}.")


@app.command(name="normalise")
def normalise_files() -> None:
    """Bring hand-made asset files into normal form."""
    for path in write_files(ASSETS, read_folder(ASSETS).files()):
        out.print(f"written: superset/assets/{path}")


@app.command()
def push(url: Url = DEFAULT_URL) -> None:
    """Overwrite the assets of a running server by the files."""
    home = Home.from_environment()
    archive = read_folder(ASSETS).archive(placeholders(home))
    _server(url, home).import_assets(archive)
    out.print(f"Pushed to {url}.")


@app.command()
def pull(url: Url = DEFAULT_URL) -> None:
    """Bring dashboards and charts that were changed in Superset back into the files."""
    home = Home.from_environment()
    archive = _server(url, home).export_assets()
    changed = write_files(ASSETS, pulled_files(read_folder(ASSETS), read_archive(archive)))
    for path in changed:
        out.print(f"changed: superset/assets/{path}")
    out.print(f"Pulled from {url}: {len(changed)} files changed.")


def _project_without_exposures() -> Project:
    """Read the project although exposures of the old assets may name metrics that are gone."""
    kept = EXPOSURES_FILE.read_text("utf-8") if EXPOSURES_FILE.exists() else None
    EXPOSURES_FILE.unlink(missing_ok=True)
    try:
        parse()
        return read_project(TARGET)
    finally:
        if kept is not None:
            EXPOSURES_FILE.write_text(kept, "utf-8")


def _refuse(found: list[str]) -> None:
    if found:
        raise DatenlaborError("The assets do not hold:\n  " + "\n  ".join(found))


def _server(url: str, home: Home) -> SupersetServer:
    return SupersetServer(url, "admin", load_secrets(home).admin_password)


def _with_datasets(bundle: Bundle, project: Project) -> Bundle:
    datasets = {document["uuid"]: document for document in generate_datasets(project)}
    with_links(datasets.values(), read_links(), bundle)
    return Bundle({**bundle.assets, "datasets": datasets})


def _dataset_files(bundle: Bundle) -> dict[str, str]:
    return {
        path_of("datasets", document): dump(
            normalise("datasets", document), bundle.names, GENERATED
        )
        for document in bundle.assets["datasets"].values()
    }


def _write(path: Path, text: str) -> None:
    if not path.exists() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8")
        out.print(f"written: {path.relative_to(PROJECT)}")
