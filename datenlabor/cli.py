"""The ``datenlabor`` command."""

import sys
from typing import NoReturn

import typer
from rich.text import Text

from datenlabor import disk
from datenlabor.assets.commands import app as assets_app
from datenlabor.backup.commands import backup_command, restore_command
from datenlabor.console import err
from datenlabor.deliveries.commands import app as deliveries_app
from datenlabor.deliveries.commands import ingest_command, rebuild_command
from datenlabor.deliveries.inspection.commands import inspect_command
from datenlabor.demo.commands import demo_command, load_command
from datenlabor.documents import docs_command
from datenlabor.errors import DatenlaborError
from datenlabor.opendata.commands import export_command
from datenlabor.publishing.commands import audit_command, publish_command, releases_command
from datenlabor.service.commands import run_command

commands = typer.Typer(
    help="Datenlabor: build, publish and serve a municipal data lab.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
commands.command(name="run")(run_command)
commands.command(name="inspect")(inspect_command)
commands.command(name="ingest")(ingest_command)
commands.add_typer(deliveries_app, name="deliveries")
commands.command(name="rebuild")(rebuild_command)
commands.command(name="publish")(publish_command)
commands.command(name="audit")(audit_command)
commands.command(name="releases")(releases_command)
commands.command(name="export")(export_command)
commands.command(name="backup")(backup_command)
commands.command(name="restore")(restore_command)
commands.command(name="docs")(docs_command)
commands.command(name="demo")(demo_command)
commands.command(name="demo-load")(load_command)
commands.add_typer(assets_app, name="assets")


def app() -> None:
    """Run a command; what the user can act on is shown without a traceback."""
    try:
        commands()
    except DatenlaborError as error:
        _fail(str(error), error.hint)
    except OSError as error:
        hint = disk.advice(error)
        if not hint:
            raise
        _fail(f"{error.strerror}: {error.filename or 'a file'}", hint)


def _fail(message: str, hint: str) -> NoReturn:
    _show("Error:", "bold red", message)
    if hint:
        _show("What to do:", "bold", hint)
    sys.exit(1)


def _show(label: str, style: str, text: str) -> None:
    """Print a text as it is: neither markup, nor wrapped within a path."""
    err.print(Text.assemble((label, style), f" {text}"))
