"""What is packed or enciphered and has no decoder is unread; what only looks like it is not."""

from __future__ import annotations

import base64
import bz2
import lzma
import random
import struct
import zlib
from collections.abc import Callable

import pyarrow as pa
import pytest

from ringfence.scan.decoders.packed import is_even

from .conftest import LINK, MARKER, Look
from .test_archives import zstd

CHANCE = random.Random(11)
WORDS = "a brown fox jumps over many lazy dogs while it rains in the long evening".split()  # noqa: SIM905 - shorter
TEXT = (" ".join(CHANCE.choices(WORDS, k=900)) + "\n").encode() + LINK + b"\n"
NOISE = CHANCE.randbytes(700)
ARMOR = b"-----BEGIN PGP MESSAGE-----\nVersion: 2\n\n" + base64.encodebytes(NOISE) + b"-----END PGP MESSAGE-----\n"
SMALL_WINDOW = zlib.compressobj(wbits=9)
READ = {
    "zlib": zlib.compress(TEXT),
    "zlib, small window": SMALL_WINDOW.compress(TEXT) + SMALL_WINDOW.flush(),
    "lzma before xz": lzma.compress(TEXT, format=lzma.FORMAT_ALONE),
    "zstd behind a frame of its own": b"\x50\x2a\x4d\x18\4\0\0\0abcd" + zstd.compress(TEXT),
    "zstd, two such frames": (b"\x5f\x2a\x4d\x18\4\0\0\0abcd" * 2) + zstd.compress(TEXT),
    "a loose object": zlib.compress(b"blob %d\0" % len(TEXT) + TEXT),
}
UNREAD = {
    "deflate": zlib.compress(TEXT, wbits=-15),
    "brotli": bytes(pa.Codec("brotli").compress(TEXT)),
    "noise": NOISE,
    "noise, large": CHANCE.randbytes(300_000),
    "a head, then noise": b"HEADER\0\1" * 20 + CHANCE.randbytes(9000),
    "lz4": bytes(pa.Codec("lz4").compress(TEXT)),
    "lz4, old": b"\x02\x21\x4c\x18\x32\0\0\0" + NOISE,
    "lzip": b"LZIP\1\x0c" + NOISE,
    "snappy": b"\xff\x06\0\0sNaPpY" + NOISE,
    "cabinet": b"MSCF\0\0\0\0" + bytes(28) + NOISE,
    "xar": b"xar!\0\x1c\0\1" + bytes(20) + NOISE,
    "squashfs": b"hsqs" + bytes(92) + NOISE,
    "a pack": b"PACK\0\0\0\2\0\0\0\1" + NOISE,
    "a bundle": b"# v2 git bundle\n" + b"0" * 40 + b" HEAD\n\nPACK\0\0\0\2" + NOISE,
    "age": b"age-encryption.org/v1\n-> X25519 abc\n--- d\n" + NOISE,
    "age, armoured": ARMOR.replace(b"PGP MESSAGE", b"AGE ENCRYPTED FILE"),
    "OpenSSL": b"Salted__" + NOISE,
    "OpenSSL, as base64": base64.encodebytes(b"Salted__" + NOISE),
    "PGP": ARMOR,
    "PGP in a letter": b"Dear all,\n\n" + ARMOR + b"\nBye\n",
    "Ansible": b"$ANSIBLE_VAULT;1.1;AES256\n" + NOISE.hex().encode()[:80] + b"\n",
    "Ansible in YAML": b"key: !vault |\n  x\n" + b"$ANSIBLE_VAULT;1.1;AES256\n" + NOISE.hex().encode()[:80] + b"\n",
    "git-crypt": b"\0GITCRYPT\0" + NOISE,
    "Lance": b"\0\0\1\2" * 99 + b"LANC",
    "HDF5 behind a user block": bytes(512) + b"\x89HDF\r\n\x1a\n" + bytes(90),
    "ArrayRecord": b"\x83\xaf\x70\xd1\x0d\x88\x4a\x3f" + NOISE,
    "DuckDB": bytes(8) + b"DUCK" + bytes(100),
}
CLEAN = {
    "base64": base64.encodebytes(CHANCE.randbytes(20_000)),
    "hexadecimal": CHANCE.randbytes(9000).hex().encode(),
    "words": "\n".join(CHANCE.choices(WORDS, k=5000)).encode(),
    "float32": struct.pack("<9000f", *(CHANCE.gauss(0, 0.02) for _ in range(9000))),
    "float64": struct.pack("<9000d", *(CHANCE.gauss(0, 1) for _ in range(9000))),
    "sound": struct.pack("<9000h", *(int(CHANCE.gauss(0, 4000)) for _ in range(9000))),
    "identifiers": struct.pack("<9000I", *(CHANCE.randrange(50_000) for _ in range(9000))),
    "Chinese": "".join(chr(0x4E00 + CHANCE.randrange(3000)) for _ in range(4000)).encode(),
    "Chinese, GBK": "".join(chr(0x4E00 + CHANCE.randrange(300)) for _ in range(4000)).encode("gb18030"),
    "Chinese, UTF-16": "".join(chr(0x4E00 + CHANCE.randrange(3000)) for _ in range(4000)).encode("utf-16"),
    "a web font": b"wOF2" + NOISE * 9,
    "MP3": b"\xff\xfb\x90\x64" + NOISE * 9,
    "Ogg": b"OggS\0\2" + NOISE * 9,
    "a certificate": b"\x30\x82\x05\xa0" + NOISE * 2,
    "an icon": b"\0\0\1\0\1\0" + NOISE * 9,
    "about PGP": b"It begins with\n-----BEGIN PGP MESSAGE-----\nand ends soon.\n",
    "about vaults": b"$ANSIBLE_VAULT is a word.\n",
    "a little noise": NOISE[:200],
    "a program": bytes(range(256)) * 3 + b"\x48\x89\xe5\x90" * 900 + NOISE,
}


@pytest.mark.parametrize("data", READ.values(), ids=READ)
def test_packed_text_is_read(look: Look, data: bytes) -> None:
    found = look(data)
    assert (found.marks[MARKER][0], found.hidden) == (1, [])


@pytest.mark.parametrize("data", UNREAD.values(), ids=UNREAD)
def test_what_is_packed_or_enciphered_is_unread(look: Look, data: bytes) -> None:
    assert look(data).hidden != []


@pytest.mark.parametrize("data", CLEAN.values(), ids=CLEAN)
def test_what_is_not_packed_is_read_as_it_is(look: Look, data: bytes) -> None:
    assert look(data).hidden == []
    assert look(LINK + b"\n" + data).marks[MARKER][0] == 1


@pytest.mark.parametrize("size", [256, 400, 1024])
@pytest.mark.parametrize("pack", [CHANCE.randbytes, lambda _: zlib.compress(TEXT), lambda _: bz2.compress(TEXT)[40:]])
def test_packed_bytes_are_even_in_any_size(pack: Callable[[int], bytes], size: int) -> None:
    assert is_even(pack(size)[:size])
