"""Recognises formats of data whose first bytes are no proof: by their structure."""

from __future__ import annotations

from itertools import pairwise

from .headerless_msgpack import begins_msgpack

_LENGTH = 8  # bytes
_MAX_TENSORS = 100_000_000  # bytes of a safetensors header; the format's own limit
PICKLES = (b"(lp", b"(dp", b"(tp", b"(ccopy_reg\n", b"ccopy_reg\n", b"ccollections\n", b"cnumpy", b"c__main__\n")
_BINARY_PICKLES = (b"\x80\2", b"\x80\3", b"\x80\4", b"\x80\5", b"]q", b"}q", b"(lq", b"(dq", b"(tq")
_TORCH = b"\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."  # behind the protocol: PyTorch's magic number as a whole pickle
_TORCH_AT = (2, 11)  # since protocol 4 behind the length of a frame, too
_INT = 4  # bytes
_MAX_CONFIG = 1 << 20  # bytes between the offsets of an MDS shard and its first sample
_MAX_RECORD = 1 << 30  # bytes
_CASTAGNOLI = 0x82F63B78  # the polynomial of CRC-32C
_MASK = 0xA282EAD8  # what TFRecord adds to it
_ALL = (1 << 32) - 1
_FIRST_SAMPLE = 2  # offsets: where it begins and ends
_TRIAL = 12  # opcodes that are read to recognise a pickle


def detect_data_format(head: bytes) -> str:
    """Return the name of a format by the first bytes of a content that isn't text, or ""."""
    if begins_safetensors(head):
        return "safetensors"
    if begins_pickle(head):
        return "PyTorch" if any(head.startswith(_TORCH, at) for at in _TORCH_AT) else "pickle"
    if has_tfrecord_checksum(head):
        return "TFRecord"
    return detect_shard(head) or ("msgpack" if begins_msgpack(head) else "")


def begins_safetensors(head: bytes) -> bool:
    """Return whether a safetensors file begins here: the length of its header, and an object of JSON."""
    return head[8:10] in (b'{"', b"{}", b"{ ") and 1 < int.from_bytes(head[:_LENGTH], "little") <= _MAX_TENSORS


def begins_pickle(head: bytes) -> bool:
    """Return whether a pickle begins here, of any protocol; those of the oldest are text (`PICKLES`)."""
    if not head.startswith((*PICKLES, *_BINARY_PICKLES)):
        return False
    import pickletools

    count = 0
    try:
        for opcode, _, _ in pickletools.genops(head):
            count += 1
            if count >= _TRIAL or opcode.name == "STOP":
                break
    except Exception:  # noqa: BLE001 - it raises whatever its readers of arguments do
        return count >= _TRIAL // 2  # the head ends within an argument
    return count >= 3  # noqa: PLR2004 - header, a value, the end


def has_tfrecord_checksum(head: bytes) -> bool:
    """Return whether a record of TFRecord begins here: its length, and the checksum of that."""
    if len(head) < _LENGTH + _INT or not 0 < int.from_bytes(head[:_LENGTH], "little") <= _MAX_RECORD:
        return False
    crc = _ALL
    for byte in head[:_LENGTH]:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (_CASTAGNOLI if crc & 1 else 0)
    crc ^= _ALL
    masked = (crc >> 15 | crc << 17) + _MASK & _ALL
    return head[_LENGTH : _LENGTH + _INT] == masked.to_bytes(_INT, "little")


def detect_shard(head: bytes) -> str:
    """Return "MDS" or "LitData" if a shard begins here: the number of samples, and ascending offsets of them."""
    count = int.from_bytes(head[:_INT], "little")
    begin = _INT * (count + 2)
    first = int.from_bytes(head[_INT : 2 * _INT], "little")
    if not count or not begin <= first <= begin + _MAX_CONFIG:
        return ""
    known = min(count + 1, len(head) // _INT - 1)
    offsets = [int.from_bytes(head[_INT * at : _INT * (at + 1)], "little") for at in range(1, known + 1)]
    if known < _FIRST_SAMPLE or any(later <= earlier for earlier, later in pairwise(offsets)):
        return ""
    if first == begin:
        return "LitData"
    return "MDS" if begin >= len(head) or head[begin : begin + 1] == b"{" else ""
