"""Cities: which one, where its state lies, which specs and registers it has."""

from pathlib import Path

import pytest
import yaml
from small_deliveries import AREAS, CODE, SPEC, small_city, write_city

from datenlabor import paths
from datenlabor.city import City, known_cities
from datenlabor.errors import DatenlaborError
from datenlabor.paths import PROJECT, Home, project_vars


@pytest.fixture
def cities(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(paths, "CITIES", tmp_path)
    monkeypatch.delenv("DATENLABOR_CITY", raising=False)
    monkeypatch.delenv("DATENLABOR_HOME", raising=False)
    write_city(tmp_path, inhabitants=SPEC)
    return tmp_path


def test_the_default_city_is_named_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """dbt cannot read its own variables in profiles.yml; the code there must be the same."""
    monkeypatch.delenv("DATENLABOR_CITY", raising=False)
    monkeypatch.delenv("DATENLABOR_HOME", raising=False)
    default = project_vars()["city_code"]
    assert City.from_environment().code == default
    assert Home.from_environment().root == PROJECT / "data" / default
    profile = yaml.safe_load((PROJECT / "profiles.yml").read_text("utf-8"))
    assert f"'data/{default}'" in profile["datenlabor"]["outputs"]["dev"]["path"]
    assert (PROJECT / "data" / default).is_dir()


def test_every_city_of_the_project_can_be_used() -> None:
    assert known_cities()
    for code in known_cities():
        city = City.read(code)
        for name in city.specs:
            assert city.spec(name).spec.name == name


def test_city_and_home_from_the_environment(cities: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = cities / "05315"
    other.mkdir()
    (other / "city.yml").write_text('{code: "05315", name: Andere, withhold: [a, b]}', "utf-8")
    monkeypatch.setenv("DATENLABOR_CITY", "05315")
    assert City.from_environment() == City(code="05315", name="Andere", withhold=("a", "b"))
    assert Home.from_environment().root.name == "05315"
    monkeypatch.setenv("DATENLABOR_HOME", str(cities / "home"))
    assert Home.from_environment().root == cities / "home"
    monkeypatch.setenv("DATENLABOR_CITY", "")
    assert City.from_environment().name == "Musterstadt"


@pytest.mark.parametrize("code", ["../05162024", "neuss", "5" * 13, " ", "05162024\n"])
def test_what_is_no_key_of_a_city(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATENLABOR_HOME", raising=False)
    monkeypatch.setenv("DATENLABOR_CITY", code)
    with pytest.raises(DatenlaborError, match="no official key"):
        Home.from_environment()
    with pytest.raises(DatenlaborError, match="no official key"):
        City.from_environment()


@pytest.mark.usefixtures("cities")
def test_unknown_city_lists_those_that_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATENLABOR_CITY", "09162")
    with pytest.raises(DatenlaborError, match="no city '09162'") as caught:
        City.from_environment()
    assert CODE in caught.value.hint


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        "code: [5162024]\nname: x",
        f'code: "{CODE}"',
        f'{{code: "{CODE}", name: x, y: 1}}',
    ],
)
def test_city_file_that_cannot_be_used(cities: Path, text: str) -> None:
    (cities / CODE / "city.yml").write_text(text, "utf-8")
    with pytest.raises(DatenlaborError, match=r"city\.yml(, line 1)? cannot be"):
        City.read(CODE)


def test_a_code_needs_no_quotes_to_keep_its_zero(cities: Path) -> None:
    (cities / CODE / "city.yml").write_text(f"code: {CODE}\nname: x\n", "utf-8")
    assert City.read(CODE).code == CODE


def test_city_file_of_another_city(cities: Path) -> None:
    (cities / CODE / "city.yml").write_text('{code: "05315", name: x}', "utf-8")
    with pytest.raises(DatenlaborError, match="describes '05315'"):
        City.read(CODE)


def test_specs_of_the_city_and_common_ones(cities: Path) -> None:
    common = cities / "common" / "specs"
    common.mkdir(parents=True)
    (common / "areas.yml").write_text(AREAS, "utf-8")
    city = small_city()
    assert set(city.specs) == {"areas", "inhabitants"}
    assert city.spec("areas").spec.dataset == "area"
    assert city.spec("inhabitants").text == SPEC
    with pytest.raises(DatenlaborError, match="no spec 'x'") as caught:
        city.spec("x")
    assert "areas, inhabitants" in caught.value.hint
    (common / "inhabitants.yml").write_text(SPEC, "utf-8")
    with pytest.raises(DatenlaborError, match="two specs 'inhabitants'"):
        small_city().spec("areas")


def test_spec_must_be_named_like_its_file(cities: Path) -> None:
    write_city(cities, other=SPEC)
    with pytest.raises(DatenlaborError, match="defines spec 'inhabitants'"):
        small_city().spec("other")
