#!/bin/sh
# A key that first appears late in a JSONL file is lost, refused or kept, by the library that reads it.
#
# Versions: polars 2.1.0, duckdb 2.0.1, datasets 5.2.0, pyarrow 26.0.1, pandas 3.1.1.
#
# Behaviour, for a file whose last row alone has a key `generated_by`:
#   polars leaves the key out where it comes in row 101 or later, of `read_ndjson` and of `scan_ndjson`.
#   DuckDB leaves it out in row 20,481 or later.
#   datasets refuses the whole file where the key comes behind the first 10 MiB, and takes it before.
#   pyarrow and pandas have it wherever it comes.
#
# Why a good guess is wrong:
#   Neither polars nor DuckDB says anything, and the same query on a shorter file has the column. What says who made a
#   row is the key that begins late: the first rows are of people, and a filter on it then finds that no row is made by
#   a model. The reader that refuses is the one that others call too strict.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check \
    polars==2.1.0 duckdb==2.0.1 datasets==5.2.0 pyarrow==26.0.1 pandas==3.1.1
cat >show.py <<'PYTHON'
import json

import datasets
import duckdb
import pandas
import polars
import pyarrow.json


def load(file):
    try:
        return datasets.load_dataset("json", data_files=file, split="train", cache_dir="cache").column_names
    except datasets.exceptions.DatasetGenerationError:
        return ["refused"]


READERS = {
    "polars, read": lambda file: polars.read_ndjson(file).columns,
    "polars, scan": lambda file: polars.scan_ndjson(file).collect().columns,
    "duckdb": lambda file: duckdb.sql(f"select * from read_json('{file}')").columns,
    "datasets": load,
    "pyarrow": lambda file: pyarrow.json.read_json(file).column_names,
    "pandas": lambda file: list(pandas.read_json(file, lines=True).columns),
}
ALL = dict.fromkeys(READERS, True)
NO_POLARS = ALL | {"polars, read": False, "polars, scan": False}
NO_DUCKDB = NO_POLARS | {"duckdb": False}
EXPECTED = {(100, 0): ALL, (101, 0): NO_POLARS, (20_480, 0): NO_POLARS, (20_481, 0): NO_DUCKDB,
            (120_000, 100): NO_DUCKDB | {"datasets": None}}
for (count, width), expected in EXPECTED.items():
    file = f"{count}-{width}.jsonl"
    with open(file, "w") as out:
        for number in range(count):
            row = {"text": f"row {number} " + "x" * width}
            out.write(json.dumps(row | ({"generated_by": "a model"} if number == count - 1 else {})) + "\n")
    columns = {name: list(read(file)) for name, read in READERS.items()}
    seen = {name: None if "refused" in found else "generated_by" in found for name, found in columns.items()}
    words = {True: "has it", False: "lost it", None: "refused the file"}
    print(f"in row {count:,}:", *(f"{name}: {words[kept]}" for name, kept in seen.items()), sep="\n    ")
    assert seen == expected, "changed"
PYTHON
HF_HUB_OFFLINE=1 HF_DATASETS_DISABLE_PROGRESS_BARS=1 HF_HOME="$folder/home" venv/bin/python show.py
