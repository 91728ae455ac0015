"""Set Superset up, start it, end it.

Superset lives in its own environment (``.venv-superset``) and is only ever run as a process. Its
folder of state is ``<home>/superset``, which is also its working directory: started from the
checkout, Python would take the folder ``superset/`` for the package of that name.
"""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from datenlabor import console
from datenlabor.errors import DatenlaborError
from datenlabor.paths import ASSETS, PROJECT, Home
from datenlabor.service.preparation import SOURCES, prepare, shown_assets
from datenlabor.service.secrets import (
    ADMIN_PASSWORD,
    METADATA_URI,
    VARIABLES,
    Secrets,
    all_provided,
    load_secrets,
    provided,
    secrets_file,
)

ADMIN = "admin"
DEFAULT_PORT = 8088
HOST = "127.0.0.1"
PYTHON = PROJECT / ".venv-superset" / "bin" / "python"
START_SECONDS = 120
STOP_SECONDS = 15
LOOK_SECONDS = 0.5
# Ctrl-C, systemd or `timeout`, and the terminal that is closed.
_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LOG_LINES = 15


def port_from_environment() -> int:
    """Return ``DATENLABOR_PORT``, by default 8088."""
    value = os.environ.get("DATENLABOR_PORT") or str(DEFAULT_PORT)
    highest = 65535
    if not value.isdecimal() or not 0 < int(value) <= highest:
        raise DatenlaborError(
            f"DATENLABOR_PORT is {value!r}, which is no port number.",
            hint=f"Set it to a number from 1 to {highest}, or leave it out for {DEFAULT_PORT}.",
        )
    return int(value)


def check_port(port: int) -> None:
    """Fail at once, before anything slow is done, when something else listens on the port."""
    with socket.socket() as probe:
        # As gunicorn does: a connection that is still winding down is no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError as error:
            raise DatenlaborError(
                f"Port {port} may only be opened by root.",
                hint=f"Set another one: DATENLABOR_PORT={DEFAULT_PORT}",
            ) from error
        except OSError as error:
            raise DatenlaborError(
                f"Port {port} is in use.",
                hint="Is Datenlabor already running? Stop what uses the port, or set another "
                f"one: DATENLABOR_PORT={port + 1}",
            ) from error


def set_up(home: Home, assets: Path = ASSETS) -> bool:
    """Bring the metadata database to the state of the checkout; return whether anything was done.

    Creates tables, roles and the administrator and imports the asset folder. Skipped when none of
    this has changed since the last time.
    """
    _check_ready(home)
    load_secrets(home)
    stamp = home.superset / "setup.json"
    preparation = prepare(home, assets)
    if _metadata_exists(home) and _read_stamp(stamp) == preparation.fingerprint:
        return False
    # Others on the machine may read neither the users nor what they searched.
    home.superset.mkdir(mode=0o700, parents=True, exist_ok=True)
    stamp.unlink(missing_ok=True)
    arguments = preparation.write(home)
    log = home.superset / "setup.log"
    console.out.print("Superset is being set up, which takes 10 to 30 seconds …")
    with log.open("w", encoding="utf-8") as stream:
        code = subprocess.run(
            [PYTHON, SOURCES / "setup.py", *arguments],
            cwd=home.superset,
            env=_environment(home),
            stderr=stream,
            check=False,
        ).returncode
    if code:
        raise DatenlaborError(
            f"Superset could not be set up (exit code {code}):\n{_tail(log)}",
            hint=f"The whole log is {log}",
        )
    stamp.write_text(json.dumps({"fingerprint": preparation.fingerprint}), encoding="utf-8")
    return True


@contextmanager
def running_superset(home: Home, port: int | None = None, assets: Path = ASSETS) -> Iterator[str]:
    """Set Superset up where needed, run it, yield its address, and end all its processes."""
    port = port_from_environment() if port is None else port
    check_port(port)
    set_up(home, assets)
    with _server(home, port):
        yield _address(port)


def serve_forever(home: Home, port: int | None = None) -> None:
    """Run Superset in the foreground until Ctrl-C; the job of ``make run``."""
    port = port_from_environment() if port is None else port
    check_port(port)
    _check_ready(home)
    secrets = load_secrets(home)
    with _stop_signals() as received, suppress(KeyboardInterrupt):
        set_up(home)
        with _server(home, port) as server:
            _greet(home, _address(port), secrets)
            while server.poll() is None and not received:
                time.sleep(LOOK_SECONDS)
            if not received:
                raise DatenlaborError(
                    f"Superset has ended by itself (exit code {server.returncode}):\n"
                    f"{_tail(_log(home))}",
                    hint=f"The whole log is {_log(home)}",
                )
    console.out.print("\nSuperset has been stopped.")


