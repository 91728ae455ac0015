"""Which tables are published, and in which order their rows lie: read from dbt's manifest."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from datenlabor.errors import DatenlaborError

PROTECTED = "protected"
ORDER = "publish_order"
INTERNAL_ONLY = "is_internal"


def protected_tables(manifest: Path) -> dict[str, tuple[str, ...]]:
    """Return table name → order-by columns of the dbt models in schema ``protected``.

    The columns come from ``config.meta.publish_order`` of the model; without it the tuple is empty
    and the rows keep the warehouse's order. The manifest, not the warehouse, decides what is
    published: a table left over from a model's earlier name stays behind.

    Raises DatenlaborError if the manifest is missing, is not dbt's, or names no protected model.
    """
    nodes = _read(manifest)
    models = (node for node in nodes.values() if _is_protected_table(node))
    tables = dict(sorted((str(m.get("alias") or m["name"]), _order(m)) for m in models))
    if not tables:
        raise DatenlaborError(
            f"{manifest} has no model in schema {PROTECTED!r}: nothing to publish.",
            hint="Run `dbt build` in the project folder.",
        )
    return tables


def internal_tables(manifest: Path) -> frozenset[str]:
    """Return the protected tables that are for the city's staff alone (``meta.is_internal``).

    Raises DatenlaborError as :func:`protected_tables`.
    """
    return frozenset(
        str(node.get("alias") or node["name"])
        for node in _read(manifest).values()
        if _is_protected_table(node) and _meta(node).get(INTERNAL_ONLY)
    )


def _read(manifest: Path) -> Mapping[str, Any]:
    hint = "Run `dbt build` in the project folder; it writes the manifest."
    try:
        nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"]
    except FileNotFoundError:
        raise DatenlaborError(f"dbt's manifest {manifest} is missing.", hint=hint) from None
    except (OSError, ValueError, LookupError, TypeError) as error:
        message = f"dbt's manifest {manifest} cannot be read: {error!r}."
        raise DatenlaborError(message, hint=hint) from error
    if not isinstance(nodes, dict):
        raise DatenlaborError(f"dbt's manifest {manifest} has no mapping 'nodes'.", hint=hint)
    return nodes


def _is_protected_table(node: Mapping[str, Any]) -> bool:
    return (
        node.get("resource_type") == "model"
        and node.get("schema") == PROTECTED
        and node.get("config", {}).get("materialized") != "ephemeral"
    )


def _meta(model: Mapping[str, Any]) -> Mapping[str, Any]:
    return model.get("config", {}).get("meta") or {}


def _order(model: Mapping[str, Any]) -> tuple[str, ...]:
    order = _meta(model).get(ORDER) or []
    if not isinstance(order, list) or not all(isinstance(column, str) for column in order):
        raise DatenlaborError(
            f"Model {model['name']}: config.meta.{ORDER} is {order!r}, not a list of columns.",
            hint=f"Write e.g. `{ORDER}: [indicator_code, area_code]`, then run `dbt build`.",
        )
    return tuple(order)
