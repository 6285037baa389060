"""Python's pickles: the texts and bytes in them, by a walk over the opcodes; nothing is unpickled or executed."""

from __future__ import annotations

import pickletools
from typing import TYPE_CHECKING, Any

from ...excerpts import sanitise_text
from .base import UnreadableError, UnreadPart
from .object_rows import iter_row_items

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import IO

    from .base import Budget, Member, Piece, Stream

_GET = ("GET", "BINGET", "LONG_BINGET")
_PUT = ("PUT", "BINPUT", "LONG_BINPUT")
_TARGETS = ("SETITEM", "SETITEMS", "APPEND", "APPENDS", "ADDITEMS")
_LISTS = ("LIST", "EMPTY_LIST", "EMPTY_SET", "FROZENSET", "TUPLE", "TUPLE1", "TUPLE2", "TUPLE3", "EMPTY_TUPLE")
_MARK = object()
_MAX_SIZE = 1 << 30  # bytes
_CHECK_EVERY = 10_000  # opcodes between checks of the time limit
_MAX_SHOWN = 3  # names of classes
# Classes whose objects hold nothing but what is read anyway.
_PLAIN = (
    "builtins ", "__builtin__ ", "collections ", "copy_reg ", "copyreg ", "datetime ", "numpy", "_codecs encode",
    "torch ", "torch.", "docutils.", "sphinx.",
)  # fmt: skip
_STORAGE = "Storage"  # how the classes of PyTorch's storages end


def decode_pickle(stream: Stream, budget: Budget) -> Iterator[Piece | Member | UnreadPart]:
    """Yield the texts and bytes of the pickles in a file.

    Raises:
        UnreadableError: It isn't all pickles, or too large.
    """
    classes: dict[str, None] = {}
    with open_bounded(stream) as file:
        yield from iter_row_items(_iter_values(file, budget, classes), budget)
    yield from build_class_note(classes)


def open_bounded(stream: Stream) -> IO[bytes]:
    """Return a content as a file: a text of a pickle is read as a whole, as long as it says it is.

    Raises:
        UnreadableError: It is too large.
    """
    file = stream.open_file()
    if file.seek(0, 2) > _MAX_SIZE:
        file.close()
        raise UnreadableError(f"it has more than {_MAX_SIZE} bytes")
    file.seek(0)
    return file


def build_class_note(classes: Iterable[str]) -> Iterator[UnreadPart]:
    """Yield what can't be known of the objects in a pickle, if one is of a class that may hold rows."""
    if strange := [name.replace(" ", ".") for name in classes if not name.startswith(_PLAIN)]:
        rest = ", …" if len(strange) > _MAX_SHOWN else ""
        shown = ", ".join(sanitise_text(name)[:80] for name in strange[:_MAX_SHOWN])
        yield UnreadPart(f"objects of {shown}{rest}: their texts were read, but not which belong together")


def _iter_values(file: IO[bytes], budget: Budget, classes: dict[str, None]) -> Iterator[Any]:
    while file.read(1):
        file.seek(-1, 1)
        try:
            for value in Machine(budget, classes).iter_values(file):
                yield from value if isinstance(value, list) else [value]
        except (ValueError, IndexError, KeyError, TypeError, EOFError) as error:
            raise UnreadableError(f"damaged ({error})") from None


class _Class:
    """A class on the stack, whose objects aren't made."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


class Machine:
    """Builds the lists and dictionaries of a pickle; of other objects, it yields what they are made from.

    What was built once isn't built again where the pickle refers to it, or a small one could become endless.

    Attributes:
        storages: What is in the storages of PyTorch that the pickle refers to, such as `Float`, by their keys.
    """

    def __init__(self, budget: Budget, classes: dict[str, None]) -> None:
        self._budget, self._classes = budget, classes
        self._stack: list[Any] = []
        self._memo: dict[int, Any] = {}
        self.storages: dict[str, str] = {}

    def iter_values(self, file: IO[bytes]) -> Iterator[Any]:
        """Yield texts, bytes, lists and dictionaries, each once."""
        try:
            yield from self._follow(file)
        except Exception:
            yield from filter(_has_text, self._stack)  # what was read before it broke off
            raise

    def _follow(self, file: IO[bytes]) -> Iterator[Any]:
        for number, (opcode, argument, _) in enumerate(pickletools.genops(file)):
            if not number % _CHECK_EVERY:
                self._budget.count_bytes(0)
            name, stack = opcode.name, self._stack
            if name in _GET:
                stack.append(self._memo.get(int(argument or 0)))
            elif name in _PUT or name == "MEMOIZE":
                is_kept = bool(stack) and isinstance(stack[-1], str | bytes | _Class)
                self._memo[len(self._memo) if name == "MEMOIZE" else int(argument or 0)] = (
                    stack[-1] if is_kept else None
                )
            elif name == "MARK":
                stack.append(_MARK)
            elif name in _TARGETS:
                yield from self._fill(self._pop(opcode, keep=1), is_pairs=name.startswith("SET"))
            elif name == "DICT":
                values = self._pop(opcode)
                stack.append({})
                yield from self._fill(values, is_pairs=True)
            elif name in _LISTS:
                stack.append(self._pop(opcode))
            elif name == "EMPTY_DICT":
                stack.append({})
            elif name in ("GLOBAL", "INST", "STACK_GLOBAL"):
                popped = self._pop(opcode)
                called = argument or " ".join(map(str, popped))
                self._classes[called] = None
                stack.append(_Class(called))
                yield from (popped if name == "INST" else ())
            elif not opcode.stack_before:
                stack += [argument] * len(opcode.stack_after)
            else:
                popped = self._pop(opcode)
                if name == "BINPERSID":
                    self._note_storage(popped[0])
                yield from filter(_has_text, popped)
                stack += [None] * len(opcode.stack_after)

    def _note_storage(self, about: Any) -> None:
        """Note what PyTorch says of a storage: a word, its class, its key, and more."""
        match about:
            case ["storage", _Class() as kind, str() as key, *_]:
                self.storages[key] = kind.name.rpartition(" ")[2].removesuffix(_STORAGE)

    def _fill(self, values: list[Any], *, is_pairs: bool) -> Iterator[Any]:
        """Put values into the list or dictionary on top of the stack; yield what it can't take."""
        target = self._stack[-1] if self._stack else None
        if is_pairs:
            for key, value in zip(values[::2], values[1::2], strict=True):
                if isinstance(target, dict) and isinstance(key, str | bytes | int | float) and key not in target:
                    target[key] = value
                else:
                    yield {key if isinstance(key, str) else str(key): value}
        elif isinstance(target, list):
            target += values
        else:
            yield from values

    def _pop(self, opcode: pickletools.OpcodeInfo, keep: int = 0) -> list[Any]:
        """Return what an opcode takes from the stack, but for the first `keep` values, which stay."""
        values: list[Any] = []
        if any(value.name == "stackslice" for value in opcode.stack_before):
            while (value := self._stack.pop()) is not _MARK:
                values.append(value)
        else:
            values = [self._stack.pop() for _ in opcode.stack_before[keep:]]
        return values[::-1]


def _has_text(value: Any) -> bool:
    return isinstance(value, str | bytes | list | dict)
