"""The background of maps: borders of the city's areas, for those who may see anything."""

import math
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from installation import Installation
from playwright.sync_api import BrowserContext

ZOOM = 12
PNG = b"\x89PNG"


def path_of(longitude: float, latitude: float, kind: str = "areas") -> str:
    """Return the address of the tile a place lies on."""
    south = math.log(math.tan(math.radians(45 + latitude / 2)))
    column = int((longitude + 180) / 360 * 2**ZOOM)
    row = int((1 - south / math.pi) / 2 * 2**ZOOM)
    return f"/datenlabor/{kind}/{ZOOM}/{column}/{row}.png"


@pytest.fixture(scope="module")
def place(installation: Installation) -> tuple[float, float]:
    """Return a facility of the city."""
    [found] = installation.rows("select longitude, latitude from protected.pub_facility limit 1")
    return found


def test_borders_are_drawn_where_the_city_is(
    installation: Installation, context: BrowserContext, place: tuple[float, float]
) -> None:
    longitude, latitude = place
    here, elsewhere = (
        context.request.get(f"{installation.url}{path_of(longitude + shift, latitude)}").body()
        for shift in (0, 10)
    )
    assert here.startswith(PNG)
    assert elsewhere.startswith(PNG)
    assert len(here) > 5 * len(elsewhere)


def test_lines_alone_are_less_than_areas_with_names(
    installation: Installation, context: BrowserContext, place: tuple[float, float]
) -> None:
    lines, areas = (
        context.request.get(f"{installation.url}{path_of(*place, kind)}").body()
        for kind in ("borders", "areas")
    )
    assert lines.startswith(PNG)
    assert 0 < len(lines) < len(areas)


@pytest.mark.parametrize("path", ["/datenlabor/areas/2/4/0.png", "/datenlabor/borders/30/0/0.png"])
def test_there_is_no_tile_beyond_the_world(
    installation: Installation, context: BrowserContext, path: str
) -> None:
    assert context.request.get(f"{installation.url}{path}").status == 404


def test_nobody_gets_them_without_an_account(
    installation: Installation, place: tuple[float, float]
) -> None:
    with pytest.raises(HTTPError) as caught:
        urlopen(Request(f"{installation.url}{path_of(*place)}"))  # noqa: S310  our own server
    assert caught.value.code == 401
