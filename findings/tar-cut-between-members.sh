#!/bin/sh
# A tar shard that is cut between two members, or inside a header, reads as a whole one: the rows behind are gone, and
# no reader says anything.
#
# Versions: Python 3.11's tarfile, GNU tar 1.34, webdataset 1.0.2 (PyPI).
#
# Behaviour, for a shard of four samples of which the last two are cut off:
#   At the boundary of a member, and 100 bytes later in the next header: tarfile, GNU tar (exit code 0, nothing on
#   stderr) and webdataset give two samples, and no error. A tar ends with two blocks of zeros; none of them misses
#   those. In the content of the third sample all three complain (tar's exit code is 2).
#
# Why a good guess is wrong:
#   One expects a format with an end mark to be read to its end mark. A download or a disk that ended early takes rows
#   along, and a job that counts errors counts none. Who wants to know looks for the two blocks of zeros, or keeps the
#   number of samples beside the shard.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check webdataset==1.0.2
tar --version | head -n 1
"$folder/venv/bin/python" - "$folder" <<'PYTHON'
import io
import subprocess
import sys
import tarfile
from pathlib import Path

import webdataset

folder = Path(sys.argv[1])
print(f"webdataset {webdataset.__version__}, Python {sys.version.split()[0]}")


def write(path):
    with tarfile.open(path, "w") as shard:
        for number in range(4):
            member = tarfile.TarInfo(f"{number}.txt")
            member.size = 600
            shard.addfile(member, io.BytesIO(b"x" * 600))


def by_tarfile(path):
    try:
        with tarfile.open(path) as shard:
            return len([shard.extractfile(member).read() for member in shard]), ""
    except (tarfile.TarError, EOFError) as error:
        return 0, type(error).__name__


def by_tar(path):
    done = subprocess.run(["tar", "-tf", path], capture_output=True, text=True, check=False)
    return len(done.stdout.splitlines()), done.returncode, done.stderr != ""


def by_webdataset(path):
    try:
        return len(list(webdataset.WebDataset(str(path), shardshuffle=False))), ""
    except Exception as error:
        return 0, type(error).__name__


path = folder / "shard.tar"
write(path)
whole = path.read_bytes()
size = 512 + 1024  # of a member: its header, and 600 bytes in blocks of 512
seen = {}
for name, end in (("at a boundary", 2 * size), ("in a header", 2 * size + 100), ("in a content", 2 * size + 700)):
    path.write_bytes(whole[:end])
    seen[name] = by_tarfile(path), by_tar(path), by_webdataset(path)
    print(f"cut {name}: tarfile {seen[name][0]}, tar {seen[name][1]}, webdataset {seen[name][2]}")
silent = ((2, ""), (2, 0, False), (2, ""))
told = ((0, "ReadError"), (3, 2, True), (0, "ReadError"))
sys.exit(list(seen.values()) != [silent, silent, told])
PYTHON
