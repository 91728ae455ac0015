"""The catalogue after DCAT-AP.de 3.0; every node has an address, so that it is written one way."""

import json
from datetime import date

from rdflib import DCTERMS, FOAF, RDF, XSD, Graph, Literal, Namespace, URIRef

from datenlabor.opendata.files import SDMX, DataFile
from datenlabor.opendata.product import DataSet, Product

_ADMS = Namespace("http://www.w3.org/ns/adms#")
# rdflib's own list of DCAT is that of an earlier version.
_DCAT = Namespace("http://www.w3.org/ns/dcat#")
_DCATAP = Namespace("http://data.europa.eu/r5r/")
_DCATDE = Namespace("http://dcat-ap.de/def/dcatde/")
_SPDX = Namespace("http://spdx.org/rdf/terms#")
_VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
_PREFIXES = {
    "adms": _ADMS,
    "dcat": _DCAT,
    "dcatap": _DCATAP,
    "dcatde": _DCATDE,
    "dcterms": Namespace(str(DCTERMS)),
    "foaf": Namespace(str(FOAF)),
    "spdx": _SPDX,
    "vcard": _VCARD,
    "xsd": Namespace(str(XSD)),
}
_EU = "http://publications.europa.eu/resource/authority"
_GEOCODING = "http://dcat-ap.de/def/politicalGeocoding"
_MUNICIPALITY = URIRef(f"{_GEOCODING}/Level/municipality")
_MEDIA_TYPES = "https://www.iana.org/assignments/media-types"
_GERMAN = URIRef(f"{_EU}/language/DEU")
_AVAILABLE = URIRef(f"{_EU}/planned-availability/AVAILABLE")
_COMPLETED = URIRef(f"{_EU}/distribution-status/COMPLETED")
_LOCAL_AUTHORITY = URIRef("http://purl.org/adms/publishertype/LocalAuthority")
_REGIONAL_KEY = 12
"""Digits of an ARS."""


def catalogue(product: Product) -> Graph:
    """Return the catalogue with all data sets and their distributions."""
    graph = Graph(bind_namespaces="none")
    for prefix, namespace in _PREFIXES.items():
        graph.bind(prefix, namespace)
    base = product.settings.base_uri
    node = URIRef(f"{base}/#katalog")
    settings = product.settings
    invented = " Er enthält Musterdaten." if product.has_synthetic else ""
    _say(graph, node, RDF.type, _DCAT.Catalog)
    _say(graph, node, DCTERMS.title, _german(f"Offene Daten: {product.city.name}"))
    _say(
        graph,
        node,
        DCTERMS.description,
        _german(
            f"Offene Daten aus dem Datenlabor, veröffentlicht von {settings.publisher}.{invented}"
        ),
    )
    _say(graph, node, DCTERMS.publisher, _publisher(graph, product))
    _say(graph, node, DCTERMS.license, URIRef(product.codes.licence(settings.licence).uri))
    _say(graph, node, FOAF.homepage, _typed(graph, f"{base}/", FOAF.Document))
    _say(graph, node, _DCAT.themeTaxonomy, URIRef(f"{_EU}/data-theme"))
    _common(graph, node, product)
    for data_set in product.data_sets:
        _say(graph, node, _DCAT.dataset, _data_set(graph, product, data_set))
    return graph


def turtle(graph: Graph) -> str:
    """Write the catalogue as Turtle."""
    return graph.serialize(format="turtle")


