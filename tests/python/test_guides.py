"""Handbook and guides: links lead somewhere, every dashboard has its page, examples run."""

import csv
import os
import re
import shlex
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from datenlabor.assets.bundle import read_folder
from datenlabor.paths import ASSETS, PROJECT

DOCS = PROJECT / "docs"
HANDBOOK = DOCS / "handbuch"
PICTURES = HANDBOOK / "bilder"
ANALYSTS = DOCS / "analysts.md"
READMES = (PROJECT / "README.md", HANDBOOK / "README.md")
PAGES = [READMES[0], *sorted(DOCS.glob("*.md")), *sorted(HANDBOOK.glob("*.md"))]
LINK = re.compile(r"\]\(([^()\s]+)\)")
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
WIDTH = 1280
LARGEST_PICTURE = 400_000
DASHBOARDS = {
    str(document["slug"]): str(document["dashboard_title"])
    for document in read_folder(ASSETS).assets["dashboards"].values()
}
EVERYBODY = "Alle Rollen"
PUBLIC = "Öffentlichkeit"


def prose(page: Path) -> str:
    """Return a page without its blocks of code."""
    return BLOCK.sub("", page.read_text("utf-8"))


def blocks(page: Path, language: str) -> list[str]:
    return [text for kind, text in BLOCK.findall(page.read_text("utf-8")) if kind == language]


def anchors(page: Path) -> set[str]:
    """Return what a link into a page can name: its headings as code hosting writes them."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings
    }


def links(page: Path) -> list[str]:
    return [link for link in LINK.findall(prose(page)) if not link.startswith("http")]


def is_broken(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    return not target.exists() or bool(anchor and anchor not in anchors(target))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_links_and_pictures_exist(page: Path) -> None:
    assert [link for link in links(page) if is_broken(page, link)] == []


def test_broken_links_would_be_noticed() -> None:
    page = HANDBOOK / "README.md"
    assert is_broken(page, "fehlt.md")
    assert is_broken(page, "zahlen-lesen.md#fehlt")
    assert not is_broken(page, "zahlen-lesen.md#geheim-zu-halten")


@pytest.mark.parametrize("slug", DASHBOARDS)
def test_every_dashboard_has_a_page_with_its_picture(slug: str) -> None:
    page = HANDBOOK / f"{slug}.md"
    assert page.exists(), f"{DASHBOARDS[slug]} has no page in the handbook."
    text = page.read_text("utf-8")
    assert text.startswith(f"# {DASHBOARDS[slug]}\n")
    assert f"bilder/{slug}.png" in links(page)
    assert {"## Typische Fragen", "## Grenzen"} <= set(text.splitlines())
    assert page.name in links(HANDBOOK / "README.md")


@pytest.mark.parametrize("slug", DASHBOARDS)
def test_a_page_says_who_sees_its_dashboard(slug: str) -> None:
    declared: dict[str, Any] = yaml.safe_load((PROJECT / "superset/roles.yaml").read_text("utf-8"))
    introduction, _, _ = (HANDBOOK / f"{slug}.md").read_text("utf-8").partition("![")
    accounts = set(declared["roles"]) - {PUBLIC}
    seen = set(declared["dashboards"][slug])
    named = {role for role in accounts if re.search(rf"\b{role}\b", introduction)}
    assert (accounts if EVERYBODY in introduction else named) == seen - {PUBLIC}
    assert (f"auch die {PUBLIC}" in introduction) == (PUBLIC in seen)


def test_pictures_are_used_and_small() -> None:
    used = {(page.parent / link).resolve() for page in PAGES for link in links(page)}
    found = sorted(PICTURES.glob("*.png"))
    assert {file.stem for file in found} == set(DASHBOARDS)
    assert set(found) <= used
    for file in found:
        content = file.read_bytes()
        assert content[1:4] == b"PNG"
        assert struct.unpack(">I", content[16:20]) == (WIDTH,)
        assert len(content) < LARGEST_PICTURE, file.name


def test_signs_and_provenances_are_explained() -> None:
    text = (HANDBOOK / "zahlen-lesen.md").read_text("utf-8")
    rows = re.findall(r"^\| (\S+|\\\|) \| (.+) \|$", text, re.MULTILINE)
    explained = {(sign.replace("\\|", "|"), meaning) for sign, meaning in rows}
    for code in codes("obs_status"):
        if code["symbol_de"]:
            assert any(
                sign == code["symbol_de"] and code["name_de"].lower() in meaning.lower()
                for sign, meaning in explained
            ), code["name_de"]
    for code in codes("provenance"):
        assert f"| {code['name_de']} |" in text


def codes(name: str) -> list[dict[str, str]]:
    with (PROJECT / "seeds" / "codes" / f"code_{name}.csv").open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def scratch() -> Path:
    """Return the home of the demo city that `make build` has made."""
    home = PROJECT / "target" / "scratch"
    assert (home / "warehouse.duckdb").exists(), "There is no demo city yet: run `make build`."
    return home


@pytest.mark.parametrize("sql", blocks(ANALYSTS, "sql"))
def test_sql_of_the_guide_gives_rows(scratch: Path, sql: str) -> None:
    with duckdb.connect(str(scratch / "warehouse.duckdb"), read_only=True) as connection:
        rows = connection.execute(sql).fetchall()
    assert rows
    assert all(any(row[column] is not None for row in rows) for column in range(len(rows[0]) - 1))


def queries() -> list[list[str]]:
    """Return the MetricFlow queries of the guide and of the README as arguments."""
    shell = "".join(text for page in (ANALYSTS, READMES[0]) for text in blocks(page, "sh"))
    lines = shell.replace("\\\n", " ").splitlines()
    return [shlex.split(line)[1:] for line in lines if line.startswith("mf query ")]


def test_the_guide_and_the_readme_have_queries() -> None:
    assert len(queries()) == 2
    assert len(blocks(ANALYSTS, "sql")) > 5


@pytest.mark.parametrize("arguments", queries(), ids=lambda arguments: arguments[2])
def test_metrics_of_the_guide_have_values(
    scratch: Path, tmp_path: Path, arguments: list[str]
) -> None:
    answer = tmp_path / "answer.csv"
    subprocess.run(
        [Path(sys.executable).with_name("mf"), *arguments, "--csv", answer, "--quiet"],
        cwd=PROJECT,
        env={**os.environ, "DATENLABOR_HOME": str(scratch)},
        check=True,
        capture_output=True,
    )
    with answer.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    for metric in arguments[arguments.index("--metrics") + 1].split(","):
        assert any(row[metric] for row in rows), f"{metric} is empty everywhere."


def test_every_analysis_is_in_the_guide() -> None:
    named = {Path(link).name for link in links(ANALYSTS)}
    assert {file.name for file in (PROJECT / "analyses").glob("*.sql")} <= named


def test_metrics_can_be_asked_for_one_audience() -> None:
    """Over several audiences they are empty."""
    for file in sorted((PROJECT / "models" / "protected").glob("pub_*.yml")):
        for model in yaml.safe_load(file.read_text("utf-8"))["models"]:
            columns = {column["name"]: column for column in model["columns"]}
            if "semantic_model" in model and "audience_code" in columns:
                assert "dimension" in columns["audience_code"], model["name"]
