"""Exchange with a server: push the files, pull what people changed in the user interface."""

from collections.abc import Mapping
from pathlib import Path

from datenlabor.assets.bundle import KINDS, Bundle
from datenlabor.assets.normal_form import Document
from datenlabor.assets.references import charts_of
from datenlabor.errors import DatenlaborError


def pulled_files(local: Bundle, server: Bundle) -> dict[str, str]:
    """Return the files of the folder as they should be after a pull, by path.

    Taken over are the published dashboards that stand on our datasets, and their charts. Datasets
    are generated: one that was changed on the server is refused, because its definition belongs
    into the dbt project.

    Raises:
        DatenlaborError: a dataset on the server differs from the generated one.

    """
    ours, theirs = local.normalised(), server.normalised()
    for uuid, dataset in ours.assets["datasets"].items():
        if uuid in theirs.assets["datasets"] and theirs.assets["datasets"][uuid] != dataset:
            raise DatenlaborError(
                f"Dataset {dataset['table_name']} was changed in Superset.",
                hint="Change column or metric in the dbt project, run `datenlabor assets "
                "generate` and `datenlabor assets push`.",
            )
    dashboards = {
        uuid: dashboard
        for uuid, dashboard in theirs.assets["dashboards"].items()
        if dashboard.get("published", True) and _stands_on(dashboard, theirs, ours)
    }
    # What the server's city has no data for was never put there; its files stay.
    dashboards |= _left_out(ours, theirs)
    used = {chart for dashboard in dashboards.values() for chart in charts_of(dashboard)}
    known = {**ours.assets["charts"], **theirs.assets["charts"]}
    charts = {uuid: known[uuid] for uuid in used}
    return Bundle({**ours.assets, "dashboards": dashboards, "charts": charts}).files()


def write_files(folder: Path, files: Mapping[str, str]) -> list[str]:
    """Make the folder hold exactly ``files``; return the paths that changed."""
    changed = []
    existing = {
        str(path.relative_to(folder)): path
        for kind in KINDS
        for path in folder.glob(f"{kind}/**/*.yaml")
    }
    for path in sorted(existing.keys() - files.keys()):
        existing[path].unlink()
        changed.append(path)
    for path, text in sorted(files.items()):
        target = folder / path
        if not target.exists() or target.read_text("utf-8") != text:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, "utf-8")
            changed.append(path)
    return changed


def _left_out(ours: Bundle, theirs: Bundle) -> dict[str, Document]:
    """Return our dashboards that an empty table may have kept from the server."""
    tables = {dataset["table_name"] for dataset in ours.assets["datasets"].values()}
    always = ours.without_empty_dashboards(tables).assets["dashboards"]
    return {
        uuid: dashboard
        for uuid, dashboard in ours.assets["dashboards"].items()
        if uuid not in always and uuid not in theirs.assets["dashboards"]
    }


def _stands_on(dashboard: Mapping[str, object], server: Bundle, ours: Bundle) -> bool:
    charts = [server.assets["charts"].get(uuid) for uuid in charts_of(dict(dashboard))]
    return all(chart and chart.get("dataset_uuid") in ours.assets["datasets"] for chart in charts)
