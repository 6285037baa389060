"""An audit: everything that a repository holds is read, and exactly what is marked is named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conftest import CLAUDE, TRAILER, Work, bare, cloned
from server.conftest import API_ID, blob

HUMAN = "Ann Example <ann@example.org>"
EVERY = 500


def stream(branch: str, count: int, first: int, parent: str = "") -> tuple[str, list[int]]:
    """Return a fast-import stream of commits, and the numbers of the marked ones: one of each kind in turn."""
    parts, marked = [], []
    for number in range(first, first + count):
        kind = ("author", "committer", "message", "content")[number // EVERY % 4] if number % EVERY == 7 else ""
        marked += [number] if kind else []
        author, committer = (CLAUDE if kind == name else HUMAN for name in ("author", "committer"))
        message = f"Row {number}\n" + (f"\n{TRAILER}\n" if kind == "message" else "")
        content = f"row {number}\n" + (f"{API_ID}\n" if kind == "content" else "")
        parts.append(f"commit refs/heads/{branch}\nmark :{number}\nauthor {author} {1_600_000_000 + number} +0000\n")
        parts.append(f"committer {committer} {1_600_000_000 + number} +0000\ndata {len(message)}\n{message}")
        parts.append(parent and f"from {parent}\n")
        parts.append(f"M 100644 inline rows{number % 50}.txt\ndata {len(content)}\n{content}\n")
        parent = ""
    return "".join(parts), marked


@pytest.fixture
def audited(tmp_path: Path) -> Work:
    """A repository without hooks."""
    return cloned(bare(tmp_path / "audited.git"), tmp_path / "audited")


def found(work: Work, *more: str) -> dict:
    """Return the JSON report over all of a repository."""
    return json.loads(work.ringfence("check", "--all", "--tag", "training-data", "--format", "json", *more).out)


@pytest.mark.slow
def test_two_thousand_commits_with_branches_tags_and_notes(audited: Work, tmp_path: Path) -> None:
    """Marks are found once each: in commits of both branches, a tag, a blob that a tag holds, a note."""
    main, on_main = stream("main", 1500, 1)
    side, on_side = stream("side", 500, 1501, parent=":700")
    audited.did("fast-import", "--quiet", f"--export-marks={tmp_path}/marks", stdin=(main + side).encode())
    lines = (line.split() for line in (tmp_path / "marks").read_text().splitlines())
    ids = {int(name[1:]): oid for name, oid in lines}
    audited.did("tag", "-a", "v1", "-m", f"Release\n\n{TRAILER}", "main~3")
    audited.did("tag", "-a", "v2", "-m", "Release", "main~2")
    audited.did("update-ref", "refs/tags/loose", blob(audited, API_ID))
    audited.did("notes", "--ref", "ai", "add", "-m", '{"agent_id": {"tool": "claude"}}', ids[5])
    said = found(audited)
    expected = {ids[number] for number in (*on_main, *on_side)}
    tag, note = audited.did("rev-parse", "v1"), audited.did("rev-parse", "refs/notes/ai")
    assert len(expected) == 4
    assert {finding["commit"] for finding in said["findings"]} == expected | {tag, note, ""}
    assert len(said["findings"]) == len(expected) + 4  # the note is found by its ref too
    assert said["verdict"] == "blocked"
    assert (said["examined"]["commits"], said["examined"]["tags"]) == (2001, 2)
    assert said["unread"] == []


def test_a_clean_history_is_allowed_and_the_receipt_says_how_much_was_read(audited: Work) -> None:
    audited.commit("First", files={"a.txt": "a\n", "b.txt": "b\n"})
    audited.commit("Second", files={"a.txt": "aa\n"})
    said = audited.ringfence("check", "--all", "--tag", "eval")
    assert said
    assert said.out.startswith("ringfence: allowed (eval)\n  examined: 2 commits, 1 ref, 3 paths, 5 objects; ruleset ")


def test_a_commit_that_only_a_detached_head_has_is_read(audited: Work) -> None:
    audited.commit("First")
    audited.did("switch", "-q", "--detach")
    bad = audited.commit(f"Second\n\n{TRAILER}")
    assert [finding["commit"] for finding in found(audited)["findings"]] == [bad]


def test_a_bare_repository_is_audited(audited: Work, tmp_path: Path) -> None:
    bad = audited.commit(f"First\n\n{TRAILER}")
    audited.did("push", "-q", "origin", "main")
    assert [finding["commit"] for finding in found(Work(tmp_path / "audited.git"))["findings"]] == [bad]


def test_another_repository_is_named_by_its_folder(audited: Work, tmp_path: Path) -> None:
    audited.commit(f"First\n\n{TRAILER}")
    elsewhere = Work(tmp_path)
    said = elsewhere.ringfence("check", "--all", "--tag", "eval", "--repo", str(audited.path))
    assert said.status == 1


def test_a_hidden_ref_is_read(audited: Work) -> None:
    """Commits that only a ref of transfer.hideRefs reaches are scanned too."""
    bad = audited.commit(f"First\n\n{TRAILER}")
    audited.did("update-ref", "refs/keep-around/x", bad)
    audited.did("config", "transfer.hideRefs", "refs/keep-around")
    audited.did("switch", "-q", "--orphan", "other")
    audited.commit("Begin again")
    audited.did("branch", "-q", "-D", "main")
    assert [finding["commit"] for finding in found(audited)["findings"]] == [bad]


def test_a_replaced_commit_is_read_as_it_is(audited: Work) -> None:
    """refs/replace doesn't hide the original commit from a scan."""
    clean = audited.commit("First")
    bad = audited.commit(f"Second\n\n{TRAILER}")
    audited.did("replace", bad, clean)
    assert [finding["commit"] for finding in found(audited)["findings"]] == [bad]


def test_a_repository_without_a_commit_is_incomplete(audited: Work) -> None:
    said = audited.ringfence("check", "--all", "--tag", "eval")
    assert said.status == 3
    assert "the repository has no commits: nothing to check." in said.out


def test_a_shallow_clone_is_not_taken_for_all(audited: Work, tmp_path: Path) -> None:
    """A scan of everything in a shallow clone exits 3, since history is missing."""
    audited.commit(f"First\n\n{TRAILER}")
    audited.commit("Second")
    audited.did("clone", "-q", "--depth", "1", f"file://{audited.path}", str(tmp_path / "shallow"))
    assert Work(tmp_path / "shallow").ringfence("check", "--all", "--tag", "eval").status == 3