@contextmanager
def _stop_signals() -> Iterator[list[int]]:
    """Let the first signal that means stop interrupt as Ctrl-C does, and keep its number.

    An exception that is raised while Python clears something away goes no further; the number
    stays. Later signals must not interrupt the end of the server.
    """
    received: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        received.append(number)
        if len(received) == 1:
            raise KeyboardInterrupt(f"signal {number}")

    previous = {number: signal.signal(number, stop) for number in _STOPPING}
    try:
        yield received
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def end_process_group(leader: subprocess.Popen[bytes]) -> None:
    """End a process that leads its own group, and with it every process of that group."""
    if leader.returncode is None:
        os.killpg(leader.pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        # Looked at, but not waited for: until then the number of the group belongs to it.
        look = os.WEXITED | os.WNOHANG | os.WNOWAIT
        while os.waitid(os.P_PID, leader.pid, look) is None and time.monotonic() < deadline:
            time.sleep(0.05)
    # What is left, if anything, does not listen.
    with suppress(ProcessLookupError):
        os.killpg(leader.pid, signal.SIGKILL)
    leader.wait()


@contextmanager
def _server(home: Home, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run gunicorn from the moment it is healthy."""
    with _log(home).open("w", encoding="utf-8") as stream:
        server = subprocess.Popen(
            [
                PYTHON,
                *("-m", "gunicorn", "--bind", f"{HOST}:{port}"),
                # Two processes use two cores; --preload loads Superset once for both.
                *("--workers", "2", "--worker-class", "gthread", "--threads", "8", "--preload"),
                *("--timeout", "120", "--graceful-timeout", "5", "--no-control-socket"),
                "superset.app:create_app()",
            ],
            cwd=home.superset,
            env=_environment(home),
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            # A process group of its own: Ctrl-C reaches only this process, which then ends the
            # server and its workers in order.
            start_new_session=True,
        )
    try:
        _wait_until_healthy(server, home, port)
        yield server
    finally:
        end_process_group(server)


def _wait_until_healthy(server: subprocess.Popen[bytes], home: Home, port: int) -> None:
    # A proxy set in the environment is not for this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + START_SECONDS
    with console.out.status(f"Superset starts on port {port}, which takes about ten seconds …"):
        while server.poll() is None:
            try:
                with opener.open(f"{_address(port)}/health", timeout=5):
                    return
            except (urllib.error.URLError, OSError):
                if time.monotonic() > deadline:
                    break
                time.sleep(0.2)
    reason = "did not answer in time" if server.poll() is None else "ended while starting"
    raise DatenlaborError(
        f"Superset {reason}:\n{_tail(_log(home))}", hint=f"The whole log is {_log(home)}"
    )


def _greet(home: Home, address: str, secrets: Secrets) -> None:
    if secrets.password_is_new:
        where = f"{secrets.admin_password}  (kept in {secrets_file(home)})"
    elif provided(VARIABLES[ADMIN_PASSWORD]):
        where = "the value of DATENLABOR_ADMIN_PASSWORD at the first start"
    else:
        where = f"see {secrets_file(home)}"
    console.out.print(f"\n[bold]Datenlabor runs at {address}[/bold]")
    console.out.print(f"  user      {ADMIN}", markup=False)
    console.out.print(f"  password  {where}", markup=False)
    for dashboard in shown_assets(home, ASSETS).assets["dashboards"].values():
        title, slug = dashboard["dashboard_title"], dashboard["slug"]
        console.out.print(f"  {title}: {address}/superset/dashboard/{slug}/")
    console.out.print("Ctrl-C stops it.")


def _check_ready(home: Home) -> None:
    if not PYTHON.exists():
        raise DatenlaborError(
            f"Superset is not installed: {PYTHON} does not exist.",
            hint="Run `python3 datenlabor/bootstrap.py superset` (or `make run`, which does).",
        )
    if not home.published.exists():
        raise DatenlaborError(
            f"There is no published release: {home.published} does not exist.",
            hint="Run `datenlabor publish` (or `make run`, which does).",
        )


def _environment(home: Home) -> dict[str, str]:
    return (
        os.environ
        | all_provided()
        | {
            "DATENLABOR_HOME": str(home.root),
            "SUPERSET_CONFIG_PATH": str(SOURCES / "superset_config.py"),
            # The modules beside it, and what they share with the warehouse. The folder is no
            # package, which would shadow Superset's.
            "PYTHONPATH": os.pathsep.join(map(str, (SOURCES, PROJECT))),
            # Else Superset makes a folder ~/.superset.
            "SUPERSET_HOME": str(home.superset),
            "PYTHONUNBUFFERED": "1",
        }
    )


def _metadata_exists(home: Home) -> bool:
    return bool(provided(METADATA_URI)) or (home.superset / "superset.db").exists()


def _read_stamp(stamp: Path) -> str:
    try:
        return str(json.loads(stamp.read_text(encoding="utf-8"))["fingerprint"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _tail(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(lines[-LOG_LINES:])


def _log(home: Home) -> Path:
    return home.superset / "superset.log"


def _address(port: int) -> str:
    return f"http://{HOST}:{port}"
