#!/bin/sh
# Rows that were deleted, compacted and cleaned up are still in the files of a Lance or Delta table.
#
# Versions: pylance 14.0.2, deltalake 1.6.6, pyarrow 26.0.1.
#
# Behaviour, for a table of 100 rows:
#   Lance: after `delete` of ten rows, `optimize.compact_files()` and `cleanup_old_versions(0)` the table has 90 rows, and
#   the text of the ten stands in its data file: `compact_files` did nothing, and its metrics say so. With eleven rows,
#   or `materialize_deletions_threshold=0`, the same calls take the text away.
#   Delta: after `delete`, `vacuum(0, enforce_retention_duration=False)` returns the name of the file to be deleted and
#   deletes nothing; with `dry_run=False` it does. The smallest deleted value still stands in `_delta_log` afterwards,
#   in the statistics of the file that is gone.
#
# Why a good guess is wrong:
#   Each call succeeds, and every reader shows the table without the rows. A fragment is rewritten only where more than a
#   tenth of it is deleted, and the list that `vacuum` returns reads like a list of what it did. Whoever has to take
#   rows out of training data for good has to look into the files.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check pylance==14.0.2 deltalake==1.6.6 pyarrow==26.0.1
cat >show.py <<'PYTHON'
import datetime
import pathlib

import deltalake
import lance
import pyarrow
import pyarrow.parquet

ROWS = pyarrow.table({"id": list(range(100)), "text": [f"row-of-ann-{number:03}" for number in range(100)]})


def count_files(folder, word):
    """Return how many files hold a word, Parquet files unpacked."""
    count = 0
    for path in filter(pathlib.Path.is_file, pathlib.Path(folder).rglob("*")):
        rows = str(pyarrow.parquet.read_table(path)["text"].to_pylist()) if path.suffix == ".parquet" else ""
        count += word.encode() in path.read_bytes() or word in rows
    return count


def clean_lance(name, deleted, **options):
    table = lance.write_dataset(ROWS, name)
    table.delete(f"id < {deleted}")
    table.optimize.compact_files(**options)
    table.cleanup_old_versions(datetime.timedelta(0))
    rows, files = lance.dataset(name).count_rows(), count_files(name, "row-of-ann-004")
    print(f"Lance, {deleted} deleted, {options or 'no options'}: {rows} rows; a deleted one is in {files} file(s)")
    return rows, files


assert clean_lance("ten", 10) == (90, 1), "changed"
assert clean_lance("eleven", 11) == (89, 0), "changed"
assert clean_lance("threshold", 10, materialize_deletions_threshold=0) == (90, 0), "changed"

deltalake.write_deltalake("delta", ROWS)
table = deltalake.DeltaTable("delta")
table.delete("id < 5")
rows = table.to_pyarrow_table().num_rows
seen = []
for options in ({}, {"dry_run": False}):
    named = table.vacuum(0, enforce_retention_duration=False, **options)
    files = [count_files("delta", f"row-of-ann-{number:03}") for number in (0, 4)]
    print(f"Delta, {options or 'no options'}: {rows} rows; vacuum names {len(named)} file(s); deleted row 0 is in "
          f"{files[0]} file(s), row 4 in {files[1]}")
    seen.append((rows, len(named), *files))
assert seen == [(95, 1, 2, 1), (95, 1, 1, 0)], "changed"
PYTHON
venv/bin/python show.py
