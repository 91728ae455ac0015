"""A process that is interrupted at one of the calls by which it changes files below a folder.

Seen and stopped by ``ptrace``, so that nothing has to be listed: neither functions nor what
libraries write. Linux on x86-64.
"""

import ctypes
import errno
import os
import re
import signal
import traceback
from collections.abc import Callable
from contextlib import suppress
from enum import Enum
from pathlib import Path

from datenlabor import disk
from datenlabor.errors import DatenlaborError

_SEEN_WRITES = 2
_HIDDEN_FOLDER = re.compile(r".*/\.[^/]+/")


class Fault(Enum):
    """What happens at a step; a full disk and a read-only one stay so."""

    KILLED = 0
    FULL = errno.ENOSPC
    READ_ONLY = errno.EROFS


class End(Enum):
    """What the process said in the end; of one that was killed, nothing."""

    SILENT = -signal.SIGKILL
    DONE = 0
    BUG = 1
    REFUSED = 3


_LIBC = ctypes.CDLL(None, use_errno=True)
_LIBC.ptrace.restype = ctypes.c_long
_LIBC.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
_TRACE_ME, _POKE_USER, _SYSCALL, _SET_OPTIONS, _GET_CALL = 0, 6, 24, 0x4200, 0x420E
# Calls are told from signals; threads and children are traced too; nobody outlives the tracer.
_OPTIONS = 0x1 | 0x2 | 0x4 | 0x8 | 0x100000
_CALL_STOP = signal.SIGTRAP | 0x80
_ENTRY, _EXIT = 1, 2
_WAIT_FOR_THREADS = 0x40000000
_RAX, _ORIG_RAX = 8 * 10, 8 * 15
_AT_HERE = -100
_CREATES = os.O_CREAT | os.O_TRUNC
_FD, _PATH, _AT = range(3)
# Number → name, what the first argument is, and for calls that open the index of their flags.
_CALLS: dict[int, tuple[str, int, int | None]] = {
    1: ("write", _FD, None),
    2: ("open", _PATH, 1),
    18: ("pwrite", _FD, None),
    20: ("writev", _FD, None),
    40: ("sendfile", _FD, None),
    76: ("truncate", _PATH, None),
    77: ("ftruncate", _FD, None),
    82: ("rename", _PATH, None),
    83: ("mkdir", _PATH, None),
    84: ("rmdir", _PATH, None),
    85: ("creat", _PATH, None),
    86: ("link", _PATH, None),
    87: ("unlink", _PATH, None),
    88: ("symlink", _PATH, None),
    90: ("chmod", _PATH, None),
    91: ("fchmod", _FD, None),
    257: ("openat", _AT, 2),
    258: ("mkdirat", _AT, None),
    263: ("unlinkat", _AT, None),
    264: ("renameat", _AT, None),
    265: ("linkat", _AT, None),
    266: ("symlinkat", _AT, None),
    268: ("fchmodat", _AT, None),
    285: ("fallocate", _FD, None),
    296: ("pwritev", _FD, None),
    316: ("renameat2", _AT, None),
    326: ("copy_file_range", _FD, None),
}
_WRITES = {"write", "pwrite", "writev", "pwritev", "sendfile", "copy_file_range"}
_ON_FULL_DISK = {
    *("unlink", "unlinkat", "rmdir", "ftruncate", "truncate", "chmod", "fchmod", "fchmodat"),
    *("rename", "renameat", "renameat2"),
}
"""What works on a full disk, as a rule."""


class _Call(ctypes.Structure):
    _fields_ = (
        ("op", ctypes.c_uint8),
        ("padding", ctypes.c_uint8 * 3),
        ("arch", ctypes.c_uint32),
        ("instruction", ctypes.c_uint64),
        ("stack", ctypes.c_uint64),
        ("number", ctypes.c_uint64),
        ("arguments", ctypes.c_uint64 * 6),
    )


