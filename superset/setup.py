"""Bring Superset's metadata database to the state of the checkout; may be run any number of times.

``.venv-superset/bin/python superset/setup.py ARCHIVE PLAN`` with the environment and the files that
``datenlabor.service`` prepares. One process does everything, because every start of
Superset costs eight seconds.
"""

import json
import os
import sys
import zipfile
from pathlib import Path
from typing import Any
from uuid import UUID

import access
import yaml
from alembic.migration import MigrationContext
from alembic.operations import Operations
from flask import Flask
from flask_appbuilder.exceptions import PasswordComplexityValidationError
from flask_migrate import upgrade
from german import write_corrected
from people import check_password
from sqlalchemy import inspect
from superset.app import create_app

import superset

STEPS = 8
SURPLUS_ROLES = ("Alpha", "Gamma", "Public", "sql_lab")
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
    from superset.extensions import db

    upgrade(directory=str(INSTALLED / "migrations"))
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"):
        # Readers do not wait for the one who writes; the setting stays in the file.
        db.session.execute("pragma journal_mode = wal")
        db.session.commit()
        allow_equal_names(db.engine)


def allow_equal_names(engine: Any) -> None:  # noqa: ANN401  SQLAlchemy's
    """Let two databases have tables of one name, as those of both audiences do.

    Superset's migrations drop the old constraint everywhere but on SQLite, where a table has to be
    copied for that.
    """
    with engine.connect() as connection:
        if ["table_name"] in [
            found["column_names"] for found in inspect(connection).get_unique_constraints("tables")
        ]:
            names = {"uq": "uq_%(table_name)s_%(column_0_name)s"}
            operations = Operations(MigrationContext.configure(connection))
            with operations.batch_alter_table("tables", naming_convention=names) as table:
                table.drop_constraint("uq_tables_table_name", type_="unique")


def sync_roles() -> None:
    """Create Superset's permissions and its own roles, as ``superset init`` does.

    Of its roles only the administrator's stays: the others may do more than any of ours. One that
    somebody has been given stays as well.
    """
    from superset.extensions import appbuilder, db, security_manager

    appbuilder.add_permissions(update_perms=True)
    security_manager.sync_role_definitions()
    for name in SURPLUS_ROLES:
        role = security_manager.find_role(name)
        if role and not role.user:
            db.session.delete(role)
    db.session.commit()


def ensure_admin() -> Any:  # noqa: ANN401  a user of Superset, which has no types
    """Return an administrator, created only if there is none; passwords are never changed."""
    from superset.extensions import security_manager

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
        try:
            check_password(password)
        except PasswordComplexityValidationError as error:
            raise SetupError(f"DATENLABOR_ADMIN_PASSWORD: {error}") from error
        return password
    file = Path(os.environ["DATENLABOR_HOME"]) / "superset" / "secrets.json"
    return str(json.loads(file.read_text(encoding="utf-8"))["admin_password"])


def read_assets(archive: Path) -> dict[str, str]:
    """Return the asset files by their path in the bundle."""
    with zipfile.ZipFile(archive) as bundle:
        return {
            name.split("/", maxsplit=1)[1]: bundle.read(name).decode("utf-8")
            for name in bundle.namelist()
        }


def import_assets(contents: dict[str, str]) -> None:
    """Create or overwrite everything in the bundle.

    Datasets are marked as managed externally: they are generated, and Superset then offers no
    editing that the next import would undo.
    """
    from superset.commands.exceptions import CommandInvalidError
    from superset.commands.importers.v1.assets import ImportAssetsCommand
    from superset.connectors.sqla.models import SqlaTable
    from superset.extensions import db

    try:
        ImportAssetsCommand(contents).run()
    except CommandInvalidError as error:
        raise SetupError(f"The assets are invalid: {error.normalized_messages()}") from error
    for item in db.session.query(SqlaTable).filter(SqlaTable.uuid.in_(uuids(contents, "datasets"))):
        item.is_managed_externally = True
    db.session.commit()


def delete_left(contents: dict[str, str]) -> list[str]:
    """Delete charts, dashboards and datasets that an earlier bundle brought and this one lacks.

    What users made is in no bundle and stays; so does a dataset that a chart of theirs shows.
    """
    from superset.extensions import db
    from superset.models.slice import Slice

    deleted = []
    earlier = read_imported()
    current = {kind: uuids(contents, kind) for kind in models()}
    for kind, model in models().items():
        left = {UUID(text) for text in earlier.get(kind, [])} - set(current[kind])
        for item in db.session.query(model).filter(model.uuid.in_(left)).all():
            if kind == "datasets" and (
                db.session.query(Slice)
                .filter_by(datasource_id=item.id, datasource_type="table")
                .count()
            ):
                continue
            deleted.append(f"{kind}: {item}")
            db.session.delete(item)
        db.session.flush()
    db.session.commit()
    imported = {kind: [str(uuid) for uuid in found] for kind, found in current.items()}
    imported_file().write_text(json.dumps(imported), encoding="utf-8")
    return deleted


def imported_file() -> Path:
    """Return where the identities of the last import are kept."""
    return Path(os.environ["SUPERSET_HOME"]) / "imported.json"


def read_imported() -> dict[str, list[str]]:
    """Return the identities of the last import by kind; nothing before the first."""
    try:
        content: dict[str, list[str]] = json.loads(imported_file().read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return content


def models() -> dict[str, Any]:
    """Return the models by their folder in a bundle, users before what they use."""
    from superset.connectors.sqla.models import SqlaTable
    from superset.models.dashboard import Dashboard
    from superset.models.slice import Slice

    return {"dashboards": Dashboard, "charts": Slice, "datasets": SqlaTable}


def uuids(contents: dict[str, str], kind: str) -> list[UUID]:
    """Return the identities of the bundle's assets of one kind."""
    return [
        UUID(str(yaml.load(text, yaml.CSafeLoader)["uuid"]))
        for name, text in contents.items()
        if name.startswith(f"{kind}/")
    ]


def main(archive: Path, plan: Path) -> None:
    """Do all steps in one application context."""
    contents = read_assets(archive)
    wanted = json.loads(plan.read_text(encoding="utf-8"))
    announce(1, "Correct the German texts")
    write_corrected(INSTALLED / "translations", Path(os.environ["SUPERSET_HOME"]) / "translations")
    announce(2, "Load Superset")
    app = create_app()
    with app.app_context():
        from superset.utils.core import override_user

        announce(3, "Create or migrate the metadata database")
        upgrade_database(app)
        announce(4, "Create roles and permissions")
        sync_roles()
        announce(5, "Look for an administrator")
        admin = ensure_admin()
        with override_user(admin):
            announce(6, f"Import {len(contents) - 1} assets")
            import_assets(contents)
            announce(7, "Delete what has left the assets")
            for name in delete_left(contents):
                PROGRESS.write(f"      {name}\n")
            announce(8, "Say who may see what")
            access.apply(wanted)


if __name__ == "__main__":
    try:
        main(*map(Path, sys.argv[1:]))
    except SetupError as problem:
        sys.exit(f"Error: {problem}")
