"""What other tools say of files: CycloneDX's components, and Croissant's sets of files by patterns."""

from __future__ import annotations

import hashlib
import json
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from conftest import Work, init
from needs import CROISSANT
from ringfence.audit.exports.croissant import CONTEXT
from ringfence.audit.exports.formats import import_files
from ringfence.check.rules.provenance import ProvenanceList
from ringfence.errors import PolicyError

TOLD = {"license": "MIT", "creator": {"@type": "Person", "name": "Ann"}, "dateCreated": "2026-01-31",
        "isBasedOn": "https://data.example/", "prov:wasGeneratedBy": "human"}  # fmt: skip
NAMES = ("data/a.jsonl", "data/.b.jsonl", "data/sub/c.jsonl", "data/notes.txt", "other/d.jsonl")


@pytest.fixture
def work(tmp_path: Path) -> Work:
    made = init(tmp_path / "work")
    for name in NAMES:
        made.write(name, f"{name}\n")
    made.did("add", "-A")
    return made


def croissant(*distribution: dict[str, Any]) -> str:
    return json.dumps({"@type": "sc:Dataset", **TOLD, "distribution": list(distribution)})


def file_set(includes: object, **more: object) -> dict[str, Any]:
    return {
        "@type": "cr:FileSet",
        "@id": "set",
        "includes": includes,
        "encodingFormat": "application/jsonlines",
        **more,
    }


def imported(work: Work, document: str) -> list[dict[str, Any]]:
    """Import a document and return the tables of the list."""
    (work.path / "PROVENANCE.toml").unlink(missing_ok=True)
    work.write("../given.json", document)
    said = work.ringfence("declare", "--import", "../given.json")
    assert said, said.out
    return tomllib.loads((work.path / "PROVENANCE.toml").read_text())["data"]


def digests(*names: str) -> dict[str, str]:
    return {name: hashlib.sha256(f"{name}\n".encode()).hexdigest() for name in names}


# --- Croissant's sets of files ---


def test_a_set_is_one_entry_whose_pattern_means_what_croissants_does(work: Work) -> None:
    [entry] = imported(work, croissant(file_set("data/*.jsonl")))
    assert entry["path"] == "data/**/*.jsonl"
    assert entry["sha256"] == digests("data/.b.jsonl", "data/a.jsonl", "data/sub/c.jsonl")
    assert (entry["generator"], entry["by"], entry["licence"]) == ("human", "Ann", "MIT")
    listed = ProvenanceList((work.path / "PROVENANCE.toml").read_bytes())
    assert listed.find_source("data/sub/c.jsonl")
    assert not listed.find_source("data/notes.txt")


def test_a_set_that_no_pattern_of_ours_fits_lists_its_files(work: Work) -> None:
    [entry] = imported(work, croissant(file_set(["data/*.jsonl", "other/*"], excludes="*/.*")))
    assert entry["path"] == ["data/a.jsonl", "data/sub/c.jsonl", "other/d.jsonl"]
    assert list(entry["sha256"]) == entry["path"]
    assert ProvenanceList((work.path / "PROVENANCE.toml").read_bytes()).find_source("other/d.jsonl")


def test_a_set_in_a_folder_or_a_repository_is_here_and_one_in_an_archive_is_the_archives(work: Work) -> None:
    folder = {"@type": "cr:FileObject", "@id": "folder", "contentUrl": "./data/", "encodingFormat": "inode/directory"}
    here = {"@type": "cr:FileObject", "@id": "here", "contentUrl": "https://git.example.org/rows",
            "encodingFormat": "git+https", "sha256": "https://github.com/mlcommons/croissant/issues/80"}  # fmt: skip
    packed = {"@type": "cr:FileObject", "@id": "packed", "contentUrl": "data.zip",
              "encodingFormat": "application/zip", "sha256": "ab" * 32}  # fmt: skip
    found = imported(work, croissant(
        folder, here, packed,
        file_set("sub/*", containedIn={"@id": "folder"}),
        file_set("other/*", containedIn=[{"@id": "here"}]),
        file_set("*.csv", containedIn={"@id": "packed"}),
    ))  # fmt: skip
    assert [entry["path"] for entry in found] == ["data.zip", "data/sub/**/*", "other/**/*"]
    assert found[1]["sha256"] == digests("data/sub/c.jsonl")


def test_a_set_without_a_file_here_is_refused_and_nothing_is_written(work: Work) -> None:
    work.write("given.json", croissant(file_set("none/*.csv")))
    said = work.ringfence("declare", "--import", "given.json")
    assert (said.status, "no file that git knows or would add is in the set none/*.csv." in said.out) == (2, True)
    assert not (work.path / "PROVENANCE.toml").exists()


