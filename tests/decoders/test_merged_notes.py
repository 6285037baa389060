"""Notes of git-ai after `git notes merge` sorted their lines: asked for models, and unread where that says nothing."""

from __future__ import annotations

import json

import pytest

from conftest import Work


def note(tool: str, model: str, name: str) -> str:
    agent = {"agent_id": {"tool": tool, "id": name, "model": model}, "human_author": "Ann", "messages": []}
    head = {"schema_version": "authorship/3.0.0", "base_commit_sha": "a" * 40, "prompts": {name: agent}}
    return f"{name}.py\n  0123456789abcdef 1-20\n---\n{json.dumps(head, indent=2)}\n"


@pytest.fixture
def merged(laptop: Work) -> Work:
    """Return a repository in which two people's notes on one commit are still to be merged."""
    laptop.did("config", "core.hooksPath", "/dev/null")
    return laptop


def merge(work: Work, *notes: str) -> None:
    for number, text in enumerate(notes):
        work.did("notes", f"--ref=refs/notes/ai{number or ''}", "add", "-f", "-m", text, "HEAD")
    for number in range(1, len(notes)):
        work.did("notes", "--ref=ai", "merge", "-s", "cat_sort_uniq", f"refs/notes/ai{number}")
        work.did("update-ref", "-d", f"refs/notes/ai{number}")


def test_a_rivals_model_is_found_in_sorted_lines(merged: Work) -> None:
    merge(merged, note("unheard", "ours-7b", "a"), note("unheard", "gpt-4o", "b"))
    said = merged.ringfence("check", "--all")
    assert (said.status, "model gpt-4o of openai" in said.out) == (1, True)


def test_what_can_no_longer_be_told_is_unread(merged: Work) -> None:
    merge(merged, note("unheard", "ours-7b", "a"), note("unheard", "ours-70b", "b"))
    said = merged.ringfence("check", "--all")
    assert said.status == 3
    assert "a note of git-ai that is no JSON" in said.out


def test_a_note_that_is_whole_or_plain_is_read(merged: Work) -> None:
    merge(merged, note("unheard", "ours-7b", "a"))
    assert merged.ringfence("check", "--all").status == 0
    merge(merged, 'A person\'s words on "authorship".')
    assert merged.ringfence("check", "--all").status == 0


def test_a_file_that_quotes_a_note_is_no_note(laptop: Work) -> None:
    laptop.write("doc.md", '```\n"schema_version": "authorship/3.0.0"\n```\n')
    assert laptop.ringfence("check", "--files", "doc.md").status == 0


def test_notes_whose_commits_are_gone_are_told(merged: Work) -> None:
    merged.did("notes", "--ref=ai", "add", "-m", note("unheard", "ours-7b", "a"), "HEAD")
    merged.did("notes", "add", "-m", "on a blob", merged.did("rev-parse", "HEAD^{tree}"))
    assert "note:" not in merged.ringfence("check", "--all").out
    merged.did("commit", "-q", "--amend", "--allow-empty", "-m", "Written anew")
    told = "refs/notes/ai: 1 note is on a commit that no branch or tag has any more"
    assert told in merged.ringfence("check", "--all").out
    merged.did("reflog", "expire", "--expire=now", "--all")
    merged.did("gc", "-q", "--prune=now")
    said = merged.ringfence("check", "--all")
    assert (said.status, told in said.out) == (0, True)
