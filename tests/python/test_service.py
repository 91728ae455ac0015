import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from datenlabor.assets.bundle import Bundle, read_archive
from datenlabor.audiences import AUDIENCES
from datenlabor.errors import DatenlaborError
from datenlabor.paths import PUBLISHED_FILE, Home
from datenlabor.publishing import Release, store
from datenlabor.publishing.store import PublishedFile
from datenlabor.service import superset
from datenlabor.service.preparation import placeholders
from datenlabor.service.secrets import load_secrets, secrets_file


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    for name in ("SUPERSET_SECRET_KEY", "DATENLABOR_ADMIN_PASSWORD", "DATENLABOR_METADATA_URI"):
        monkeypatch.delenv(name, raising=False)
    return Home(tmp_path / "home")


@pytest.fixture
def release(home: Home) -> Home:
    """Pretend that something has been published and that Superset is installed."""
    folder = home.releases / "20261121T093015Z"
    record = Release(
        release_id="20261121T093015Z",
        published_at=datetime(2026, 11, 21, 9, 30, 15, tzinfo=UTC),
        files={
            audience: PublishedFile(folder / audience / PUBLISHED_FILE, {"full": 1, "empty": 0}, "")
            for audience in AUDIENCES
        },
        inputs_fingerprint=None,
        is_audited=False,
        replaces=None,
        path=folder,
        is_current=True,
    )
    for file in record.files.values():
        file.path.parent.mkdir(parents=True)
        duckdb.connect(file.path).close()
    store.write_record(record, record.path)
    store.swap(home, record.release_id)
    return home


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind((superset.HOST, 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_secrets_are_made_once_and_only_the_owner_may_read_them(home: Home) -> None:
    first = load_secrets(home)
    assert first.password_is_new
    assert len(first.secret_key) >= 42
    assert secrets_file(home).stat().st_mode & 0o777 == 0o600
    second = load_secrets(home)
    assert not second.password_is_new
    assert (second.secret_key, second.admin_password) == (first.secret_key, first.admin_password)


def test_secrets_never_exist_with_a_wider_mode(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name appears by a rename; at that moment the file is complete and closed to others."""
    seen: list[tuple[int, dict[str, str]]] = []
    replace = Path.replace

    def watched(draft: Path, target: Path) -> Path:
        assert not target.exists()
        seen.append((draft.stat().st_mode & 0o777, json.loads(draft.read_text())))
        return replace(draft, target)

    monkeypatch.setattr(Path, "replace", watched)
    previous = os.umask(0)
    try:
        load_secrets(home)
    finally:
        os.umask(previous)
    [(mode, content)] = seen
    assert mode == 0o600
    assert set(content) == {"secret_key", "admin_password"}
    assert [file.name for file in home.superset.iterdir()] == ["secrets.json"]


def test_map_tiles_have_the_scheme_of_the_pages(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATENLABOR_HTTPS", raising=False)
    assert placeholders(home) == {"$DATENLABOR_HOME": str(home.root)}
    monkeypatch.setenv("DATENLABOR_HTTPS", "1")
    assert placeholders(home)["tile://http:/"] == "tile://https:/"


def test_environment_takes_precedence_and_is_not_written(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUPERSET_SECRET_KEY", "key from the vault")
    monkeypatch.setenv("DATENLABOR_ADMIN_PASSWORD", "password from the vault")
    secrets = load_secrets(home)
    assert secrets.secret_key == "key from the vault"
    assert secrets.admin_password == "password from the vault"
    assert not secrets.password_is_new
    assert not secrets_file(home).exists()


def test_only_what_the_environment_lacks_is_written(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUPERSET_SECRET_KEY", "key from the vault")
    password = load_secrets(home).admin_password
    assert json.loads(secrets_file(home).read_text()) == {"admin_password": password}
    monkeypatch.delenv("SUPERSET_SECRET_KEY")
    later = load_secrets(home)
    assert later.admin_password == password
    assert set(json.loads(secrets_file(home).read_text())) == {"secret_key", "admin_password"}


def test_secrets_that_others_could_read_are_refused(home: Home) -> None:
    load_secrets(home)
    secrets_file(home).chmod(0o640)
    with pytest.raises(DatenlaborError, match=r"can be read by others \(mode 0640\)") as caught:
        load_secrets(home)
    assert "chmod 600" in caught.value.hint


@pytest.mark.parametrize("text", ["{", "[]"])
def test_broken_secrets_file(home: Home, text: str) -> None:
    load_secrets(home)
    secrets_file(home).write_text(text)
    with pytest.raises(DatenlaborError, match=r"secrets\.json"):
        load_secrets(home)


def test_port_in_use_is_said_before_anything_is_done(home: Home, taken_port: int) -> None:
    with pytest.raises(DatenlaborError, match=f"Port {taken_port} is in use") as caught:
        superset.serve_forever(home, taken_port)
    assert f"DATENLABOR_PORT={taken_port + 1}" in caught.value.hint
    with (
        pytest.raises(DatenlaborError, match="is in use"),
        superset.running_superset(home, taken_port),
    ):
        pass
    assert not home.root.exists()


@pytest.mark.parametrize("value", ["eight", "0", "70000", "-1"])
def test_bad_port(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATENLABOR_PORT", value)
    with pytest.raises(DatenlaborError, match="no port number"):
        superset.port_from_environment()


def test_port_from_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATENLABOR_PORT", raising=False)
    assert superset.port_from_environment() == 8088
    monkeypatch.setenv("DATENLABOR_PORT", "8099")
    assert superset.port_from_environment() == 8099


def test_nothing_published_yet(home: Home) -> None:
    with pytest.raises(DatenlaborError, match="no published release") as caught:
        superset.set_up(home)
    assert "datenlabor publish" in caught.value.hint


def test_set_up_runs_again_only_when_something_changed(
    release: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[list[str]] = []
    assets = tmp_path / "assets"
    (assets / "charts").mkdir(parents=True)
    chart = assets / "charts" / "Wert.yaml"
    chart.write_text("{uuid: a, slice_name: Wert}")

    def pretend(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        runs.append(command)
        (release.superset / "superset.db").touch()
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", pretend)
    assert superset.set_up(release, assets)
    assert not superset.set_up(release, assets)
    chart.write_text("{uuid: a, slice_name: Wert, description: neu}")
    assert superset.set_up(release, assets)
    (assets / "charts" / "Neu.yaml").write_text("{uuid: b, slice_name: Neu}")
    assert superset.set_up(release, assets)
    (release.superset / "superset.db").unlink()
    assert superset.set_up(release, assets)
    monkeypatch.setenv("DATENLABOR_METADATA_URI", "postgresql+psycopg2://other/database")
    assert superset.set_up(release, assets)
    assert not superset.set_up(release, assets)
    assert len(runs) == 5


def test_set_up_gets_the_assets_with_the_place_of_this_installation(
    release: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = tmp_path / "assets" / "databases" / "D.yaml"
    database.parent.mkdir(parents=True)
    database.write_text(
        "{uuid: a, database_name: D, sqlalchemy_uri: 'duckdb:///$DATENLABOR_HOME/x'}"
    )
    seen: list[Bundle] = []

    def pretend(command: list[Path], **_: object) -> subprocess.CompletedProcess[str]:
        seen.append(read_archive(command[-2].read_bytes()))
        return subprocess.CompletedProcess([], 0)

    monkeypatch.setattr(subprocess, "run", pretend)
    assert superset.set_up(release, tmp_path / "assets")
    [bundle] = seen
    assert bundle.assets["databases"]["a"]["sqlalchemy_uri"] == f"duckdb:///{release.root}/x"


def test_dashboards_without_data_are_left_out(
    release: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "assets"
    for kind, name, text in (
        ("datasets/Datenlabor", "full", "{uuid: f, table_name: full, columns: [], metrics: []}"),
        (
            "datasets/Datenlabor",
            "empty",
            "{uuid: e, table_name: empty, columns: [], metrics: [], extra: {is_essential: true}}",
        ),
        ("charts", "Wert", "{uuid: a, slice_name: Wert, dataset_uuid: f}"),
        ("charts", "Karte", "{uuid: b, slice_name: Karte, dataset_uuid: e}"),
        ("charts", "Liste", "{uuid: c, slice_name: Liste, dataset_uuid: f}"),
        ("dashboards", "Voll", dashboard("v", "ueberblick", "a")),
        ("dashboards", "Leer", dashboard("l", "gebiete", "a", "b", "c")),
    ):
        (folder / kind).mkdir(parents=True, exist_ok=True)
        (folder / kind / f"{name}.yaml").write_text(text, "utf-8")
    seen: list[Bundle] = []

    def pretend(command: list[Path], **_: object) -> subprocess.CompletedProcess[str]:
        seen.append(read_archive(command[-2].read_bytes()))
        return subprocess.CompletedProcess([], 0)

    monkeypatch.setattr(subprocess, "run", pretend)
    assert superset.set_up(release, folder)
    [bundle] = seen
    assert set(bundle.assets["dashboards"]) == {"v"}
    assert set(bundle.assets["charts"]) == {"a"}
    assert set(bundle.assets["datasets"]) == {"f", "e"}


def dashboard(uuid: str, slug: str, *charts: str) -> str:
    position = {f"CHART-{c}": {"type": "CHART", "meta": {"uuid": c}} for c in charts}
    return json.dumps({"uuid": uuid, "slug": slug, "dashboard_title": slug, "position": position})


def test_broken_assets_are_named_before_superset_starts(
    release: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "charts").mkdir()
    (tmp_path / "charts" / "Wert.yaml").write_text("slice_name: Wert")
    monkeypatch.setattr(subprocess, "run", pytest.fail)
    with pytest.raises(DatenlaborError, match=r"charts/Wert\.yaml is no asset"):
        superset.set_up(release, tmp_path)


def test_failed_set_up_shows_the_log_and_is_repeated(
    release: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = release.root / "setup.py"
    script.write_text("import sys; sys.exit('Error: chart x has no dataset')")
    monkeypatch.setattr(superset, "PYTHON", Path(sys.executable))
    monkeypatch.setattr(superset, "SOURCES", release.root)
    (release.root / "requirements.lock").touch()
    for _ in range(2):
        with pytest.raises(DatenlaborError, match="chart x has no dataset") as caught:
            superset.set_up(release, tmp_path / "no assets")
        assert "setup.log" in caught.value.hint


@pytest.mark.parametrize("stubborn", [False, True])
def test_the_whole_process_group_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, stubborn: bool
) -> None:
    """Also a child of the server, and one that does not listen to SIGTERM."""
    monkeypatch.setattr(superset, "STOP_SECONDS", 1)
    ready = tmp_path / "ready"
    child = (
        "import os, pathlib, signal, time; "
        f"{stubborn} and signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        f"draft = pathlib.Path({str(ready) + '.draft'!r}); draft.write_text(str(os.getpid())); "
        f"draft.rename({str(ready)!r}); time.sleep(60)"
    )
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    leader = subprocess.Popen([sys.executable, "-c", parent], start_new_session=True)
    while not ready.exists():
        time.sleep(0.02)
    superset.end_process_group(leader)
    assert leader.returncode is not None
    deadline = time.monotonic() + 5
    while _is_running(int(ready.read_text())):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _is_running(process: int) -> bool:
    """Tell whether it exists; one that has ended may exist as a zombie until init looks at it."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


SERVING = """
import os, subprocess, sys
from contextlib import contextmanager
from pathlib import Path
from datenlabor.paths import PUBLISHED_FILE, Home
from datenlabor.service import superset

@contextmanager
def pretended_server(home, port):
    server = subprocess.Popen(["sleep", "60"], start_new_session=True)
    try:
        yield server
    finally:
        superset.end_process_group(server)

superset._check_ready = lambda home: None
superset.set_up = lambda home: False
superset._server = pretended_server
{more}
home = Home(Path(sys.argv[1]))
print(home.root, flush=True)
superset.serve_forever(home, int(sys.argv[2]))
"""


# What is raised while an object is cleared away, Python writes down and forgets.
LOST_SIGNAL = f"""
class Cleared:
    def __del__(self):
        os.kill(os.getpid(), {signal.SIGTERM:d})
        sum(range(1000))

def greet_and_clear(*arguments, greet=superset._greet):
    greet(*arguments)
    Cleared()

superset._greet = greet_and_clear
"""


@contextmanager
def serving(home: Path, more: str = "") -> Iterator[subprocess.Popen[str]]:
    """Run a pretended server in the foreground; yield the process when it has said so."""
    command = [sys.executable, "-c", SERVING.replace("{more}", more), str(home), str(free_port())]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "Ctrl-C" in line:
                break
        yield process


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_serving_ends_with_its_server(tmp_path: Path, number: signal.Signals) -> None:
    """Also when the terminal is closed: an orphan would keep the port."""
    with serving(tmp_path) as process:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        assert len(children) == 1
        process.send_signal(number)
        assert process.wait(timeout=20) == 0
    assert not Path(f"/proc/{children[0]}").exists()


def test_a_signal_that_comes_while_something_is_cleared_away_is_not_lost(tmp_path: Path) -> None:
    with serving(tmp_path, LOST_SIGNAL) as process:
        assert process.wait(timeout=20) == 0
