"""Do something again and again, each time interrupted at another step that changes the disk.

Steps are calls of the kernel that change files below a folder, seen by tracing the process (Linux
on x86-64): nobody has to list them, and a new one cannot be forgotten. Of several writes to one
file in a row the first two count: the others leave it as unfinished as these. Processes are killed
at every step; a disk becomes full at those that need room, within a hidden folder (which nobody
reads) at the first of each kind, and read-only once within each.
"""

import os
import platform
import re
import shutil
import sys
import traceback
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import pytest
from traced import End, Fault, Traced

_CHANGING_NAME = re.compile(r"\d{8}T\d{6}Z(?:-\d+)?|(?<=\.current-)\d+")
_LIMIT = 400


@dataclass(frozen=True)
class Interruption:
    """How one of the runs ended."""

    step: str
    """Call and path below the folder."""
    end: End
    problem: str
    """What was wrong with what it left, nothing if all is well."""


class Case(NamedTuple):
    """What is interrupted; the functions get the folder and are run in processes of their own."""

    prepare: Callable[[Path], object]
    act: Callable[[Path], object]
    look: Callable[[Path, End], object]
    """Check what is left and what was said, and change nothing."""
    go_on: Callable[[Path], object]
    """Check that the next time all goes well; once for all that leave the same names behind."""


def interruptions(case: Case, folder: Path, fault: Fault) -> list[Interruption]:
    """Interrupt a case at each step in turn, until it goes through uninterrupted.

    Runs in a new process: one that has used DuckDB cannot be forked.
    """
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        pytest.skip("calls of the kernel are known for Linux on x86-64 only")
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_interrupt_everywhere, case, folder, fault).result()


def _interrupt_everywhere(case: Case, folder: Path, fault: Fault) -> list[Interruption]:
    # One processor (of each worker of the tests another) and no byte code: the same steps in every
    # run.
    processors = sorted(os.sched_getaffinity(0))
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    os.sched_setaffinity(0, {processors[worker % len(processors)]})
    sys.dont_write_bytecode = True
    template, work = folder / "template", folder / "work"
    template.mkdir()
    if text := _in_child(partial(case.prepare, template), folder):
        raise RuntimeError(text)
    found: list[Interruption] = []
    states: set[str] = set()
    while len(found) < _LIMIT:
        shutil.copytree(template, work, symlinks=True)
        traced = Traced(work, fault, len(found))
        end = End(traced.run(partial(case.act, work)))
        if traced.step is None:
            if end != End.DONE:
                raise RuntimeError(f"uninterrupted it ends with {end}")
            return found
        problem = "It does not end with a message.\n" if end is End.BUG else ""
        problem += _in_child(partial(case.look, work, end), folder)
        state = _names_below(work)
        if state not in states:
            states.add(state)
            problem += _in_child(partial(case.go_on, work), folder)
        found.append(Interruption(traced.step, end, problem))
        shutil.rmtree(work)
    raise RuntimeError(f"more than {_LIMIT} steps")


def _names_below(root: Path) -> str:
    """Return what is there, with sizes; of hidden folders, which nobody reads, their names alone.

    Ids are replaced by their order.
    """
    lines = []
    for folder, names, files in os.walk(root):
        inner = Path(folder).relative_to(root)
        for name in (*names, *files):
            path = Path(folder, name)
            leads_to = path.readlink() if path.is_symlink() else ""
            lines.append(f"{inner / name} {leads_to or path.stat().st_size * path.is_file()}")
        names[:] = [name for name in names if not name.startswith(".")]
    text = "\n".join(sorted(lines))
    for number, stamp in enumerate(sorted(set(_CHANGING_NAME.findall(text)))):
        text = text.replace(stamp, f"#{number}")
    return text


def _in_child(action: Callable[[], object], folder: Path) -> str:
    """Do something in a fork; return what went wrong."""
    report = folder / "report"
    report.write_text("died")
    child = os.fork()
    if child == 0:
        text = ""
        try:
            action()
        except BaseException:  # noqa: BLE001 the parent hears of whatever it is
            text = traceback.format_exc()
        report.write_text(text)
        os._exit(0)
    os.waitpid(child, 0)
    return report.read_text()
