"""A comment on its way: written by one, reviewed by another, published, read beside the figures."""

from collections.abc import Iterator
from dataclasses import replace

import duckdb
import pytest
from access_world import OWN, World
from chromium import WIDTH, logged_in, open_dashboard, table_of
from installation import Installation, publish_audited, take_in_comments
from playwright.sync_api import Browser, BrowserContext, Page
from stored import stored_dashboards
from visitors import PASSWORD, Visitor

from datenlabor import publishing
from datenlabor.assets.bundle import read_folder
from datenlabor.audiences import INTERNAL, PUBLIC
from datenlabor.comments.board import Action, Comment, Content, Status
from datenlabor.comments.store import CommentStore
from datenlabor.paths import ASSETS
from datenlabor.publishing.connection import open_read_only

WRITER, REVIEWER, READER = "schreibt", "prueft", "liest"
TITLE = "Einwohner mit Nebenwohnung"
TEXT = "Nebenwohnungen zählen nicht mit. Das zeigt sich in den Vierteln rund um den Hafen."
HOSTILE = (
    "Nebenwohnungen <b>zählen</b> nicht. <img src=x onerror=alert(1)><script>alert(2)</script>"
)
BOARD = stored_dashboards(read_folder(ASSETS))["ueberblick"]
TILE = "Einordnungen zur Stadt"
# Superset answers a form without a token with the log-in page.
REFUSED_FORM = "302"


@pytest.fixture(scope="module")
def world(world: World) -> Iterator[World]:
    """Return the installation with two editors and one who only reads."""
    home = world.installation.home
    before = publishing.current_release(home)
    for name, role in ((WRITER, "Redaktion"), (REVIEWER, "Redaktion"), (READER, "Sozialplanung")):
        world.add_user(name, [role, f"Gemeinde {OWN}"])
        world.visitors[name] = world.visitor(name)
        world.visitors[name].log_in(name)
    yield world
    after = publishing.current_release(home)
    if before and after and before.release_id != after.release_id:
        publishing.rollback(home, before.release_id)


@pytest.fixture(scope="module")
def store(world: World) -> CommentStore:
    return CommentStore(world.installation.home.comments)


def people(browser: Browser, world: World, name: str) -> Iterator[BrowserContext]:
    with logged_in(browser, world.installation.url, name, PASSWORD) as found:
        yield found


@pytest.fixture(scope="module")
def writer(browser: Browser, world: World) -> Iterator[BrowserContext]:
    yield from people(browser, world, WRITER)


@pytest.fixture(scope="module")
def reviewer(browser: Browser, world: World) -> Iterator[BrowserContext]:
    yield from people(browser, world, REVIEWER)


@pytest.fixture(scope="module")
def published(
    world: World, writer: BrowserContext, reviewer: BrowserContext, store: CommentStore
) -> Comment:
    """Do it all in the browser, as people do, and return what became of it."""
    url = f"{world.installation.url}/einordnungen/"
    code = write(writer.new_page(), url, world.installation)
    assert visible(writer.new_page(), url, code) == "in Prüfung"
    review(reviewer.new_page(), url)
    assert visible(writer.new_page(), url, code) == "sichtbar ab der nächsten Veröffentlichung"
    take_in_comments(world.installation.home)
    publish_audited(world.installation.home)
    assert visible(writer.new_page(), url, code) == "sichtbar"
    return store.read()[code]


