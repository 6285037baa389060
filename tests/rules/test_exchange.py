"""What PROVENANCE.toml says can be given to other tools, as Croissant and as SPDX, and taken from them."""

from __future__ import annotations

import hashlib
import io
import json
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spdx_python_model import v3_0_1 as spdx

from conftest import Work
from needs import CROISSANT
from ringfence.audit.exports.formats import FORMATS, export_files, import_files
from ringfence.audit.provenance_entries import convert_file, format_entry
from ringfence.check.rules import provenance
from ringfence.errors import PolicyError

FILES = [
    {"path": "rows/a.jsonl", "source": "https://data.example/a", "generator": "human", "licence": "CC-BY-4.0 OR MIT",
     "by": "Ann Example", "sha256": "ab" * 32, "collected": "2026-01-31"},
    {"path": "rows/b [1] 😀.csv", "source": 'our "own"\n', "generator": "openai/openai-api gpt-5.2", "by": "The team",
     "licence": "by contract, three years", "sha256": "cd" * 32, "collected": "2026-02-28"},
]  # fmt: skip


def shown(how: str) -> Any:
    return json.loads(export_files(FILES, "lab", how))


def toml(files: list[dict[str, str]]) -> bytes:
    return ("version = 1\n" + "".join(format_entry(convert_file(file)) for file in files)).encode()


# --- what others read ---


def test_croissant_holds_what_its_specification_demands() -> None:
    held = shown("croissant")
    assert held["@type"] == "sc:Dataset"
    assert held["conformsTo"] == "http://mlcommons.org/croissant/1.0"
    assert {"@context", "name", "description", "url", "license", "creator", "datePublished"} < set(held)
    assert held["distribution"][0] == {
        "@type": "cr:FileObject",
        "@id": "rows/a.jsonl",
        "name": "rows/a.jsonl",
        "contentUrl": "rows/a.jsonl",
        "encodingFormat": "application/jsonlines",
        "sha256": "ab" * 32,
        "license": "CC-BY-4.0 OR MIT",
        "creator": {"@type": "Organization", "name": "Ann Example"},
        "dateCreated": "2026-01-31",
        "prov:wasDerivedFrom": {"@type": "prov:Entity", "name": "https://data.example/a"},
        "prov:wasGeneratedBy": {
            "@type": "prov:Activity",
            "prov:wasAssociatedWith": {"@type": "prov:Agent", "name": "human"},
        },
    }


@pytest.mark.needs("mlcroissant")
def test_the_croissant_library_reads_it(tmp_path: Path) -> None:
    (tmp_path / "croissant.json").write_text(export_files(FILES, "lab", "croissant"))
    script = (
        "import json, mlcroissant; read = mlcroissant.Dataset('croissant.json').metadata\n"
        "print(json.dumps([[*map(str, read.issues.errors)], [file.sha256 for file in read.distribution]]))"
    )
    done = subprocess.run([CROISSANT, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [[], ["ab" * 32, "cd" * 32]]


def test_the_spdx_library_reads_it_and_finds_all_that_the_specification_demands() -> None:
    held = spdx.SHACLObjectSet()
    spdx.JSONLDDeserializer().read(io.BytesIO(export_files(FILES, "lab", "spdx").encode()), held)
    held.link()
    assert not held.missing_ids
    spdx.JSONLDSerializer().write(held, io.BytesIO())  # it looks whether what must be there is
    package = min(held.foreach_type("dataset_DatasetPackage"), key=lambda item: item.name)
    assert (package.name, package.builtTime.isoformat()) == ("rows/a.jsonl", "2026-01-31T00:00:00+00:00")
    assert [who.name for who in package.originatedBy] == ["Ann Example"]
    assert [item.hashValue for item in package.verifiedUsing] == ["ab" * 32]
    # What the class restricts beyond that, and the profile of it.
    assert all((package.releaseTime, package.software_downloadLocation, package.software_primaryPurpose))
    assert list(package.dataset_datasetType) == [spdx.dataset_DatasetType.noAssertion]
    kinds = [item.relationshipType.rpartition("/")[2] for item in held.foreach_type("Relationship")]
    assert sorted(kinds) == sorted(["generates", "hasConcludedLicense", "hasDeclaredLicense"] * 2)


def test_a_licence_that_is_no_expression_is_a_text_in_spdx() -> None:
    told = {item["type"]: item for item in shown("spdx")["@graph"]}
    assert told["simplelicensing_LicenseExpression"]["simplelicensing_licenseExpression"] == "CC-BY-4.0 OR MIT"
    assert told["simplelicensing_SimpleLicensingText"]["simplelicensing_licenseText"] == "by contract, three years"


# --- and back ---

_TEXT = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=20)
_NAME = _TEXT.filter(lambda name: name not in (".", ".."))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "path": st.lists(_NAME.map(lambda n: n.replace("/", "_")), min_size=1, max_size=3).map("/".join),
                **dict.fromkeys(("source", "generator", "licence", "by"), _TEXT),
                "sha256": st.binary(max_size=4).map(lambda data: hashlib.sha256(data).hexdigest()),
                "collected": st.dates().map(lambda day: day.isoformat()),
            }
        ),
        min_size=1,
        max_size=4,
        unique_by=lambda file: file["path"],
    )
)
def test_what_is_exported_and_imported_is_the_same(files: list[dict[str, str]]) -> None:
    for how in FORMATS:
        assert import_files(export_files(files, "lab", how).encode(), "a file") == files


