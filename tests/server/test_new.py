"""A marker counts when it is new: what was there before isn't the author's doing, what comes into a zone is."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import SHARE_LINK, TRAILER, Work, bare, cloned
from server.conftest import AGENT, API_ID, marks, refs, refused

ROWS = f'{{"id": "{API_ID}"}}\n{{"id": 2}}\n'
ZONE = 'version = 1\n[[zone]]\ntag = "eval"\npaths = ["data/**", "!data/README.md"]\n'


@pytest.fixture
def history(tmp_path: Path) -> Work:
    """A clone of a server that got its marked file and commit before it was tagged."""
    server = bare(tmp_path / "history.git")
    work = cloned(server, tmp_path / "history")
    work.commit("First", files={"README.md": "Rows.\n"})
    work.commit(f"Add rows\n\n{TRAILER}", files={"rows.jsonl": ROWS})
    work.did("push", "-q", "origin", "main")
    server.tag("training-data")
    return work


@pytest.fixture
def zoned(tmp_path: Path) -> Work:
    """A clone of a server whose only tag holds for data/, but for its README.md."""
    bare(tmp_path / "zoned.git")
    work = cloned(Work(tmp_path / "zoned.git"), tmp_path / "zoned")
    work.commit("First", files={"ringfence.toml": ZONE, "data/clean.txt": "clean\n", "notes.txt": ROWS})
    work.did("push", "-q", "origin", "main")
    return work


def test_old_marked_commits_do_not_block_new_pushes(history: Work) -> None:
    history.commit("Go on", files={"more.txt": "more\n"})
    assert history.git("push", "origin", "main").out.count("ringfence") == 0


def test_a_new_branch_from_an_old_marked_commit_passes(history: Work) -> None:
    assert history.git("push", "origin", "main:topic")


def test_touching_an_unmarked_line_passes(history: Work) -> None:
    history.commit("Correct a row", files={"rows.jsonl": ROWS.replace("2", "3")})
    assert history.git("push", "origin", "main")


def test_moving_a_mark_within_its_file_passes(history: Work) -> None:
    history.commit("Sort rows", files={"rows.jsonl": "\n".join(reversed(ROWS.splitlines())) + "\n"})
    assert history.git("push", "origin", "main")


def test_one_more_of_the_same_mark_is_refused_and_the_new_one_is_shown(history: Work) -> None:
    history.commit("Add rows", files={"rows.jsonl": ROWS + '{"id": "msg_01ZzZzZzZzZzZzZzZzZzZzZz"}\n'})
    said = history.git("push", "origin", "main")
    assert marks(refused(said, "rows.jsonl, line 3", "msg_01ZzZzZzZzZzZzZzZzZzZzZz")) == ["anthropic-api-message-id"]
    assert API_ID not in said.out


def test_another_mark_beside_an_old_one_is_refused(history: Work) -> None:
    history.commit("Add rows", files={"rows.jsonl": f"{ROWS}{SHARE_LINK}\n"})
    assert "anthropic-api-message-id" not in marks(refused(history.git("push", "origin", "main"), "rows.jsonl, line 3"))


def test_a_file_that_loses_marks_passes(history: Work) -> None:
    history.commit("Add rows", files={"rows.jsonl": '{"id": 2}\n'})
    assert history.git("push", "origin", "main")


def test_a_mark_that_comes_back_is_new(history: Work) -> None:
    history.commit("Drop rows", files={"rows.jsonl": '{"id": 2}\n'})
    history.did("push", "-q", "origin", "main")
    history.did("revert", "--no-edit", "HEAD")
    refused(history.git("push", "origin", "main"), "rows.jsonl, line 1")


def test_deleting_a_marked_file_passes(history: Work) -> None:
    (history.path / "rows.jsonl").unlink()
    history.commit("Drop rows")
    assert history.git("push", "origin", "main")


def test_a_copy_of_a_marked_file_is_refused(history: Work) -> None:
    history.commit("Copy rows", files={"copy.jsonl": ROWS})
    refused(history.git("push", "origin", "main"), "copy.jsonl, line 1")


def test_a_renamed_marked_file_is_refused_under_its_new_name(history: Work) -> None:
    """A rename brings a path into the tree whose content was never accepted there."""
    history.did("mv", "rows.jsonl", "renamed.jsonl")
    history.commit("Rename rows")
    refused(history.git("push", "origin", "main"), "renamed.jsonl, line 1")


def test_a_change_of_mode_alone_passes(history: Work) -> None:
    (history.path / "rows.jsonl").chmod(0o755)
    history.commit("Make rows executable")
    assert history.did("diff", "--stat", "--summary", "HEAD~1").endswith("mode change 100644 => 100755 rows.jsonl")
    assert history.git("push", "origin", "main")


def test_an_accepted_marked_branch_can_be_merged(history: Work) -> None:
    history.did("switch", "-q", "-c", "side", "main~1")
    history.commit("Side", files={"side.txt": "side\n"})
    history.did("merge", "-q", "--no-ff", "-m", "Merge main", "main")
    assert history.git("push", "origin", "side")


def test_a_conflict_that_is_settled_by_keeping_an_old_mark_passes(history: Work) -> None:
    history.did("switch", "-q", "-c", "side")
    history.commit("Theirs", files={"rows.jsonl": ROWS + "theirs\n"})
    history.did("switch", "-q", "main")
    history.commit("Ours", files={"rows.jsonl": ROWS + "ours\n"})
    assert not history.git("merge", "side")
    history.commit("Merge side", files={"rows.jsonl": ROWS + "ours\ntheirs\n"})
    assert history.git("push", "origin", "main")


def test_a_conflict_that_is_settled_with_a_further_mark_is_refused(history: Work) -> None:
    """Marks are counted: a merge that doubles the parents' mark adds a new one."""
    history.did("switch", "-q", "-c", "side")
    history.commit("Theirs", files={"rows.jsonl": ROWS + "theirs\n"})
    history.did("switch", "-q", "main")
    history.commit("Ours", files={"rows.jsonl": ROWS + "ours\n"})
    assert not history.git("merge", "side")
    history.commit("Merge side", files={"rows.jsonl": ROWS + ROWS})
    refused(history.git("push", "origin", "main"), "rows.jsonl")


