"""What happens to commits that are made again: picked, reverted, rebased, reworded, amended, applied from mail."""

from __future__ import annotations

from pathlib import Path

import pytest

from client.conftest import FOOTER, MARKED, assert_refused, count, head
from conftest import TRAILER, Said, Work

MESSAGE = f"Add rows\n\n{TRAILER}"
CLAUDE_WROTE = {"GIT_AUTHOR_NAME": "Claude", "GIT_AUTHOR_EMAIL": "noreply@anthropic.com"}


def aside(work: Work, message: str, files: dict[str, str | bytes] | None = None, **env: str) -> str:
    """Commit past the hooks on a branch `side` of the first commit, let main go on, and return to main."""
    first = work.did("rev-list", "--max-parents=0", "HEAD")
    work.did("checkout", "-q", "-b", "side", first)
    made = work.commit(message, files=files or {"rows.txt": "a row\n"}, **env)
    work.did("checkout", "-q", "main")
    work.commit("Go on", files={"other.txt": "text\n"})
    return made


def subjects(work: Work, revisions: str = "HEAD") -> list[str]:
    return work.did("log", "--reverse", "--format=%s", revisions).splitlines()


# --- cherry-pick and revert ---


def test_picking_a_commit_with_a_marked_message_is_refused(laptop: Work) -> None:
    """A cherry-pick runs only prepare-commit-msg, which judges the picked message and leaves HEAD where it was."""
    marked = aside(laptop, MESSAGE)
    before = head(laptop)
    said = laptop.git("cherry-pick", marked)
    assert_refused(said, "prepare-commit-msg")
    assert "message, line 3" in said.out
    assert head(laptop) == before


def test_picking_a_clean_commit_passes(laptop: Work) -> None:
    """A cherry-pick of a clean commit goes through with its message unchanged."""
    assert laptop.git("cherry-pick", aside(laptop, "Add rows"))
    assert subjects(laptop) == ["First", "Go on", "Add rows"]


def test_picking_a_commit_by_a_marked_author_is_refused(laptop: Work) -> None:
    """A cherry-pick keeps the original author, who is judged, not the person who picks."""
    marked = aside(laptop, "Add rows", **CLAUDE_WROTE)
    said = laptop.git("cherry-pick", marked)
    assert_refused(said, "prepare-commit-msg")
    assert "author\n    Claude <noreply@anthropic.com>" in said.out


def test_picking_from_an_agents_session_is_refused(laptop: Work) -> None:
    """A variable that an agent's session sets counts for a cherry-pick as it does for a commit."""
    said = laptop.git("cherry-pick", aside(laptop, "Add rows"), CODEX_THREAD_ID="s3cr3t")
    assert_refused(said, "prepare-commit-msg")


def test_picking_without_a_commit_is_judged_when_it_is_committed(laptop: Work) -> None:
    """`cherry-pick --no-commit` stages marked content, and pre-commit refuses it."""
    marked = aside(laptop, "Add notes", {"notes.md": MARKED})
    laptop.did("cherry-pick", "--no-commit", marked)
    assert_refused(laptop.git("commit", "-m", "Add notes"), "pre-commit")


def test_picked_content_is_judged_by_push_since_no_other_hook_runs(laptop: Work, remote: Work) -> None:
    """A cherry-pick runs no hook that sees content, so that pre-push has to catch it."""
    marked = aside(laptop, "Add notes", {"notes.md": MARKED})
    laptop.git("cherry-pick", marked)
    assert_refused(laptop.git("push", "origin", "main:picked"), "pre-push")


def test_reverting_a_commit_with_a_marked_subject_is_refused(laptop: Work) -> None:
    """A revert quotes the subject of the reverted commit in its own."""
    marked = laptop.commit(FOOTER, files={"rows.txt": "a row\n"})
    assert_refused(laptop.git("revert", "--no-edit", marked), "prepare-commit-msg")


def test_reverting_a_commit_with_a_trailer_passes_since_its_message_is_not_repeated(laptop: Work) -> None:
    """A revert doesn't copy the trailers of the reverted commit."""
    marked = laptop.commit(MESSAGE, files={"rows.txt": "a row\n"})
    assert laptop.git("revert", "--no-edit", marked)
    assert subjects(laptop)[-1] == 'Revert "Add rows"'


def test_reverting_a_commit_that_added_a_marked_file_passes(laptop: Work) -> None:
    marked = laptop.commit("Add notes", files={"notes.md": MARKED})
    assert laptop.git("revert", "--no-edit", marked)
    assert not (laptop.path / "notes.md").exists()


# --- rebase ---


@pytest.mark.parametrize("options", [(), ("--no-ff",), ("--keep-empty",)])
def test_rebasing_a_commit_with_a_marked_message_is_refused(laptop: Work, options: tuple[str, ...]) -> None:
    """Each commit that a rebase makes again passes prepare-commit-msg."""
    aside(laptop, MESSAGE)
    said = laptop.git("rebase", *options, "main", "side")
    assert_refused(said, "prepare-commit-msg")


def test_rebasing_clean_commits_passes(laptop: Work) -> None:
    """A rebase of clean commits goes through and keeps their subjects."""
    aside(laptop, "Add rows")
    assert laptop.git("rebase", "main", "side")
    assert subjects(laptop, "side") == ["First", "Go on", "Add rows"]


def test_rebasing_a_commit_by_a_marked_author_is_refused(laptop: Work) -> None:
    """A rebase keeps the original author, who is judged."""
    aside(laptop, "Add rows", **CLAUDE_WROTE)
    assert_refused(laptop.git("rebase", "main", "side"), "prepare-commit-msg")


