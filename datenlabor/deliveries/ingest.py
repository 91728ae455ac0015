"""From files to deliveries: which spec, in which order, and what the user is told."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from rich.progress import Progress

from datenlabor import console
from datenlabor.city import City, SpecFile
from datenlabor.deliveries import journal, reading, report, store, supplied
from datenlabor.deliveries.contract import contracts
from datenlabor.deliveries.deliver import Outcome, Reader, Request, deliver
from datenlabor.deliveries.files.intake import check_file
from datenlabor.deliveries.files.names import safe_name
from datenlabor.deliveries.files.prepare import parts
from datenlabor.deliveries.journal import Event
from datenlabor.deliveries.matching import find_spec
from datenlabor.deliveries.registers import register_spec
from datenlabor.errors import DatenlaborError
from datenlabor.paths import Home

_FIRST = ("area", "measure", "indicator")
"""Registers whose codes other files use."""


def ingest(  # noqa: PLR0913 the options of the command
    home: Home,
    city: City,
    files: Sequence[Path],
    spec: str | None = None,
    published_on: date | None = None,
    *,
    read: Reader | None = None,
) -> list[Outcome]:
    """Deliver files, registers before figures; one that is refused does not stop the others.

    ``spec`` is the name of a spec or a spec file; by default the one that fits each file. A spec
    of the city that cannot be used is refused like a file.
    Returns what became of each file in the order of the work. Raises DatenlaborError if the
    configuration is wrong, OSError if the disk refuses.
    """
    given = _given(city, spec) if spec else None
    known = supplied.deliveries(city)
    candidates: list[SpecFile] = []
    requests: list[Request] = []
    outcomes: list[Outcome] = []
    with store.locked(home):
        for name, spec_file in () if given else city.specs.items():
            try:
                candidates.append(city.spec(name))
            except DatenlaborError as error:
                outcomes.append(_refused(home, spec_file, error))
                report.show_outcome(outcomes[-1])
        for file in files:
            try:
                _check(file)
                found = given or _find(file, candidates)
                requests.append(Request(file, found, published_on, supplied=known))
            except DatenlaborError as error:
                outcomes.append(_refused(home, file, error))
                report.show_outcome(outcomes[-1])
        for request in sorted(requests, key=_order):
            outcomes.append(_deliver(home, request, read or reading.read))
            report.show_outcome(outcomes[-1])
    return outcomes


def ingest_registers(home: Home, city: City, *, read: Reader | None = None) -> None:
    """Deliver the registers the city keeps itself, as far as they have changed.

    Raises:
        DatenlaborError: one of them has a row that is wrong.
        OSError: the disk refuses.

    """
    if not city.registers:
        return
    known = supplied.deliveries(city)
    requests = [
        Request(file, register_spec(city, file), is_configuration=True, supplied=known)
        for file in city.registers
    ]
    ingest_configuration(home, requests, read=read)


def ingest_configuration(
    home: Home, requests: Sequence[Request], *, read: Reader | None = None
) -> None:
    """Deliver what is part of the installation, as far as it has changed.

    Raises:
        DatenlaborError: one of the files has a row that is wrong.
        OSError: the disk refuses.

    """
    with store.locked(home):
        for request in sorted(requests, key=_order):
            outcome = _deliver(home, request, read or reading.read)
            if outcome.error:
                raise outcome.error
            if outcome.event != Event.REPEATED:
                report.show_outcome(outcome)


def _given(city: City, spec: str) -> SpecFile:
    file = Path(spec)
    return SpecFile.read(file) if file.suffix in {".yml", ".yaml"} else city.spec(spec)


def _check(file: Path) -> None:
    """Raise DatenlaborError if a file or a part of it must not be opened, not even to hash it."""
    try:
        for part in parts(file):
            check_file(part)
    except OSError as error:
        raise DatenlaborError(f"{file} cannot be read: {error.strerror}.") from error


def _find(file: Path, candidates: Sequence[SpecFile]) -> SpecFile:
    try:
        found = find_spec(file, [candidate.spec for candidate in candidates])
    except OSError as error:
        raise DatenlaborError(f"{file} cannot be read: {error.strerror}.") from error
    return next(candidate for candidate in candidates if candidate.spec is found)


def _order(request: Request) -> tuple[bool, int]:
    dataset = request.spec.dataset
    rank = _FIRST.index(dataset) if dataset in _FIRST else len(_FIRST)
    return contracts()[dataset].kind == "figures", rank


def _deliver(home: Home, request: Request, read: Reader) -> Outcome:
    quiet = not console.out.is_terminal
    with Progress(console=console.out, transient=True, disable=quiet) as bar:
        task = bar.add_task(safe_name(request.file.name), total=None)

        def show(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        try:
            return deliver(home, request, read=read, progress=show)
        except DatenlaborError as error:
            return _refused(home, request.file, error)


def _refused(home: Home, file: Path, error: DatenlaborError) -> Outcome:
    journal.append(home, Event.REFUSED, file_name=safe_name(file.name), reason=str(error))
    return Outcome(file, Event.REFUSED, error=error)
