"""One file with one spec becomes a delivery, or is known already, or is refused."""

import hashlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Protocol

import duckdb

from datenlabor.city import SpecFile
from datenlabor.deliveries import journal, store
from datenlabor.deliveries.catalogue import Known
from datenlabor.deliveries.files.names import safe_name
from datenlabor.deliveries.files.prepare import parts
from datenlabor.deliveries.journal import Event
from datenlabor.deliveries.known import known_to
from datenlabor.deliveries.reading import Reading, Target
from datenlabor.deliveries.record import Content, Record
from datenlabor.deliveries.spec import Spec
from datenlabor.deliveries.store import Delivery
from datenlabor.errors import DatenlaborError
from datenlabor.paths import Home
from datenlabor.publishing.store import sha256_of

Progress = Callable[[int, int], None]
"""Called with what is done and the total, in any unit."""
_LONG = 80
"""Characters of a value that are enough to find it."""


class Reader(Protocol):
    """Reads a file with a spec and writes its rows into a folder."""

    def __call__(
        self, file: Path, spec: Spec, target: Target, known: Known, progress: Progress, /
    ) -> Reading:
        """Return what came of it. Raises DatenlaborError to refuse the file as a whole."""


@dataclass(frozen=True)
class Request:
    """A file to be delivered."""

    file: Path
    spec_file: SpecFile
    published_on: date | None = None
    """If given, goes before the day stated in the file."""
    is_configuration: bool = False
    """A register of the city: its state now counts, even if it is one of long ago, and no row of
    it may be wrong."""
    supplied: Sequence[Delivery] = ()
    """Deliveries outside the store; their areas and measures are known, too."""
    replaces: str | None = None
    """Id of a delivery of the same file that is to be replaced, although its spec is the same."""

    @property
    def spec(self) -> Spec:
        """The spec the file is read with."""
        return self.spec_file.spec


@dataclass(frozen=True)
class Outcome:
    """What became of a file: exactly one of ``delivery`` and ``error``."""

    file: Path
    event: Event
    delivery: Delivery | None = None
    error: DatenlaborError | None = None


def deliver(home: Home, request: Request, *, read: Reader, progress: Progress) -> Outcome:
    """Read a file and store it. Only for the holder of the store's lock.

    Raises:
        DatenlaborError: the file is refused; but for an entry in the log the store is as it was.
        OSError: the disk refuses; the store is as it was.

    """
    deliveries = store.deliveries(home)
    files = parts(request.file)
    content = describe(request.file, files)
    former = _former(deliveries, content, request)
    if former and _is_same(former, request):
        if not request.is_configuration:
            journal.append(home, Event.REPEATED, delivery_id=former.id, file_name=content.file_name)
        return Outcome(request.file, Event.REPEATED, former)
    taken = [delivery.id for delivery in deliveries]
    delivery_id, moment = store.next_id(datetime.now(UTC), taken, content.sha256)
    folder = store.incoming(home, delivery_id)
    try:
        original = _copy(request.file, files, content, folder / "original")
        (folder / "spec.yml").write_text(request.spec_file.text, encoding="utf-8")
        with plain_errors(request.file):
            target = Target(folder, delivery_id)
            known = known_to([*request.supplied, *deliveries], request.spec)
            reading = read(original, request.spec, target, known, progress)
        if request.is_configuration:
            _check_complete(request.file, reading)
        _check_loaded(request, reading)
        fallback = former.record.published_on if former else moment.date()
        record = Record.of(
            content,
            request.spec,
            reading,
            delivery_id=delivery_id,
            spec_sha256=_sha256(request.spec_file.text),
            received_at=moment,
            published_on=request.published_on or reading.published_on or fallback,
            replaces=former.id if former else None,
        )
        delivery = store.add(home, record, folder)
    finally:
        store.discard(home)
    return Outcome(request.file, Event.REPLACED if former else Event.DELIVERED, delivery)


