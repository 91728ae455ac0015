"""Open data: the catalogue keeps the rules of DCAT-AP.de, and says what is true of the files."""

from dataclasses import replace
from pathlib import Path

import pyshacl
import pytest
from rdflib import DCTERMS, RDF, Graph, Namespace, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import SH
from small_open_data import CC, CITY, DL, export, home_with_release

from datenlabor.city import City
from datenlabor.opendata import catalogue
from datenlabor.opendata.codes import read_codes
from datenlabor.opendata.product import Product
from datenlabor.opendata.settings import read_settings
from datenlabor.paths import Home
from datenlabor.publishing.store import sha256_of

SHAPES = Graph().parse(Path(__file__).parent / "dcat_ap_de_shapes.ttl")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
DCATDE = Namespace("http://dcat-ap.de/def/dcatde/")
BASE = "https://example.org/open-data/00000001"
REQUIRED = sorted(
    (str(kind), str(path))
    for shape, kind in SHAPES.subject_objects(SH.targetClass)
    for rule in SHAPES.objects(shape, SH.property)
    for path in SHAPES.objects(rule, SH.path)
    if (rule, SH.minCount, None) in SHAPES
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return home_with_release(tmp_path_factory.mktemp("open"))


@pytest.fixture(scope="module")
def folder(home: Home) -> Path:
    return export(home).path


@pytest.fixture(scope="module")
def graph(folder: Path) -> Graph:
    return Graph().parse(folder / "katalog.ttl")


def faults(graph: Graph) -> str:
    conforms, _, text = pyshacl.validate(graph, shacl_graph=SHAPES)
    return "" if conforms else str(text)


def test_the_catalogue_keeps_the_rules(graph: Graph) -> None:
    assert faults(graph) == ""
    assert len(REQUIRED) > 40


@pytest.mark.parametrize(("kind", "path"), REQUIRED)
def test_a_rule_is_missed_when_broken(graph: Graph, kind: str, path: str) -> None:
    broken = Graph() + graph
    for node in graph.subjects(RDF.type, URIRef(kind)):
        broken.remove((node, URIRef(path), None))
    assert path.rsplit("/", 1)[-1].rsplit("#", 1)[-1] in faults(broken)


def test_turtle_and_json_ld_say_the_same(folder: Path, graph: Graph) -> None:
    assert isomorphic(graph, Graph().parse(folder / "katalog.jsonld", format="json-ld"))


def test_sizes_and_checksums_are_those_of_the_files(folder: Path, graph: Graph) -> None:
    distributions = list(graph.subjects(RDF.type, DCAT.Distribution))
    assert len(distributions) == 5
    for node in distributions:
        place = str(graph.value(node, DCAT.downloadURL))
        file = folder / place.removeprefix(f"{BASE}/")
        assert str(graph.value(node, DCAT.byteSize)) == str(file.stat().st_size)
        checksum = graph.value(node, SPDX.checksum)
        assert str(graph.value(checksum, SPDX.checksumValue)) == sha256_of(file)


def test_what_is_said_of_a_data_set(graph: Graph) -> None:
    node = URIRef(f"{BASE}/sachen/#daten")
    assert str(graph.value(node, DCTERMS.title)) == "Titel pub_thing (mit Musterdaten)"
    description = str(graph.value(node, DCTERMS.description))
    assert description == (
        "Sachen je Gebiet. Eine Zeile je Sache. "
        "Musterdaten: 1 Zeile betrifft frei erfundene Werte, die nur der Vorführung dienen. "
        "1 Wert ist geheim zu halten: Das Feld ist leer, conf_status ist C. "
        "2 Werte sind nicht enthalten, weil die Quelle keine offene Lizenz hat."
    )
    period = graph.value(node, DCTERMS.temporal)
    assert str(graph.value(period, DCAT.startDate)) == "2020-01-01"
    assert str(graph.value(period, DCAT.endDate)) == "2021-12-31"
    # Values of several licences: that of the city, and a statement on the others.
    distribution = URIRef(f"{BASE}/sachen/#csv")
    codes = read_codes()
    assert str(graph.value(distribution, DCTERMS.license)) == codes.licences[DL].uri
    rights = graph.value(distribution, DCTERMS.rights)
    assert CC in str(graph.value(rights, DCTERMS.description))
    named = set(map(str, graph.objects(distribution, DCATDE.licenseAttributionByText)))
    assert named == {"Amt", "Frei; erfunden"}


def test_one_licence_is_that_of_the_sources(tmp_path: Path) -> None:
    home = home_with_release(
        tmp_path,
        f"update protected.pub_thing set licence_name = '{CC}', provenance_name = 'Musterdaten'",
    )
    path = export(home).path
    graph = Graph().parse(path / "katalog.ttl")
    distribution = URIRef(f"{BASE}/sachen/#csv")
    assert str(graph.value(distribution, DCTERMS.license)) == read_codes().licences[CC].uri
    assert graph.value(distribution, DCTERMS.rights) is None
    node = URIRef(f"{BASE}/sachen/#daten")
    assert str(graph.value(node, DCTERMS.title)) == "Titel pub_thing (Musterdaten)"
    assert "Alle Werte sind frei erfunden" in str(graph.value(node, DCTERMS.description))


@pytest.mark.parametrize(
    ("code", "place"),
    [
        ("05162024", "municipalityKey/05162024"),
        ("05315", "municipalityKey/05315000"),
        ("051620024024", "regionalKey/051620024024"),
    ],
)
def test_the_place_is_that_of_the_city(
    home: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: str, place: str
) -> None:
    seen: list[Product] = []
    make = catalogue.catalogue

    def remember(product: Product) -> Graph:
        seen.append(product)
        return make(product)

    monkeypatch.setattr(catalogue, "catalogue", remember)
    export(home, tmp_path)
    settings = read_settings(CITY).model_copy(
        update={"nuts": "DEA1D", "contributor_id": "http://dcat-ap.de/def/contributors/example"}
    )
    graph = make(replace(seen[0], city=City(code=code, name="Stadt"), settings=settings))
    assert faults(graph) == ""
    node = URIRef(f"{BASE}/sachen/#daten")
    uri = URIRef(f"http://dcat-ap.de/def/politicalGeocoding/{place}")
    assert set(graph.objects(node, DCTERMS.spatial)) == {
        uri,
        URIRef("http://data.europa.eu/nuts/code/DEA1D"),
    }
    assert list(graph.objects(node, DCATDE.politicalGeocodingURI)) == [uri]
    assert list(graph.objects(node, DCATDE.contributorID))