@pytest.mark.parametrize("how", FORMATS)
def test_the_list_is_the_same_again(laptop: Work, how: str) -> None:
    listed = toml(FILES)
    (laptop.path / "PROVENANCE.toml").write_bytes(listed)
    said = laptop.ringfence("declare", "--export", how)
    assert said.status == 0
    laptop.write("given.json", said.out)
    (laptop.path / "PROVENANCE.toml").unlink()
    said = laptop.ringfence("declare", "--import", "given.json")
    assert said.out.splitlines() == [
        "ringfence: rows/a.jsonl is described in PROVENANCE.toml.",
        "ringfence: rows/b [1] 😀.csv is described in PROVENANCE.toml.",
    ]
    assert (laptop.path / "PROVENANCE.toml").read_bytes() == listed


def test_what_lies_beside_data_and_is_said_of_many_is_exported_file_by_file(laptop: Work) -> None:
    said = 'source = "x"\ngenerator = "human"\nlicence = "MIT"\nby = "Ann"\ncollected = 2026-01-31\n'
    hashes = f'sha256 = {{ "rows/1" = "{"ab" * 32}", "rows/2" = "{"cd" * 32}" }}'
    many = f'version = 1\n[[data]]\npath = "rows/**"\n{said}{hashes}\n'
    laptop.write("PROVENANCE.toml", many)
    laptop.write("rows.txt.provenance.toml", said + f'sha256 = "{"ef" * 32}"\n')
    held = json.loads(laptop.ringfence("declare", "--export", "croissant").out)["distribution"]
    assert [(item["name"], item["sha256"][:2]) for item in held] == [
        ("rows/1", "ab"),
        ("rows/2", "cd"),
        ("rows.txt", "ef"),
    ]
    laptop.write("PROVENANCE.toml", re.sub(r"sha256 = \{.*", f'sha256 = "{"ab" * 32}"', many))
    said_of = laptop.ringfence("declare", "--export", "croissant")
    assert said_of.status == 4
    assert "PROVENANCE.toml: rows/**: `sha256` has to name the files, as a table by path." in said_of.out


def test_what_croissant_says_of_the_whole_set_holds_for_its_files() -> None:
    held = {
        "license": "https://spdx.org/licenses/MIT.html", "creator": [{"@type": "Person", "name": "Ann"}],
        "dateCreated": "2026-01-31T10:00:00Z", "isBasedOn": "https://data.example/", "prov:wasGeneratedBy": "human",
        "distribution": {"@type": "cr:FileObject", "contentUrl": "./a%20b.csv", "sha256": "ab" * 32},
    }  # fmt: skip
    assert import_files(json.dumps(held).encode(), "a file") == [
        {"path": "a b.csv", "sha256": "ab" * 32, "licence": "https://spdx.org/licenses/MIT.html", "by": "Ann",
         "collected": "2026-01-31", "source": "https://data.example/", "generator": "human"}
    ]  # fmt: skip


# --- what can't be used ---


