"""Bills of materials that say which model made data: named as in the data itself, and only where they say that."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from conftest import Work, init

OPENAI, ANTHROPIC, TOOL = "gpt-4o-mini", "claude-sonnet-4-5", "Claude Code"


def model(name: str, **more: object) -> dict[str, Any]:
    return {"type": "machine-learning-model", "bom-ref": name, "name": name, **more}


def data(**more: object) -> dict[str, Any]:
    return {"type": "data", "bom-ref": "rows", "name": "rows.jsonl", **more}


def cyclonedx(*components: object, **more: object) -> dict[str, Any]:
    return {"bomFormat": "CycloneDX", "specVersion": "1.7", "components": list(components), **more}


def spdx(*graph: object) -> dict[str, Any]:
    return {"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": list(graph)}


def relation(how: str) -> dict[str, Any]:
    return {"type": "Relationship", "from": "urn:m", "to": ["urn:d"], "relationshipType": how}


APP = {"component": {"type": "application", "name": "chat"}}
PACKAGE = {"type": "ai_AIPackage", "spdxId": "urn:m", "name": OPENAI}
ROWS = {"type": "dataset_DatasetPackage", "spdxId": "urn:d", "name": "rows.jsonl"}
CASES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a model that generates a data set": (spdx(PACKAGE, ROWS, relation("generates")), [OPENAI]),
    "an agent that generates one": (spdx(PACKAGE | {"type": "SoftwareAgent"}, ROWS, relation("generates")), [OPENAI]),
    "a full name of the relation": (
        spdx(PACKAGE, ROWS, relation("https://spdx.org/rdf/3.0.1/terms/Core/RelationshipType/generates")), [OPENAI]
    ),
    "a relation whose model has no element but an address": (
        spdx(ROWS, relation("generates") | {"from": f"https://models.example/{OPENAI}"}), [f"https://models.example/{OPENAI}"]
    ),
    "a model that was trained on one": (spdx(PACKAGE, ROWS, relation("trainedOn")), []),
    "a model in a pedigree": (cyclonedx(data(pedigree={"ancestors": [model(OPENAI)]}), metadata=APP), [OPENAI]),
    "a model below another's in a pedigree": (
        cyclonedx(data(pedigree={"ancestors": [{"type": "data", "pedigree": {"ancestors": [model(OPENAI)]}}]})),
        [OPENAI],
    ),
    "a tool in the pedigree of a file": (
        cyclonedx({"type": "file", "name": "a.py", "pedigree": {"ancestors": [{"type": "application", "name": TOOL}]}}),
        [TOOL],
    ),
    "a tool in the pedigree of a program": (
        cyclonedx(
            {"type": "library", "name": "a", "pedigree": {"ancestors": [{"type": "application", "name": TOOL}]}}
        ),
        [],
    ),
    "a model in data": (cyclonedx(data(components=[model(OPENAI)]), metadata=APP), [OPENAI]),
    "a model that data depends on": (
        cyclonedx(data(), model(OPENAI), dependencies=[{"ref": "rows", "dependsOn": [OPENAI]}], metadata=APP),
        [OPENAI],
    ),
    "models beside data alone": (cyclonedx(data(), model(OPENAI), model(ANTHROPIC)), [ANTHROPIC, OPENAI]),
    "a bill of data": (cyclonedx(model(OPENAI), metadata={"component": data()}), [OPENAI]),
    "a vendor beside it": (cyclonedx(data(), model(OPENAI, group="openai")), [f"openai/{OPENAI}"]),
    "a model of a program": (cyclonedx(data(), model(OPENAI), metadata=APP), []),
    "a model that depends on data": (
        cyclonedx(data(), model(OPENAI), dependencies=[{"ref": OPENAI, "dependsOn": ["rows"]}], metadata=APP), []
    ),
    "a model that descends from another": (
        cyclonedx(model("ours", pedigree={"ancestors": [model(OPENAI)]}), metadata=APP), []
    ),
    "one of our own": (cyclonedx(data(), model("our-model")), []),
}  # fmt: skip
BROKEN = [
    {"bomFormat": "CycloneDX", "components": 5, "dependencies": {"ref": []}, "metadata": []},
    cyclonedx(None, 5, data(pedigree=7, components={"a": 1}), dependencies=[1, {"ref": 1, "dependsOn": {}}]),
    spdx(1, None, {"relationshipType": 5}, {"relationshipType": "generates"}),
    {"a": "spdx.org/rdf/3.0.1", "@graph": {"name": 4}},
    {"bomFormat": "CycloneDX", "components": [model(OPENAI) | {"name": 5}, data()]},
]


@pytest.fixture
def rows(tmp_path: Path) -> Work:
    work = init(tmp_path / "rows")
    work.tag("training-data")
    return work


def test_models_that_made_data_are_named_and_no_others(rows: Work) -> None:
    for number, (document, _) in enumerate(CASES.values()):
        rows.write(f"{number}.json", json.dumps(document, indent=1))
    report = json.loads(rows.ringfence("check", "--files", ".", "--format", "json").out)
    found: dict[str, list[str]] = {}
    for finding in report["findings"]:
        assert finding["marker"] == "generator-of-a-rival"
        assert finding["strength"] == "strong"
        assert finding["place"].startswith("what made ")
        found.setdefault(finding["path"], []).append(finding["product"].split("'")[1])
    expected = {f"{number}.json": names for number, (_, names) in enumerate(CASES.values()) if names}
    assert {path: sorted(names) for path, names in found.items()} == expected


def test_what_only_resembles_such_a_document_passes(rows: Work) -> None:
    for number, document in enumerate(BROKEN):
        rows.write(f"{number}.json", json.dumps(document))
    rows.write("cut.json", json.dumps(cyclonedx(data(), model(OPENAI)))[:-1])
    rows.write("deep.json", '{"bomFormat": ' + "[" * 100_000)
    said = rows.ringfence("check", "--files", ".")
    assert said, said.out
    assert "allowed" in said.out


def test_a_bill_behind_a_byte_order_mark_or_packed_is_read(rows: Work) -> None:
    text = json.dumps(cyclonedx(data(), model(OPENAI))).encode()
    rows.write("marked.json", b"\xef\xbb\xbf" + text)
    rows.write("packed.json.gz", gzip.compress(text))
    report = json.loads(rows.ringfence("check", "--files", ".", "--format", "json").out)
    assert sorted(finding["path"] for finding in report["findings"]) == ["marked.json", "packed.json.gz"]


def test_what_trace_and_declare_write_of_a_rivals_work_is_named(rows: Work) -> None:
    rows.commit("Add\n\nCo-authored-by: Claude Opus 4.5 <noreply@anthropic.com>", files={"a.txt": "a line of it\n" * 9})
    written = rows.ringfence("trace", "--format", "cyclonedx").out
    assert "machine-learning-model" in written
    rows.write("bill.json", written)
    said = rows.ringfence("check", "--files", "bill.json")
    assert said.status == 1
    assert "what made a.txt" in said.out
