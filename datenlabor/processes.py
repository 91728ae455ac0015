"""Work that takes seconds, shared out among processes."""

import os
from collections.abc import Callable, Sequence
from typing import TypeVar

from loky import ProcessPoolExecutor

Work = TypeVar("Work")
Result = TypeVar("Result")


def side_by_side(function: Callable[[Work], Result], parts: Sequence[Work]) -> list[Result]:
    """Return what a function makes of each part: of the first here, of each other in a new process.

    What is raised in a process is raised here. Processes do not run the script that was started
    (as those of the standard library do), so that they can be used from within dbt.
    """
    if len(parts) <= 1 or os.cpu_count() == 1:
        return list(map(function, parts))
    first, *others = parts
    with ProcessPoolExecutor(max_workers=len(others)) as pool:
        under_way = [pool.submit(function, part) for part in others]
        return [function(first), *(work.result() for work in under_way)]
