"""Every format is valid on every case, by its owner's schema or validator, or by ours where the owner has none."""

from __future__ import annotations

import json
import re
import subprocess
import xml.etree.ElementTree as ET
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import xmlschema
from google.protobuf import json_format
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement

from reports.cases import CASES, HOSTILE, MANY
from reports.conftest import finding, verdict
from ringfence.model import Location, RunMetadata
from ringfence.reports import receipt
from ringfence.reports.formats import FORMATS
from ringfence.values import replace
from tools import tool

SCHEMAS = Path(__file__).parent / "schemas"
SMALL = [name for name in CASES if name != "many"]
ALL = [*SMALL, pytest.param("many", marks=pytest.mark.long)]


@cache
def rendered(name: str, case: str) -> str:
    return FORMATS[name](CASES[case]())


def valid(name: str, instance: Any) -> None:
    schema = json.loads((SCHEMAS / f"{name}.json").read_text("utf-8"))
    error = jsonschema.exceptions.best_match(jsonschema.Draft202012Validator(schema).iter_errors(instance))
    assert error is None, error


@pytest.mark.parametrize("case", ALL)
@pytest.mark.parametrize("name", ["gitlab-codequality", "gitlab-sast"])
def test_gitlabs_reports_keep_to_their_schema(name: str, case: str) -> None:
    valid(name, json.loads(rendered(name, case)))


@pytest.mark.parametrize("case", CASES)
def test_every_line_for_reviewdog_is_a_diagnostic(case: str) -> None:
    lines = rendered("rdjsonl", case).split("\n")
    assert lines.pop() == ""
    for line in lines[:1000]:
        valid("rdjsonl", json.loads(line))


@pytest.mark.parametrize("case", ALL)
def test_junit_keeps_to_its_schema_and_counts_right(case: str) -> None:
    root = ET.fromstring(rendered("junit", case))
    suite = root[0]
    assert int(suite.get("tests", "")) == len(suite.findall("testcase"))
    assert int(suite.get("failures", "")) == len(suite.findall(".//failure"))
    assert int(suite.get("skipped", "")) == len(suite.findall(".//skipped"))
    if case != "many":  # thirty thousand cases are alike
        xmlschema.validate(rendered("junit", case), str(SCHEMAS / "junit.xsd"))


@pytest.mark.parametrize("case", ALL)
def test_json_keeps_to_its_schema(case: str) -> None:
    schema = json.loads((Path(__file__).parents[2] / "docs/report.schema.json").read_text("utf-8"))
    report, lines = json.loads(rendered("json", case)), rendered("jsonl", case).splitlines()
    assert len(lines) == len(report["findings"]) + len(report["unread"]) + 1
    checked = jsonschema.Draft202012Validator(schema)
    line = jsonschema.Draft202012Validator({"$ref": "#/$defs/line", "$defs": schema["$defs"]})
    checked.validate(report | {"findings": report["findings"][:500]})  # thirty thousand are alike
    for text in (*lines[:500], lines[-1]):
        line.validate(json.loads(text))


@pytest.mark.parametrize("case", CASES)
def test_a_receipt_is_a_verification_summary(case: str) -> None:
    told = CASES[case]()
    statement = json.loads(
        receipt.render(replace(told, about=RunMetadata("git.example.org/a b", "", "c" * 40, "2025-01-31T09:30:00")))
    )
    Statement.copy_from_pb(json_format.ParseDict(statement, statement_pb2.Statement())).validate()
    valid("vsa", statement["predicate"])
    assert (statement["predicate"]["verificationResult"] == "PASSED") == (told.exit_code == 0)


