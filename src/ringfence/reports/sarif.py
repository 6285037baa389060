"""SARIF 2.1.0, as GitHub's code scanning takes it.

It keeps 5,000 results of a run and reads 20 runs of a file, so that many findings become several runs, each with a
category of its own: docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support.
"""

from __future__ import annotations

import json
from urllib.parse import quote

from .. import __version__
from .items import items
from .wording import matters

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..model import Verdict
    from .items import Item

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_RESULTS, _RUNS = 5_000, 20  # results of a run, runs of a file


def render(verdict: Verdict) -> str:
    """Return a SARIF log; what is beyond GitHub's limits is in the last run, for other readers."""
    found = items(verdict)
    starts = range(0, max(len(found), 1), _RESULTS)[:_RUNS]
    ends = [*starts[1:], len(found)]
    runs = [
        _run(found[start:end], number, verdict) for number, (start, end) in enumerate(zip(starts, ends, strict=True), 1)
    ]
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": runs}, indent=1) + "\n"


def _run(found: list[Item], number: int, verdict: Verdict) -> dict[str, Any]:
    rules = {item.rule: item for item in found}
    index = {rule: place for place, rule in enumerate(rules)}
    return {
        "tool": {
            "driver": {"name": "ringfence", "version": __version__, "rules": [_rule(rules[rule]) for rule in rules]}
        },
        "automationDetails": {"id": f"ringfence/{number}/"},
        "invocations": [{"executionSuccessful": verdict.outcome != "incomplete", "exitCode": verdict.exit_code}],
        "properties": {
            "ruleset": verdict.ruleset,
            "catalogue": verdict.catalogue,
            "examined": verdict.examined.counts(),
        },
        "results": [_result(item, index[item.rule]) for item in found],
    }


def _rule(item: Item) -> dict[str, Any]:
    return {
        "id": item.rule,
        "shortDescription": {"text": f"{item.title}."},
        "fullDescription": {"text": item.why},
        "help": {"text": f"{item.why} {matters([item.rule])}."},
        "properties": {"tags": ["provenance"]},
    }


def _result(item: Item, rule: int) -> dict[str, Any]:
    return {
        "ruleId": item.rule,
        "ruleIndex": rule,
        "level": item.level,
        "message": {"text": _text(f"{item.message}.")},
        "locations": [_location(item)],
        "relatedLocations": [
            {"physicalLocation": _physical(item.file, line), "message": {"text": _text(f"{place}: {text}")}}
            for place, line, text in item.also
        ],
        # GitHub knows a finding again by this one alone; ours survives a rebase and a line that moves.
        "partialFingerprints": {"primaryLocationLineHash": f"{item.fingerprint}:1"},
        "suppressions": [{"kind": "external", "justification": item.passes}] if item.passes else [],
    }


def _location(item: Item) -> dict[str, Any]:
    """Return the file and line; a finding without one gets a stand-in, since code scanning refuses it otherwise."""
    logical = [{"fullyQualifiedName": item.commit, "kind": "commit"}] if item.commit else []
    return {"physicalLocation": _physical(item.file, item.line)} | ({"logicalLocations": logical} if logical else {})


def _physical(file: str, line: int) -> dict[str, Any]:
    return {"artifactLocation": {"uri": quote(file)}, "region": {"startLine": line}}


def _text(text: str) -> str:
    """Return a message in which brackets are no links (3.11.6 of the standard)."""
    return text.replace("\\", r"\\").replace("[", r"\[").replace("]", r"\]")
