"""Recognises formats of data whose first bytes are no proof: by their structure."""

from __future__ import annotations

_LENGTH = 8  # bytes
_MAX_TENSORS = 100_000_000  # bytes of a safetensors header; the format's own limit
PICKLES = (b"(lp", b"(dp", b"(tp", b"(ccopy_reg\n", b"ccopy_reg\n", b"ccollections\n", b"cnumpy", b"c__main__\n")
_BINARY_PICKLES = (b"\x80\2", b"\x80\3", b"\x80\4", b"\x80\5", b"]q", b"}q", b"(lq", b"(dq", b"(tq")
_TRIAL = 12  # opcodes that are read to recognise a pickle


def detect_data_format(head: bytes) -> str:
    """Return the name of a format by the first bytes of a content that isn't text, or ""."""
    if begins_safetensors(head):
        return "safetensors"
    return "pickle" if begins_pickle(head) else ""


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