class Traced:
    """A process that is interrupted at the step of a number, counted from 0."""

    def __init__(self, root: Path, fault: Fault, number: int) -> None:
        self._root, self._fault, self._left = f"{root}/", fault, number
        self._last, self._repeated = ("", ""), 0
        self._seen: set[tuple[str, str]] = set()
        self._failing: set[int] = set()
        self.step: str | None = None

    def run(self, action: Callable[[], object]) -> int:
        """Do something in a process of its own; return how it ended."""
        child = os.fork()
        if child == 0:
            _act(action)
        os.waitpid(child, 0)
        _ptrace(_SET_OPTIONS, child, 0, _OPTIONS)
        _ptrace(_SYSCALL, child)
        while True:
            pid, status = os.waitpid(-1, _WAIT_FOR_THREADS)
            if os.WIFEXITED(status) or os.WIFSIGNALED(status):
                if pid == child:
                    return os.waitstatus_to_exitcode(status)
                continue
            stop = os.WSTOPSIG(status)
            if stop == _CALL_STOP and self._is_to_be_killed(pid):
                os.kill(child, signal.SIGKILL)
                continue
            is_own = stop in (_CALL_STOP, signal.SIGTRAP, signal.SIGSTOP)
            with suppress(ProcessLookupError):  # a thread that ends with its process
                _ptrace(_SYSCALL, pid, 0, 0 if is_own else stop)

    def _is_to_be_killed(self, pid: int) -> bool:
        call = _Call()
        with suppress(ProcessLookupError):
            _ptrace(_GET_CALL, pid, ctypes.sizeof(call), ctypes.addressof(call))
        if call.op == _EXIT and pid in self._failing:
            self._failing.discard(pid)
            _ptrace(_POKE_USER, pid, _RAX, -self._fault.value)
        if call.op != _ENTRY or call.number not in _CALLS:
            return False
        name, path = _described(pid, call)
        if not path.startswith(self._root):
            return False
        if self.step is None and not self._is_step(name, path):
            return False
        if self.step is None:
            self.step = f"{name} {path.removeprefix(self._root)}"
        if self._fault is Fault.KILLED:
            return True
        if self._fault is Fault.READ_ONLY or name not in _ON_FULL_DISK:
            self._failing.add(pid)
            _ptrace(_POKE_USER, pid, _ORIG_RAX, -1)  # no call: the kernel does nothing
        return False

    def _is_step(self, name: str, path: str) -> bool:
        """Count a call; say whether it is the step looked for."""
        if self._fault is Fault.FULL and name in _ON_FULL_DISK:
            return False
        is_again = name in _WRITES and (name, path) == self._last
        self._last, self._repeated = (name, path), self._repeated + 1 if is_again else 0
        if self._repeated >= _SEEN_WRITES:
            return False
        hidden = _HIDDEN_FOLDER.match(path)
        if hidden and self._fault is not Fault.KILLED:
            kind = (hidden[0], name if self._fault is Fault.FULL else "")
            if kind in self._seen:
                return False
            self._seen.add(kind)
        self._left -= 1
        return self._left < 0


def _act(action: Callable[[], object]) -> None:
    _ptrace(_TRACE_ME, 0)
    os.kill(os.getpid(), signal.SIGSTOP)
    try:
        action()
    except (DatenlaborError, OSError) as error:
        is_said = isinstance(error, DatenlaborError) or disk.advice(error)
        if not is_said:
            traceback.print_exc()
        os._exit(End.REFUSED.value if is_said else End.BUG.value)
    except BaseException:  # noqa: BLE001 a bug, as far as the parent is concerned
        traceback.print_exc()
        os._exit(End.BUG.value)
    os._exit(End.DONE.value)


def _described(pid: int, call: _Call) -> tuple[str, str]:
    """Return name and path of a call, no path if it changes nothing."""
    name, kind, flags = _CALLS[call.number]
    if flags is not None and not call.arguments[flags] & _CREATES:
        return name, ""
    first = ctypes.c_int32(call.arguments[0] & 0xFFFFFFFF).value
    if kind == _FD:
        return name, _path_of(pid, first)
    if name.startswith("symlink"):  # the first argument is where it leads
        where = call.arguments[1 if kind == _PATH else 2]
        return name, _text_at(pid, where)
    path = _text_at(pid, call.arguments[0 if kind == _PATH else 1])
    if kind == _AT and first != _AT_HERE:
        path = os.path.join(_path_of(pid, first), path)  # noqa: PTH118 not normalised
    return name, path


def _path_of(pid: int, descriptor: int) -> str:
    try:
        return os.readlink(f"/proc/{pid}/fd/{descriptor}")  # noqa: PTH115 not only paths
    except OSError:
        return ""


def _text_at(pid: int, address: int) -> str:
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        content = os.pread(memory.fileno(), 4096 - address % 4096, address)
        if b"\0" not in content:
            content += os.pread(memory.fileno(), 4096, address + len(content))
    return os.fsdecode(content.partition(b"\0")[0])


def _ptrace(request: int, pid: int, address: int = 0, data: int = 0) -> None:
    if _LIBC.ptrace(request, pid, address, data) < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
