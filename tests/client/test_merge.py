"""What a merge may record: what it has from one parent was judged there, what it adds is its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from client.conftest import FOOTER, MARKED, assert_refused, count, head, hook, ungated
from conftest import TRAILER, Work

OTHER = MARKED.replace("share/0", "share/f")
MIDDLE = "".join(f"line {number}\n" for number in range(20))


def branch(work: Work, name: str, files: dict[str, str | bytes], message: str = "Change") -> str:
    """Commit files past the hooks on a new branch of the first commit, and go back to main."""
    work.did("checkout", "-q", "-b", name, work.did("rev-list", "--max-parents=0", "HEAD"))
    made = work.commit(message, files=files)
    work.did("checkout", "-q", "main")
    return made


def conflicting(work: Work, ours: str, theirs: str) -> None:
    """Leave a merge of a branch whose README.md is `theirs` into a main where it is `ours` in conflict."""
    branch(work, "side", {"README.md": theirs})
    work.commit("Ours", files={"README.md": ours})
    said = work.git("merge", "side")
    assert "CONFLICT" in said.out


def resolved(work: Work, content: str) -> None:
    work.write("README.md", content)
    work.did("add", "README.md")


@pytest.fixture
def diverged(laptop: Work) -> Work:
    """A laptop whose main has a commit that no other branch has, so that nothing is a fast-forward."""
    laptop.commit("Second", files={"rows.txt": "a row\n"})
    return laptop


def test_a_clean_merge_passes(diverged: Work) -> None:
    branch(diverged, "side", {"more.txt": "another row\n"})
    said = diverged.git("merge", "side")
    assert said
    assert "ringfence" not in said.out
    assert diverged.did("rev-list", "--count", "--merges", "HEAD") == "1"


def test_a_marked_file_that_a_merge_has_from_a_branch_was_judged_there(diverged: Work) -> None:
    branch(diverged, "side", {"notes.md": MARKED})
    assert diverged.git("merge", "side")


def test_a_merge_that_adds_up_the_marks_of_both_sides_is_refused(laptop: Work) -> None:
    laptop.commit("Long", files={"notes.md": MIDDLE})
    base = head(laptop)
    laptop.commit("Ours", files={"notes.md": MARKED + MIDDLE})
    laptop.did("checkout", "-q", "-b", "side", base)
    laptop.commit("Theirs", files={"notes.md": MIDDLE + OTHER})
    laptop.did("checkout", "-q", "main")
    said = laptop.git("merge", "side")
    assert_refused(said, "pre-merge-commit")
    assert "notes.md, line" in said.out
    assert "2 times" in said.out


def test_a_merge_from_an_agents_session_is_refused(diverged: Work) -> None:
    branch(diverged, "side", {"more.txt": "another row\n"})
    said = diverged.git("merge", "side", CODEX_THREAD_ID="s3cr3t")
    assert_refused(said, "pre-merge-commit")
    assert "s3cr3t" not in said.out


def test_a_merge_by_a_marked_committer_is_refused(diverged: Work) -> None:
    branch(diverged, "side", {"more.txt": "another row\n"})
    said = diverged.git("merge", "side", GIT_COMMITTER_NAME="Claude", GIT_COMMITTER_EMAIL="noreply@anthropic.com")
    assert_refused(said, "pre-merge-commit")


def test_a_merge_with_a_marked_message_is_refused(diverged: Work) -> None:
    branch(diverged, "side", {"more.txt": "another row\n"})
    before = head(diverged)
    assert_refused(diverged.git("merge", "side", "-m", f"Merge\n\n{TRAILER}"), "prepare-commit-msg")
    assert head(diverged) == before


def test_a_merge_of_no_commit_is_judged_when_it_is_committed(diverged: Work) -> None:
    """A file added between `merge --no-commit` and the commit is in no parent, and counts as new."""
    branch(diverged, "side", {"more.txt": "another row\n"})
    diverged.did("merge", "--no-commit", "side")
    diverged.write("evil.md", MARKED)
    diverged.did("add", "evil.md")
    said = diverged.git("commit", "-m", "Merge")
    assert_refused(said, "pre-commit")
    assert "evil.md, line 1" in said.out


def test_a_merge_of_no_commit_may_be_committed_with_what_a_branch_held(diverged: Work) -> None:
    """A marked file that the merged branch already contains is not new in the merge."""
    branch(diverged, "side", {"notes.md": MARKED})
    diverged.did("merge", "--no-commit", "side")
    assert diverged.git("commit", "-m", "Merge")


def test_an_evil_resolution_of_a_conflict_is_refused(laptop: Work) -> None:
    """A marked line that neither side of the conflict contains counts as new."""
    conflicting(laptop, "ours\n", "theirs\n")
    resolved(laptop, f"both\n{MARKED}")
    said = laptop.git("commit", "-m", "Merge")
    assert_refused(said, "pre-commit")
    assert "README.md, line 2" in said.out


@pytest.mark.parametrize(("ours", "theirs"), [(f"ours\n{MARKED}", "theirs\n"), ("ours\n", f"theirs\n{MARKED}")])
def test_a_resolution_may_take_over_the_marked_line_of_a_parent(laptop: Work, ours: str, theirs: str) -> None:
    """A marked line that one side contains is not new in the resolution."""
    conflicting(laptop, ours, theirs)
    resolved(laptop, f"both\n{MARKED}")
    assert laptop.git("commit", "-m", "Merge")


def test_a_resolution_that_adds_a_second_mark_to_a_parents_is_refused(laptop: Work) -> None:
    """Marks are counted: one that a parent has doesn't excuse another one in the same file."""
    conflicting(laptop, f"ours\n{MARKED}", "theirs\n")
    resolved(laptop, f"both\n{MARKED}{OTHER}")
    assert_refused(laptop.git("commit", "-m", "Merge"), "pre-commit")