@pytest.mark.needs("html-validate")
def test_every_page_is_html(tmp_path: Path) -> None:
    for case in SMALL:
        (tmp_path / f"{case}.html").write_text(rendered("html", case), encoding="utf-8")
    command = ["node", tool("html-validate/bin/html-validate.mjs"), "--preset", "standard", str(tmp_path / "*.html")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


@pytest.mark.needs("sarif-multitool")
def test_every_sarif_log_satisfies_the_validator_and_code_scanning(tmp_path: Path) -> None:
    """All cases go through Microsoft's validator in one run, because it takes seconds to start."""
    for case in SMALL:
        (tmp_path / f"{case}.sarif").write_text(rendered("sarif", case), encoding="utf-8")
    several = json.loads(rendered("sarif", "many"))  # the validator takes a minute over all of it
    several["runs"] = [run | {"results": run["results"][:200]} for run in several["runs"]]
    (tmp_path / "many.sarif").write_text(json.dumps(several), encoding="utf-8")
    validator = tool("@microsoft/sarif-multitool-linux/Sarif.Multitool")
    logs = sorted(str(path) for path in tmp_path.glob("*.sarif"))
    rules = ["--rule-kind", "Sarif;Ghas", "--level", "Error;Warning"]
    done = subprocess.run([validator, "validate", *logs, *rules], capture_output=True, text=True, check=False)
    told = re.findall(r"(\w+)\.sarif\S*: (?:error|warning) (\w+):", done.stdout)
    assert f"{len(logs)} files scanned" in done.stdout, done.stdout
    # It wants the address of a home page, which only an organisation knows.
    assert {rule for _, rule in told} <= {"SARIF2005"}, done.stdout
    assert "docs" not in dict(told)


@pytest.mark.long
def test_a_sarif_log_stays_below_the_limits_of_code_scanning() -> None:
    """GitHub reads 5,000 results of a run, so that more are split over runs with ids of their own."""
    runs = json.loads(rendered("sarif", "many"))["runs"]
    assert [len(run["results"]) for run in runs] == [5000] * 6
    assert len({run["automationDetails"]["id"] for run in runs}) == 6
    assert sum(len(run["results"]) for run in runs) == MANY


def test_a_sarif_path_is_a_reference() -> None:
    (run,) = json.loads(rendered("sarif", "one"))["runs"]
    assert run["results"][0]["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "a%20b/%C3%A9.md"}, "region": {"startLine": 4}
    }  # fmt: skip


def test_what_is_known_is_suppressed_and_no_problem_to_anybody_who_counts() -> None:
    (run,) = json.loads(FORMATS["sarif"](verdict(finding(), finding(known=True))))["runs"]
    assert [result["level"] for result in run["results"]] == ["error", "none"]
    assert [result.get("kind", "fail") for result in run["results"]] == ["fail", "informational"]
    assert [result["suppressions"] for result in run["results"]] == [
        [],
        [{"kind": "external", "justification": "In the baseline."}],
    ]


def test_a_finding_in_a_message_has_a_stand_in_for_a_file() -> None:
    for name in ("sarif", "gitlab-codequality", "gitlab-sast", "rdjsonl", "junit"):
        assert "commit/message" in FORMATS[name](verdict(finding()))


def test_githubs_annotations_name_file_and_line() -> None:
    told = rendered("github", "one").splitlines()
    assert told[0] == (
        "::error file=a b/é.md,line=4,title=ringfence%3A Mark of Acme Code (definitive%2C eval)"
        "::Mark of Acme Code (definitive, eval): Co-authored-by: Acme <bot@acme.example> "
        "(commit aaaaaaaaaaaa, a b/é.md, line 4). It signs so."
    )
    assert told[1].startswith("::stop-commands::")
    assert told[-1] == f"::{told[1].removeprefix('::stop-commands::')}::"


def test_github_gets_no_more_annotations_than_it_shows() -> None:
    assert rendered("github", "many").count("\n::error") + rendered("github", "many").startswith("::error") == 10


def test_a_comment_says_it_in_a_table() -> None:
    assert rendered("markdown", "one") == (
        "### 🛑 ringfence: refused (eval)\n\n"
        "| | where | what | evidence |\n|---|---|---|---|\n"
        "| 🛑 | commit aaaaaaaaaaaa, a b/é.md, line 4 | Mark of Acme Code (definitive, eval) "
        "| <code>Co-authored-by&#58; Acme &#60;bot&#64;acme.example&#62;</code> |\n\n"
        "Rival AI output must stay out of training and evaluation data: redo or drop it. "
        "If this is wrong or allowed, ask the policy's owner.\n\n"
        "<sub>Examined: 2 commits, 3 paths, 5 objects; ruleset <code>abc123abc123</code>.</sub>\n"
    )


def test_the_next_places_of_a_mark_are_told_with_its_count() -> None:
    also = (Location(5, "second", "field answer"),)
    told = verdict(finding(path="a.jsonl", part="content", excerpt="first", place="field answer", count=7, also=also))
    assert (
        "| commit aaaaaaaaaaaa, a.jsonl, line 3, field answer, 7 times "
        "| Mark of Acme Code (definitive, eval) "
        "| <code>first</code><br>line 5, field answer: <code>second</code> |\n"
    ) in FORMATS["markdown"](told)
    (result,) = json.loads(FORMATS["sarif"](told))["runs"][0]["results"]
    assert result["message"]["text"].endswith("first (commit aaaaaaaaaaaa, a.jsonl, line 3, field answer, 7 times).")
    assert result["relatedLocations"] == [
        {
            "physicalLocation": {"artifactLocation": {"uri": "a.jsonl"}, "region": {"startLine": 5}},
            "message": {"text": "line 5, field answer: second"},
        }
    ]


def test_a_comment_is_never_longer_than_a_forge_takes() -> None:
    told = rendered("markdown", "many")
    assert len(told) < 65_536
    assert re.search(r"… and \d+ more; the other reports list all\.", told)


# --- other people's text ---


@pytest.mark.parametrize("name", FORMATS)
def test_no_format_carries_what_steers_a_terminal_or_a_readers_eye(name: str) -> None:
    """Control characters, escape sequences and bidirectional overrides of a hostile commit are in no report."""
    told = rendered(name, "hostile")
    assert [char for char in told if not char.isprintable() and char != "\n"] == []


@pytest.mark.parametrize("name", FORMATS)
def test_no_format_carries_a_command_to_a_runner(name: str) -> None:
    """Workflow commands of GitHub and Azure in a hostile commit appear in no report as commands."""
    told = rendered(name, "hostile")
    assert not re.search(r"##\w*\[", told)
    commands = [line for line in told.splitlines() if line.lstrip().startswith("::")]
    if name == "github":
        stop = next(number for number, line in enumerate(commands) if line.startswith("::stop-commands::"))
        assert all(line.startswith("::error ") for line in commands[:stop])
        assert len(commands) == stop + 2
    else:
        assert commands == []


def test_markup_in_a_comment_is_text() -> None:
    """Markup of a hostile commit is escaped: it makes no tag, table cell, link, mention or reference."""
    told = rendered("markdown", "hostile")
    assert set(re.findall(r"<(/?\w+)", told)) == {"code", "/code", "br", "sub", "/sub"}
    rows = [line for line in told.splitlines() if line.startswith("| 🛑")]
    assert {line.count("|") for line in rows} == {5}
    assert not re.search(r"[`*\[\]{}@#](?!\d+;)|https?:|www\.", told.replace("### 🛑", "").replace("&#", ""))


def test_markup_in_junit_is_text() -> None:
    """XML of a hostile commit adds no element to a JUnit report."""
    told = rendered("junit", "hostile")
    assert {element.tag for element in ET.fromstring(told).iter()} == {
        "testsuites", "testsuite", "properties", "property", "testcase", "failure"
    }  # fmt: skip


def test_links_in_sarif_are_text() -> None:
    """Brackets of a hostile commit are escaped, since SARIF viewers read them as links."""
    (run,) = json.loads(rendered("sarif", "hostile"))["runs"]
    texts = [result["message"]["text"] for result in run["results"]]
    assert [text for text in texts if re.search(r"(?<!\\)[\[\]]", text)] == []


def test_the_cases_are_hostile() -> None:
    assert all(any(mark in "".join(HOSTILE) for mark in (bad,)) for bad in ("::error", "##[", "]]>", "\x1b", "\u202e"))
