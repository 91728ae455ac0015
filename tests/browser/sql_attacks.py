"""The catalogue of SQL that has to be refused, or shows nothing of another municipality."""

# {home} is the folder of the installation, {catalog} the name of the published file.
REFUSED: dict[str, tuple[str, ...]] = {
    "files of the server": (
        "select * from read_csv('/etc/passwd')",
        "select * from read_csv_auto('/etc/passwd', delim = ':')",
        "select * from read_text('/etc/passwd')",
        "select * from read_blob('{home}/superset/secrets.json')",
        "select * from read_json('{home}/superset/secrets.json')",
        "select * from read_parquet('{home}/deliveries/**/*.parquet')",
        "select * from '/etc/passwd'",
        'select * from "/etc/passwd"',
        "select * from '{home}/warehouse.duckdb'",
        "select * from glob('/*')",
        "select * from sniff_csv('/etc/passwd')",
        "select * from sqlite_scan('{home}/superset/superset.db', 'ab_user')",
        "select * from query('select 1')",
        "select * from query_table('protected.pub_delivery')",
        "summarize select * from read_csv('/etc/passwd')",
        "select (select content from read_text('/etc/passwd'))",
        "with x as (from read_text('/etc/passwd')) from x",
    ),
    "other files": (
        "attach '{home}/warehouse.duckdb' as w",
        "attach '{home}/superset/superset.db' as s (type sqlite)",
        "attach ':memory:' as m",
        "detach {catalog}",
        "use memory",
    ),
    "writing": (
        "copy (select 1) to '{home}/stolen.csv'",
        "copy protected.pub_delivery to '{home}/stolen.parquet'",
        "export database '{home}/stolen'",
        "import database '{home}/stolen'",
        "create table protected.x as select 1",
        "create temp table x as select 1",
        "create or replace view protected.pub_x as select 1",
        "create macro f() as 1",
        "insert into protected.pub_delivery select * from protected.pub_delivery",
        "update protected.pub_delivery set file_name = 'x'",
        "delete from protected.pub_delivery",
        "drop table protected.pub_delivery",
        "alter table protected.pub_delivery rename to x",
        "truncate protected.pub_delivery",
        "comment on table protected.pub_delivery is 'x'",
        "select 1; drop table protected.pub_delivery",
        "select * into x from protected.pub_delivery",
        "begin transaction",
        "checkpoint",
        "vacuum",
    ),
    "settings and extensions": (
        "set enable_external_access = true",
        "set lock_configuration = false",
        "set variable x = 1",
        "reset threads",
        "pragma database_list",
        "pragma memory_limit = '100GB'",
        "install httpfs",
        "load httpfs",
        "force install spatial",
        "call pragma_version()",
        "prepare p as select 1",
        "execute p",
        "select current_setting('secret_directory')",
        "select getenv('HOME')",
        "select * from which_secret('a', 's3')",
    ),
    "other schemas and the catalog": (
        "select * from marts.fct_company_year",
        "select * from main.x",
        "select * from information_schema.tables",
        "select * from duckdb_tables()",
        "select * from duckdb_settings()",
        "select * from duckdb_databases()",
        "select * from duckdb_secrets()",
        "select * from duckdb_settings",
        "select * from sqlite_master",
        "select * from pragma_table_info('protected.pub_delivery')",
        "select * from pragma_database_list",
        "select * from {catalog}.protected.pub_delivery",
        "select * from PROTECTED.PUB_DELIVERY",
        'select * from "Protected".pub_delivery',
        "select * from pub_delivery",
    ),
    "ways round permissions on tables": (
        "describe protected.pub_area_geometry",
        "show tables",
        "show all tables",
        "summarize protected.pub_area_geometry",
        "select * from (summarize protected.pub_area_geometry)",
        "select * from (describe protected.pub_area_geometry)",
        "select * from (show all tables)",
        "pivot protected.pub_area_geometry on area_level using count(*)",
        "select * from (pivot protected.pub_area_geometry on area_level using count(*))",
        "unpivot protected.pub_area_geometry on area_order into name n value v",
        "explain select * from protected.pub_area_geometry",
        "explain analyze select * from protected.pub_area_geometry",
        "table protected.pub_area_geometry",
        "values (1)",
    ),
}

# Run as they stand or not at all: nothing in them is a template.
TEMPLATES = ("select '{{ 7 * 191 }}' as n", "select '{% set x = 1337 %}{{ x }}' as n")

# Each counts rows of the other municipality, "{theirs}" among all "{rows}": everybody but those it
# belongs to gets 0. They are the places where a table can stand.
COUNTED: tuple[str, ...] = (
    "select count(*) as n from {rows} where {theirs}",
    "select count(*) as n from {rows} as a where a.{theirs}",
    'select count(*) as n from "protected"."pub_area_geometry" where {theirs}',
    "from {rows} select count(*) as n where {theirs}",
    "select (select count(*) from {rows} where {theirs}) as n",
    "with x as (from {rows}) select count(*) as n from x where {theirs}",
    "with x as materialized (select * from {rows}) select count(*) as n from x where {theirs}",
    "select count(*) as n from protected.release cross join {rows} where {theirs}",
    "select count(*) as n from protected.release, lateral (select * from {rows} where {theirs})",
    (
        "select count(*) as n from protected.release as r left join {rows} as a on a.{theirs} "
        "where a.area_code is not null"
    ),
    "select sum(n) as n from (select 0 as n union all select count(*) from {rows} where {theirs})",
    "select case when exists (select 1 from {rows} where {theirs}) then 1 else 0 end as n",
    "select len(list(contour)) as n from {rows} where {theirs}",
    (
        "select count(*) as n from unnest((select list(municipality_code) from {rows})) "
        "as t(municipality_code) where {theirs}"
    ),
    "select count(*) as n from range(1) where '99999999' in (select municipality_code from {rows})",
    "select count(*) as n from {rows} tablesample 100% where {theirs}",
    "select count(*) filter (where {theirs}) as n from {rows}",
    "select count(*) as n from (select unnest([a]) as a from {rows} as a) where a.{theirs}",
    "select count(*) as n /* /* */ from protected.release */ from {rows} where {theirs}",
    "select count(*) as n from {rows} where {theirs} or 1 = 1 and {theirs} --",
    (
        "select coalesce(max(place), 0) as n from (select row_number() over () as place, * "
        "from {rows} qualify {theirs})"
    ),
    (
        "with recursive x as (select 0 as n union all select 1 from x, {rows} "
        "where x.n = 0 and {theirs}) select max(n) as n from x"
    ),
    "select count(*) as n from {rows} as a semi join {rows} as b on b.{theirs}",
    "select count(columns(c -> c = 'area_code')) as n from {rows} where {theirs}",
)
