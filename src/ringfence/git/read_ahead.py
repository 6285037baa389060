"""Runs an iterator one item ahead in a thread."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from typing import TypeVar

    T = TypeVar("T")


def read_ahead(blocks: Iterator[T]) -> Generator[T]:
    """Yield the items of an iterator, which a thread runs one item ahead.

    Reading and scanning both release Python's lock, so that they run side by side. Closing the generator ends the
    thread; an error of the iterator is raised here.
    """
    from queue import Queue
    from threading import Thread

    queue: Queue[T | Exception | None] = Queue(1)
    stopped: list[bool] = []

    def fill_queue() -> None:
        last: Exception | None = None
        try:
            for block in blocks:
                queue.put(block)
                if stopped:
                    break
        except Exception as error:  # noqa: BLE001 - raised again below, in the consumer's thread
            last = error
        queue.put(last)

    Thread(target=fill_queue, daemon=True).start()
    block: T | Exception | None = None
    try:
        while (block := queue.get()) is not None:
            if isinstance(block, Exception):
                raise block
            yield block
    finally:
        stopped.append(True)
        while block is not None and not isinstance(block, Exception):
            block = queue.get()
