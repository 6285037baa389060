#!/bin/sh
# In a Croissant file set, `data/*.jsonl` names files in folders below and hidden ones: their rows are in the data set.
#
# Version: mlcroissant 1.1.0 (PyPI).
#
# Behaviour, for `"includes": "data/*.jsonl"` and the files data/a.jsonl, data/.c.jsonl, data/sub/b.jsonl and
# data/.hidden/d.jsonl:
#   Dataset.records gives the rows of all four. With `data/**/*.jsonl` it gives those of the two in folders below, and
#   none of data/a.jsonl and data/.c.jsonl. No error and no warning says so.
#
# Why a good guess is wrong:
#   In a shell, in Python's glob and in .gitignore a star ends at a slash, and a shell leaves hidden files out. A
#   description that is read so misses what a loader takes: a folder of drafts beside the corpus is in it.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check mlcroissant==1.1.0
cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import json
import logging
import sys
from pathlib import Path

import mlcroissant

logging.disable()
NAMES = ("a", ".c", "sub/b", ".hidden/d")
for name in NAMES:
    path = Path("data", f"{name}.jsonl")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"row": name}) + "\n")


def list_rows(pattern):
    """Return the rows of a data set of one file set."""
    source = {"fileSet": {"@id": "files"}, "extract": {"column": "row"}}
    field = {"@type": "cr:Field", "@id": "rows/row", "name": "row", "dataType": "sc:Text", "source": source}
    context = {
        "@language": "en", "@vocab": "https://schema.org/", "sc": "https://schema.org/", "cr": "http://mlcommons.org/croissant/",
        "dct": "http://purl.org/dc/terms/", "conformsTo": "dct:conformsTo", "recordSet": "cr:recordSet",
        "field": "cr:field", "includes": "cr:includes", "source": "cr:source", "fileSet": "cr:fileSet",
        "extract": "cr:extract", "column": "cr:column", "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    }
    files = {"@type": "cr:FileSet", "@id": "files", "name": "files", "includes": pattern}
    described = {
        "@context": context, "@type": "sc:Dataset", "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": "rows", "description": "rows", "url": "https://example.org/",
        "distribution": [{**files, "encodingFormat": "application/jsonlines"}],
        "recordSet": [{"@type": "cr:RecordSet", "@id": "rows", "name": "rows", "field": [field]}],
    }
    Path("croissant.json").write_text(json.dumps(described))
    rows = mlcroissant.Dataset("croissant.json").records("rows")
    return sorted(row["rows/row"].decode() for row in rows)


seen = {pattern: list_rows(pattern) for pattern in ("data/*.jsonl", "data/**/*.jsonl")}
for pattern, rows in seen.items():
    print(pattern, rows)
sys.exit(list(seen.values()) != [sorted(NAMES), [".hidden/d", "sub/b"]])
PYTHON
