#!/bin/sh
# One folder of Parquet files is another data set for each library that reads it.
#
# Versions: pyarrow 26.0.1, pandas 3.1.1, polars 2.1.0, duckdb 2.0.1, datasets 5.2.0.
#
# Behaviour, for nine files of one row each:
#   pyarrow.dataset and pandas.read_parquet take five: every name, `part-0` and `x.parquet.tmp` among them, but for
#   files and folders that begin with `_` or `.`.
#   polars and DuckDB, given `**/*.parquet`, take six: those that begin with `_` and `.` too, but neither `B.PARQUET`
#   nor `x.parquet.tmp`.
#   datasets, given the folder alone, takes five: what begins with `_` and `x.parquet.tmp`, and nothing that begins with
#   a dot; given format "parquet" and `data_dir`, two more, `B.PARQUET` and `part-0`.
#   Only `a.parquet` and `sub/c.parquet` are in all of them.
#
# Why a good guess is wrong:
#   Each reads "the Parquet files of the folder", as its manual says, without a warning about those that it leaves out.
#   A file that one job still writes (`_staged`, `.tmp`) is training data for another library; a list of files made with
#   one of them doesn't describe what another one trains on.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check \
    pyarrow==26.0.1 pandas==3.1.1 polars==2.1.0 duckdb==2.0.1 datasets==5.2.0
cat >show.py <<'PYTHON'
import os

import datasets
import duckdb
import pandas
import polars
import pyarrow
import pyarrow.dataset
import pyarrow.parquet

NAMES = ["a.parquet", "B.PARQUET", "part-0", "_staged.parquet", ".hidden.parquet", "x.parquet.tmp",
         "sub/c.parquet", "_sub/d.parquet", ".sub/e.parquet"]
for name in NAMES:
    os.makedirs(os.path.dirname(f"rows/{name}"), exist_ok=True)
    pyarrow.parquet.write_table(pyarrow.table({"file": [name]}), f"rows/{name}")


def load(*args, **named):
    return datasets.load_dataset(*args, split="train", cache_dir="cache", **named)["file"]


PLAIN = {"a.parquet", "sub/c.parquet"}
ARROW = PLAIN | {"B.PARQUET", "part-0", "x.parquet.tmp"}
GLOB = PLAIN | {"_staged.parquet", ".hidden.parquet", "_sub/d.parquet", ".sub/e.parquet"}
FOLDER = PLAIN | {"_staged.parquet", "_sub/d.parquet", "x.parquet.tmp"}
SEEN = {
    "pyarrow.dataset": (pyarrow.dataset.dataset("rows", format="parquet").to_table()["file"].to_pylist(), ARROW),
    "pandas": (pandas.read_parquet("rows")["file"], ARROW),
    "polars, **/*.parquet": (polars.read_parquet("rows/**/*.parquet")["file"], GLOB),
    "duckdb, **/*.parquet": (
        [row[0] for row in duckdb.sql("select file from read_parquet('rows/**/*.parquet')").fetchall()], GLOB),
    "datasets, folder": (load("./rows"), FOLDER),
    "datasets, parquet": (load("parquet", data_dir="./rows"), FOLDER | {"B.PARQUET", "part-0"}),
}
for name, (files, expected) in SEEN.items():
    print(f"{name:22}", *sorted(files))
    assert set(files) == expected, "changed"
PYTHON
HF_HUB_OFFLINE=1 HF_DATASETS_DISABLE_PROGRESS_BARS=1 HF_HOME="$folder/home" venv/bin/python show.py
