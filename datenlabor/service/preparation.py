"""What Superset's set-up is made from: assets of both audiences, roles, and what they hang on."""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from datenlabor import publishing
from datenlabor.assets.bundle import KINDS, Bundle, read_folder
from datenlabor.assets.normal_form import Document
from datenlabor.audiences import INTERNAL, PUBLIC
from datenlabor.errors import DatenlaborError
from datenlabor.paths import PROJECT, Home
from datenlabor.service import access
from datenlabor.service.audience import public_copy
from datenlabor.service.secrets import METADATA_URI, provided

SOURCES = PROJECT / "superset"


@dataclass(frozen=True)
class Preparation:
    """Everything the set-up is given."""

    bundle: Bundle
    """All assets, those of the public included where it is let in."""
    plan: Mapping[str, Any]
    """Who may do and see what (``access.plan``)."""
    fingerprint: str
    """Hash of all of this and of the code that makes it so."""
    replacements: Mapping[str, str]
    """Values of the placeholders in the assets."""

    def write(self, home: Home) -> list[Path]:
        """Write what the set-up reads and return the files, in the order of its arguments."""
        archive, plan = home.superset / "assets.zip", home.superset / "access.json"
        archive.write_bytes(self.bundle.archive(self.replacements))
        plan.write_text(json.dumps(self.plan, ensure_ascii=False, indent=1), encoding="utf-8")
        return [archive, plan]


def shown_assets(home: Home, assets: Path, audience: str = INTERNAL) -> Bundle:
    """Return the assets that have something to show to an audience in the current release."""
    release = publishing.current_release(home)
    rows = release.files[audience].tables if release else {}
    empty = [table for table, count in rows.items() if not count]
    return read_folder(assets).without_empty_dashboards(empty)


def prepare(home: Home, assets: Path) -> Preparation:
    """Work out what the set-up has to do.

    Raises:
        DatenlaborError: the assets or the roles are no such files, or do not fit each other.

    """
    roles = access.read_roles()
    internal = shown_assets(home, assets)
    plan = access.plan(roles, internal, access.municipalities(home.published))
    bundle = internal
    if access.is_public():
        address = f"duckdb:///{home.published_for(PUBLIC)}"
        shown = shown_assets(home, assets, PUBLIC)
        public = public_copy(shown, roles.public_dashboards(), address)
        _refuse_internal_tables(home, public)
        plan["dashboards"] |= {uuid: [access.PUBLIC_ROLE] for uuid in public.assets["dashboards"]}
        bundle = Bundle({kind: _joined(internal, public, kind) for kind in KINDS})
    values = placeholders(home)
    return Preparation(bundle, plan, _fingerprint(assets, plan, values), values)


def placeholders(home: Home) -> dict[str, str]:
    """Return what stands in tracked assets for things of the installation, with their values.

    Map tiles have addresses without a host, which browsers complete only for their own scheme.
    """
    values = {"$DATENLABOR_HOME": str(home.root)}
    if os.environ.get("DATENLABOR_HTTPS") == "1":
        values["tile://http:/"] = "tile://https:/"
    return values


def _refuse_internal_tables(home: Home, public: Bundle) -> None:
    """Find dashboards for the public that would show errors: their tables are for staff alone."""
    release = publishing.current_release(home)
    tables = {str(dataset["table_name"]) for dataset in public.assets["datasets"].values()}
    if release and (lacking := sorted(tables - release.files[PUBLIC].tables.keys())):
        raise DatenlaborError(
            f"A dashboard for the public shows {', '.join(lacking)}, which it does not get.",
            hint=f"Take its tiles off, or {access.PUBLIC_ROLE} from its roles in {access.ROLES}.",
        )


def _joined(one: Bundle, other: Bundle, kind: str) -> dict[str, Document]:
    return {**one.assets[kind], **other.assets[kind]}


def _fingerprint(assets: Path, plan: Mapping[str, Any], values: Mapping[str, str]) -> str:
    files = [*sorted(SOURCES.glob("*.py")), SOURCES / "requirements.lock"]
    for folder in (SOURCES / "static", assets):
        files += sorted(file for file in folder.rglob("*") if file.is_file())
    digest = hashlib.sha256(f"{provided(METADATA_URI)}\0".encode())
    digest.update(json.dumps([values, plan], sort_keys=True).encode())
    for file in files:
        digest.update(f"{file}\0{hashlib.sha256(file.read_bytes()).hexdigest()}\0".encode())
    return digest.hexdigest()