def write(page: Page, url: str, installation: Installation) -> str:
    """Fill in the form, look at the figures, give it to review; return the comment's code."""
    complaints: list[str] = []
    page.on("dialog", lambda dialog: complaints.append(dialog.message))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(url)
    page.get_by_role("link", name="Neue Einordnung schreiben").click()
    page.get_by_label("Gebiet", exact=True).select_option(OWN)
    page.get_by_label("Indikator", exact=True).select_option("population")
    page.get_by_label("Überschrift").fill(TITLE)
    page.get_by_label("Text", exact=True).fill(HOSTILE)
    page.get_by_label("Stelle").select_option("Statistikstelle")
    for button in ("Vorschau und Zahlen", "Entwurf speichern"):
        page.get_by_role("button", name=button).click()
        page.locator("#text-problem", has_text="Bitte ohne spitze Klammern").wait_for()
        assert page.get_by_label("Text", exact=True).input_value() == HOSTILE
        assert page.locator("main b, main img, main script").count() == 0
    page.get_by_label("Text", exact=True).fill(TEXT)
    page.get_by_role("button", name="Vorschau und Zahlen").click()
    [(latest, value)] = installation.rows(
        "select calendar_year, value_text from protected.pub_indicator_value "
        "where area_code = ? and indicator_code = 'population' "
        "order by calendar_year desc limit 1",
        OWN,
    )
    page.locator(".shown h3", has_text=TITLE).wait_for()
    shown = page.locator(".figures tbody tr").first.inner_text().split("\t")
    assert shown[:3] == [str(latest), value, value]
    # Without the promise the browser sends nothing.
    page.get_by_role("button", name="Zur Prüfung geben").click()
    assert page.url.endswith("/neu")
    page.get_by_label("keine Zahl, die geheim zu halten ist").check()
    page.get_by_role("button", name="Zur Prüfung geben").click()
    page.get_by_text("Den eigenen Text prüft jemand anderes.").wait_for()
    assert page.get_by_role("button", name="Freigeben").count() == 0
    assert page.locator("h1").inner_text() == TITLE
    assert complaints == []
    return page.url.rpartition("/")[2]


def review(page: Page, url: str) -> None:
    page.goto(url)
    assert page.get_by_role("heading", name="Bitte prüfen (1)").count() == 1
    page.get_by_role("link", name=TITLE).click()
    page.get_by_label("der Text nennt keine geheime").check()
    page.get_by_role("button", name="Freigeben").click()
    page.get_by_text("Freigegeben.").wait_for()


def visible(page: Page, url: str, code: str) -> str:
    page.goto(f"{url}{code}")
    return page.locator("h1 + p strong").inner_text()


@pytest.mark.usefixtures("published")
def test_it_stands_beside_the_figures(world: World, reviewer: BrowserContext) -> None:
    page, watch = open_dashboard(
        reviewer, world.installation.url, BOARD.slug, charts=len(BOARD.charts), has_filters=False
    )
    _, rows = table_of(page, TILE)
    [row] = [row for row in rows if row[2] == TITLE]
    assert row[0] == "Einwohner"
    assert row[3] == TEXT
    assert row[4].startswith("Statistikstelle, ")
    assert watch.complaints == []
    page.close()


def test_what_is_for_the_city_is_not_in_the_file_of_the_public(
    world: World, published: Comment
) -> None:
    found = {}
    for audience in (INTERNAL, PUBLIC):
        with open_read_only(world.installation.home.published_for(audience)) as connection:
            query = "select count(*) from protected.pub_comment where comment_code = ?"
            [found[audience]] = connection.execute(query, [published.code]).fetchone() or ()
    assert found == {INTERNAL: 1, PUBLIC: 0}


def test_no_account_is_published(world: World, published: Comment) -> None:
    assert {entry.by for entry in published.last.history} == {WRITER, REVIEWER}
    with duckdb.connect(world.installation.home.warehouse, read_only=True) as connection:
        rows = connection.execute(
            "select * from marts.fct_commentary where comment_code = ?", [published.code]
        ).fetchall()
    assert len(rows) == 1
    assert not {WRITER, REVIEWER} & set(map(str, rows[0]))


def send(visitor: Visitor, path: str, token: str | None = None, **form: str) -> str:
    """Send a form past the browser; return how it was answered."""
    answer = visitor.session.post(
        f"{visitor.url}/einordnungen{path}",
        data=form if token == "" else {"csrf_token": token or visitor.token(), **form},
        headers={"Referer": visitor.url, "Accept": "text/html"},
        allow_redirects=False,
        timeout=60,
    )
    return str(answer.status_code)


@pytest.fixture
def waiting(store: CommentStore) -> Comment:
    """Return a comment of the writer that waits for review."""
    content = Content(OWN, "assessment", "public", "Statistikstelle", TITLE, TEXT, "population")
    code = store.begin(WRITER, content).code
    return store.record(WRITER, Action.SUBMITTED, code, 1, seen=1)


