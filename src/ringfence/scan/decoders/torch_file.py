"""PyTorch's files of before 1.6, which are still written on request: five pickles, then the numbers of tensors.

Since then such a file is a zip with a pickle in it. The layout is that of `torch.serialization` (2.13.0).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .base import UnreadableError, UnreadPart
from .object_rows import iter_row_items
from .pickle_strings import Machine, build_class_note, open_bounded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

    from .base import Budget, Member, Piece, Stream

_PICKLES = 5  # a magic number, the protocol, facts of the machine, the object, the keys of its storages
_COUNT = 8  # bytes of a number of elements
# Bytes of an element, by the class of a storage.
_WIDTHS = {
    "Double": 8, "Float": 4, "Half": 2, "BFloat16": 2, "Long": 8, "Int": 4, "Short": 2, "Char": 1, "Byte": 1, "Bool": 1,
    "ComplexDouble": 16, "ComplexFloat": 8, "QInt8": 1, "QUInt8": 1, "QInt32": 4, "Untyped": 1,
}  # fmt: skip


def decode_torch(stream: Stream, budget: Budget) -> Iterator[Piece | Member | UnreadPart]:
    """Yield the texts in the pickles; the numbers behind them aren't examined, as in safetensors.

    Raises:
        UnreadableError: It is damaged, too large, or holds more than its tensors.
    """
    classes: dict[str, None] = {}
    with open_bounded(stream) as file:
        yield from iter_row_items(_iter_values(file, budget, classes), budget)
    yield from build_class_note(classes)


def _iter_values(file: IO[bytes], budget: Budget, classes: dict[str, None]) -> Iterator[Any]:
    values: list[Any] = []
    kinds: dict[str, str] = {}
    try:
        for _ in range(_PICKLES):
            machine = Machine(budget, classes)
            values = list(machine.iter_values(file))
            kinds |= machine.storages
            yield from (item for value in values for item in (value if isinstance(value, list) else [value]))
        _check_storages(file, [key for keys in values for key in keys], kinds)
    except (ValueError, IndexError, KeyError, TypeError, EOFError) as error:
        raise UnreadableError(f"damaged ({error})") from None


def _check_storages(file: IO[bytes], keys: list[str], kinds: dict[str, str]) -> None:
    """Check that nothing but the storages that the pickles name comes behind them.

    Raises:
        UnreadableError: There is more.
        ValueError: There is less, or one whose size isn't known.
    """
    at = file.tell()
    size = file.seek(0, 2)
    for key in keys:
        file.seek(at)
        if (width := _WIDTHS.get(kinds.get(key, ""))) is None:
            raise ValueError("a storage of no known kind")
        at += _COUNT + int.from_bytes(file.read(_COUNT), "little") * width
    if at > size:
        raise ValueError("truncated")
    if at < size:
        raise UnreadableError(f"{size - at} bytes behind its tensors")
