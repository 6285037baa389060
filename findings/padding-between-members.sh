#!/bin/sh
# Zeros between two compressed members: in .xz, Python drops all rows behind them and says nothing; in .gz, Python reads
# on, where compiled readers refuse.
#
# Versions: Python 3.11's lzma and gzip, pandas 3.1.1, fsspec 2026.9.0, DuckDB 2.0.1, pyarrow 26.0.1, polars 2.1.0
# (PyPI), XZ Utils 5.4.1.
#
# Behaviour, for two rows, zeros, and two rows more:
#   .xz, four zeros ("stream padding", which the .xz format allows in multiples of four): `xz -dc` gives four rows;
#   lzma.open, pandas.read_json and fsspec.open give two, without an error. Without the zeros all give four.
#   .gz, 512 zeros (as of a tape's or a file system's blocks): gzip.open, pandas and fsspec give four; DuckDB, pyarrow
#   and polars raise an error.
#
# Why a good guess is wrong:
#   lzma.open is documented to read files of several streams, and does. Shards that are joined from others, or padded to
#   blocks, lose their second half with no error to count; what the same tools do with gzip suggests the opposite.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
    pandas==3.1.1 fsspec==2026.9.0 duckdb==2.0.1 pyarrow==26.0.1 polars==2.1.0
xz --version | head -n 1
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import gzip
import lzma
import subprocess
import sys

import duckdb
import fsspec
import pandas
import polars
import pyarrow.json

FIRST, SECOND = b'{"row": 1}\n{"row": 2}\n', b'{"row": 3}\n{"row": 4}\n'
FILES = {
    "joined.jsonl.xz": lzma.compress(FIRST) + lzma.compress(SECOND),
    "padded.jsonl.xz": lzma.compress(FIRST) + bytes(4) + lzma.compress(SECOND),
    "joined.jsonl.gz": gzip.compress(FIRST) + gzip.compress(SECOND),
    "padded.jsonl.gz": gzip.compress(FIRST) + bytes(512) + gzip.compress(SECOND),
}


def count(read, path):
    try:
        return read(path)
    except Exception as error:
        return type(error).__name__


def read_by_fsspec(path):
    with fsspec.open(path, "rb", compression="infer") as file:
        return file.read().count(b"\n")


python = {
    "Python": lambda path: {"xz": lzma, "gz": gzip}[path[-2:]].open(path).read().count(b"\n"),
    "pandas": lambda path: len(pandas.read_json(path, lines=True)),
    "fsspec": read_by_fsspec,
}
compiled = {
    "DuckDB": lambda path: duckdb.sql(f"SELECT count(*) FROM read_json('{path}')").fetchall()[0][0],
    "pyarrow": lambda path: pyarrow.json.read_json(path).num_rows,
    "polars": lambda path: polars.read_ndjson(path).height,
}
xz = {"xz": lambda path: subprocess.run(["xz", "-dc", path], capture_output=True, check=True).stdout.count(b"\n")}
seen = {}
for path, data in FILES.items():
    with open(path, "wb") as file:
        file.write(data)
    readers = {**python, **(xz if path.endswith("xz") else compiled)}
    seen[path] = {name: count(read, path) for name, read in readers.items()}
    print(path, seen[path])
whole = dict.fromkeys(python, 4)
expected = {
    "joined.jsonl.xz": {**whole, "xz": 4},
    "padded.jsonl.xz": {**dict.fromkeys(python, 2), "xz": 4},
    "joined.jsonl.gz": {**whole, **dict.fromkeys(compiled, 4)},
    "padded.jsonl.gz": {**whole, "DuckDB": "IOException", "pyarrow": "OSError", "polars": "ComputeError"},
}
sys.exit(seen != expected)
PYTHON
