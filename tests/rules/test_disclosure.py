"""In ordinary repositories an agent's commit names the agent, and its transcript is kept."""

from __future__ import annotations

import pytest

from conftest import TRAILER, Work
from server.conftest import SESSION, marks

RECORDED = "\n".join(f'{key} = "record"' for key in ("definitive", "strong", "weak", "undisclosed", "agents"))
ORDINARY = f'tags = ["ordinary"]\n[tag.ordinary]\n{RECORDED}\n'
INSIDE = {"CLAUDE_CODE_SESSION_ID": "s3cr3t"}


@pytest.fixture
def asking(laptop: Work) -> Work:
    """A laptop where rival tools are fine and must be named."""
    laptop.did("config", "--unset-all", "ringfence.tag")
    laptop.commit("Say so", files={"ringfence.toml": f'version = 1\n{ORDINARY}disclosure = "block"\n'})
    return laptop


def test_an_agents_commit_names_the_agent_or_is_told_the_line_to_add(asking: Work) -> None:
    said = asking.git("commit", "--allow-empty", "-m", "Add a page", **INSIDE)
    assert said.out.splitlines() == [
        "ringfence commit-msg: refused, the message doesn't name the agent of this session (ordinary)",
        "  message",
        "    Assisted-by: Claude Code",
        "    = Claude Code (definitive, ordinary) [disclosure-missing]",
        "  Why: commits made with an AI agent must name it.",
        "  Next: commit again with the line above as a trailer: git commit --trailer '…'",
        "  If this is wrong or allowed, ask the policy's owner.",
    ]
    trailer = ("--trailer", "Assisted-by: Claude Code")
    assert asking.git("commit", "--allow-empty", "-m", "Add a page", *trailer, **INSIDE)


def test_another_agents_name_doesnt_do(asking: Work) -> None:
    said = asking.git("commit", "--allow-empty", "-m", "Add a page\n\nAssisted-by: Codex:gpt-5.2", **INSIDE)
    assert "[disclosure-missing]" in said.out


def test_an_agent_that_no_line_credits_is_named_all_the_same(asking: Work) -> None:
    said = asking.git("commit", "--allow-empty", "-m", "Add a page", CLAUDE_CODE_IS_COWORK="1")
    assert "    Assisted-by: AI (Claude GitHub app and action)\n" in said.out
    trailer = ("--trailer", "Assisted-by: AI (Claude GitHub app and action)")
    assert asking.git("commit", "--allow-empty", "-m", "Add a page", *trailer, CLAUDE_CODE_IS_COWORK="1")


def test_a_person_need_name_nobody(asking: Work) -> None:
    assert asking.git("commit", "--allow-empty", "-m", "Add a page")


def test_nobody_is_asked_where_no_layer_says_so(asking: Work) -> None:
    asking.commit("Ask no more", files={"ringfence.toml": f"version = 1\n{ORDINARY}"})
    assert asking.git("commit", "--allow-empty", "-m", "Add a page", **INSIDE)


def refused(clone: Work, *refs: str) -> list[str]:
    return [mark for mark in marks(clone.git("push", "origin", "main", *refs)) if mark == "retention-missing"]


@pytest.fixture
def keeping(clone: Work, server: Work, policy) -> Work:
    """A clone of a server where marked commits must come with a transcript."""
    server.did("config", "--unset-all", "ringfence.tag")
    policy(f'{ORDINARY}retention = "block"\n')
    return clone


def test_a_marked_commit_keeps_its_session_or_is_refused(keeping: Work) -> None:
    keeping.commit("A person's page", files={"a.md": "A page.\n"})
    assert refused(keeping) == []
    keeping.commit(f"Add a page\n\n{TRAILER}")
    said = keeping.git("push", "origin", "main")
    assert "refused, 1 commit without a record of prompts and outputs (ordinary)" in said.out
    keeping.did("commit", "-q", "--amend", "--allow-empty", "-m", f"Add a page\n\n{TRAILER}\nClaude-Session: {SESSION}")
    assert refused(keeping) == []


def test_a_note_of_git_ai_keeps_it_too_pushed_with_the_commit_or_before(keeping: Work) -> None:
    keeping.commit(f"Add a page\n\n{TRAILER}")
    assert refused(keeping) == ["retention-missing"]
    keeping.did("notes", "--ref=ai", "add", "-m", '{"prompts": {}}', "HEAD")
    assert refused(keeping, "refs/notes/ai") == []
    keeping.commit(f"Add another\n\n{TRAILER}")
    assert refused(keeping) == ["retention-missing"]
    keeping.did("notes", "--ref=ai", "add", "-m", '{"prompts": {}}', "HEAD")
    keeping.did("push", "-q", "origin", "refs/notes/ai")
    assert refused(keeping) == []


def test_a_record_of_agent_trace_in_the_commit_keeps_it_too(keeping: Work) -> None:
    keeping.commit(f"Add a page\n\n{TRAILER}", files={".agent-trace/traces.jsonl": "{}\n"})
    assert refused(keeping) == []