@pytest.mark.needs("mlcroissant")
def test_the_croissant_library_takes_the_same_files_for_a_set(work: Work) -> None:
    in_here = file_set("data/*.jsonl", containedIn={"@id": "here"}, encodingFormat="text/plain")
    here = {"@type": "cr:FileObject", "@id": "here", "name": "here", "contentUrl": ".", "sha256": "0",
            "encodingFormat": "inode/directory"}  # fmt: skip
    field = {"@type": "cr:Field", "@id": "records/name", "dataType": "sc:Text",
             "source": {"fileSet": {"@id": "set"}, "extract": {"fileProperty": "fullpath"}}}  # fmt: skip
    document = {
        "@context": {**CONTEXT, "recordSet": "cr:recordSet", "field": "cr:field", "source": "cr:source",
                     "fileSet": "cr:fileSet", "extract": "cr:extract", "fileProperty": "cr:fileProperty",
                     "dataType": {"@id": "cr:dataType", "@type": "@vocab"}, "includes": "cr:includes",
                     "containedIn": "cr:containedIn"},
        **json.loads(croissant(here, in_here)),
        "conformsTo": "http://mlcommons.org/croissant/1.0", "name": "rows",
        "recordSet": [{"@type": "cr:RecordSet", "@id": "records", "field": [field]}],
    }  # fmt: skip
    [entry] = imported(work, json.dumps(document))
    work.write("croissant.json", json.dumps(document))
    script = (
        "import json, mlcroissant; held = mlcroissant.Dataset('croissant.json')\n"
        "print(json.dumps(sorted(row['records/name'].decode() for row in held.records('records'))))"
    )
    done = subprocess.run([CROISSANT, "-c", script], cwd=work.path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == sorted(entry["sha256"])


# --- CycloneDX ---

MODEL = {"type": "machine-learning-model", "bom-ref": "m", "name": "gpt-5.2", "publisher": "openai"}
ROWS = {
    "type": "data", "bom-ref": "rows", "name": "rows/a.jsonl", "publisher": "Ann",
    "hashes": [{"alg": "SHA-256", "content": "ab" * 32}, {"alg": "MD5", "content": "0" * 32}],
    "licenses": [{"license": {"id": "MIT"}}], "externalReferences": [{"type": "distribution", "url": "https://d.example/"}],
    "pedigree": {"ancestors": [MODEL]},
}  # fmt: skip
EXPECTED = {"path": "rows/a.jsonl", "sha256": "ab" * 32, "licence": "MIT", "by": "Ann", "collected": "2026-01-31",
            "source": "https://d.example/", "generator": "gpt-5.2"}  # fmt: skip


def bill(*components: object, version: str = "1.7", **more: object) -> bytes:
    metadata: dict[str, Any] = {"timestamp": "2026-01-31T09:30:00Z"}
    document = {"bomFormat": "CycloneDX", "specVersion": version, "metadata": metadata, "components": list(components)}
    return json.dumps(document | more).encode()


@pytest.mark.parametrize("version", ["1.6", "1.7"])
def test_a_data_component_is_a_file_with_what_made_it(version: str) -> None:
    data = bill(ROWS, version=version)
    schema = SchemaVersion.V1_6 if version == "1.6" else SchemaVersion.V1_7
    assert JsonStrictValidator(schema).validate_str(data.decode()) is None
    assert import_files(data, "a file") == [EXPECTED]


def test_what_a_component_depends_on_made_it_and_its_subject_says_the_rest() -> None:
    plain = {key: ROWS[key] for key in ("type", "bom-ref", "name", "hashes")}
    subject = {"type": "data", "name": "set", **{key: ROWS[key] for key in ("licenses", "externalReferences")}}
    metadata = {"timestamp": "2026-01-31T09:30:00Z", "supplier": {"name": "Ann"}, "component": subject}
    depends = [{"ref": "rows", "dependsOn": ["m", "lib"]}]
    lib = {"type": "library", "bom-ref": "lib", "name": "numpy"}
    given = bill({"type": "platform", "name": "x", "components": [plain]}, MODEL, lib, dependencies=depends)
    document = json.loads(given) | {"metadata": metadata}
    assert import_files(json.dumps(document).encode(), "a file") == [EXPECTED]


def test_what_a_trace_writes_comes_back_as_a_generator_of_the_catalogue(work: Work) -> None:
    work.did("commit", "-q", "-m", "Add\n\nCo-authored-by: Claude Opus 4.5 <noreply@anthropic.com>")
    work.write("bill.json", work.ringfence("trace", "--format", "cyclonedx").out)
    said = work.ringfence("declare", "--import", "bill.json", "--licence", "MIT", "--by", "Ann", "--source", "our own")
    assert said, said.out
    listed = tomllib.loads((work.path / "PROVENANCE.toml").read_text())["data"]
    assert sorted(entry["path"] for entry in listed) == sorted(NAMES)
    assert {entry["generator"] for entry in listed} == {"anthropic/Claude Code Claude Opus"}


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (bill(), "no file is described in Croissant, CycloneDX or SPDX 3."),
        (bill(MODEL), "no file is described in Croissant, CycloneDX or SPDX 3."),
        (bill(ROWS | {"pedigree": {}}), "file 1: pedigree: exactly one value is required."),
        (bill(ROWS | {"pedigree": {"ancestors": [MODEL, MODEL | {"name": "o9"}]}}),
         "file 1: pedigree: exactly one value is required."),
        (bill(ROWS | {"hashes": [5, {"alg": "MD5"}]}), "file 1: hashes: exactly one value is required."),
        (bill(ROWS | {"name": "../x"}), "file 1: name: ../x isn't a path from the top of the repository."),
        (bill(ROWS | {"licenses": {"license": []}, "pedigree": 5, "properties": [1]}),
         "file 1: licenses: exactly one value is required."),
        (bill(ROWS, metadata=[]), "file 1: metadata.timestamp: exactly one value is required."),
    ],
)  # fmt: skip
def test_what_cant_be_used_is_one_clear_message(data: bytes, told: str) -> None:
    with pytest.raises(PolicyError) as raised:
        import_files(data, "given.json")
    assert raised.value.message == f"given.json: {told}"


def test_what_a_document_does_not_say_can_be_said_for_all() -> None:
    plain = {key: ROWS[key] for key in ("type", "name", "hashes")}
    more = {key: text for key, text in EXPECTED.items() if key not in ("path", "sha256")}
    assert import_files(bill(plain, metadata={}), "a file", more) == [EXPECTED]
    assert import_files(bill(ROWS), "a file", dict.fromkeys(more, "other")) == [EXPECTED]
    with pytest.raises(PolicyError) as raised:
        import_files(bill(plain), "a file", {"licence": "MIT"})
    assert raised.value.advice == "--by says it for all that the document says nothing of."
