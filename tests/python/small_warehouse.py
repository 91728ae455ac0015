"""A small warehouse and what tests of publishing ask of it."""

from pathlib import Path
from typing import Any

import duckdb

from datenlabor import publishing, warehouse
from datenlabor.paths import Home
from datenlabor.publishing.connection import open_read_only

TABLES = {"fct": ("indicator", "area"), "dim 1": ("code",)}
ROWS = 300_000


WAREHOUSE = """
drop schema if exists protected cascade;
create schema protected;
create schema if not exists marts;
create or replace table marts.secret as select 'company' as name;
create table protected.fct (
    indicator varchar not null,
    area integer not null,
    share decimal(9, 4)
);
insert into protected.fct
select 'i' || (i * 7919 % 97), i * 104729 % 1009, i % 1000 / 3
from range(getvariable('rows')) t(i);
create table protected."dim 1" (
    code varchar primary key,
    kind enum ('a', 'b') not null,
    "at" timestamp,
    "Ü ""x" double
);
insert into protected."dim 1" values ('b', 'a', now()::timestamp, 1), ('a', 'b', null, 2);
comment on table protected.fct is 'Werte; it''s safe';
comment on column protected.fct.share is 'Anteil ≤ 1';
create table protected.left_over as select 'old model' as name;
create view protected.a_view as select * from marts.secret;
"""


def write_warehouse(home: Home, rows: int = ROWS) -> None:
    home.root.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute(f"set variable rows = {rows}")
        connection.execute(WAREHOUSE)


def small_home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    write_warehouse(home, rows=1000)
    return home


def publish(
    home: Home, *, keep: int = 5, inputs_fingerprint: str | None = None
) -> publishing.Release:
    """Publish the small warehouse, as a build of the inputs if there is a fingerprint of them."""
    if inputs_fingerprint:
        warehouse.mark(home, inputs_fingerprint)
    return publishing.publish(home, tables=TABLES, keep=keep, inputs_fingerprint=inputs_fingerprint)


def query(home: Home, sql: str) -> list[tuple[Any, ...]]:
    with open_read_only(home.published) as connection:
        return connection.execute(sql).fetchall()


def hidden(home: Home) -> list[str]:
    """Whatever lies in the folder beside releases, the link and the lock."""
    return sorted(
        path.name
        for path in home.releases.iterdir()
        if path.name.startswith(".") and path.name != ".lock"
    )
