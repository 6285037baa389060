#!/bin/sh
# msgpack's Unpacker.tell() has two answers in the middle of a stream: the C extension counts bytes of the object that
# it has only begun, the pure Python version doesn't.
#
# Version: msgpack 1.2.4 (PyPI), Python 3.11.
#
# Behaviour, for two objects of 14 and 23 bytes, of which the first and 8 bytes of the second have been fed:
#   Both yield the first object, and wait. C says tell() = 20, which is neither the end of the first object (14) nor
#   what was fed (22); pure Python (msgpack.fallback, as with MSGPACK_PUREPYTHON=1 or without a wheel) says 14.
#   When the rest is fed both yield the second object and say 37.
#
# Why a good guess is wrong:
#   A program that notes tell() after each object, to go on from there after a restart, seems right with every whole
#   file and with pure Python. With the extension it resumes inside an object, and everything after is garbage.
#   Nor does tell() == size mean that a file was read to its end: the last object may be cut in its last byte.
#   What resumes has to add up the lengths of the objects themselves.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check msgpack==1.2.4
"$folder/venv/bin/python" - <<'PYTHON'
import sys

import msgpack
from msgpack import fallback

FIRST = msgpack.packb({"id": 1, "text": "one"})
SECOND = msgpack.packb({"id": 2, "text": "two", "list": [1, 2, 3]})
FED = 8


def ask(unpacker):
    unpacker.feed(FIRST + SECOND[:FED])
    whole = len(list(unpacker))
    middle = unpacker.tell()
    unpacker.feed(SECOND[FED:])
    return whole, middle, len(list(unpacker)), unpacker.tell()


extension, pure = ask(msgpack.Unpacker()), ask(fallback.Unpacker())
print(f"msgpack {'.'.join(map(str, msgpack.version))}, {msgpack.Unpacker.__module__}")
print(f"objects of {len(FIRST)} and {len(SECOND)} bytes, {len(FIRST) + FED} fed: objects, tell(), then objects, tell()")
print(f"  C:           {extension}")
print(f"  pure Python: {pure}")
sys.exit((extension, pure) != ((1, 20, 1, 37), (1, 14, 1, 37)))
PYTHON
