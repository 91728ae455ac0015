"""Bring Superset's metadata database to the state of the checkout; may be run any number of times.

``.venv-superset/bin/python superset/setup.py FOLDER…`` with the environment that
``datenlabor.service.superset`` sets. One process does everything, because every start of Superset
costs eight seconds.

What comes from the asset folders is marked as *managed externally*: Superset then offers no editing
that the next import would undo, and what leaves the folders can be told from what users made.
"""

import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml
from flask import Flask
from flask_migrate import upgrade
from german import write_corrected
from superset.app import create_app

import superset

STEPS = 7
HOME_PLACEHOLDER = "$DATENLABOR_HOME"
INSTALLED = Path(superset.__file__).parent

# Superset's migrations print to standard output: it joins the log (standard error), and a copy of
# it is kept for the progress alone.
PROGRESS = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8")
os.dup2(2, 1)


class SetupError(Exception):
    """What is wrong with the assets, for the one who wrote them."""


def announce(number: int, text: str) -> None:
    """Show the progress."""
    PROGRESS.write(f"[{number}/{STEPS}] {text}\n")


def upgrade_database(app: Flask) -> None:
    """Create or migrate the tables."""
    from superset.extensions import db  # noqa: PLC0415

    upgrade(directory=str(INSTALLED / "migrations"))
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"):
        # Readers do not wait for the one who writes; the setting stays in the file.
        db.session.execute("pragma journal_mode = wal")
        db.session.commit()


def sync_roles() -> None:
    """Create Superset's permissions and its own roles, as ``superset init`` does."""
    from superset.extensions import appbuilder, security_manager  # noqa: PLC0415

    appbuilder.add_permissions(update_perms=True)
    security_manager.sync_role_definitions()


def ensure_admin() -> Any:  # noqa: ANN401
    """Return an administrator, created only if there is none; passwords are never changed."""
    from superset.extensions import security_manager  # noqa: PLC0415

    role = security_manager.find_role("Admin")
    administrators = [user for user in role.user if user.is_active]
    if administrators:
        return min(administrators, key=lambda user: user.id)
    user = security_manager.add_user(
        "admin", "Datenlabor", "Administration", "admin@localhost", role, password=admin_password()
    )
    if not user:
        raise SetupError("The user admin could not be created: it exists without the role Admin.")
    return user


def admin_password() -> str:
    """Return the first password of the administrator."""
    if password := os.environ.get("DATENLABOR_ADMIN_PASSWORD"):
        return password
    file = Path(os.environ["DATENLABOR_HOME"]) / "superset" / "secrets.json"
    return str(json.loads(file.read_text(encoding="utf-8"))["admin_password"])


def read_assets(folders: Iterable[Path]) -> dict[str, str]:
    """Return the asset files by their path in the bundle, with the real path of the release."""
    contents: dict[str, str] = {}
    origin: dict[str, Path] = {}
    for folder in folders:
        for file in sorted(folder.rglob("*.yaml")):
            name = file.relative_to(folder).as_posix()
            if name != "metadata.yaml" and name in origin:
                raise SetupError(f"{file} and {origin[name]} are the same asset {name}.")
            origin[name] = file
            contents[name] = file.read_text(encoding="utf-8")
            if name.startswith("databases/"):
                contents[name] = yaml.safe_dump(with_home(yaml.safe_load(contents[name])))
    return contents


def with_home(database: dict[str, Any]) -> dict[str, Any]:
    """Replace the placeholder in the address of a database: tracked files have no absolute path."""
    home = os.environ["DATENLABOR_HOME"]
    if "?" in home:
        raise SetupError(f"The path {home} must not contain '?', which ends a path in an address.")
    uri = database["sqlalchemy_uri"].replace(HOME_PLACEHOLDER, home)
    return database | {"sqlalchemy_uri": uri}


def import_assets(contents: dict[str, str]) -> None:
    """Create or overwrite everything in the bundle and mark it as managed externally."""
    from superset.commands.exceptions import (  # noqa: PLC0415
        CommandInvalidError,
        ImportFailedError,
    )
    from superset.commands.importers.v1.assets import ImportAssetsCommand  # noqa: PLC0415
    from superset.extensions import db  # noqa: PLC0415

    try:
        ImportAssetsCommand(contents).run()
    except ImportFailedError as error:
        cause = error.__cause__
        invalid = isinstance(cause, CommandInvalidError)
        reason = cause.normalized_messages() if invalid else f"{type(cause).__name__}: {cause}"
        raise SetupError(f"The assets cannot be imported: {reason}") from error
    for kind, model in models().items():
        for item in db.session.query(model).filter(model.uuid.in_(uuids(contents, kind))):
            item.is_managed_externally = True
    db.session.commit()


def delete_left(contents: dict[str, str]) -> list[str]:
    """Delete charts, dashboards and datasets that came from a bundle and left it.

    A dataset stays as long as a chart that a user made shows it.
    """
    from superset.extensions import db  # noqa: PLC0415
    from superset.models.slice import Slice  # noqa: PLC0415

    deleted = []
    for kind, model in models().items():
        managed = db.session.query(model).filter(model.is_managed_externally.is_(True))
        for item in managed.filter(model.uuid.not_in(uuids(contents, kind))).all():
            if kind == "databases":
                continue
            if kind == "datasets" and (
                db.session.query(Slice)
                .filter_by(datasource_id=item.id, datasource_type="table")
                .count()
            ):
                item.is_managed_externally = False
                continue
            deleted.append(f"{kind}: {item}")
            db.session.delete(item)
        db.session.flush()
    db.session.commit()
    return deleted


def models() -> dict[str, Any]:
    """Return the models by their folder in a bundle, users before what they use."""
    from superset.connectors.sqla.models import SqlaTable  # noqa: PLC0415
    from superset.models.core import Database  # noqa: PLC0415
    from superset.models.dashboard import Dashboard  # noqa: PLC0415
    from superset.models.slice import Slice  # noqa: PLC0415

    return {"dashboards": Dashboard, "charts": Slice, "datasets": SqlaTable, "databases": Database}


def uuids(contents: dict[str, str], kind: str) -> list[UUID]:
    """Return the identities of the bundle's assets of one kind."""
    return [
        UUID(str(yaml.safe_load(text)["uuid"]))
        for name, text in contents.items()
        if name.startswith(f"{kind}/")
    ]


def main(folders: list[Path]) -> None:
    """Do all steps in one application context."""
    contents = read_assets(folders)
    announce(1, "Correct the German texts")
    write_corrected(INSTALLED / "translations", Path(os.environ["SUPERSET_HOME"]) / "translations")
    announce(2, "Load Superset")
    app = create_app()
    with app.app_context():
        from superset.utils.core import override_user  # noqa: PLC0415

        announce(3, "Create or migrate the metadata database")
        upgrade_database(app)
        announce(4, "Create roles and permissions")
        sync_roles()
        announce(5, "Look for an administrator")
        admin = ensure_admin()
        with override_user(admin):
            announce(6, f"Import {max(len(contents) - 1, 0)} assets")
            if contents:
                import_assets(contents)
            announce(7, "Delete what has left the assets")
            for name in delete_left(contents):
                PROGRESS.write(f"      {name}\n")


if __name__ == "__main__":
    try:
        main([Path(argument) for argument in sys.argv[1:]])
    except SetupError as problem:
        sys.exit(f"Error: {problem}")
