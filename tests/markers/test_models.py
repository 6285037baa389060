"""Whose model it is, whatever tool runs it."""

from __future__ import annotations

from pathlib import Path

import pytest

from markers.conftest import Judge
from ringfence.policy.effective import parse_vendors
from ringfence.policy.inputs import Inputs, Layer
from ringfence.policy.load import load_plan
from ringfence.policy.vendor_files import read_shipped_files

MODELS = [
    pytest.param(vendor, model, id=model.id)
    for vendor, file in parse_vendors(read_shipped_files()).items()
    for model in file.model
]


@pytest.mark.parametrize(("vendor", "model"), MODELS)
def test_a_model_is_recognised_by_how_its_vendor_names_it(vendor: str, model, judge: Judge) -> None:
    def whose(name: str) -> set[str]:
        return {vendor for _, vendor in judge.plan.catalogue.find_models(name.encode())}

    assert [name for name in model.caught if vendor not in whose(name)] == []
    assert [name for name in model.passed if vendor in whose(name)] == []


@pytest.mark.parametrize(
    ("line", "vendor", "model", "whose"),
    [
        ("Co-authored-by: Claude (GLM-4.7) <noreply@anthropic.com>", "anthropic", "GLM-4.7", "zhipu"),
        ("Co-authored-by: OpenHands-GPT-5 <openhands@all-hands.dev>", "all-hands", "GPT-5", "openai"),
        ("Co-authored-by: aider (claude-opus-4-7) <aider@aider.chat>", "aider", "claude-opus-4-7", "anthropic"),
        ("Co-authored-by: aider (openai/o3) <aider@aider.chat>", "aider", "o3", "openai"),
        ("Assisted-by: Gemini 3 Flash via Crush <crush@charm.land>", "charm", "Gemini 3 Flash", "google"),
        ("Assisted-by: Claude via Crush", "charm", "Claude", "anthropic"),
        ("<!-- mux-attribution: model=openai:gpt-5.5 thinking=xhigh -->", "coder", "gpt-5.5", "openai"),
        ("Co-authored-by: Cursor Grok 4.6 <cursoragent@cursor.com>", "anysphere", "Grok 4.6", "xai"),
        ("Assisted-by: Our Tool:claude-opus-9-1", "anthropic", "claude-opus-9-1", "anthropic"),
        ("Assisted-by: Opus 4.7", "anthropic", "Opus 4.7", "anthropic"),
        ("Co-authored-by: Claude <noreply@anthropic.com>", "anthropic", "", ""),
    ],
)
def test_tool_and_model_are_both_attributed(judge: Judge, line: str, vendor: str, model: str, whose: str) -> None:
    found = [item for item in judge.findings("message", f"Fix\n\n{line}\n".encode()) if item.vendor == vendor]
    assert found
    assert {(item.model, item.model_vendor, item.evidence) for item in found} == {(model, whose, "declared")}


APPROVES = 'version = 1\n[vendors]\napproved = ["anthropic", "charm"]\n'


@pytest.mark.parametrize(
    ("author", "message", "refused"),
    [
        ("Claude <noreply@anthropic.com>", "Fix", False),
        ("Claude (GLM-4.7) <noreply@anthropic.com>", "Fix", True),
        ("Jo Example <jo@example.com>", "Fix\n\nAssisted-by: Claude Opus 5 via Crush <crush@charm.land>", False),
        ("Jo Example <jo@example.com>", "Fix\n\nAssisted-by: GPT-5 via Crush <crush@charm.land>", True),
        (
            "Jo Example <jo@example.com>",
            "Fix\n\n"
            + "\n".join(f"Co-authored-by: {who} <noreply@anthropic.com>" for who in ("Claude", "Claude (Kimi K3)")),
            True,
        ),
    ],
)
def test_a_rivals_model_under_an_approved_tool_is_a_rivals_output(
    tmp_path: Path, author: str, message: str, *, refused: bool
) -> None:
    layer = Layer("the organisation's policy", "organisation", APPROVES.encode(), is_authoritative=True)
    judge = Judge(load_plan(Inputs((layer,), (("training-data", "a test"),))), tmp_path)
    assert (judge.refuses("author", author) or judge.refuses("message", message)) is refused


def test_a_branch_named_after_a_model_says_nothing_of_who_wrote_it(judge: Judge) -> None:
    (found,) = judge.findings("ref", b"codex/add-claude-opus-5-support")
    assert (found.vendor, found.model, found.evidence) == ("openai", "", "artefact")


@pytest.mark.parametrize(
    ("part", "text", "evidence"),
    [
        ("author", "Claude <noreply@anthropic.com>", "identity"),
        ("message", "Fix\n\nMade-with: Cursor", "declared"),
        ("path", ".aider.chat.history.md", "artefact"),
        ("path", "CLAUDE.md", "mention"),
        ("environment", "CODEX_THREAD_ID=1", "identity"),
    ],
)
def test_a_finding_says_by_what_it_is_known(judge: Judge, part: str, text: str, evidence: str) -> None:
    assert {item.evidence for item in judge.findings(part, text.encode())} == {evidence}


def test_a_person_with_a_version_for_a_name_is_a_person(judge: Judge) -> None:
    assert judge.marks("author", "O1.4 <jo@example.com>") == set()
