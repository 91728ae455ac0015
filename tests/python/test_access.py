"""Who sees what, as it is declared: roles, the copy for the public, rules by municipality."""

from pathlib import Path

import duckdb
import pytest
import yaml

from datenlabor.assets.bundle import Bundle, read_archive, read_folder
from datenlabor.assets.normal_form import LOADER
from datenlabor.assets.references import charts_of, filter_targets
from datenlabor.errors import DatenlaborError
from datenlabor.paths import ASSETS, PROJECT
from datenlabor.service import access
from datenlabor.service.audience import PUBLIC_SLUG, public_copy

Columns = dict[str, str]
PUBLIC_FILE = "duckdb:////somewhere/public/datenlabor.duckdb"


def _published() -> dict[str, Columns]:
    """Return the columns of every published table with their types, as the contracts say."""
    models = [
        model
        for file in sorted((PROJECT / "models" / "protected").glob("pub_*.yml"))
        for model in yaml.load(file.read_text(encoding="utf-8"), LOADER)["models"]  # noqa: S506 a safe one
    ]
    return {
        model["name"]: {column["name"]: column["data_type"] for column in model["columns"]}
        for model in models
    }


TABLES = _published()


@pytest.mark.parametrize("table", TABLES)
def test_a_table_with_areas_says_whose_municipality_they_are(table: str) -> None:
    """The row-level rule holds for tables with this column, and for no others."""
    has_areas = any(name.startswith("area_") for name in TABLES[table])
    assert (TABLES[table].get("municipality_code") == "varchar") == has_areas


def test_all_models_of_the_layer_are_looked_at() -> None:
    models = {file.stem for file in Path(PROJECT, "models", "protected").glob("pub_*.sql")}
    assert models == set(TABLES)


@pytest.fixture
def internal() -> Bundle:
    return read_folder(ASSETS)


@pytest.fixture
def public(internal: Bundle) -> Bundle:
    return public_copy(internal, access.read_roles().public_dashboards(), PUBLIC_FILE)


def test_every_dashboard_says_who_sees_it_and_every_role_sees_one(internal: Bundle) -> None:
    roles = access.read_roles()
    slugs = {str(document["slug"]) for document in internal.assets["dashboards"].values()}
    assert set(roles.dashboards) == slugs
    assert {role for names in roles.dashboards.values() for role in names} == set(roles.roles)


def test_a_dashboard_nobody_has_spoken_for_stops_the_set_up(internal: Bundle) -> None:
    roles = access.read_roles()
    silent = roles.model_copy(update={"dashboards": {}})
    with pytest.raises(DatenlaborError, match="does not say who sees"):
        access.plan(silent, internal, [])


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ("roles: {Öffentlichkeit: [fly]}", "ability fly"),
        ("dashboards: {x: [Nobody]}", "role Nobody"),
        ("roles: {A: []}", "role Öffentlichkeit"),
        ("rolls: {}", "no list of roles"),
        ("roles: [", "no list of roles"),
    ],
)
def test_mistakes_in_the_roles_are_named(tmp_path: Path, change: str, complaint: str) -> None:
    file = tmp_path / "roles.yaml"
    base = {"abilities": {}, "dashboards": {}, "roles": {access.PUBLIC_ROLE: list[str]()}}
    try:
        text = yaml.safe_dump(base | yaml.safe_load(change))
    except yaml.YAMLError:
        text = change
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DatenlaborError, match=complaint):
        access.read_roles(file)


def test_the_public_may_nothing_unless_it_is_let_in(
    internal: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(access.PUBLIC, raising=False)
    closed = access.plan(access.read_roles(), internal, [])
    assert closed["roles"][access.PUBLIC_ROLE] == []
    assert access.PUBLIC_ROLE not in {r for names in closed["dashboards"].values() for r in names}
    monkeypatch.setenv(access.PUBLIC, "1")
    allowed = access.plan(access.read_roles(), internal, [])["roles"][access.PUBLIC_ROLE]
    assert allowed
    assert not [pair for pair in allowed if "sql" in pair[1].lower() or "csv" in pair[0]]


def test_the_copy_for_the_public_shares_nothing_with_the_original(
    internal: Bundle, public: Bundle
) -> None:
    for kind, documents in public.assets.items():
        assert documents
        assert not documents.keys() & internal.assets[kind].keys()
        assert all(document["uuid"] == uuid for uuid, document in documents.items())
    [database] = public.assets["databases"].values()
    assert database["sqlalchemy_uri"] == PUBLIC_FILE
    assert not database["expose_in_sqllab"]
    assert {d["database_uuid"] for d in public.assets["datasets"].values()} == {database["uuid"]}
    for chart in public.assets["charts"].values():
        assert chart["dataset_uuid"] in public.assets["datasets"]
    for dashboard in public.assets["dashboards"].values():
        assert set(charts_of(dashboard)) <= public.assets["charts"].keys()
        assert {uuid for uuid, _ in filter_targets(dashboard)} <= public.assets["datasets"].keys()
        assert str(dashboard["slug"]).startswith(PUBLIC_SLUG)


def test_both_audiences_fit_into_one_archive(internal: Bundle, public: Bundle) -> None:
    both = Bundle(
        {kind: {**internal.assets[kind], **public.assets[kind]} for kind in public.assets}
    )
    read = read_archive(both.archive({}))
    assert {kind: set(found) for kind, found in read.assets.items()} == {
        kind: set(found) for kind, found in both.assets.items()
    }


def test_municipalities_are_those_of_the_published_file(tmp_path: Path) -> None:
    file = tmp_path / "datenlabor.duckdb"
    with duckdb.connect(file) as connection:
        connection.execute("create schema protected")
        for table, values in {
            "pub_a": "('2'), (null), ('unknown')",
            "pub_b": "('1'), ('2')",
        }.items():
            connection.execute(f"create table protected.{table} (municipality_code varchar)")
            connection.execute(f"insert into protected.{table} values {values}")
        connection.execute("create table protected.pub_c (area_name varchar)")
    assert access.municipalities(file) == ["1", "2"]
