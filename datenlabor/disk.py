"""What to do when the disk refuses something."""

import errno
import os

_FULL = "The disk is full: free some space, then try again."
_IN_THE_WAY = "A file is where a folder has to be: move it away, or correct DATENLABOR_HOME."
_PERMISSIONS = "Check the permissions of this file and its folder, then try again."
_HINTS = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: "The quota is used up: free some space, then try again.",
    errno.EFBIG: _FULL,
    errno.EROFS: "The disk is mounted read-only: let it be written again (the log of the system "
    "says why it is not), then try again.",
    errno.EACCES: _PERMISSIONS,
    errno.EPERM: _PERMISSIONS,
    errno.ENOTDIR: _IN_THE_WAY,
    errno.EEXIST: _IN_THE_WAY,
    errno.EISDIR: "A folder is where a file has to be: move it away.",
}
_OF_SQLITE = {
    "database or disk is full": errno.ENOSPC,
    "attempt to write a readonly database": errno.EROFS,
}


def advice(error: Exception) -> str:
    """Return what to do about an error of the disk, nothing if it is another.

    Databases say it in words: those of the system, or their own.
    """
    number = getattr(error, "errno", None)
    if number is None:
        words = {os.strerror(number): number for number in _HINTS} | _OF_SQLITE
        number = next((words[text] for text in words if text in str(error)), None)
    return _HINTS.get(number, "") if number is not None else ""
