"""Bills of ingredients: valid, and read back by libraries that aren't ours."""

from __future__ import annotations

import io
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.model.bom import Bom
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from jsonschema import Draft202012Validator
from openlineage.client import event_v2
from openlineage.client.serde import Serde
from spdx_python_model import v3_0_1 as spdx

from conftest import TRAILER, Work, init
from needs import CROISSANT
from samples import FUNCTION, HUMAN

LINES = FUNCTION.count("\n")
FIRST = HUMAN.count("\n") + 1


@pytest.fixture
def work(tmp_path: Path) -> Work:
    """Lines of a tool in a person's file, a binary file of a tool, and a person's own."""
    made = init(tmp_path / "work")
    made.commit("Routes", files={"src/my routes.py": HUMAN, "other.py": HUMAN})
    made.commit(f"Settle invoices\n\n{TRAILER}", files={"src/my routes.py": HUMAN + FUNCTION, "a.bin": b"\0\1" * 99})
    return made


def export(work: Work, how: str) -> Any:
    said = work.ringfence("trace", "--format", how)
    assert said, said.out
    return json.loads(said.out)


def hash_of(work: Work, name: str) -> str:
    return (
        subprocess.run(["sha256sum", name], cwd=work.path, capture_output=True, check=True).stdout.split()[0].decode()
    )


def test_agent_trace_has_the_ranges_of_a_commit(work: Work) -> None:
    record = export(work, "agent-trace")
    assert record.keys() == {"version", "id", "timestamp", "vcs", "tool", "files", "metadata"}
    assert re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+", record["version"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", record["timestamp"])
    assert record["vcs"] == {"type": "git", "revision": work.did("rev-parse", "HEAD")}
    [file] = record["files"]  # a binary file has no lines
    [conversation] = file["conversations"]
    assert file["path"] == "src/my routes.py"
    assert conversation["ranges"] == [{"start_line": FIRST, "end_line": FIRST + LINES - 1}]
    assert conversation["contributor"] == {"type": "ai", "model_id": "anthropic/Claude Code"}


def test_croissant_names_files_agents_and_sources(work: Work) -> None:
    document = export(work, "croissant")
    assert document["conformsTo"] == "http://mlcommons.org/croissant/1.1"
    binary, text = document["distribution"]
    assert (binary["contentUrl"], text["contentUrl"]) == ("a.bin", "src/my%20routes.py")
    assert text["sha256"] == hash_of(work, "src/my routes.py")
    assert text["prov:wasAttributedTo"] == [{"@type": "prov:SoftwareAgent", "name": "anthropic/Claude Code"}]
    [source] = text["prov:wasDerivedFrom"]
    assert source["@id"] == f"swh:1:rev:{work.did('rev-parse', 'HEAD')}"
    assert source["description"] == f"lines {FIRST}-{FIRST + LINES - 1}"


