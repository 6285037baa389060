#!/bin/sh
# A JSON schema whose meta-schema demands that formats are checked: whether they are depends on the validator.
#
# Versions: jsonschema 4.26.0, jsonschema-rs 0.61.2, fastjsonschema 2.22.3, check-jsonschema 0.39.0, ajv 8.20.0 with
# ajv-formats 3.0.1. Needs Node.js and npm.
#
# Behaviour, for a date that is none, and a schema of 2020-12 whose meta-schema has the vocabulary `format-assertion`,
# as that of OASIS Data Provenance Metadata 1.0 does:
#   jsonschema calls the document valid, with the meta-schema at hand, unless it is given a format checker.
#   jsonschema-rs refuses it, and calls it valid under the standard's own meta-schema, as the standard says.
#   fastjsonschema and check-jsonschema refuse it under both.
#   ajv can't use the schema: it lacks the standard's part of that name, also with ajv-formats.
#
# Why a good guess is wrong:
#   The schema says in so many words that formats count, and the standard gives validators no choice there: one that
#   doesn't know the vocabulary must refuse to go on. A document with an impossible date, time or address passes all the
#   same in the library that most Python projects validate with, and no message says that a part of the schema was left
#   out.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check \
    jsonschema==4.26.0 jsonschema-rs==0.61.2 fastjsonschema==2.22.3 check-jsonschema==0.39.0
npm install --silent --no-fund --no-audit --prefix . ajv@8.20.0 ajv-formats@3.0.1 >/dev/null
cat >show.py <<'PYTHON'
import json
import subprocess

import fastjsonschema
import jsonschema_rs
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

DRAFT = "https://json-schema.org/draft/2020-12"
PARTS = ("core", "applicator", "validation", "format-assertion")
DEMANDS = {
    "$schema": f"{DRAFT}/schema",
    "$id": "https://schemas.example/demands",
    "$dynamicAnchor": "meta",
    "$vocabulary": {f"{DRAFT}/vocab/{part}": True for part in PARTS},
    "allOf": [{"$ref": f"{DRAFT}/meta/{part}"} for part in PARTS],
}
RECORD = {"made": "the day before"}
NODE = """
import Ajv from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import fs from "fs";
const [meta, schema, record] = JSON.parse(fs.readFileSync(0));
try {
    const ajv = addFormats(new Ajv());
    ajv.addMetaSchema(meta);
    console.log(ajv.compile(schema)(record) ? "valid" : "refused");
} catch (error) {
    console.log("can't use the schema:", error.message.split(" from ")[0]);
}
"""


def call(passes):
    return "valid" if passes else "refused"


def by_jsonschema(schema, checker=None):
    known = Registry().with_resources([(DEMANDS["$id"], Resource.from_contents(DEMANDS))])
    return call(Draft202012Validator(schema, registry=known, format_checker=checker).is_valid(RECORD))


def by_rust(schema):
    known = jsonschema_rs.Registry([(DEMANDS["$id"], DEMANDS)])
    return call(jsonschema_rs.validator_for(schema, registry=known).is_valid(RECORD))


def by_fast(schema):
    try:
        fastjsonschema.compile(schema)(RECORD)
    except fastjsonschema.JsonSchemaValueException:
        return "refused"
    return "valid"


def by_command(schema):
    for name, value in (("schema", schema), ("record", RECORD)):
        with open(f"{name}.json", "w") as file:
            json.dump(value, file)
    command = ["venv/bin/check-jsonschema", "--schemafile", "schema.json", "record.json"]
    return call(subprocess.run(command, capture_output=True).returncode == 0)


def by_ajv(schema):
    with open("show.mjs", "w") as file:
        file.write(NODE)
    asked = json.dumps([DEMANDS, schema, RECORD])
    return subprocess.run(["node", "show.mjs"], input=asked, capture_output=True, text=True, check=True).stdout.strip()


WAYS = {
    "jsonschema": by_jsonschema,
    "jsonschema with a checker": lambda schema: by_jsonschema(schema, Draft202012Validator.FORMAT_CHECKER),
    "jsonschema-rs": by_rust,
    "fastjsonschema": by_fast,
    "check-jsonschema": by_command,
    "ajv with ajv-formats": by_ajv,
}
LACKS = f"can't use the schema: can't resolve reference {DRAFT}/meta/format-assertion"
EXPECTED = {
    DEMANDS["$id"]: ["valid", "refused", "refused", "refused", "refused", LACKS],
    f"{DRAFT}/schema": ["valid", "refused", "valid", "refused", "refused", "refused"],
}
for meta, expected in EXPECTED.items():
    schema = {"$schema": meta, "type": "object", "properties": {"made": {"type": "string", "format": "date"}}}
    seen = [way(schema) for way in WAYS.values()]
    print(f"{meta}:", *(f"{name}: {said}" for name, said in zip(WAYS, seen)), sep="\n    ")
    assert seen == expected, "changed"
PYTHON
venv/bin/python -W ignore show.py
