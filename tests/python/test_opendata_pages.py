"""Open data: the pages are well formed, complete and true; axe looks at them in tests/browser."""

import re
from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from urllib.parse import urldefrag, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import Graph, URIRef
from small_open_data import export, home_with_release

from datenlabor.opendata import texts

BASE = "https://example.org/open-data/00000001"
PAGES = ["index.html", "sachen/index.html", "liste/index.html"]
VOID = {"meta", "link", "br"}


class Page(HTMLParser):
    """All elements of a page with their attributes and their text; refuses unbalanced ones."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str], list[str]]] = []
        self._open: list[tuple[str, list[str]]] = []
        self.feed(text)
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said: list[str] = []
        self.elements.append((tag, {key: value or "" for key, value in attrs}, said))
        if tag not in VOID:
            self._open.append((tag, said))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        for _, said in self._open:
            said.append(data)

    def all(self, *tags: str) -> list[tuple[dict[str, str], str]]:
        return [
            (attributes, " ".join("".join(said).split()))
            for tag, attributes, said in self.elements
            if tag in tags
        ]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export(home_with_release(tmp_path_factory.mktemp("open"))).path


def page(folder: Path, name: str) -> Page:
    return Page((folder / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_its_structure(folder: Path, name: str) -> None:
    found = page(folder, name)
    assert found.all("html")[0][0]["lang"] == "de"
    assert "width=device-width" in [a for a, _ in found.all("meta")][1]["content"]
    assert [len(found.all(tag)) for tag in ("header", "main", "footer", "h1", "title")] == [1] * 5
    levels = [int(tag[1]) for tag, _, _ in found.elements if re.fullmatch("h[1-6]", tag)]
    assert all(deeper - level <= 1 for level, deeper in pairwise(levels))
    skip, _ = found.all("a")[0]
    assert skip["href"] == f"#{found.all('main')[0][0]['id']}"
    assert len(found.all("table")) == len([text for _, text in found.all("caption") if text])
    assert all(attributes.get("scope") in {"col", "row"} for attributes, _ in found.all("th"))
    ids = [attributes["id"] for _, attributes, _ in found.elements if "id" in attributes]
    assert not [one for one, count in Counter(ids).items() if count > 1]


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere_and_nothing_is_loaded_from_outside(folder: Path, name: str) -> None:
    found = page(folder, name)
    assert not found.all("script", "img", "iframe")
    for tag, attributes, _ in found.elements:
        target = attributes.get("href", "")
        parts = urlsplit(target)
        if parts.scheme:
            assert tag == "a" or target == "data:,"
            assert parts.scheme in {"https", "mailto", "data"}
        elif parts.path:
            assert not target.startswith("/")
            assert (folder / name).parent.joinpath(parts.path).is_file()


def test_addresses_of_the_catalogue_are_places_on_the_pages(folder: Path) -> None:
    nodes = {
        str(node)
        for node in Graph().parse(folder / "katalog.ttl").all_nodes()
        if isinstance(node, URIRef) and str(node).startswith(BASE)
    }
    assert len(nodes) > 20
    for node in nodes:
        address, place = urldefrag(node.removeprefix(f"{BASE}/"))
        file = folder / address / "index.html" if not address or address[-1] == "/" else None
        if file is None:
            assert (folder / address).is_file()
        elif place:
            assert f'id="{place}"' in file.read_text(encoding="utf-8"), node


def test_previews_speak_german_and_say_what_is_missing(folder: Path) -> None:
    cells = [text for _, text in page(folder, "sachen/index.html").all("td")]
    assert {"12,5", "1.234.567", "0,1", "0,0000001", "\N{EN DASH} (keine Angabe)"} <= set(cells)
    assert "geheim zu halten (Der Wert ist vertraulich; der Grund ist nicht näher angegeben.)" in (
        cells
    )
    assert "… (Angabe fällt später an)" in cells
    text = (folder / "liste" / "index.html").read_text(encoding="utf-8")
    assert "22.11.2026" in text
    assert "Eintrag &lt;b&gt;" in text


def test_invented_data_are_marked_on_every_page_that_shows_them(folder: Path) -> None:
    index = page(folder, "index.html")
    assert "Musterdaten: Ein Teil der Daten ist frei erfunden" in index.all("main")[0][1]
    [card] = [text for _, text in index.all("h3") if "pub_thing" in text]
    assert card == "Titel pub_thing (mit Musterdaten)"
    invented = page(folder, "sachen/index.html")
    assert invented.all("title")[0][1].startswith("Titel pub_thing (mit Musterdaten)")
    assert "Musterdaten" in [text for _, text in invented.all("td")]
    assert "Musterdaten" not in page(folder, "liste/index.html").all("main")[0][1]


@given(st.floats(-1e9, 1e9) | st.floats(-0.01, 0.01) | st.integers(-(10**12), 10**12))
def test_german_numbers_are_the_numbers(value: float) -> None:
    said = texts.number(value)
    assert re.fullmatch(r"\N{MINUS SIGN}?\d{1,3}(\.\d{3})*(,\d{1,15})?", said)
    read = said.replace(".", "").replace(",", ".").replace("\N{MINUS SIGN}", "-")
    assert abs(float(read) - value) <= min(5.001e-5, max(0.1 * abs(value), 1e-15))


def test_sizes() -> None:
    assert [texts.size(count) for count in (0, 999, 1000, 42_051, 5 * 10**12)] == [
        "0 Byte",
        "999 Byte",
        "1 kB",
        "42,1 kB",
        "5.000 GB",
    ]
