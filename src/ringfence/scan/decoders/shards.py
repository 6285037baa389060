"""Shards of data sets for training: MDS (MosaicML Streaming) and LitData's chunks.

Both begin with the number of samples and where each begins; MDS tells the names of its columns, LitData keeps them in
`index.json`, so that its values have numbers for names.
"""

from __future__ import annotations

import json
import struct

from .base import UnreadableError, build_piece
from .object_rows import iter_row_items

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO, Any

    from .base import Budget, Member, Piece, Stream

_INT = 4  # bytes
_MAX_SAMPLE = 1 << 30  # bytes
_MAX_CONFIG = 16 << 20  # bytes
_MAX_LEAVES = 4096  # values of a sample


def decode_mds(stream: Stream, budget: Budget) -> Iterator[Piece | Member]:
    """Yield the samples by column; fixed-size numbers aren't examined."""
    with stream.open_file() as file:
        count, first = struct.unpack("<II", file.read(2 * _INT))
        file.seek(_INT * (count + 2))
        config = file.read(min(first - _INT * (count + 2), _MAX_CONFIG))
        yield build_piece("header", config, get_place=lambda _: "")
        columns = json.loads(config)
        names, sizes = columns["column_names"], columns["column_sizes"]

        def parse(sample: bytes) -> dict[str, bytes]:
            at = _INT * sum(size is None for size in sizes)
            lengths = iter(struct.unpack(f"<{at // _INT}I", sample[:at]))
            row = {}
            for name, size in zip(names, sizes, strict=True):
                length = next(lengths) if size is None else size
                if size is None:
                    row[str(name)] = sample[at : at + length]
                at += length
            return row

        yield from iter_row_items(map(parse, _iter_samples(file, count, budget)), budget)


def decode_litdata(stream: Stream, budget: Budget) -> Iterator[Piece | Member]:
    """Yield the samples."""
    with stream.open_file() as file:
        (count,) = struct.unpack("<I", file.read(_INT))
        yield from iter_row_items(map(_split_sample, _iter_samples(file, count, budget)), budget)


def _split_sample(sample: bytes) -> list[bytes]:
    """Return the values of a sample: their sizes stand before them, and their number is the one that fits."""
    total = 0
    for count in range(1, min(len(sample) // _INT, _MAX_LEAVES) + 1):
        total += int.from_bytes(sample[_INT * (count - 1) : _INT * count], "little")
        if total + _INT * count == len(sample):
            sizes = struct.unpack(f"<{count}I", sample[: _INT * count])
            values, at = [], _INT * count
            for size in sizes:
                values.append(sample[at : at + size])
                at += size
            return values
        if total + _INT * count > len(sample):
            break
    return [sample]


def _iter_samples(file: IO[bytes], count: int, budget: Budget) -> Iterator[Any]:
    """Yield the samples of a shard, each as bytes.

    Raises:
        UnreadableError: It is truncated, or its samples aren't where it says.
    """
    end = file.seek(0, 2)
    for number in range(count):
        budget.count_member()
        file.seek(_INT * (number + 1))
        start, stop = struct.unpack("<II", file.read(2 * _INT))
        if not start <= stop <= end or stop - start > _MAX_SAMPLE:
            raise UnreadableError("damaged (truncated)")
        file.seek(start)
        yield file.read(stop - start)
    file.seek(_INT * (count + 1))
    if count and int.from_bytes(file.read(_INT), "little") != end:
        raise UnreadableError("it has bytes behind its samples")
