"""Items made on a thread of their own: same items, same errors, and nothing left running."""

import threading
from collections.abc import Generator

import pytest

from orchestration.sources.read_ahead import read_ahead


def test_items_come_in_order_falsy_ones_too_from_another_thread() -> None:
    threads = set()

    def items() -> Generator[int, None, None]:
        for number in range(20):
            threads.add(threading.current_thread())
            yield number

    assert list(read_ahead(items(), 3)) == list(range(20))
    assert threads.isdisjoint({threading.current_thread()})


def test_an_error_comes_after_the_items_before_it() -> None:
    def items() -> Generator[int, None, None]:
        yield 1
        raise ValueError("the second")

    ahead = read_ahead(items(), 5)
    assert next(ahead) == 1
    with pytest.raises(ValueError, match="the second"):
        next(ahead)


def test_no_more_are_made_than_asked_for_and_leaving_early_closes_all() -> None:
    made: list[int] = []
    closed = []

    def items() -> Generator[int, None, None]:
        try:
            for number in range(1000):
                made.append(number)
                yield number
        finally:
            closed.append(True)

    before = threading.active_count()
    ahead = read_ahead(items(), 3)
    assert next(ahead) == 0
    ahead.close()  # type: ignore[attr-defined]
    assert len(made) <= 4
    assert closed == [True]
    assert threading.active_count() == before
