"""Make Superset's roles, the dashboards they see and the row-level rules equal to the plan.

The plan is what ``datenlabor.service.access`` writes. May be applied any number of times; roles and
rules that somebody made by hand, and who has which role, are left alone.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

PREFIX = "Gemeinde "
_BASE = "Ohne Gemeinde"
_GROUP = "municipality"


def apply(plan: Mapping[str, Any]) -> None:
    """Do everything that the plan says, in the application context of Superset."""
    from superset.extensions import db, security_manager
    from superset.models.core import Database

    roles = {name: _role(name, pairs) for name, pairs in plan["roles"].items()}
    internal = db.session.query(Database).filter_by(uuid=UUID(plan["database"])).one()
    query = security_manager.add_permission_view_menu("database_access", internal.perm)
    for name in plan["sql_roles"]:
        roles[name].permissions.append(query)
    _show_dashboards(roles, plan["dashboards"])
    _limit_rows(internal, plan["municipality_column"], plan["municipalities"])
    db.session.commit()


def municipality_role(code: str) -> str:
    """Return the name of the role that sees the areas of a municipality."""
    return f"{PREFIX}{code}"


def _role(name: str, permissions: list[list[str]]) -> Any:  # noqa: ANN401  a role of Superset
    """Create or change a role to have exactly these permissions."""
    from superset.extensions import security_manager

    role = security_manager.find_role(name) or security_manager.add_role(name)
    role.permissions = [security_manager.add_permission_view_menu(*pair) for pair in permissions]
    return role


def _show_dashboards(roles: Mapping[str, Any], wanted: Mapping[str, list[str]]) -> None:
    """Give each dashboard its roles; administrators see all."""
    from superset.extensions import db, security_manager
    from superset.models.dashboard import Dashboard

    admin = security_manager.find_role("Admin")
    for uuid, names in wanted.items():
        dashboard = db.session.query(Dashboard).filter_by(uuid=UUID(uuid)).one()
        # With a role of its own no dashboard falls back on "who may see its data".
        dashboard.roles = [admin, *(roles[name] for name in names)]
        # Who ran the set-up is no reader's business, least of all the public's.
        dashboard.owners = []
    db.session.flush()
    known = Dashboard.uuid.in_([UUID(uuid) for uuid in wanted])
    nobody = {"created_by_fk": None, "changed_by_fk": None}
    db.session.query(Dashboard).filter(known).update(nobody, synchronize_session=False)


def _limit_rows(database: Any, column: str, codes: list[str]) -> None:  # noqa: ANN401  Superset's
    """Show areas within a municipality to those who have its role, and to administrators.

    Whoever has none of these roles sees what is for everyone: no area within a municipality. A
    role keeps its rule when nothing of its municipality is published any more: without one it would
    see everything. What is published for the public is not limited.
    """
    from superset.connectors.sqla.models import SqlaTable
    from superset.extensions import db, security_manager
    from superset.utils.core import RowLevelSecurityFilterType

    tables = [
        table
        for table in db.session.query(SqlaTable).filter_by(database_id=database.id)
        if column in {entry.column_name for entry in table.columns}
    ]
    names = {role.name for role in security_manager.get_all_roles()}
    known = {name.removeprefix(PREFIX) for name in names if name.startswith(PREFIX)}
    roles = {code: _role(municipality_role(code), []) for code in sorted({*codes, *known})}
    admin = security_manager.find_role("Admin")
    _rule(
        _BASE,
        RowLevelSecurityFilterType.BASE,
        f"{column} is null",
        [admin, *roles.values()],
        tables,
    )
    for code, role in roles.items():
        literal = code.replace("'", "''")
        clause = f"({column} is null or {column} = '{literal}')"
        _rule(role.name, RowLevelSecurityFilterType.REGULAR, clause, [role], tables)


def _rule(name: str, kind: str, clause: str, roles: list[Any], tables: list[Any]) -> None:
    from superset.connectors.sqla.models import RowLevelSecurityFilter
    from superset.extensions import db

    rule = db.session.query(RowLevelSecurityFilter).filter_by(name=name).one_or_none()
    if rule is None:
        rule = RowLevelSecurityFilter(name=name)
        db.session.add(rule)
    rule.filter_type, rule.clause, rule.group_key = kind, clause, _GROUP
    rule.roles, rule.tables = roles, tables
