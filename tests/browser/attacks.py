"""The catalogue of attacks by request: every one is tried by everyone who may not do it.

A path may name ``{dashboard}``, ``{slug}``, ``{uuid}``, ``{chart}`` and ``{dataset}``: those of a
dashboard the attacker may not see, and ``{own}``, one that he sees.
"""

from dataclasses import dataclass, replace
from typing import Any

ANYONE = "anyone"
BUT_ANALYSE = "anyone but Analyse"


@dataclass(frozen=True)
class Attack:
    """One request that has to be refused."""

    subject: str
    method: str
    path: str
    body: Any = None
    """JSON."""
    files: tuple[str, str] | None = None
    """Field and name of an uploaded archive."""
    who: str = ANYONE

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


def _many(subject: str, *requests: tuple[Any, ...], who: str = ANYONE) -> tuple[Attack, ...]:
    return tuple(replace(Attack(subject, *request), who=who) for request in requests)


_NEW_USER = {
    "username": "mallory",
    "first_name": "M",
    "last_name": "M",
    "email": "m@example.org",
    "active": True,
    "password": "Blaue-Forelle-77-schwimmt",
    "roles": [1],
}
_ELSEWHERE = {"database_name": "x", "sqlalchemy_uri": "duckdb:////etc/passwd"}
_TITLE = {"dashboard_title": "übernommen"}
_RULE = {
    "name": "x",
    "filter_type": "Regular",
    "tables": [1],
    "roles": [1],
    "clause": "1=1",
}

