"""The public's copy of the dashboards: the same assets, standing on the public file.

A copy and not the same dashboards: whoever may see one may ask its datasets anything, and those of
city staff hold more. Identities are derived, so that a copy stays the same through every set-up.
"""

from collections.abc import Collection
from typing import Any

from datenlabor.assets.bundle import KINDS, Bundle
from datenlabor.assets.identity import asset_uuid
from datenlabor.assets.references import charts_of, filter_targets

PUBLIC_SLUG = "oeffentlich-"
_SUFFIX = " (öffentlich)"


def public_copy(bundle: Bundle, slugs: Collection[str], public_file: str) -> Bundle:
    """Return the dashboards named by ``slugs`` with all they use, on the database ``public_file``.

    ``public_file`` is the address of the public file, as Superset writes it.
    """
    dashboards = {u: d for u, d in bundle.assets["dashboards"].items() if d["slug"] in slugs}
    charts = {uuid for document in dashboards.values() for uuid in charts_of(document)}
    datasets = {str(bundle.assets["charts"][uuid]["dataset_uuid"]) for uuid in charts}
    datasets |= {uuid for document in dashboards.values() for uuid, _ in filter_targets(document)}
    used = {
        "databases": bundle.assets["databases"],
        "datasets": {u: d for u, d in bundle.assets["datasets"].items() if u in datasets},
        "charts": {u: c for u, c in bundle.assets["charts"].items() if u in charts},
        "dashboards": dashboards,
    }
    words = {uuid: asset_uuid("public", uuid) for kind in KINDS for uuid in used[kind]}
    words |= {f"/superset/dashboard/{s}/": f"/superset/dashboard/{PUBLIC_SLUG}{s}/" for s in slugs}
    copies = {
        kind: {words[uuid]: _replaced(document, words) for uuid, document in used[kind].items()}
        for kind in KINDS
    }
    for database in copies["databases"].values():
        database["database_name"] += _SUFFIX
        database["sqlalchemy_uri"] = public_file
        database["expose_in_sqllab"] = False
    for dashboard in copies["dashboards"].values():
        dashboard["dashboard_title"] += _SUFFIX
        dashboard["slug"] = f"{PUBLIC_SLUG}{dashboard['slug']}"
    return Bundle(copies)


def _replaced(value: Any, words: dict[str, str]) -> Any:  # noqa: ANN401  any YAML value
    if isinstance(value, dict):
        return {key: _replaced(item, words) for key, item in value.items()}
    if isinstance(value, list):
        return [_replaced(item, words) for item in value]
    if isinstance(value, str):
        for old, new in words.items():
            value = value.replace(old, new)
    return value