def json_ld(graph: Graph) -> str:
    """Write the catalogue as JSON-LD, in an order that does not depend on chance."""
    context = {prefix: str(namespace) for prefix, namespace in _PREFIXES.items()}
    document = json.loads(graph.serialize(format="json-ld", context=context, auto_compact=False))
    return json.dumps(_sorted(document), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def _data_set(graph: Graph, product: Product, data_set: DataSet) -> URIRef:
    address = product.address(data_set)
    node = URIRef(f"{address}#daten")
    shape = data_set.content.declaration.shape
    _say(graph, node, RDF.type, _DCAT.Dataset)
    _say(graph, node, DCTERMS.title, _german(data_set.title))
    _say(graph, node, DCTERMS.description, _german(data_set.description))
    _say(graph, node, DCTERMS.identifier, Literal(str(node)))
    _say(graph, node, DCTERMS.publisher, _publisher(graph, product))
    _say(graph, node, _DCAT.contactPoint, _contact(graph, product))
    _say(graph, node, _DCAT.landingPage, _typed(graph, address, FOAF.Document))
    _say(graph, node, _DCAT.version, Literal(product.release_id))
    _say(graph, node, DCTERMS.accessRights, URIRef(f"{_EU}/access-right/PUBLIC"))
    _say(graph, node, DCTERMS.accrualPeriodicity, URIRef(f"{_EU}/frequency/{shape.frequency}"))
    for keyword in shape.keywords:
        _say(graph, node, _DCAT.keyword, _german(keyword))
    for theme in shape.themes:
        _say(graph, node, _DCAT.theme, URIRef(f"{_EU}/data-theme/{theme}"))
    if product.settings.contributor_id:
        _say(graph, node, _DCATDE.contributorID, URIRef(product.settings.contributor_id))
    _say(graph, node, _DCATDE.politicalGeocodingLevelURI, _MUNICIPALITY)
    _say(graph, node, _DCATDE.politicalGeocodingURI, _place(product.city.code))
    _temporal(graph, node, data_set, URIRef(f"{address}#zeitraum"))
    _provenance(graph, node, data_set, address)
    _common(graph, node, product)
    for file in data_set.files:
        _say(graph, node, _DCAT.distribution, _distribution(graph, product, data_set, file))
    return node


def _distribution(graph: Graph, product: Product, data_set: DataSet, file: DataFile) -> URIRef:
    address = product.address(data_set)
    node, checksum = (
        URIRef(f"{address}#{file.kind.code}"),
        URIRef(f"{address}#{file.kind.code}-summe"),
    )
    place = URIRef(f"{address}{file.name}")
    _say(graph, node, RDF.type, _DCAT.Distribution)
    _say(graph, node, DCTERMS.title, _german(f"{data_set.title} als {file.kind.title}"))
    _say(graph, node, _DCAT.accessURL, place)
    _say(graph, node, _DCAT.downloadURL, place)
    _say(graph, node, DCTERMS.license, URIRef(data_set.licence.uri))
    _say(graph, node, DCTERMS["format"], URIRef(f"{_EU}/file-type/{file.kind.file_type}"))
    _say(graph, node, _DCAT.mediaType, URIRef(f"{_MEDIA_TYPES}/{file.kind.media_type}"))
    _say(graph, node, _DCAT.byteSize, Literal(file.size, datatype=XSD.nonNegativeInteger))
    _say(graph, node, _ADMS.status, _COMPLETED)
    _say(graph, node, DCTERMS.issued, _moment(product))
    _say(graph, node, DCTERMS.modified, _moment(product))
    _say(graph, node, DCTERMS.language, _GERMAN)
    _say(graph, node, _DCATAP.availability, _AVAILABLE)
    _say(graph, node, FOAF.page, _typed(graph, address, FOAF.Document))
    for attribution in data_set.content.attributions or (product.settings.publisher,):
        _say(graph, node, _DCATDE.licenseAttributionByText, _german(attribution))
    standards = [file.kind.conforms_to]
    if file.kind is SDMX:
        standards.append(f"{address}{data_set.name}.structure.json")
    for standard in filter(None, standards):
        _say(graph, node, DCTERMS.conformsTo, _typed(graph, standard, DCTERMS.Standard))
    if data_set.rights:
        rights = URIRef(f"{address}#rechte")
        _say(graph, node, DCTERMS.rights, rights)
        _say(graph, rights, RDF.type, DCTERMS.RightsStatement)
        _say(graph, rights, DCTERMS.description, _german(data_set.rights))
    _say(graph, node, _SPDX.checksum, checksum)
    _say(graph, checksum, RDF.type, _SPDX.Checksum)
    _say(graph, checksum, _SPDX.algorithm, _SPDX.checksumAlgorithm_sha256)
    _say(graph, checksum, _SPDX.checksumValue, Literal(file.sha256, datatype=XSD.hexBinary))
    return node


def _common(graph: Graph, node: URIRef, product: Product) -> None:
    _say(graph, node, DCTERMS.issued, _moment(product))
    _say(graph, node, DCTERMS.modified, _moment(product))
    _say(graph, node, DCTERMS.language, _GERMAN)
    _say(graph, node, _DCATAP.availability, _AVAILABLE)
    # Convention 11: what the geocoding says is repeated here for Europe.
    _say(graph, node, DCTERMS.spatial, _place(product.city.code))
    if product.settings.nuts:
        nuts = f"http://data.europa.eu/nuts/code/{product.settings.nuts}"
        _say(graph, node, DCTERMS.spatial, URIRef(nuts))


def _publisher(graph: Graph, product: Product) -> URIRef:
    node = URIRef(f"{product.settings.base_uri}/#herausgeber")
    _say(graph, node, RDF.type, FOAF.Agent)
    _say(graph, node, FOAF.name, _german(product.settings.publisher))
    _say(graph, node, DCTERMS.type, _LOCAL_AUTHORITY)
    return node


def _contact(graph: Graph, product: Product) -> URIRef:
    node = URIRef(f"{product.settings.base_uri}/#kontakt")
    _say(graph, node, RDF.type, _VCARD.Kind)
    _say(graph, node, _VCARD.fn, _german(product.settings.contact_role))
    _say(graph, node, _VCARD.hasEmail, URIRef(f"mailto:{product.settings.contact_email}"))
    return node


def _temporal(graph: Graph, node: URIRef, data_set: DataSet, period: URIRef) -> None:
    content = data_set.content
    if content.first_year is None or content.last_year is None:
        return
    first, last = date(content.first_year, 1, 1), date(content.last_year, 12, 31)
    _say(graph, node, DCTERMS.temporal, period)
    _say(graph, period, RDF.type, DCTERMS.PeriodOfTime)
    _say(graph, period, _DCAT.startDate, Literal(first))
    _say(graph, period, _DCAT.endDate, Literal(last))


def _provenance(graph: Graph, node: URIRef, data_set: DataSet, address: str) -> None:
    if data_set.content.attributions:
        statement = URIRef(f"{address}#herkunft")
        text = f"Quellen: {'; '.join(data_set.content.attributions)}"
        _say(graph, node, DCTERMS.provenance, statement)
        _say(graph, statement, RDF.type, DCTERMS.ProvenanceStatement)
        _say(graph, statement, DCTERMS.description, _german(text))


def _place(code: str) -> URIRef:
    """Return the address of a city; one that is its own Kreis has a key of five digits."""
    if len(code) == _REGIONAL_KEY:
        return URIRef(f"{_GEOCODING}/regionalKey/{code}")
    return URIRef(f"{_GEOCODING}/municipalityKey/{code:0<8}")


def _moment(product: Product) -> Literal:
    seconds = product.published_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return Literal(seconds, datatype=XSD.dateTime, normalize=False)


def _german(text: str) -> Literal:
    return Literal(text, lang="de")


def _typed(graph: Graph, address: str, kind: URIRef) -> URIRef:
    node = URIRef(address)
    _say(graph, node, RDF.type, kind)
    return node


def _say(graph: Graph, subject: URIRef, predicate: URIRef, value: URIRef | Literal) -> None:
    graph.add((subject, predicate, value))


def _sorted(value: object) -> object:
    if isinstance(value, dict):
        return {key: _sorted(one) for key, one in value.items()}
    if isinstance(value, list):
        return sorted(map(_sorted, value), key=lambda one: json.dumps(one, sort_keys=True))
    return value
