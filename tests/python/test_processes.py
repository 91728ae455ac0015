import os
from collections.abc import Sequence

import pytest

from datenlabor.processes import side_by_side


def _process_of(number: int) -> tuple[int, int]:
    if number < 0:
        raise ValueError(f"{number} is below zero")
    return number, os.getpid()


@pytest.mark.parametrize("numbers", [[], [1], [1, 2, 3]])
def test_short_work_stays_here(numbers: Sequence[int]) -> None:
    with side_by_side(_process_of, is_long=False) as applied:
        assert applied(numbers) == [(number, os.getpid()) for number in numbers]


@pytest.mark.parametrize("numbers", [[], [1], [1, 2, 3]])
def test_long_work_is_shared_out_and_comes_back_in_order(
    numbers: Sequence[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    with side_by_side(_process_of, is_long=True) as applied:
        found = applied(numbers)
    assert [number for number, _ in found] == numbers
    processes = [process for _, process in found]
    assert processes[:1] == [os.getpid()] * len(numbers[:1])
    assert os.getpid() not in processes[1:]
    assert len(set(processes[1:])) <= 1


def test_one_processor_does_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    with side_by_side(_process_of, is_long=True) as applied:
        assert applied([1, 2]) == [(1, os.getpid()), (2, os.getpid())]


@pytest.mark.parametrize("numbers", [[-1, 2], [1, -2]])
def test_what_is_raised_there_is_raised_here(numbers: Sequence[int]) -> None:
    with (
        pytest.raises(ValueError, match="is below zero"),
        side_by_side(_process_of, is_long=True) as applied,
    ):
        applied(numbers)
