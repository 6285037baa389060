#!/bin/sh
# Hyperscan leaves out some matches that end exactly where the data ends.
#
# Versions: hyperscan 0.9.1 (Hyperscan 5.4.12), Python 3.11, seen on Linux x86-64 with AVX-512.
#
# Behaviour, for the pattern (ai|ki)\b without any flags:
#   In data of 17 to 34 bytes that end with "ai" nothing is reported; in shorter and in longer data the match is.
#   With a line end behind the same data it is reported at every length.
#   (ai|ki)$ is left out likewise; (ai|ki) alone isn't, nor is any of them in the middle of the data.
#
# Why a good guess is wrong:
#   Whether a match is reported is documented to depend on the pattern, the flags and the data up to its end.
#   Here it depends on how many bytes stand before it, so that a test with one short text doesn't see it.
#   Names, references and last lines without a line end are scanned just so.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet hyperscan==0.9.1
"$folder/venv/bin/python" - <<'PYTHON'
import re
import sys

import hyperscan

PATTERN = rb"(ai|ki)\b"
database = hyperscan.Database()
database.compile(expressions=[PATTERN], ids=[0], flags=[0])


def is_found(data: bytes) -> bool:
    ends: list[int] = []
    database.scan(data, match_event_handler=lambda _id, _start, end, *_: ends.append(end))
    return bool(ends)


texts = [b"." * length + b" ai" for length in range(200)]
missed = [len(text) for text in texts if not is_found(text)]
print(f"{database.info().decode().strip()}; pattern {PATTERN.decode()}")
print(f"missed where the data ends with it, at these lengths: {missed}")
print("missed with a line end behind it:", [len(text) for text in texts if not is_found(text + b"\n")])
print("missed by Python's re:", [len(text) for text in texts if not re.search(PATTERN, text)])
sys.exit(0 if missed else 1)
PYTHON