def test_an_old_marked_commit_that_is_picked_again_is_new(history: Work) -> None:
    history.did("switch", "-q", "-c", "picked", "main~1")
    history.did("cherry-pick", "main", GIT_COMMITTER_DATE="1700000001 +0000")
    said = refused(history.git("push", "origin", "picked"))
    assert sorted(marks(said)) == ["anthropic-api-message-id", "anthropic-claude-code-address"]


def test_a_weak_path_warns_only_when_it_appears(history: Work) -> None:
    history.commit("Say how", files={"CLAUDE.md": "Be brief.\n"})
    assert "allowed, with 1 warning" in history.git("push", "origin", "main").out
    history.commit("Say more", files={"CLAUDE.md": "Be brief and kind.\n"})
    said = history.git("push", "origin", "main")
    assert said
    assert "ringfence" not in said.out


def test_a_session_log_that_grows_is_refused_each_time(tmp_path: Path) -> None:
    server = bare(tmp_path / "server.git")
    work = cloned(server, tmp_path / "work")
    work.commit("First", files={".claude/projects/x/y.jsonl": "{}\n"})
    work.did("push", "-q", "origin", "main")
    server.tag("eval")
    work.commit("Second", files={".claude/projects/x/y.jsonl": "{}\n{}\n"})
    assert "anthropic-claude-code-session-log" in marks(refused(work.git("push", "origin", "main")))


def test_the_same_file_under_two_names_is_named_twice(history: Work) -> None:
    history.commit("Copy", files={"one.jsonl": ROWS, "two.jsonl": ROWS})
    refused(history.git("push", "origin", "main"), "one.jsonl, line 1", "two.jsonl, line 1")


# Where only paths are tagged.


def test_a_marked_file_outside_of_all_zones_passes(zoned: Work) -> None:
    zoned.commit("Add notes", files={"more.txt": ROWS})
    assert zoned.git("push", "origin", "main")


def test_a_marked_file_that_moves_into_a_zone_is_refused(zoned: Work) -> None:
    """Content that was accepted outside a zone is new where the zone begins."""
    zoned.did("mv", "notes.txt", "data/notes.txt")
    zoned.commit("Move notes")
    said = refused(zoned.git("push", "origin", "main"), "data/notes.txt, line 1", "(eval)")
    assert marks(said) == ["anthropic-api-message-id"]


def test_a_marked_file_that_is_copied_into_a_zone_is_refused(zoned: Work) -> None:
    """A blob that the server has already is judged again under a path of a zone."""
    zoned.commit("Copy notes", files={"data/deep/er/notes.txt": ROWS})
    refused(zoned.git("push", "origin", "main"), "data/deep/er/notes.txt, line 1")


