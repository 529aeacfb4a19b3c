"""What a generator gives, made on a thread of its own while the items before are worked on.

Belongs here: the thread, and that it ends with whoever reads. What is read is `files`' and its kinds'.
"""

from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def read_ahead(items: Generator[T, None, None], depth: int) -> Iterator[T]:
    """The items in their order, `depth` of them made before they are asked for. Raises what `items` raises,
    in its place. `items` is closed at the end, also where not all of them are asked for."""

    def one() -> tuple[T, ...]:
        return tuple(islice(items, 1))

    thread = ThreadPoolExecutor(1)
    try:
        coming = deque(thread.submit(one) for _ in range(depth))
        while item := coming.popleft().result():
            coming.append(thread.submit(one))
            yield item[0]
    finally:
        thread.shutdown(cancel_futures=True)
        items.close()
