#!/bin/sh
# A Parquet file holds the beginning of a long text in plain beside its compressed pages, and no writer as another.
#
# Versions: pyarrow 26.0.1, polars 2.1.0, duckdb 2.0.1.
#
# Behaviour, for two rows of the same 348 letters, compressed with zstd:
#   pyarrow writes the whole text four times in plain, in the statistics.
#   polars and DuckDB never write the whole of it in plain: polars cuts it to 64 bytes, eight times, DuckDB to 256, four
#   times, each in the statistics; there the last byte of the largest value is raised by one.
#   So the column's largest value, as its metadata say it, is no value of the column.
#
# Why a good guess is wrong:
#   "Compressed, so nothing is in plain" and "what is in plain is a row" are both wrong: the same row shows four to
#   eight times, and a search for the whole text finds it in files of one writer only. Taking a text out of the pages
#   leaves its beginning in the footer. A mark behind the first 64 bytes of a text is in plain or not by the writer.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check pyarrow==26.0.1 polars==2.1.0 duckdb==2.0.1
cat >show.py <<'PYTHON'
import pathlib

import duckdb
import polars
import pyarrow
import pyarrow.parquet

TEXT = "".join(chr(97 + number * 7 % 26) for number in range(348))
pyarrow.parquet.write_table(pyarrow.table({"text": [TEXT, TEXT]}), "pyarrow.parquet", compression="zstd")
polars.DataFrame({"text": [TEXT, TEXT]}).write_parquet("polars.parquet", compression="zstd")
duckdb.sql(f"copy (select * from (values ('{TEXT}'), ('{TEXT}')) as v(text)) to 'duckdb.parquet' "
           "(format parquet, compression zstd)")
EXPECTED = {"pyarrow": (4, 4, 348, True), "polars": (0, 8, 64, False), "duckdb": (0, 4, 256, False)}
for writer, expected in EXPECTED.items():
    data = pathlib.Path(f"{writer}.parquet").read_bytes()
    largest = pyarrow.parquet.read_metadata(f"{writer}.parquet").row_group(0).column(0).statistics.max
    begin = TEXT[: len(largest) - 1].encode()
    seen = data.count(TEXT.encode()), data.count(begin), len(largest), largest == TEXT
    print(f"{writer}: whole text {seen[0]} times, its first {len(begin)} bytes {seen[1]} times; "
          f"largest value {seen[2]} bytes, {'a' if TEXT.startswith(largest) else 'no'} beginning of the text")
    assert seen == expected, "changed"
    assert TEXT.startswith(largest) == (writer == "pyarrow"), "changed"
PYTHON
venv/bin/python show.py