def test_an_evil_resolution_in_a_linked_work_tree_is_refused(laptop: Work, tmp_path: Path) -> None:
    """MERGE_HEAD of a linked work tree is found, so that a mark of either parent is allowed and a new one isn't."""
    laptop.did("worktree", "add", "-q", "-b", "linked", str(tmp_path / "linked"))
    linked = Work(tmp_path / "linked")
    branch(laptop, "side", {"README.md": "theirs\n"})
    linked.commit("Ours", files={"README.md": f"ours\n{MARKED}"})
    assert "CONFLICT" in linked.git("merge", "side").out
    resolved(linked, f"both\n{MARKED}{OTHER}")
    assert_refused(linked.git("commit", "-m", "Merge"), "pre-commit")
    resolved(linked, f"both\n{MARKED}")
    assert linked.git("commit", "-m", "Merge")


def test_a_squashed_branch_is_new_where_it_lands(diverged: Work) -> None:
    branch(diverged, "side", {"notes.md": MARKED})
    diverged.did("merge", "--squash", "side")
    assert_refused(diverged.git("commit", "-m", "Squash"), "pre-commit")


def test_the_trailers_that_a_squash_gathers_in_its_template_are_refused(diverged: Work) -> None:
    """`merge --squash` puts the squashed messages into the template, and commit-msg judges them."""
    branch(diverged, "side", {"more.txt": "another row\n"}, f"Add a row\n\n{TRAILER}")
    diverged.did("merge", "--squash", "side")
    said = diverged.git("commit", GIT_EDITOR="sed -i 1iSquash")
    assert_refused(said, "commit-msg")


def test_a_clean_squash_passes(diverged: Work) -> None:
    branch(diverged, "side", {"more.txt": "another row\n"})
    diverged.did("merge", "--squash", "side")
    assert diverged.git("commit", "-m", "Squash")


def test_a_clean_octopus_passes(diverged: Work) -> None:
    branch(diverged, "one", {"one.txt": "1\n"})
    branch(diverged, "two", {"two.txt": "2\n"})
    assert diverged.git("merge", "one", "two")
    assert diverged.did("show", "--no-patch", "--format=%P", "HEAD").count(" ") == 2


def test_what_an_octopus_has_from_a_branch_was_judged_there(diverged: Work) -> None:
    branch(diverged, "one", {"one.txt": "1\n"})
    branch(diverged, "two", {"notes.md": MARKED})
    assert diverged.git("merge", "one", "two")


def test_an_evil_octopus_is_refused(diverged: Work) -> None:
    """A change to a file that one of three parents has is new to all of them."""
    branch(diverged, "one", {"one.txt": "1\n"})
    branch(diverged, "two", {"two.txt": "2\n"})
    diverged.did("merge", "--no-commit", "one", "two")
    diverged.write("two.txt", MARKED)
    diverged.did("add", "two.txt")
    assert_refused(diverged.git("commit", "-m", "Merge"), "pre-commit")