def test_a_marked_file_where_a_zone_takes_out_a_path_passes(zoned: Work) -> None:
    zoned.commit("Read me", files={"data/README.md": ROWS})
    assert zoned.git("push", "origin", "main")


def test_a_marked_author_who_touches_no_zone_passes(zoned: Work) -> None:
    zoned.commit("Add notes", files={"src/code.py": "pass\n"}, **AGENT)
    assert zoned.git("push", "origin", "main")


def test_a_marked_author_who_touches_a_zone_is_refused(zoned: Work) -> None:
    zoned.commit("Add rows", files={"src/code.py": "pass\n", "data/rows.txt": "clean\n"}, **AGENT)
    assert marks(refused(zoned.git("push", "origin", "main"), "author")) == ["anthropic-claude-code-address"]


def test_a_marked_author_who_deletes_from_a_zone_is_refused(zoned: Work) -> None:
    (zoned.path / "data/clean.txt").unlink()
    zoned.commit("Drop rows", **AGENT)
    refused(zoned.git("push", "origin", "main"), "author")


def test_a_marked_author_of_an_empty_commit_passes_where_only_paths_are_tagged(zoned: Work) -> None:
    zoned.commit("Nothing", **AGENT)
    assert zoned.git("push", "origin", "main")


def test_a_marked_branch_with_commits_outside_of_all_zones_passes(zoned: Work) -> None:
    zoned.commit("Add code", files={"src/code.py": "pass\n"})
    assert zoned.git("push", "origin", "main:claude/fix-parser-54ac0b")


def test_a_marked_branch_with_a_commit_in_a_zone_is_refused(zoned: Work) -> None:
    zoned.commit("Add rows", files={"data/rows.txt": "clean\n"})
    zoned.commit("Add code", files={"src/code.py": "pass\n"})
    said = refused(zoned.git("push", "origin", "main:claude/fix-parser-54ac0b"), "name of the ref")
    assert "anthropic-claude-code-session-branch" in marks(said)


def test_a_marked_tag_over_commits_in_a_zone_is_refused(zoned: Work) -> None:
    """A tag is judged where the commits that it points to touch a zone."""
    zoned.commit("Add rows", files={"data/rows.txt": "clean\n"})
    zoned.did("tag", "-a", "v1", "-m", f"Release\n\n{TRAILER}")
    refused(zoned.git("push", "origin", "v1"), "message, line 3")


def test_only_the_commit_that_touches_the_zone_is_named(zoned: Work) -> None:
    code = zoned.commit(f"Add code\n\n{TRAILER}", files={"src/code.py": "pass\n"})
    rows = zoned.commit(f"Add rows\n\n{TRAILER}", files={"data/rows.txt": "clean\n"})
    said = refused(zoned.git("push", "origin", "main"), rows[:12])
    assert f"commit {code[:12]}" not in said.out


def test_a_merge_that_brings_nothing_of_its_own_into_a_zone_is_not_judged_again(zoned: Work) -> None:
    """A marked merge message passes where all of the zone's changes were accepted before."""
    zoned.did("switch", "-q", "-c", "side")
    zoned.commit("Add rows", files={"data/rows.txt": "clean\n"})
    zoned.did("push", "-q", "origin", "side")
    zoned.did("switch", "-q", "main")
    zoned.commit("Add code", files={"src/code.py": "pass\n"})
    zoned.did("merge", "-q", "--no-ff", "-m", f"Merge side\n\n{TRAILER}", "side")
    said = zoned.git("push", "origin", "main")
    assert said, said.out


def test_a_tree_without_a_commit_is_judged_by_its_paths(zoned: Work) -> None:
    """A tag that points at a bare tree is judged by the zones that its paths lie in."""
    zoned.did("mv", "notes.txt", "data/notes.txt")
    zoned.did("add", "-A")
    tree = zoned.did("write-tree")
    refused(zoned.git("push", "origin", f"{tree}:refs/tags/tree"), "data/notes.txt, line 1")


def test_two_tags_are_both_said_and_the_stricter_one_decides(tmp_path: Path) -> None:
    server = bare(tmp_path / "server.git", "training-data", "eval")
    work = cloned(server, tmp_path / "work")
    work.commit("First", files={"rows.jsonl": ROWS})
    refused(work.git("push", "origin", "main"), "(eval, training-data)")
    assert refs(server) == {}
