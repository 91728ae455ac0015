"""The Frictionless Data Package around a data set's CSV, with the schema of its columns."""

from typing import Any

from datenlabor.opendata.content import Content
from datenlabor.opendata.product import DataSet, Product

_TYPES = {
    "BOOLEAN": "boolean",
    "DATE": "date",
    "DOUBLE": "number",
    "INTEGER": "integer",
    "BIGINT": "integer",
    "VARCHAR": "string",
}


def data_package(product: Product, data_set: DataSet) -> dict[str, Any]:
    """Return the package; its CSV is the first of the data set's files."""
    settings, table = product.settings, data_set.files[0]
    address = product.address(data_set)
    licences = dict.fromkeys([data_set.licence, *data_set.content.licences])
    return {
        "profile": "tabular-data-package",
        "name": data_set.name,
        "id": address,
        "title": data_set.title,
        "description": data_set.description,
        "version": product.release_id,
        "created": f"{product.published_at:%Y-%m-%dT%H:%M:%SZ}",
        "homepage": address,
        "keywords": list(data_set.content.declaration.shape.keywords),
        "licenses": [
            {"name": licence.code, "path": licence.url, "title": licence.name}
            for licence in licences
        ],
        "contributors": [
            {"title": settings.publisher, "role": "publisher"},
            {"title": settings.contact_role, "role": "maintainer", "email": settings.contact_email},
        ],
        "sources": [{"title": attribution} for attribution in data_set.content.attributions],
        "resources": [
            {
                "profile": "tabular-data-resource",
                "name": data_set.name,
                "path": table.name,
                "title": data_set.title,
                "format": "csv",
                "mediatype": table.kind.media_type,
                "encoding": "utf-8",
                "bytes": table.size,
                "hash": f"sha256:{table.sha256}",
                "dialect": {"delimiter": ",", "lineTerminator": "\r\n"},
                "schema": table_schema(data_set.content),
            }
        ],
    }


def table_schema(content: Content) -> dict[str, Any]:
    """Return the Frictionless Table Schema of a data set's CSV."""
    declaration = content.declaration
    # A key of which a column stays inside would not be one.
    key = list(declaration.key) if {*declaration.key} <= content.types.keys() else []
    schema: dict[str, Any] = {
        "fields": [
            {
                "name": column.name,
                "type": _TYPES.get(content.types[column.name], "any"),
                "title": column.label,
                "description": column.description,
                **({"constraints": {"required": True}} if column.name in key else {}),
            }
            for column in declaration.columns
        ],
        "missingValues": [""],
    }
    return {**schema, "primaryKey": key} if key else schema
