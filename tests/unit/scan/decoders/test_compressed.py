from __future__ import annotations

import bz2
import gzip
import lzma

import pytest

from ringfence.scan.decoders.compressed import decode_bzip2, decode_gzip, decode_xz

FORMATS = ((decode_gzip, gzip.compress), (decode_bzip2, bz2.compress), (decode_xz, lzma.compress))


@pytest.mark.parametrize(("decoder", "compress"), FORMATS)
def test_all_streams_of_a_file_are_unpacked(decode, decoder, compress) -> None:
    assert decode(decoder, compress(b"one") + compress(b"two")) == [("", b"onetwo")]


def test_padding_after_a_stream_is_skipped(decode) -> None:
    assert decode(decode_gzip, gzip.compress(b"one") + bytes(512) + gzip.compress(b"two")) == [("", b"onetwo")]