def test_a_fast_forward_asks_nobody_and_is_judged_by_push(laptop: Work, remote: Work) -> None:
    laptop.did("checkout", "-q", "-b", "side")
    laptop.commit(f"Change\n\n{FOOTER}")
    laptop.did("checkout", "-q", "main")
    assert laptop.git("merge", "--ff-only", "side")
    assert_refused(laptop.git("push", "origin", "main"), "pre-push")
    assert count(remote, "main") == 1


# --- what a merge brings is told before the push ---

TOLD = "a push of what the merge brought will be refused; to undo it: git reset --merge ORIG_HEAD"


@pytest.mark.parametrize("how", ["--no-ff", "--ff-only"])
def test_a_merge_of_a_marked_branch_is_made_and_says_what_a_push_meets(laptop: Work, remote: Work, how: str) -> None:
    made = branch(laptop, "side", {"notes.md": MARKED}, f"Add\n\n{TRAILER}")
    before = head(laptop)
    said = laptop.git("merge", how, "side")
    assert said
    assert "ringfence post-merge: allowed, with 2 warnings (training-data)" in said.out
    assert f"commit {made[:12]}, notes.md, line 1" in said.out
    assert f"  note: {TOLD}" in said.out
    assert_refused(laptop.git("push", "origin", "main"), "pre-push")
    laptop.did(*TOLD.rpartition("git ")[2].split())
    assert head(laptop) == before
    assert remote.did("rev-parse", "main") == before


def test_a_merge_of_what_the_remote_has_says_nothing(laptop: Work, remote: Work) -> None:
    branch(laptop, "side", {"notes.md": MARKED})
    laptop.did("push", "-q", "--no-verify", "origin", "side")
    said = laptop.git("merge", "--no-ff", "side")
    assert (bool(said), "ringfence" in said.out) == (True, False)
    assert laptop.git("push", "origin", "main")


def test_a_pull_from_a_fork_says_what_a_push_to_origin_meets(laptop: Work, remote: Work, tmp_path: Path) -> None:
    branch(laptop, "side", {"notes.md": MARKED})
    fork = ungated(tmp_path / "fork.git")
    laptop.did("push", "-q", "--no-verify", str(fork.path), "side:main")
    laptop.did("branch", "-q", "-D", "side")
    laptop.did("remote", "add", "fork", str(fork.path))
    said = laptop.git("pull", "-q", "fork", "main")
    assert said
    assert TOLD in said.out
    assert "notes.md, line 1" in said.out


def test_a_merge_that_had_conflicts_says_it_when_it_is_committed(laptop: Work, remote: Work) -> None:
    branch(laptop, "side", {"README.md": "theirs\n"}, f"Theirs\n\n{TRAILER}")
    laptop.commit("Ours", files={"README.md": "ours\n"})
    assert "CONFLICT" in laptop.git("merge", "side").out
    resolved(laptop, "both\n")
    said = laptop.git("commit", "-m", "Merge")
    assert said
    assert "ringfence pre-commit: allowed, with 1 warning (training-data)" in said.out
    assert TOLD in said.out


def test_a_merge_of_a_squash_brings_no_commits(laptop: Work, remote: Work) -> None:
    branch(laptop, "side", {"more.txt": "a row\n"}, f"Add\n\n{TRAILER}")
    said = laptop.git("merge", "--squash", "side")
    assert (bool(said), "ringfence" in said.out) == (True, False)


def test_an_own_hook_that_fails_after_a_merge_hides_no_warning(laptop: Work, remote: Work) -> None:
    hook(laptop, "post-merge", "#!/bin/sh\nexit 1\n")
    assert laptop.ringfence("install")
    branch(laptop, "side", {"more.txt": "a row\n"}, f"Add\n\n{TRAILER}")
    assert TOLD in laptop.git("merge", "side").out


def test_an_observing_tag_says_that_a_merge_brings_marks(laptop: Work, tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text('version = 1\n[rollout]\nobserve = ["training-data"]\nuntil = 2999-01-31\n')
    laptop.did("config", "ringfence.policy", str(tmp_path / "policy.toml"))
    branch(laptop, "side", {"more.txt": "a row\n"}, f"Add\n\n{TRAILER}")
    said = laptop.git("merge", "side")
    assert "ringfence post-merge: observed, 1 mark of rival AI tools (training-data)" in said.out
    assert TOLD not in said.out