def changed(how: str, **more: object) -> bytes:
    """Return an export of which the first file says something else; None: nothing."""
    held = shown(how)
    files = held["distribution"] if how == "croissant" else [f for f in held["@graph"] if "dataset_datasetType" in f]
    for name, value in more.items():
        files[0][name.replace("__", ":")] = value
        held["license"] = held["creator"] = None
    return json.dumps(held).encode()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "not JSON."),
        (b"\xff{", "not JSON."),
        (b'{"a": ' + b"1" * 5000 + b"}", "not JSON."),
        (b"[" * 100_000, "nested too deeply."),
        (b"[]", "no file is described in Croissant, CycloneDX or SPDX 3."),
        (b'{"@graph": []}', "no file is described in Croissant, CycloneDX or SPDX 3."),
        (b'{"distribution": [1]}', "file 1: contentUrl: exactly one value is required."),
        (changed("croissant", license=None), "file 1: license: exactly one value is required."),
        (changed("croissant", license=["MIT", "CC0-1.0"]), "file 1: license: exactly one value is required."),
        (changed("croissant", prov__wasGeneratedBy={}), "file 1: prov:wasGeneratedBy: exactly one value is required."),
        (changed("croissant", contentUrl="https://x.example/a"),
         "file 1: contentUrl: https://x.example/a isn't a path from the top of the repository."),
        (changed("croissant", contentUrl="../../etc/%1b[2Jpasswd"),
         "file 1: contentUrl: ../../etc/%1b[2Jpasswd isn't a path from the top of the repository."),
        (changed("croissant", contentUrl="/etc/passwd"),
         "file 1: contentUrl: /etc/passwd isn't a path from the top of the repository."),
        (changed("croissant", contentUrl="a%ff"),
         "file 1: contentUrl: a%ff isn't a path from the top of the repository."),
        (changed("croissant", dateCreated="1769817600"), "file 1: dateCreated: 1769817600 isn't a day."),
        (changed("croissant", sha256="\x1b[2J"), r"file 1: sha256: \x1b[2J isn't a SHA-256 in small letters."),
        (changed("croissant", creator="\ud800"), r"file 1: creator: \ud800 isn't text."),
        (changed("spdx", builtTime=None), "file 1: builtTime: exactly one value is required."),
        (changed("spdx", originatedBy=["urn:none"]), "file 1: originatedBy: exactly one value is required."),
        (changed("spdx", spdxId="urn:another"), "file 1: generates: exactly one value is required."),
        (changed("spdx", verifiedUsing=[]), "file 1: verifiedUsing: exactly one value is required."),
    ],
)  # fmt: skip
def test_what_cant_be_used_is_one_clear_message(data: bytes, told: str) -> None:
    with pytest.raises(PolicyError) as raised:
        import_files(data, "given.json")
    assert raised.value.message == f"given.json: {told}"


def test_a_huge_file_isnt_parsed() -> None:
    with pytest.raises(PolicyError, match=r"^given.json: the file has 16,777,217 bytes; the limit is 16 MiB\.$"):
        import_files(b" " * ((16 << 20) + 1), "given.json")


def test_many_files_are_read_in_linear_time() -> None:
    files = [FILES[0] | {"path": str(number)} for number in range(2000)]
    assert len(import_files(export_files(files, "lab", "spdx").encode(), "a file")) == 2000


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (("--export", "croissant"), 3, "no file is described here."),
        (("--export", "cyclonedx"), 2, "'cyclonedx' is not one of 'croissant', 'spdx'"),
        (
            ("--export", "spdx", "--import", "a"),
            2,
            "--export and --import can't be combined with paths or other options.",
        ),
        (("--import", "none.json"), 2, "none.json can't be read: No such file or directory."),
        (("--import", "bad.json"), 4, "bad.json: not JSON."),
    ],
)
def test_a_wrong_call_is_told_and_nothing_is_written(laptop: Work, words, status: int, told: str) -> None:
    laptop.write("bad.json", "no")
    said = laptop.ringfence("declare", *words)
    assert (said.status, told in said.out) == (status, True), said.out
    assert not (laptop.path / "PROVENANCE.toml").exists()


def test_a_list_that_is_imported_can_be_read_as_toml_whatever_stands_in_it() -> None:
    file = FILES[0] | {"path": "a*?[b]\x7f\x1b", "source": '"\\\x7f\U0001f600'}
    assert tomllib.loads(toml([file]).decode())["data"][0]["source"] == file["source"]
    assert list(provenance.ProvenanceList(toml([file])).iter_files()) == [dict(file)]


def test_an_export_that_names_a_rival_is_found_by_the_gate(laptop: Work) -> None:
    laptop.write("croissant.json", export_files(FILES, "lab", "croissant"))
    laptop.did("config", "ringfence.tag", "training-data")
    said = laptop.ringfence("check", "--files", "croissant.json")
    assert "gpt-5.2" in said.out
    assert said.status == 1
