"""Work that takes seconds, shared out among two processes."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import TypeVar

from loky import ProcessPoolExecutor

Work = TypeVar("Work")
Result = TypeVar("Result")


@contextmanager
def side_by_side(
    function: Callable[[Work], Result], *, is_long: bool
) -> Iterator[Callable[[Sequence[Work]], list[Result]]]:
    """Give what applies ``function`` to parts: here to the first, in a second process to others.

    The process starts at once and gets ready while the parts are made, which takes it two seconds:
    for work that ``is_long`` only. What is raised in it is raised here. It does not run the script
    that was started (as those of the standard library do), so that it can be used from within dbt.
    """
    if not is_long or os.cpu_count() == 1:
        yield lambda parts: list(map(function, parts))
        return
    with ProcessPoolExecutor(max_workers=1) as pool:
        pool.submit(import_module, function.__module__)

        def shared_out(parts: Sequence[Work]) -> list[Result]:
            under_way = [pool.submit(function, part) for part in parts[1:]]
            return [*map(function, parts[:1]), *(work.result() for work in under_way)]

        yield shared_out