@pytest.mark.needs("mlcroissant")
def test_the_croissant_library_reads_it(work: Work) -> None:
    (work.path / "croissant.json").write_text(json.dumps(export(work, "croissant")))
    script = (
        "import json, mlcroissant; read = mlcroissant.Dataset('croissant.json').metadata\n"
        "print(json.dumps([[*map(str, read.issues.errors)], [file.sha256 for file in read.distribution]]))"
    )
    done = subprocess.run([CROISSANT, "-c", script], cwd=work.path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [[], [hash_of(work, "a.bin"), hash_of(work, "src/my routes.py")]]


def test_the_spdx_library_reads_it_with_the_lines(work: Work) -> None:
    held = spdx.SHACLObjectSet()
    spdx.JSONLDDeserializer().read(io.BytesIO(json.dumps(export(work, "spdx")).encode()), held)
    held.link()
    assert not held.missing_ids
    spdx.JSONLDSerializer().write(held, io.BytesIO())  # it looks whether what must be there is
    [snippet] = held.foreach_type("software_Snippet")
    lines = snippet.software_lineRange
    assert (lines.beginIntegerRange, lines.endIntegerRange) == (FIRST, FIRST + LINES - 1)
    assert snippet.software_snippetFromFile.name == "src/my routes.py"
    [made] = [item for item in held.foreach_type("Relationship") if item.relationshipType.endswith("/generates")]
    assert made.from_.name == "anthropic/Claude Code"
    assert {item.name for item in made.to} == {snippet.name, "a.bin"}
    [package] = held.foreach_type("dataset_DatasetPackage")
    assert package.software_packageVersion == work.did("rev-parse", "HEAD")


def test_cyclonedx_keeps_to_its_schema_and_its_library_loses_nothing_of_a_file(work: Work) -> None:
    document = export(work, "cyclonedx")
    assert JsonStrictValidator(SchemaVersion.V1_7).validate_str(json.dumps(document)) is None
    read = Bom.from_json(document)  # type: ignore[attr-defined]  # added by a decorator
    assert (read.metadata.component.name, read.metadata.component.version) == (
        str(work.path),
        work.did("rev-parse", "HEAD"),
    )
    binary, text = sorted(read.components, key=lambda item: item.name)
    assert (binary.name, text.name) == ("a.bin", "src/my routes.py")
    [digest] = text.hashes
    assert digest.content == hash_of(work, "src/my routes.py")
    assert str(text.swhids[0]) == f"swh:1:cnt:{work.did('rev-parse', 'HEAD:src/my routes.py')}"
    [tool] = text.pedigree.ancestors
    told = {item.name: item.value for item in tool.properties}
    assert (tool.type.value, tool.name, tool.publisher) == ("application", "Claude Code", "anthropic")
    assert told["ringfence:lines"] == f"{FIRST}-{FIRST + LINES - 1}"
    assert told["ringfence:source"] == f"{work.path}@{work.did('rev-parse', 'HEAD')}:src/my routes.py"


def test_a_model_that_is_named_is_one_in_cyclonedx(work: Work) -> None:
    named = "Co-authored-by: Claude Opus 4.5 <noreply@anthropic.com>"
    work.commit(f"More\n\n{named}", files={"more.py": FUNCTION.replace("invoice", "bill")})
    [file] = [item for item in export(work, "cyclonedx")["components"] if item["name"] == "more.py"]
    [model] = file["pedigree"]["ancestors"]
    assert (model["type"], model["publisher"]) == ("machine-learning-model", "anthropic")
    assert "opus" in model["name"].lower()


def test_openlineage_tells_files_and_lines_by_input(work: Work) -> None:
    event = export(work, "openlineage")
    [output] = event["outputs"]
    files = {file["path"]: file for file in output["facets"]["ringfence_ingredients"]["files"]}
    assert files["src/my routes.py"]["sha256"] == hash_of(work, "src/my routes.py")
    [piece] = files["src/my routes.py"]["pieces"]
    assert (piece["start_line"], piece["end_line"]) == (FIRST, FIRST + LINES - 1)
    origin = event["inputs"][piece["input"]]
    assert origin["name"] == f"{work.path}@{work.did('rev-parse', 'HEAD')}"
    assert origin["facets"]["ringfence_origin"]["product"] == "Claude Code"
    assert output["facets"]["version"]["datasetVersion"] == work.did("rev-parse", "HEAD")


def test_the_openlineage_library_takes_the_event(work: Work) -> None:
    event = export(work, "openlineage")
    made = event_v2.RunEvent(
        eventTime=event["eventTime"],
        producer=event["producer"],
        eventType=event_v2.RunState(event["eventType"]),
        run=event_v2.Run(**event["run"]),
        job=event_v2.Job(**event["job"]),
        inputs=[event_v2.InputDataset(**item) for item in event["inputs"]],
        outputs=[event_v2.OutputDataset(**item) for item in event["outputs"]],
    )
    assert made.schemaURL == event["schemaURL"]
    written = json.loads(Serde.to_json(made))
    assert [item["facets"] for item in written["outputs"]] == [item["facets"] for item in event["outputs"]]


def check_oasis(document: Any) -> None:
    schema = json.loads(Path(__file__).with_name("oasis.schema.json").read_text())
    checked = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    assert not [error.message for error in checked.iter_errors(document)]


def test_oasis_lists_files_and_their_parts_by_tool(work: Work) -> None:
    document = export(work, "oasis")
    check_oasis(document)
    known = document["source"]["id"]
    digests = {entry["path"]: entry["tree-hashes"] for entry in known["hashes"]}
    assert digests["src/my routes.py"] == [{"algorithm": "sha256", "value": hash_of(work, "src/my routes.py")}]
    parts = {part["value"]: part for part in known["custom-ids"]}
    assert parts.keys() == {f"src/my routes.py#L{FIRST}-L{FIRST + LINES - 1}", "a.bin"}
    assert parts["a.bin"]["tool"] == "anthropic/Claude Code"
    assert work.did("rev-parse", "HEAD") in "".join(parts["a.bin"]["parameter-list"])
    assert document["provenance"]["date"] == work.did("log", "-1", "--format=%cd", "--date=format:%Y-%m-%d")
    [method] = document["provenance"]["generation-method"]
    assert method["long-description"] == "anthropic/Claude Code: 2 pieces"


def test_oasis_says_that_nothing_is_known_of_a_persons_work(tmp_path: Path) -> None:
    work = init(tmp_path / "work")
    work.commit("Routes", files={"routes.py": HUMAN})
    document = export(work, "oasis")
    check_oasis(document)
    assert document["source"]["id"].keys() == {"uris"}


@pytest.mark.parametrize(
    ("written", "day"), [("", "1970-01-01"), ("9" * 15, "1970-01-01"), ("1700000000 +0100", "2023-11-14")]
)
def test_oasis_has_a_day_whatever_a_commit_says(work: Work, written: str, day: str) -> None:
    raw = work.did("cat-file", "commit", "HEAD")
    lines = [
        f"committer Ann <ann@example.org> {written}" if line.startswith("committer ") else line
        for line in raw.split("\n")
    ]
    (work.path / ".git/raw").write_text("\n".join(lines) + "\n")
    oid = work.did("hash-object", "-t", "commit", "--literally", "-w", str(work.path / ".git/raw"))
    work.did("update-ref", "HEAD", oid)
    document = export(work, "oasis")
    check_oasis(document)
    assert document["provenance"]["date"] == day


@pytest.mark.parametrize("how", ["croissant", "spdx", "agent-trace", "cyclonedx", "openlineage", "oasis"])
def test_nothing_of_a_tool_is_an_empty_bill(tmp_path: Path, how: str) -> None:
    work = init(tmp_path / "work")
    work.commit("Routes", files={"routes.py": HUMAN})
    assert "routes.py" not in json.dumps(export(work, how))


def test_a_name_that_isnt_utf8_is_escaped(work: Work) -> None:
    work.did("mv", "other.py", "b.py")
    (work.path / "src/my routes.py").rename(work.path / "src/\udcff.py")
    work.commit("Rename")
    for how in ("croissant", "spdx", "agent-trace", "cyclonedx", "openlineage", "oasis"):
        assert "src/" in json.dumps(export(work, how))