def test_nobody_reviews_his_own(world: World, store: CommentStore, waiting: Comment) -> None:
    approval = {"do": "approve", "is_checked": "1", "seen": "2"}
    send(world.visitors[WRITER], f"/{waiting.code}/pruefen", **approval)
    assert store.read()[waiting.code] == waiting
    send(world.visitors[REVIEWER], f"/{waiting.code}/pruefen", **approval | {"seen": "1"})
    assert store.read()[waiting.code] == waiting
    send(world.visitors[REVIEWER], f"/{waiting.code}/pruefen", **approval)
    assert store.read()[waiting.code].last.status == Status.APPROVED


@pytest.mark.parametrize("path", ["/neu", "/{code}/pruefen", "/{code}/zurueckziehen"])
def test_who_is_refused(world: World, store: CommentStore, waiting: Comment, path: str) -> None:
    before = store.read()
    path = path.replace("{code}", waiting.code)
    form = {"do": "approve", "is_checked": "1", "seen": "2", "reason": "x"}
    assert send(world.visitors[READER], path, **form) == "403"
    assert send(world.visitor(), path, **form) == "302"
    for token in ("", "forged"):
        assert send(world.visitors[REVIEWER], path, token, **form) == REFUSED_FORM
    assert store.read() == before
    for page in ("", "neu", waiting.code):
        answer = world.visitors[READER].ask("GET", f"/einordnungen/{page}")
        assert answer.status_code == 403
        assert TITLE not in answer.text
        assert world.visitor().ask("GET", f"/einordnungen/{page}").is_redirect


def test_what_is_no_code_is_not_saved(world: World, store: CommentStore) -> None:
    before = store.read()
    form = {"do": "save", "seen": "0", "title": TITLE, "audience": "internal"}
    for wrong in (
        {"text": HOSTILE},
        {"area_code": "99"},
        {"industry_code": "?"},
        {"kind": "<script>"},
    ):
        assert send(world.visitors[WRITER], "/neu", **form | wrong) == "200"
    assert store.read() == before


def test_areas_of_another_city_are_not_there(world: World, store: CommentStore) -> None:
    """Whoever has no municipality sees no area within one, in the lists and in the comments."""
    world.add_user("fremd", ["Redaktion"])
    stranger = world.visitor("fremd")
    stranger.log_in("fremd")
    [(area,)] = world.installation.rows(
        "select min(area_code) from protected.pub_indicator_value where municipality_code = ?", OWN
    )
    content = Content(area, "assessment", "internal", "Statistikstelle", TITLE, TEXT, "population")
    code = store.begin(WRITER, replace(content, area_code=area)).code
    assert f'value="{area}"' in world.visitors[WRITER].ask("GET", "/einordnungen/neu").text
    assert f'value="{area}"' not in stranger.ask("GET", "/einordnungen/neu").text
    assert code not in stranger.ask("GET", "/einordnungen/").text
    assert stranger.ask("GET", f"/einordnungen/{code}").status_code == 404


def test_picture_of_the_form(
    world: World, writer: BrowserContext, pytestconfig: pytest.Config
) -> None:
    page = writer.new_page()
    page.set_viewport_size({"width": WIDTH, "height": 600})
    page.goto(f"{world.installation.url}/einordnungen/neu")
    page.get_by_label("Gebiet", exact=True).select_option(label="Rosellen (Beobachtungsgebiet)")
    page.get_by_label("Indikator", exact=True).select_option("active_companies")
    page.get_by_label("Wirtschaftszweig").select_option("J")
    page.get_by_label("Jahr").select_option("2023")
    page.get_by_label("Überschrift").fill("Wenige Betriebe, große Ausschläge")
    page.get_by_label("Text", exact=True).fill(
        "Verlegt ein Betrieb seinen Sitz in einen anderen Stadtteil, sinkt der Bestand hier, in "
        "der Stadt aber nicht. Wer den Rückgang bewertet, sieht sich zuerst die Umzüge an."
    )
    page.get_by_label("Stelle").select_option("Wirtschaftsförderung, Analyse")
    page.get_by_role("button", name="Vorschau und Zahlen").click()
    page.locator(".figures table").nth(1).wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTH
    image = page.screenshot(full_page=True)
    if folder := pytestconfig.getoption("--screenshots"):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "einordnung.png").write_bytes(image)
