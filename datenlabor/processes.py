"""Work that takes seconds, shared out among processes."""

import os
from collections.abc import Callable, Sequence
from typing import TypeVar

from loky import ProcessPoolExecutor

Work = TypeVar("Work")
Result = TypeVar("Result")


def side_by_side(function: Callable[[Work], Result], parts: Sequence[Work]) -> list[Result]:
    """Return what a function makes of each part, each in a process of its own if there are several.

    What is raised in a process is raised here. Processes do not run the script that was started
    (as those of the standard library do), so that they can be used from within dbt.
    """
    if len(parts) <= 1 or os.cpu_count() == 1:
        return list(map(function, parts))
    with ProcessPoolExecutor(max_workers=len(parts)) as pool:
        return list(pool.map(function, parts))
