"""``datenlabor backup`` and ``datenlabor restore``; registered by ``datenlabor.cli``."""

from pathlib import Path
from typing import Annotated

import typer

from datenlabor import console
from datenlabor.backup import archive, state
from datenlabor.backup.archive import Manifest
from datenlabor.paths import Home
from datenlabor.service.secrets import METADATA_URI, provided


def backup_command(
    file: Annotated[Path, typer.Argument(help="The archive to write; it must not exist.")],
) -> None:
    """Back up what cannot be derived: deliveries, comments, metadata, secrets, protection.

    Works while dashboards are served. The archive holds secrets and raw data: keep it encrypted.
    """
    _report("backed up", state.back_up(Home.from_environment(), file))
    if provided(METADATA_URI):
        console.err.print(f"Superset's metadata are in {METADATA_URI}: back them up with pg_dump.")


def restore_command(
    file: Annotated[Path, typer.Argument(help="The archive that `datenlabor backup` wrote.")],
    check: Annotated[  # noqa: FBT002 a flag of the command line
        bool, typer.Option("--check", help="Only read and verify the archive.")
    ] = False,
) -> None:
    """Restore a backup into an empty home; `datenlabor run` then builds, publishes and serves."""
    if check:
        _report("intact", archive.verify(file))
    else:
        _report("restored", state.restore(Home.from_environment(), file))


def _report(done: str, manifest: Manifest) -> None:
    size = sum(entry.size for entry in manifest.files.values())
    console.out.print(
        f"{len(manifest.files)} files, {size / 1e6:.1f} MB {done} "
        f"(city {manifest.city_code}, {manifest.created_at})"
    )