def describe(file: Path, files: Sequence[Path]) -> Content:
    """Return name, size and hash of a file and its siblings.

    Raises:
        DatenlaborError: one of them cannot be read.

    """
    try:
        hashes = sorted((_suffixes(path, file), sha256_of(path)) for path in files)
        size = sum(path.stat().st_size for path in files)
    except OSError as error:
        raise DatenlaborError(f"{error.filename} cannot be read: {error.strerror}.") from error
    [(_, sha256), *siblings] = hashes
    if siblings:
        sha256 = _sha256("".join(f"{suffix} {digest}\n" for suffix, digest in hashes))
    return Content(file_name=safe_name(file.name), file_bytes=size, sha256=sha256)


def _former(deliveries: Sequence[Delivery], content: Content, request: Request) -> Delivery | None:
    """Find the active delivery of the same content, read with the spec of the same name."""
    active = [
        delivery
        for delivery in deliveries
        if delivery.is_active and delivery.record.spec_name == request.spec.name
    ]
    if request.is_configuration:
        active = active[-1:]
    same = [delivery for delivery in active if delivery.record.sha256 == content.sha256]
    if request.replaces:
        same = [delivery for delivery in same if delivery.id == request.replaces]
    return same[0] if same else None


def _is_same(former: Delivery, request: Request) -> bool:
    record = former.record
    return (
        record.delivery_id != request.replaces
        and record.spec_sha256 == _sha256(request.spec_file.text)
        and request.published_on in (None, record.published_on)
    )


def _copy(file: Path, files: Sequence[Path], content: Content, folder: Path) -> Path:
    """Copy a file and its siblings; what is read is the copy. Raises DatenlaborError, OSError."""
    folder.mkdir()
    stem = Path(content.file_name).stem
    copies = {path: folder / safe_name(stem + _suffixes(path, file)) for path in files}
    copies[file] = folder / content.file_name
    for path, copy in copies.items():
        shutil.copyfile(path, copy)
    if describe(copies[file], list(copies.values())).sha256 != content.sha256:
        raise DatenlaborError(
            f"{file} changed while it was copied.", hint="Deliver it again when it is complete."
        )
    return copies[file]


def _suffixes(path: Path, file: Path) -> str:
    """Return what a sibling adds to the name of the file, in lower case."""
    return path.name[len(file.stem) :].lower()


def _check_complete(file: Path, reading: Reading) -> None:
    if reading.problems:
        first = reading.problems[0]
        raise DatenlaborError(
            f"{file}, line {first.first_line}, column {first.column}: {first.first_value!r} "
            f"breaks rule {first.rule}; {sum(p.values for p in reading.problems)} in all.",
            hint=first.hint,
        )


def _check_loaded(request: Request, reading: Reading) -> None:
    """Refuse a file of which nothing is loaded: it, or the spec, is not the one it is taken for."""
    if reading.rows.get(request.spec.dataset):
        return
    name, spec = request.file.name, request.spec.name
    if not reading.problems:
        raise DatenlaborError(
            f"{name}: spec {spec} leaves nothing of it to be loaded; "
            f"{reading.account.records_skipped} records are skipped or ignored.",
            hint="Correct `skip:` and `ignore:` in the spec.",
        )
    first = min(reading.problems, key=lambda problem: problem.first_line)
    column = f", column {first.column}" if first.column else ""
    raise DatenlaborError(
        f"{name}: nothing of it fits spec {spec}. Line {first.first_line}{column}: "
        f"{first.first_value[:_LONG]!r} breaks rule {first.rule}; "
        f"{sum(problem.values for problem in reading.problems)} such places in all.",
        hint=f"{first.hint} Or is it another kind of file? `datenlabor inspect` shows it.".strip(),
    )


@contextmanager
def plain_errors(file: Path) -> Iterator[None]:
    """Turn an error of DuckDB into one the user can act on. Raises DatenlaborError."""
    try:
        yield
    except duckdb.Error as error:
        raise DatenlaborError(
            f"{file} could not be read: {error}",
            hint="Make room on the disk or free memory if that is what is said; else please report "
            "this with the file's spec.",
        ) from error


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
