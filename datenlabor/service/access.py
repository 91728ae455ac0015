"""Who sees what: read from ``superset/roles.yaml`` and the published file, handed to the set-up."""

import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from datenlabor.assets.bundle import Bundle
from datenlabor.assets.datasets import DATABASE_UUID
from datenlabor.errors import DatenlaborError
from datenlabor.paths import PROJECT
from datenlabor.publishing.connection import open_read_only

ROLES = PROJECT / "superset" / "roles.yaml"
PUBLIC_ROLE = "Öffentlichkeit"
PUBLIC = "DATENLABOR_PUBLIC"
COLUMN = "municipality_code"
_NOBODY = "unknown"
"""Municipality of areas that lie in none that is listed: no role sees them."""


class Roles(BaseModel):
    """The file ``roles.yaml``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    abilities: Mapping[str, tuple[tuple[str, str], ...]]
    """Permissions (name, view) by ability."""
    roles: Mapping[str, tuple[str, ...]]
    """Abilities by role."""
    dashboards: Mapping[str, tuple[str, ...]]
    """Roles by the slug of a dashboard."""

    def public_dashboards(self) -> set[str]:
        """Return the slugs of the dashboards that the public may see."""
        return {slug for slug, roles in self.dashboards.items() if PUBLIC_ROLE in roles}

    def permissions(self, role: str) -> list[tuple[str, str]]:
        """Return the permissions of a role."""
        return [pair for ability in self.roles[role] for pair in self.abilities[ability]]


def read_roles(file: Path = ROLES) -> Roles:
    """Read and check the roles.

    Raises:
        DatenlaborError: the file is no such list, or names a role or ability it does not define.

    """
    try:
        roles = Roles.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
    except (yaml.YAMLError, ValidationError) as error:
        raise DatenlaborError(f"{file} is no list of roles: {error}") from error
    named = {role for names in roles.dashboards.values() for role in names}
    for kind, used, known in (
        ("role", named | {PUBLIC_ROLE}, roles.roles),
        ("ability", {name for names in roles.roles.values() for name in names}, roles.abilities),
    ):
        if unknown := sorted(used - known.keys()):
            raise DatenlaborError(f"{file} does not define the {kind} {', '.join(unknown)}.")
    return roles


def is_public() -> bool:
    """Say whether people without an account see anything: only with ``DATENLABOR_PUBLIC=1``."""
    return os.environ.get(PUBLIC) == "1"


def municipalities(published: Path) -> list[str]:
    """Return the municipalities whose areas a published file holds. Raises ``duckdb.Error``."""
    with open_read_only(published) as connection:
        tables = connection.execute(
            "select table_name from duckdb_columns() "
            "where schema_name = 'protected' and column_name = $1",
            [COLUMN],
        ).fetchall()
        codes = {
            str(code)
            for (table,) in tables
            for (code,) in connection.execute(
                f'select distinct {COLUMN} from protected."{table}"'  # noqa: S608  of the catalog
            ).fetchall()
            if code is not None
        }
    return sorted(codes - {_NOBODY})


def plan(roles: Roles, bundle: Bundle, municipality_codes: Collection[str]) -> dict[str, Any]:
    """Return what the set-up has to do, as JSON values.

    ``bundle`` holds the dashboards of the internal file that have something to show.

    Raises:
        DatenlaborError: nobody has said who sees one of the dashboards.

    """
    public = is_public()
    uuids = {str(doc["slug"]): uuid for uuid, doc in bundle.assets["dashboards"].items()}
    if unsaid := sorted(uuids.keys() - roles.dashboards.keys()):
        raise DatenlaborError(
            f"{ROLES} does not say who sees the dashboard {', '.join(unsaid)}.",
            hint="Add it under `dashboards`, with its roles.",
        )
    return {
        "database": DATABASE_UUID,
        "roles": {
            name: roles.permissions(name) if name != PUBLIC_ROLE or public else []
            for name in roles.roles
        },
        "sql_roles": [name for name, abilities in roles.roles.items() if "sql" in abilities],
        "dashboards": {
            uuid: [role for role in roles.dashboards[slug] if role != PUBLIC_ROLE]
            for slug, uuid in uuids.items()
        },
        "municipality_column": COLUMN,
        "municipalities": sorted(municipality_codes),
    }