REQUESTS: tuple[Attack, ...] = (
    *_many(
        "other roles' dashboards",
        ("GET", "/superset/dashboard/{slug}/"),
        ("GET", "/superset/dashboard/{dashboard}/"),
        ("GET", "/superset/dashboard/{uuid}/"),
        ("GET", "/api/v1/dashboard/{slug}"),
        ("GET", "/api/v1/dashboard/{dashboard}"),
        ("GET", "/api/v1/dashboard/{uuid}"),
        ("GET", "/api/v1/dashboard/{dashboard}/charts"),
        ("GET", "/api/v1/dashboard/{dashboard}/datasets"),
        ("GET", "/api/v1/dashboard/{dashboard}/tabs"),
        ("GET", "/api/v1/dashboard/{uuid}/embedded"),
        ("POST", "/api/v1/dashboard/{dashboard}/embedded", {"allowed_domains": []}),
        ("POST", "/api/v1/dashboard/{dashboard}/permalink", {"dataMask": {}}),
        ("POST", "/api/v1/dashboard/{dashboard}/filter_state", {"value": "{}"}),
        ("POST", "/api/v1/dashboard/{dashboard}/copy/", _TITLE | {"json_metadata": "{}"}),
        ("PUT", "/api/v1/dashboard/{dashboard}", _TITLE),
        ("DELETE", "/api/v1/dashboard/{dashboard}"),
        ("GET", "/api/v1/dashboard/{dashboard}/thumbnail/x/"),
        ("GET", "/api/v1/dashboard/{dashboard}/screenshot/x/"),
        ("POST", "/api/v1/dashboard/{dashboard}/cache_dashboard_screenshot/", {}),
        ("GET", "/embedded/{uuid}"),
    ),
    *_many(
        "changing one's own dashboard",
        ("PUT", "/api/v1/dashboard/{own}", _TITLE),
        ("PUT", "/api/v1/dashboard/{own}", {"roles": [1], "owners": [2]}),
        ("PUT", "/api/v1/dashboard/{own}/filters", {"modified": [], "deleted": []}),
        ("PUT", "/api/v1/dashboard/{own}/colors", {"color_scheme": "x"}),
        ("DELETE", "/api/v1/dashboard/{own}"),
        ("POST", "/api/v1/dashboard/", _TITLE),
    ),
    *_many(
        "charts",
        ("GET", "/api/v1/chart/{chart}/data/"),
        ("GET", "/api/v1/chart/{chart}/data/?format=csv"),
        ("GET", "/api/v1/chart/{chart}/data/?format=xlsx"),
        ("GET", "/api/v1/chart/{chart}"),
        ("GET", "/api/v1/explore/?slice_id={chart}"),
        ("POST", "/superset/explore_json/?slice_id={chart}", {}),
        ("GET", "/api/v1/chart/{chart}/thumbnail/x/"),
        ("GET", "/api/v1/chart/{chart}/cache_screenshot/"),
        who=BUT_ANALYSE,
    ),
    *_many(
        "changing charts",
        ("PUT", "/api/v1/chart/{chart}", {"slice_name": "übernommen"}),
        ("DELETE", "/api/v1/chart/{chart}"),
        (
            "POST",
            "/api/v1/chart/",
            {
                "slice_name": "x",
                "datasource_id": 1,
                "datasource_type": "table",
                "viz_type": "table",
            },
        ),
        ("PUT", "/api/v1/chart/warm_up_cache", {"chart_id": 1}),
    ),
    *_many(
        "datasets",
        ("GET", "/api/v1/dataset/{dataset}"),
        ("GET", "/api/v1/dataset/"),
        ("GET", "/api/v1/dataset/{dataset}/drill_info/"),
        ("GET", "/api/v1/dataset/{dataset}/related_objects"),
        ("PUT", "/api/v1/dataset/{dataset}", {"sql": "select 1"}),
        ("DELETE", "/api/v1/dataset/{dataset}"),
        ("PUT", "/api/v1/dataset/{dataset}/refresh"),
        ("POST", "/api/v1/dataset/", {"database": 1, "table_name": "x", "sql": "select 1"}),
        ("POST", "/api/v1/dataset/duplicate", {"base_model_id": 1, "table_name": "x"}),
        (
            "POST",
            "/api/v1/dataset/get_or_create/",
            {"database_id": 1, "table_name": "pub_delivery"},
        ),
        ("GET", "/api/v1/datasource/table/{dataset}/column/area_name/values/"),
        ("POST", "/datasource/samples?datasource_id={dataset}&datasource_type=table", {}),
        ("GET", "/datasource/get/table/{dataset}/"),
        ("GET", "/datasource/external_metadata/table/{dataset}/"),
        ("POST", "/datasource/save/", {}),
        who=BUT_ANALYSE,
    ),
    *_many(
        "databases",
        ("POST", "/api/v1/database/test_connection/", _ELSEWHERE),
        ("POST", "/api/v1/database/", _ELSEWHERE),
        ("PUT", "/api/v1/database/1", {"sqlalchemy_uri": "duckdb:///:memory:"}),
        ("DELETE", "/api/v1/database/1"),
        ("GET", "/api/v1/database/1/connection"),
        ("POST", "/api/v1/database/validate_parameters/", {"engine": "duckdb"}),
        ("GET", "/api/v1/database/2"),
        ("GET", "/api/v1/database/2/schemas/"),
        ("GET", "/api/v1/database/2/tables/?q=(schema_name:protected)"),
        ("POST", "/api/v1/database/1/upload/", {"type": "csv"}),
    ),
    *_many(
        "SQL Lab by roles without it",
        ("GET", "/sqllab/"),
        ("POST", "/api/v1/sqllab/execute/", {"database_id": 1, "sql": "select 1"}),
        ("POST", "/api/v1/sqllab/estimate/", {"database_id": 1, "sql": "select 1"}),
        ("GET", "/api/v1/sqllab/"),
        ("GET", "/api/v1/query/"),
        ("GET", "/api/v1/saved_query/"),
        ("GET", "/api/v1/database/"),
        ("GET", "/api/v1/database/available/"),
        ("GET", "/api/v1/database/1/tables/?q=(schema_name:protected)"),
        ("GET", "/api/v1/database/1/table_metadata/?name=pub_delivery&schema=protected"),
        ("GET", "/api/v1/database/1/select_star/pub_delivery/protected/"),
        who=BUT_ANALYSE,
    ),
    *_many(
        "exports",
        ("GET", "/api/v1/dashboard/export/?q=!({dashboard})"),
        ("GET", "/api/v1/dashboard/export/?q=!({own})"),
        ("GET", "/api/v1/chart/export/?q=!({chart})"),
        ("GET", "/api/v1/dataset/export/?q=!({dataset})"),
        ("GET", "/api/v1/database/export/?q=!(1)"),
        ("GET", "/api/v1/saved_query/export/?q=!(1)"),
        ("GET", "/api/v1/assets/export/"),
        ("GET", "/api/v1/dashboard/{own}/export_as_example/"),
    ),
    *_many(
        "imports",
        ("POST", "/api/v1/assets/import/", None, ("bundle", "x.zip")),
        ("POST", "/api/v1/dashboard/import/", None, ("formData", "x.zip")),
        ("POST", "/api/v1/chart/import/", None, ("formData", "x.zip")),
        ("POST", "/api/v1/dataset/import/", None, ("formData", "x.zip")),
        ("POST", "/api/v1/database/import/", None, ("formData", "x.zip")),
        ("POST", "/api/v1/saved_query/import/", None, ("formData", "x.zip")),
    ),
    *_many(
        "accounts, roles and rules",
        ("GET", "/api/v1/security/users/"),
        ("GET", "/api/v1/security/users/1"),
        ("POST", "/api/v1/security/users/", _NEW_USER),
        ("PUT", "/api/v1/security/users/1", {"password": _NEW_USER["password"]}),
        ("DELETE", "/api/v1/security/users/1"),
        ("GET", "/api/v1/security/roles/"),
        ("GET", "/api/v1/security/roles/search/"),
        ("POST", "/api/v1/security/roles/", {"name": "x"}),
        ("PUT", "/api/v1/security/roles/1/users", {"user_ids": [2, 3]}),
        ("POST", "/api/v1/security/roles/3/permissions", {"permission_view_menu_ids": [1]}),
        ("GET", "/api/v1/security/groups/"),
        ("POST", "/api/v1/security/groups/", {"name": "x", "label": "x", "description": "x"}),
        ("GET", "/api/v1/security/permissions/"),
        ("GET", "/api/v1/security/permissions-resources/"),
        ("GET", "/api/v1/rowlevelsecurity/"),
        ("POST", "/api/v1/rowlevelsecurity/", _RULE),
        ("DELETE", "/api/v1/rowlevelsecurity/1"),
        ("GET", "/users/"),
        ("GET", "/roles/"),
        ("GET", "/api/v1/log/"),
        ("GET", "/actionlog/list"),
        ("GET", "/resetpassword/form?pk=1"),
    ),
    *_many(
        "tokens, reports, caches and tools",
        (
            "POST",
            "/api/v1/security/guest_token/",
            {"resources": [{"type": "dashboard", "id": "1"}], "rls": [], "user": {}},
        ),
        ("GET", "/api/v1/report/"),
        ("POST", "/api/v1/report/", {"name": "x", "type": "Report"}),
        ("POST", "/api/v1/cachekey/invalidate", {"datasource_uids": ["1__table"]}),
        ("GET", "/api/v1/async_event/"),
        ("GET", "/api/v1/advanced_data_type/types"),
        ("POST", "/api/v1/tag/", {"name": "x", "objects_to_tag": []}),
        ("POST", "/api/v1/css_template/", {"template_name": "x", "css": "*{}"}),
        ("POST", "/api/v1/theme/", {"theme_name": "x", "json_data": "{}"}),
        ("PUT", "/api/v1/theme/1/set_system_default", {}),
        ("POST", "/api/v1/annotation_layer/", {"name": "x", "descr": "x"}),
        ("GET", "/swagger/v1"),
        ("GET", "/api/v1/_openapi"),
        ("GET", "/superset/fetch_datasource_metadata?datasourceKey={dataset}__table"),
        ("GET", "/static/../superset_config.py"),
        ("GET", "/datenlabor/..%2f..%2fsecrets.json"),
    ),
)
