"""Background of maps: the borders of the city's own areas, drawn as map tiles.

Maps of places have the areas with their names behind them (`areas`), maps of areas only the lines
(`borders`), which show between coloured areas and around those without a colour.

No map of anybody else is needed for it, so that nobody learns what is looked at. What is drawn is
in the public file: borders and names are no figures. Tiles are squares of Web Mercator, numbered
as everywhere (zoom, column, row).
"""

import io
import json
import math
import os
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import guard
from flask import Response, abort, g
from PIL import Image, ImageDraw, ImageFont

import superset
from datenlabor.audiences import PUBLIC
from datenlabor.paths import Home

Ring = list[tuple[float, float]]
"""Points of a border in the plane of Web Mercator: the world is a square of side 1."""

SIZE = 256
DEEPEST = 20
_FINER = 2
"""Tiles are drawn larger and shrunk, which makes lines smooth."""
_NAMES_FROM = 12
"""Zoom below which names would cover each other."""
_FONT = ("Inter", "Regular")
_GROUND, _TEXT = "#f1f4f6", "#5d6a73"
_LINES = {"areas": "#a9b4bc", "borders": "#8a8a8a"}
_MAX_AGE = 3600


class Tile(NamedTuple):
    """What is drawn, ``areas`` or ``borders``, at which zoom, in which column and row."""

    kind: str
    z: int
    x: int
    y: int


class Area(NamedTuple):
    """An area with its rings in the plane; ``name`` is empty where it is not to be written."""

    name: str
    rings: list[Ring]


def tile_page(kind: str, z: int, x: int, y: int) -> Response:
    """Answer a request for a tile of a kind, of whoever may see anything here."""
    if g.user.is_anonymous and os.environ.get("DATENLABOR_PUBLIC") != "1":
        abort(401)
    if z > DEEPEST or not (x < 2**z and y < 2**z):
        abort(404)
    file = Home(Path(os.environ["DATENLABOR_HOME"])).published_for(PUBLIC)
    image = _tile_of_release(file, file.resolve(), Tile(kind, z, x, y))
    response = Response(image, mimetype="image/png")
    response.cache_control.private = True
    response.cache_control.max_age = _MAX_AGE
    return response


def draw_tile(areas: list[Area], tile: Tile) -> bytes:
    """Return the tile as PNG; transparent where no area is."""
    side = SIZE * _FINER
    image = Image.new("RGBA", (side, side))
    draw = ImageDraw.Draw(image)

    def on_tile(ring: Ring) -> Ring:
        scale = 2**tile.z
        return [
            ((east * scale - tile.x) * side, (south * scale - tile.y) * side)
            for east, south in ring
        ]

    for area in areas if tile.kind == "areas" else ():
        for ring in area.rings:
            draw.polygon(on_tile(ring), fill=_GROUND)
    for area in areas:
        for ring in area.rings:
            draw.line(on_tile(ring), fill=_LINES[tile.kind], width=_FINER * (2 if area.name else 1))
    if tile.kind == "areas" and tile.z >= _NAMES_FROM:
        font = _font(11 * _FINER)
        for area in areas:
            if area.name:
                [place] = on_tile([_middle(max(area.rings, key=len))])
                draw.text(place, area.name.replace("/", "/\n"), _TEXT, font, "mm", align="center")
    content = io.BytesIO()
    image.resize((SIZE, SIZE), Image.Resampling.LANCZOS).save(content, "PNG")
    return content.getvalue()


def in_plane(longitude: float, latitude: float) -> tuple[float, float]:
    """Return a place, in degrees, in the plane of Web Mercator."""
    south = math.asinh(math.tan(math.radians(latitude)))
    return (longitude + 180) / 360, (1 - south / math.pi) / 2


@lru_cache(maxsize=512)
def _tile_of_release(file: Path, release: Path, tile: Tile) -> bytes:
    """Draw a tile once for each release, known by where the link to its file leads."""
    return draw_tile(_areas(file, release), tile)


@lru_cache(maxsize=2)
def _areas(file: Path, _release: Path) -> list[Area]:
    """Read the areas; names are written for those of the largest level alone."""
    rows = guard.published_rows(
        file,
        "select area_name, contour, count(*) over (partition by area_level) "
        "from protected.pub_area_geometry order by 3 desc, area_code, part_number",
    )
    fewest = min((count for *_, count in rows), default=0)
    return [
        Area(
            name if count == fewest else "",
            [
                [in_plane(*point[:2]) for point in ring]
                for ring in json.loads(contour)["coordinates"]
            ],
        )
        for name, contour, count in rows
    ]


@lru_cache(maxsize=1)
def _font(size: int) -> ImageFont.FreeTypeFont:
    """Return the font of Superset's pages, which is installed in pieces: the one with umlauts.

    Raises:
        LookupError: Superset no longer brings it along.

    """
    for file in sorted((Path(superset.__file__).parent / "static" / "assets").glob("*.woff")):
        font = ImageFont.truetype(file, size)
        if font.getname() == _FONT and bytes(font.getmask("ö")) != bytes(font.getmask("\ue123")):
            return font
    raise LookupError(f"Superset has no font {_FONT}.")


def _middle(ring: Ring) -> tuple[float, float]:
    """Return the centre of gravity of what a ring encloses."""
    doubled = east = south = 0.0
    # Relative to the first point: differences of large numbers would lose digits.
    points = [(x - ring[0][0], y - ring[0][1]) for x, y in ring]
    for (x1, y1), (x2, y2) in pairwise([*points, points[0]]):
        cross = x1 * y2 - x2 * y1
        doubled += cross
        east += (x1 + x2) * cross
        south += (y1 + y2) * cross
    return ring[0][0] + east / (3 * doubled), ring[0][1] + south / (3 * doubled)
