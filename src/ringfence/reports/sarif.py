"""SARIF 2.1.0 for GitHub code scanning.

GitHub keeps 5,000 results of a run and reads 20 runs of a file, so more findings are split into several runs, each
with its own category: docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support.
"""

from __future__ import annotations

import json
from urllib.parse import quote

from .. import __version__
from .items import build_address, build_items
from .own_address import find_own_address
from .wording import format_reason

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..model import Verdict
    from .items import Item

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_RESULTS, _RUNS = 5_000, 20  # results of a run, runs of a file


def render(verdict: Verdict) -> str:
    """Return a SARIF log; results beyond GitHub's limits are in the last run, for other readers."""
    items = build_items(verdict)
    starts = range(0, max(len(items), 1), _RESULTS)[:_RUNS]
    ends = [*starts[1:], len(items)]
    runs = [
        _build_run(items[start:end], number, verdict)
        for number, (start, end) in enumerate(zip(starts, ends, strict=True), 1)
    ]
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": runs}, indent=1) + "\n"


def _build_run(items: list[Item], number: int, verdict: Verdict) -> dict[str, Any]:
    rules = {item.rule: item for item in items}
    index = {rule: place for place, rule in enumerate(rules)}
    address = f"{verdict.docs}/" if verdict.docs else find_own_address()
    return {
        "tool": {
            "driver": {
                "name": "ringfence",
                "version": __version__,
                **({"informationUri": address} if address else {}),
                "rules": [_build_rule(rules[rule], verdict.docs) for rule in rules],
            }
        },
        "automationDetails": {"id": f"ringfence/{number}/"},
        "invocations": [{"executionSuccessful": verdict.outcome != "incomplete", "exitCode": verdict.exit_code}],
        "properties": {
            "ruleset": verdict.ruleset,
            "catalogue": verdict.catalogue,
            "examined": verdict.examined.collect_counts(),
        },
        "results": [_build_result(item, index[item.rule]) for item in items],
    }


def _build_rule(item: Item, docs: str) -> dict[str, Any]:
    address = build_address(item, docs)
    return {
        "id": item.rule,
        "shortDescription": {"text": f"{item.title}."},
        "fullDescription": {"text": item.why},
        "help": {"text": f"{item.why} {format_reason([item.rule])}."},
        **({"helpUri": address} if address else {}),
        "properties": {"tags": ["provenance"]},
    }


def _build_result(item: Item, rule: int) -> dict[str, Any]:
    return {
        "ruleId": item.rule,
        "ruleIndex": rule,
        # What is known or waived is no problem to anybody who counts; the standard has `none` for what isn't `fail`.
        **({"kind": "informational", "level": "none"} if item.passes else {"level": item.level}),
        "message": {"text": _escape_text(f"{item.message}.")},
        "locations": [_build_location(item)],
        "relatedLocations": [
            {
                "physicalLocation": _build_physical_location(item.file, line),
                "message": {"text": _escape_text(f"{place}: {text}")},
            }
            for place, line, text in item.also
        ],
        # The only fingerprint that GitHub uses; ours doesn't change with a rebase or when lines move.
        "partialFingerprints": {"primaryLocationLineHash": f"{item.fingerprint}:1"},
        "suppressions": [{"kind": "external", "justification": item.passes}] if item.passes else [],
    }


def _build_location(item: Item) -> dict[str, Any]:
    """Return the file and line; without a file it is the item's placeholder, since code scanning requires one."""
    logical = [{"fullyQualifiedName": item.commit, "kind": "commit"}] if item.commit else []
    return {"physicalLocation": _build_physical_location(item.file, item.line)} | (
        {"logicalLocations": logical} if logical else {}
    )


def _build_physical_location(file: str, line: int) -> dict[str, Any]:
    return {"artifactLocation": {"uri": quote(file)}, "region": {"startLine": line}}


def _escape_text(text: str) -> str:
    """Return a message with brackets escaped, which would be links (3.11.6 of the standard)."""
    return text.replace("\\", r"\\").replace("[", r"\[").replace("]", r"\]")
