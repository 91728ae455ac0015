"""What every file must be before anybody looks inside, and how a refusal reads."""

import stat
from collections.abc import Sequence
from pathlib import Path

from datenlabor.errors import DatenlaborError

GIBIBYTE = 1 << 30
LARGEST_FILE = 4 * GIBIBYTE


def refusal(file: Path, rule: str, problem: str, hint: str) -> DatenlaborError:
    """Return the error that refuses a whole file for breaking a rule (snake_case)."""
    return DatenlaborError(f"{file.name} is refused ({rule}): {problem}", hint=hint)


def no_layer(file: Path, wanted: str | None, names: Sequence[str]) -> DatenlaborError:
    """Return the refusal of geodata that have not the layer the spec names, or several."""
    return refusal(
        file,
        "layer",
        f"it has the layers {', '.join(names) or 'none'}, the spec says {wanted!r}.",
        "Name one of them as `layer:` under `format:` in the spec.",
    )


def check_file(file: Path) -> int:
    """Return the size in bytes of a file that may be opened.

    Raises:
        DatenlaborError: it is missing, unreadable, empty, too large, or no regular file.

    """
    try:
        status = file.stat()
        if not stat.S_ISREG(status.st_mode):
            raise refusal(file, "not_a_file", "it is no regular file.", "Name one file.")
        with file.open("rb"):
            pass
    except (OSError, ValueError) as error:
        raise refusal(
            file, "unreadable", f"{error}.", "Check the path and the permissions."
        ) from error
    if not status.st_size:
        raise refusal(file, "empty", "it has 0 bytes.", "Fetch the file again.")
    if status.st_size > LARGEST_FILE:
        raise refusal(
            file,
            "too_large",
            f"{status.st_size} bytes are more than {LARGEST_FILE}.",
            "Split the file, for example by year.",
        )
    return status.st_size
