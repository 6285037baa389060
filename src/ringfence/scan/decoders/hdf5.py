"""HDF5: texts and bytes in data sets and attributes. Nothing outside of the file is opened."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

os.environ.setdefault("HDF5_PLUGIN_PRELOAD", "::")  # no filter is loaded from elsewhere

import h5py

from ...excerpts import sanitise_text
from .base import CHUNK, UnreadPart, format_read_error
from .object_rows import iter_row_items

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .base import Budget, Member, Piece, Stream

_VARIABLE_ROWS = 1024  # rows of texts of any length that are read at once
_MAX_NAME = 200  # characters of a name that are shown
_TEXTS = "SOUV"  # numpy's letters for what may hold texts or bytes
_BYTES = ("|u1", "|i1")


def decode_hdf5(stream: Stream, budget: Budget) -> Iterator[Piece | Member | UnreadPart]:
    """Yield the attributes and data sets of all groups; numbers aren't examined."""
    with stream.open_file() as file, h5py.File(file.name, "r", locking=False) as root:
        seen: set[int] = set()
        pending: list[tuple[str, Any]] = [("", root)]
        while pending:
            name, item = pending.pop()
            address = h5py.h5o.get_info(item.id).addr
            if address in seen:  # groups may be linked in a circle
                continue
            seen.add(address)
            budget.count_member()
            shown = sanitise_text(name)[:_MAX_NAME] or "the file"
            try:
                attributes = {key: item.attrs[key] for key in item.attrs}
                yield from iter_row_items([_convert(attributes)] if attributes else [], budget, place=shown)
                if isinstance(item, h5py.Dataset):
                    yield from _decode_dataset(item, shown, budget)
            except (OSError, RuntimeError, TypeError, ValueError) as error:
                yield UnreadPart(f"{shown}: {format_read_error(error)}")
            for key in reversed(list(item)) if isinstance(item, h5py.Group) else ():
                link = item.get(key, getlink=True)
                if isinstance(link, h5py.ExternalLink):
                    outer = sanitise_text(f"{name}/{key}".lstrip("/"))[:_MAX_NAME]
                    yield UnreadPart(f"{outer}: it lies in another file")
                elif isinstance(link, h5py.HardLink):
                    pending.append((f"{name}/{key}".lstrip("/"), item[key]))


def _decode_dataset(item: Any, shown: str, budget: Budget) -> Iterator[Piece | Member | UnreadPart]:
    if item.external or item.is_virtual:
        yield UnreadPart(f"{shown}: it lies in another file")
        return
    is_bytes = item.dtype.str in _BYTES and item.ndim == 1
    if item.shape is None or not (is_bytes or item.dtype.kind in _TEXTS):
        return
    field = item.name.rpartition("/")[2]
    if not item.ndim or is_bytes:
        budget.count_bytes(item.nbytes)
        yield from iter_row_items(
            [{field: _convert(item[()].tobytes() if is_bytes else item[()])}], budget, place=shown
        )
        return
    width = item.nbytes // max(item.shape[0], 1)
    count = _VARIABLE_ROWS if item.dtype.hasobject else max(CHUNK // max(width, 1), 1)
    for first in range(0, item.shape[0], count):
        block = item[first : first + count]
        budget.count_bytes(block.nbytes)
        yield from iter_row_items(_iter_rows(block, field), budget, place=shown, first=first + 1)


def _iter_rows(block: Any, field: str) -> Iterator[Any]:
    """Yield the rows of a block: those with named columns as they are, others under the data set's name."""
    if block.dtype.kind == "S" and block.dtype.itemsize == 1 and block.ndim > 1:
        block = block.view(f"S{block.shape[-1]}")[..., 0]  # letters in an array are a text
    for row in block:
        value = _convert(row)
        yield value if isinstance(value, dict) else {field: value}


def _convert(value: Any) -> Any:
    """Return a value without numpy's types; numbers in arrays are left out, but for bytes."""
    if isinstance(value, dict):
        return {key: _convert(item) for key, item in value.items()}
    kind = getattr(value, "dtype", None)
    if kind is None:
        return value if isinstance(value, str | bytes) else None
    if kind.names:
        return {name: _convert(value[name]) for name in kind.names}
    if kind.str in _BYTES:
        return value.tobytes()
    if getattr(value, "shape", ()):
        return [_convert(item) for item in value] if kind.kind in _TEXTS else None
    return value.tobytes().rstrip(b"\0") if kind.kind in "SV" else str(value) if kind.kind == "U" else None
