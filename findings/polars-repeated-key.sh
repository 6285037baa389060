#!/bin/sh
# polars gives three different answers for a JSON object that holds the same key twice.
#
# Versions: polars 2.1.0 (polars-runtime-32 2.1.0), Python 3.11.7, seen on Linux x86-64.
#
# Behaviour, for {"g": "a", "n": 1, "g": "b"}:
#   read_ndjson, scan_ndjson, read_json and str.json_decode keep the first value, "a".
#   str.json_path_match of the same text gives the last, "b", as Python's json does.
#   If the repeated key stands in a nested object, read_ndjson raises DuplicateError,
#   unless a schema is given: then it keeps the first again.
#
# Why a good guess is wrong:
#   Nearly every parser keeps the last value (Python's json, JavaScript's JSON.parse), so "last wins" is taken for granted.
#   Those who know of first-wins parsers expect one library to have one rule.
#   A filter that looks at rows with json_path_match sees another text than the one a reader of the same file trains on.
set -eu

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
"${PYTHON:-python3}" -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check polars==2.1.0 polars-runtime-32==2.1.0

cd "$tmp"
"$tmp/venv/bin/python" - >seen <<'PY'
import json

import polars as pl

LINE = '{"g": "a", "n": 1, "g": "b"}'
NESTED = '{"m": ' + LINE + "}"
with open("rows.jsonl", "w") as file:
    file.write(LINE + "\n")
column = pl.Series([LINE])

print("json.loads:", json.loads(LINE)["g"])
print("read_ndjson:", pl.read_ndjson("rows.jsonl")["g"][0])
print("scan_ndjson:", pl.scan_ndjson("rows.jsonl").collect()["g"][0])
print("read_json:", pl.read_json(f"[{LINE}]".encode())["g"][0])
print("str.json_decode:", column.str.json_decode(pl.Struct({"g": pl.String}))[0]["g"])
print("str.json_path_match:", column.str.json_path_match("$.g")[0])
print("json.loads, nested:", json.loads(NESTED)["m"]["g"])
print("str.json_path_match, nested:", pl.Series([NESTED]).str.json_path_match("$.m.g")[0])
try:
    print("read_ndjson, nested:", pl.read_ndjson((NESTED + "\n").encode())["m"][0]["g"])
except pl.exceptions.DuplicateError:
    print("read_ndjson, nested: DuplicateError")
SCHEMA = {"m": pl.Struct({"g": pl.String})}
print("read_ndjson, nested, schema given:", pl.read_ndjson((NESTED + "\n").encode(), schema=SCHEMA)["m"][0]["g"])
PY

cat >expected <<'TEXT'
json.loads: b
read_ndjson: a
scan_ndjson: a
read_json: a
str.json_decode: a
str.json_path_match: b
json.loads, nested: b
str.json_path_match, nested: b
read_ndjson, nested: DuplicateError
read_ndjson, nested, schema given: a
TEXT
cat seen
diff expected seen >&2 || { echo "The behaviour has changed." >&2; exit 1; }
