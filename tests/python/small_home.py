"""A home with something of everything, and the files in it."""

import sqlite3
from contextlib import closing
from pathlib import Path

from datenlabor.backup import state

KEPT = {
    "deliveries/log.jsonl": b"{}\n",
    "deliveries/first/original/Zählung.csv": b"a;b\n1;2\n",
    "deliveries/first/figure.parquet": bytes(range(256)) * 99,
    "superset/secrets.json": b'{"secret_key": "k"}',
    "superset/imported.json": b"{}",
    "protection.yml": b"minimum: 3\n",
    "protection/pattern.parquet": b"what was secret before",
    "comments/2026.jsonl": b"{}\n",
    "empty": b"",
}
DERIVED = {
    "warehouse.duckdb": b"w",
    "releases/20261121T093015Z/datenlabor.duckdb": b"r",
    "superset/superset.log": b"l",
    "superset/setup.json": b"{}",
    "superset/translations/de/messages.json": b"{}",
    "deliveries/.incoming/x/half": b"h",
    ".rebuild/warehouse.duckdb": b"d",
}


def fill(root: Path) -> None:
    for name, content in {**KEPT, **DERIVED}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    (root / "superset" / "secrets.json").chmod(0o600)
    (root / "protection.yml").chmod(0o444)
    with closing(sqlite3.connect(root / state.METADATA)) as database, database:
        database.execute("pragma journal_mode = wal")
        database.execute("create table pairs (one integer, other integer)")


def files(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }
