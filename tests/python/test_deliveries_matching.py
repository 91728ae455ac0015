"""Which spec fits a file; and that no file makes this machine fetch anything."""

import gzip
import json
import unicodedata
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Literal

import pyogrio
import pytest
from figures_spec import figures_spec
from small_workbook import write_workbook

from datenlabor.deliveries.catalogue import Known
from datenlabor.deliveries.inspection.propose import propose
from datenlabor.deliveries.matching import find_spec, fits
from datenlabor.deliveries.reading import Target, read
from datenlabor.deliveries.spec import Spec
from datenlabor.errors import DatenlaborError

TABLE = "Größe;Straße\n1;2\n"
SQUARE = {"type": "Polygon", "coordinates": [[[6, 51], [7, 51], [7, 52], [6, 52], [6, 51]]]}


def spec(kind: str = "csv", **match: object) -> Spec:
    return figures_spec(
        match=match,
        format={"type": kind},
        **({"body": None, "header": {"rows": 0}} if kind == "geo" else {}),
    )


def nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def written(file: Path, text: str = TABLE) -> Path:
    if file.suffix == ".zip":
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("Ordner/Größen.csv", text)
            archive.writestr("liesmich.pdf", "x")
    elif file.suffix == ".gz":
        file.write_bytes(gzip.compress(text.encode()))
    else:
        file.write_text(text, "utf-8")
    return file


@pytest.mark.parametrize("name", ["Größen.csv", "lieferung.zip", "Größen.csv.gz"])
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_by_header_first_line_and_name(
    name: str, form: Literal["NFC", "NFD"], tmp_path: Path
) -> None:
    file = written(tmp_path / nfd(name), nfd(TABLE))
    wanted = {"name": "größen*.csv", "first_line": "Größe;", "header": ["Straße", "Größe"]}
    given = json.loads(unicodedata.normalize(form, json.dumps(wanted, ensure_ascii=False)))
    assert fits(file, spec(**given))
    for word, other in (("name", "x*"), ("first_line", "Straße"), ("header", ["Größe", "x"])):
        assert not fits(file, spec(**{**given, word: other}))
    assert not fits(file, spec())
    assert not fits(file, spec("excel", **given))


def test_workbooks_and_geodata_by_what_is_in_them(tmp_path: Path) -> None:
    book = write_workbook(
        tmp_path / "t.xlsx", {"Alt": {1: ["x"]}, "A": {3: [nfd("Größe")]}}, hidden={"Alt": "hidden"}
    )
    assert fits(book, spec("excel", header=["Größe"]))
    feature = {"type": "Feature", "properties": {"Größe": 1}, "geometry": SQUARE}
    content = json.dumps({"type": "FeatureCollection", "features": [feature]})
    layer = written(tmp_path / "t.geojson", content)
    assert fits(layer, spec("geo", header=[nfd("Größe")]))
    assert not fits(layer, spec("excel", header=["Größe"]))
    assert not fits(book, spec("geo", header=["Größe"]))


def test_damaged_archive_fits_nothing(tmp_path: Path) -> None:
    file = tmp_path / "t.zip"
    file.write_bytes(b"PK\x03\x04")
    with pytest.raises(DatenlaborError, match=r"No spec fits t\.zip"):
        find_spec(file, [spec(header=["Größe"])])


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """Run a server; return its address and the paths it has been asked for."""
    paths: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_error(404)

        do_HEAD = do_POST = do_GET  # noqa: N815 names of the library

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", paths
        server.shutdown()


VRT = (
    '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/vsicurl/{}/x.geojson</SrcDataSource>'
    "</OGRVRTLayer></OGRVRTDataSource>"
)
PIPELINE = json.dumps(
    {
        "type": "gdal_streamed_alg",
        "command_line": "gdal vector pipeline ! read /vsicurl/{}/x.geojson ! write streamed_file",
    }
)
LINK = {"type": "link", "properties": {"href": "{}/x", "type": "ogcwkt"}}
FEATURE = {"type": "Feature", "properties": {"a": 1}, "geometry": SQUARE}
LINKS = {"type": "FeatureCollection", "features": [FEATURE], "crs": LINK}
DEEP = {
    "type": "FeatureCollection",
    "features": [{**FEATURE, "geometry": {**SQUARE, "crs": LINK}}],
}


@pytest.mark.parametrize("suffix", [".csv", ".json", ".geojson", ".shp", ".gpkg", ".vrt", ".zip"])
@pytest.mark.parametrize("content", [VRT, PIPELINE, json.dumps(LINKS), json.dumps(DEEP)])
def test_no_file_makes_this_machine_fetch_anything(
    content: str, suffix: str, asked: tuple[str, list[str]], tmp_path: Path
) -> None:
    address, paths = asked
    file = written(tmp_path / f"t{suffix}", content.replace("{}", address))
    rows = tmp_path / "rows"
    rows.mkdir()
    for kind in ("geo", "csv", "excel"):
        assert not fits(file, spec(kind, header=["b"]))
        with suppress(DatenlaborError):
            read(file, spec(kind), Target(rows, "delivery"), Known({}, {}))
    with suppress(DatenlaborError):
        propose(file, "05162024")
    assert paths == []


def test_gdal_has_only_the_drivers_that_are_needed() -> None:
    assert set(pyogrio.list_drivers()) == {"ESRI Shapefile", "GPKG"}
    with pytest.raises(pyogrio.errors.DataSourceError):
        pyogrio.list_layers("/vsicurl/http://127.0.0.1:9/x.gpkg")
