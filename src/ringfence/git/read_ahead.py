"""Reads ahead in a thread."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from typing import TypeVar

    T = TypeVar("T")


def read_ahead(blocks: Iterator[T]) -> Generator[T]:
    """Yield blocks that a thread asks for, one ahead of us: neither reading nor scanning holds Python's lock.

    When it is closed, nobody asks for blocks any more.
    """
    from queue import Queue
    from threading import Thread

    filled: Queue[T | Exception | None] = Queue(1)
    stopped: list[bool] = []

    def fill_queue() -> None:
        last: Exception | None = None
        try:
            for block in blocks:
                filled.put(block)
                if stopped:
                    break
        except Exception as error:  # noqa: BLE001 - raised again below, where somebody can answer it
            last = error
        filled.put(last)

    Thread(target=fill_queue, daemon=True).start()
    block: T | Exception | None = None
    try:
        while (block := filled.get()) is not None:
            if isinstance(block, Exception):
                raise block
            yield block
    finally:
        stopped.append(True)
        while block is not None and not isinstance(block, Exception):
            block = filled.get()