def test_rebasing_by_patches_a_commit_with_a_marked_message_is_refused(laptop: Work) -> None:
    """`rebase --apply` works through git am, which runs applypatch-msg."""
    aside(laptop, MESSAGE)
    assert_refused(laptop.git("rebase", "--apply", "main", "side"), "applypatch-msg")


def test_rebasing_in_a_linked_work_tree_is_judged(laptop: Work, tmp_path: Path) -> None:
    """The state of a rebase is found in the linked work tree's own git folder."""
    aside(laptop, MESSAGE)
    laptop.did("worktree", "add", "-q", str(tmp_path / "linked"), "side")
    assert_refused(Work(tmp_path / "linked").git("rebase", "main"), "prepare-commit-msg")


def reworded(work: Work, editor: str) -> Said:
    """Reword the last commit but one."""
    return work.git("rebase", "-q", "-i", "HEAD~2", GIT_SEQUENCE_EDITOR="sed -i 1s/^pick/reword/", GIT_EDITOR=editor)


def test_rewording_a_mark_away_in_a_rebase_works(laptop: Work) -> None:
    laptop.commit(MESSAGE, files={"rows.txt": "a row\n"})
    laptop.commit("Go on", files={"other.txt": "text\n"})
    assert reworded(laptop, "sed -i /Claude/d")
    assert subjects(laptop) == ["First", "Add rows", "Go on"]
    assert "Claude" not in laptop.did("log", "--format=%B")


def test_rewording_a_mark_into_a_message_is_refused(laptop: Work) -> None:
    laptop.commit("Add rows", files={"rows.txt": "a row\n"})
    laptop.commit("Go on", files={"other.txt": "text\n"})
    assert_refused(reworded(laptop, f"sed -i -e '1a\\\\n{TRAILER}'"), "commit-msg")
    assert "Claude" not in laptop.did("log", "--format=%B")


def test_a_squash_in_a_rebase_asks_no_hook_that_knows_its_message_and_is_judged_by_push(
    laptop: Work, remote: Work
) -> None:
    """The joined message of a squash is written after the hooks ran, so that pre-push has to catch it."""
    laptop.commit("Go on", files={"other.txt": "text\n"})
    laptop.commit(MESSAGE, files={"rows.txt": "a row\n"})
    laptop.git("rebase", "-i", "HEAD~2", GIT_SEQUENCE_EDITOR="sed -i 2s/^pick/squash/")
    assert_refused(laptop.git("push", "origin", "HEAD:main"), "pre-push")


def test_taking_the_mark_out_of_a_squash_works(laptop: Work, remote: Work) -> None:
    laptop.commit("Go on", files={"other.txt": "text\n"})
    laptop.commit(MESSAGE, files={"rows.txt": "a row\n"})
    squash = {"GIT_SEQUENCE_EDITOR": "sed -i 2s/^pick/squash/", "GIT_EDITOR": "sed -i /Claude/d"}
    assert laptop.git("rebase", "-i", "HEAD~2", **squash)
    assert count(laptop) == 2
    assert laptop.git("push", "origin", "main")


def test_dropping_a_marked_commit_works(laptop: Work) -> None:
    laptop.commit(MESSAGE, files={"rows.txt": "a row\n"})
    laptop.commit("Go on", files={"other.txt": "text\n"})
    assert laptop.git("rebase", "-i", "HEAD~2", GIT_SEQUENCE_EDITOR="sed -i 1s/^pick/drop/")
    assert subjects(laptop) == ["First", "Go on"]


# --- amend ---


def test_amending_a_mark_away_in_an_editor_works(laptop: Work) -> None:
    laptop.commit(MESSAGE)
    assert laptop.git("commit", "--amend", "--allow-empty", GIT_EDITOR="sed -i /Claude/d")
    assert laptop.did("log", "-1", "--format=%B") == "Add rows"


def test_amending_with_the_old_marked_message_is_refused(laptop: Work) -> None:
    laptop.commit(MESSAGE)
    assert_refused(laptop.git("commit", "--amend", "--allow-empty", "--no-edit"), "prepare-commit-msg")


def test_leaving_the_mark_in_the_editor_of_an_amend_is_refused(laptop: Work) -> None:
    laptop.commit(MESSAGE)
    assert_refused(laptop.git("commit", "--amend", "--allow-empty", GIT_EDITOR="true"), "commit-msg")


def test_reusing_a_marked_message_is_refused(laptop: Work) -> None:
    marked = laptop.commit(MESSAGE)
    assert_refused(laptop.git("commit", "--allow-empty", "-C", marked), "prepare-commit-msg")


# --- mail ---


def mailed(work: Work, marked: str) -> str:
    """Write a commit as a mail and return its path."""
    path = work.path.parent / "commit.patch"
    path.write_text(work.did("format-patch", "-1", "--stdout", marked) + "\n")
    return str(path)


def test_applying_a_mail_with_a_marked_message_is_refused(laptop: Work) -> None:
    mail = mailed(laptop, aside(laptop, MESSAGE))
    said = laptop.git("am", mail)
    assert_refused(said, "applypatch-msg")
    assert subjects(laptop) == ["First", "Go on"]


def test_applying_a_mail_from_a_marked_author_is_refused(laptop: Work) -> None:
    mail = mailed(laptop, aside(laptop, "Add rows", **CLAUDE_WROTE))
    said = laptop.git("am", mail)
    assert_refused(said, "applypatch-msg")
    assert "author\n    Claude <noreply@anthropic.com>" in said.out


def test_applying_a_clean_mail_passes(laptop: Work) -> None:
    assert laptop.git("am", mailed(laptop, aside(laptop, "Add rows")))
    assert subjects(laptop) == ["First", "Go on", "Add rows"]
