"""What `git commit` may record, however it is typed: the index it really takes, who commits, from where."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import git
import pytest

from client.conftest import MARKED, assert_refused, count, fresh, head, typed
from conftest import Work, run
from ringfence.setup import client_hooks

CLEAN = "written by a person\n"


def staged(work: Work, name: str, content: str | bytes = MARKED) -> None:
    work.write(name, content)
    work.did("add", "--", name)


# --- which content ---


def test_a_clean_commit_is_made_without_a_word(laptop: Work) -> None:
    staged(laptop, "rows.txt", CLEAN)
    said = laptop.git("commit", "-q", "-m", "Add rows")
    assert said
    assert said.out == ""
    assert count(laptop) == 2


def test_a_marked_file_is_not_committed(laptop: Work) -> None:
    before = head(laptop)
    staged(laptop, "notes.md")
    said = laptop.git("commit", "-m", "Add notes")
    assert_refused(said, "pre-commit")
    assert "notes.md, line 1" in said.out
    assert head(laptop) == before


def test_the_index_is_judged_and_not_the_folder(laptop: Work) -> None:
    staged(laptop, "notes.md")
    laptop.write("notes.md", CLEAN)
    assert_refused(laptop.git("commit", "-m", "Add notes"), "pre-commit")


def test_a_marked_unstaged_file_is_left_alone_by_a_plain_commit(laptop: Work) -> None:
    laptop.write("README.md", MARKED)
    staged(laptop, "rows.txt", CLEAN)
    assert laptop.git("commit", "-m", "Add rows")


def test_a_marked_unstaged_file_is_seen_by_commit_a(laptop: Work) -> None:
    """`commit -a` builds an index of its own, and that index is the one to scan."""
    laptop.write("README.md", MARKED)
    assert_refused(laptop.git("commit", "-a", "-m", "Change"), "pre-commit")


def test_a_staged_marked_file_is_no_part_of_a_partial_commit(laptop: Work) -> None:
    """`commit PATH` leaves other staged files out, so that their marks must not refuse it."""
    staged(laptop, "notes.md")
    laptop.write("README.md", "More words.\n")
    assert laptop.git("commit", "-m", "Change", "README.md")
    assert laptop.did("show", "--name-only", "--format=", "HEAD") == "README.md"


def test_a_marked_path_is_seen_by_a_partial_commit(laptop: Work) -> None:
    """The content of `commit PATH` comes from the work tree, past the index as it was."""
    laptop.write("README.md", MARKED)
    assert_refused(laptop.git("commit", "-m", "Change", "README.md"), "pre-commit")


def test_a_marked_path_is_seen_by_commit_include(laptop: Work) -> None:
    """`commit --include PATH` adds a path to the staged ones, and it is scanned with them."""
    staged(laptop, "rows.txt", CLEAN)
    laptop.write("README.md", MARKED)
    assert_refused(laptop.git("commit", "-m", "Change", "--include", "README.md"), "pre-commit")


def test_an_index_of_ones_own_is_the_one_that_is_judged(laptop: Work, tmp_path: Path) -> None:
    """GIT_INDEX_FILE decides which index is scanned; a commit from the usual index is unaffected."""
    own = {"GIT_INDEX_FILE": str(tmp_path / "index")}
    laptop.did("read-tree", "HEAD", **own)
    laptop.write("notes.md", MARKED)
    laptop.did("add", "notes.md", **own)
    assert_refused(laptop.git("commit", "-m", "Add notes", **own), "pre-commit")
    assert laptop.git("commit", "--allow-empty", "-m", "Nothing of it is in the usual index")


def test_a_file_that_is_only_announced_is_not_judged(laptop: Work) -> None:
    laptop.write("notes.md", MARKED)
    laptop.did("add", "--intent-to-add", "notes.md")
    staged(laptop, "rows.txt", CLEAN)
    assert laptop.git("commit", "-m", "Add rows")
    assert "notes.md" not in laptop.did("ls-tree", "--name-only", "HEAD")


def test_amending_a_marked_file_in_is_refused(laptop: Work) -> None:
    staged(laptop, "notes.md")
    assert_refused(laptop.git("commit", "--amend", "--no-edit"), "pre-commit")


def test_amending_a_marked_file_away_passes(laptop: Work) -> None:
    laptop.commit("Add notes", files={"notes.md": MARKED})
    laptop.did("rm", "-q", "--cached", "notes.md")
    assert laptop.git("commit", "--amend", "-m", "Nothing", "--allow-empty")


def test_the_first_commit_of_an_empty_repository_is_judged(tmp_path: Path) -> None:
    work = fresh(tmp_path / "empty", "training-data")
    staged(work, "notes.md")
    assert_refused(work.git("commit", "-m", "First"), "pre-commit")


def test_a_clean_first_commit_passes(tmp_path: Path) -> None:
    work = fresh(tmp_path / "empty", "training-data")
    staged(work, "rows.txt", CLEAN)
    assert work.git("commit", "-m", "First")


def test_everything_is_new_on_an_orphan_branch(laptop: Work) -> None:
    laptop.commit("Add notes", files={"notes.md": MARKED})
    laptop.did("checkout", "-q", "--orphan", "other")
    assert_refused(laptop.git("commit", "-m", "First"), "pre-commit")


def test_a_repository_with_sha_256_is_guarded(tmp_path: Path) -> None:
    work = fresh(tmp_path / "long", "training-data", object_format="sha256")
    staged(work, "rows.txt", CLEAN)
    assert work.git("commit", "-m", "First")
    staged(work, "notes.md")
    assert_refused(work.git("commit", "-m", "Add notes"), "pre-commit")


def test_attributes_hide_nothing(laptop: Work) -> None:
    staged(laptop, ".gitattributes", "* binary -diff\n")
    staged(laptop, "notes.md")
    assert_refused(laptop.git("commit", "-m", "Add notes"), "pre-commit")


def test_content_that_cannot_be_read_is_refused_as_unread(laptop: Work) -> None:
    staged(laptop, "rows.zip", b"PK\x03\x04" + bytes(100))
    said = laptop.git("commit", "-m", "Add rows")
    assert not said
    assert "ringfence pre-commit: refused as incomplete, 1 item could not be read" in said.out
    assert "rows.zip: zip: damaged (" in said.out


# --- which marks are new ---


def test_deleting_a_marked_file_passes(laptop: Work) -> None:
    laptop.commit("Add notes", files={"notes.md": MARKED})
    laptop.did("rm", "-q", "notes.md")
    assert laptop.git("commit", "-m", "Remove notes")


def test_another_line_of_a_marked_file_may_change(laptop: Work) -> None:
    laptop.commit("Add notes", files={"notes.md": f"one\n{MARKED}"})
    staged(laptop, "notes.md", f"first\nsecond\n{MARKED}")
    assert laptop.git("commit", "-m", "Change notes")


def test_a_second_mark_in_a_marked_file_is_refused(laptop: Work) -> None:
    laptop.commit("Add notes", files={"notes.md": MARKED})
    staged(laptop, "notes.md", MARKED + MARKED.replace("share/0", "share/f"))
    said = laptop.git("commit", "-m", "Change notes")
    assert_refused(said, "pre-commit")
    assert "notes.md, line 2" in said.out


def test_a_new_run_bit_on_a_marked_file_passes(laptop: Work) -> None:
    laptop.commit("Add notes", files={"notes.md": MARKED})
    laptop.did("update-index", "--chmod=+x", "notes.md")
    assert laptop.git("commit", "-m", "Make it run")


# --- where ---


def test_a_commit_from_a_folder_below_is_judged(laptop: Work) -> None:
    """Paths are reported relative to the top of the work tree wherever the command is typed."""
    staged(laptop, "below/notes.md")
    said = typed(laptop, "below", "commit", "-m", "Add notes")
    assert_refused(said, "pre-commit")
    assert "below/notes.md, line 1" in said.out


def test_commit_a_from_a_folder_below_is_judged(laptop: Work) -> None:
    """`commit -a` typed in a subfolder takes files above it, and they are scanned."""
    laptop.commit("Add rows", files={"below/rows.txt": CLEAN})
    laptop.write("README.md", MARKED)
    assert_refused(typed(laptop, "below", "commit", "-a", "-m", "Change"), "pre-commit")


@pytest.fixture
def linked(laptop: Work, tmp_path: Path) -> Work:
    laptop.did("worktree", "add", "-q", "-b", "linked", str(tmp_path / "linked"))
    return Work(tmp_path / "linked")


def test_a_linked_work_tree_is_guarded(linked: Work) -> None:
    """Hooks of the main repository run in a linked work tree and scan that work tree's index."""
    staged(linked, "notes.md")
    assert_refused(linked.git("commit", "-m", "Add notes"), "pre-commit")


def test_commit_a_in_a_linked_work_tree_is_judged(linked: Work) -> None:
    """The temporary index of `commit -a` lies in the linked work tree's own git folder, and is found there."""
    linked.write("README.md", MARKED)
    assert_refused(linked.git("commit", "-a", "-m", "Change"), "pre-commit")


def test_a_partial_commit_in_a_linked_work_tree_leaves_the_rest_alone(linked: Work) -> None:
    """What else is staged in a linked work tree doesn't refuse a partial commit of a clean file."""
    staged(linked, "notes.md")
    linked.write("README.md", "More words.\n")
    assert linked.git("commit", "-m", "Change", "README.md")


def test_what_is_staged_in_another_work_tree_is_no_matter(laptop: Work, linked: Work) -> None:
    staged(laptop, "notes.md")
    staged(linked, "rows.txt", CLEAN)
    assert linked.git("commit", "-m", "Add rows")


def test_a_git_directory_apart_from_its_files_is_guarded(laptop: Work, tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    (files / "notes.md").write_text(MARKED)
    apart = ("--git-dir", str(laptop.path / ".git"), "--work-tree", str(files))
    laptop.did(*apart, "add", "notes.md")
    assert_refused(laptop.git(*apart, "commit", "-m", "Add notes"), "pre-commit")


@pytest.fixture
def submodule(laptop: Work, tmp_path: Path) -> Work:
    """A repository with a marked past, staged as a submodule."""
    subprocess.run(["git", "init", "-q", "-b", "main", str(tmp_path / "other")], check=True)
    Work(tmp_path / "other").commit("Add notes", files={"notes.md": MARKED})
    laptop.did("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(tmp_path / "other"), "other")
    return Work(laptop.path / "other")


def test_what_a_submodule_holds_is_judged_as_its_clone_has_it(laptop: Work, submodule: Work) -> None:
    said = laptop.git("commit", "-m", "Add a submodule")
    assert_refused(said, "pre-commit")
    assert "other/notes.md" in said.out
    submodule.did("switch", "-q", "--orphan", "clean")
    submodule.commit("Begin again", files={"rows.txt": CLEAN})
    laptop.did("add", "other")
    assert laptop.git("commit", "-m", "Add a submodule")
    assert laptop.did("ls-tree", "HEAD", "other").startswith("160000 commit")


def test_a_commit_inside_a_submodule_is_guarded_by_its_own_hooks(submodule: Work) -> None:
    client_hooks.install_hooks(git.Repo(submodule.path), client_hooks.CLIENT)
    submodule.tag("eval")
    staged(submodule, "rows.txt", CLEAN)
    assert submodule.git("commit", "-m", "Add rows")
    staged(submodule, "more.md")
    assert_refused(submodule.git("commit", "-m", "Add more"), "pre-commit")


def test_an_untagged_repository_lets_everything_through(laptop: Work) -> None:
    laptop.did("config", "--unset-all", "ringfence.tag")
    staged(laptop, "notes.md")
    assert laptop.git("commit", "-m", "Add notes\n\nCo-authored-by: Claude <noreply@anthropic.com>")


# --- which names ---


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("with blanks in it.md", "with blanks in it.md"),
        ("-dash.md", "-dash.md"),
        ("--no-index", "--no-index"),
        ("two\nlines.md", "two\\nlines.md"),
        ("tab\there.md", "tab\\there.md"),
        (os.fsdecode(b"latin-\xe9.md"), "latin-\\xe9.md"),
        ('quote".md', 'quote".md'),
        (":(top)notes.md", ":(top)notes.md"),
        ("\x1b[2J.md", "\\x1b[2J.md"),
    ],
)  # fmt: skip
def test_a_marked_file_is_found_under_an_odd_name(laptop: Work, name: str, shown: str) -> None:
    laptop.write(name, MARKED)
    laptop.did("add", "-A")
    said = laptop.git("commit", "-m", "Add notes")
    assert_refused(said, "pre-commit")
    assert f"  {shown}, line 1\n" in said.out


def test_clean_files_with_odd_names_pass(laptop: Work) -> None:
    for name in ("two\nlines", "-rf", os.fsdecode(b"\xff\xfe"), " ", "a\\b", ":(glob)*"):
        laptop.write(name, CLEAN)
    laptop.did("add", "-A")
    assert laptop.git("commit", "-m", "Add files")


def test_a_file_that_only_a_tool_writes_is_refused_by_its_name(laptop: Work) -> None:
    staged(laptop, ".aider.chat.history.md", CLEAN)
    said = laptop.git("commit", "-m", "Add notes")
    assert_refused(said, "pre-commit")
    assert "[aider-history-file]" in said.out


def test_a_weak_sign_is_told_and_passes(laptop: Work) -> None:
    staged(laptop, "CLAUDE.md", "Rules of this house.\n")
    said = laptop.git("commit", "-m", "Add rules")
    assert said
    assert "ringfence pre-commit: allowed, with 1 warning (training-data)" in said.out


def test_a_link_is_not_followed(laptop: Work, tmp_path: Path) -> None:
    """Git stores a link's target path, not the file behind it, so that a mark in that file doesn't count."""
    (tmp_path / "outside.md").write_text(MARKED)
    (laptop.path / "link.md").symlink_to(tmp_path / "outside.md")
    laptop.did("add", "link.md")
    assert laptop.git("commit", "-m", "Add a link")


def test_a_link_under_a_marked_name_is_refused(laptop: Work) -> None:
    """The name of a link counts like the name of a file."""
    (laptop.path / ".aider.chat.history.md").symlink_to("README.md")
    laptop.did("add", "-A")
    assert_refused(laptop.git("commit", "-m", "Add a link"), "pre-commit")


def test_a_link_whose_target_is_a_mark_is_refused(laptop: Work) -> None:
    """A link's target path is the content of its blob, and is scanned as such."""
    (laptop.path / "link.md").symlink_to(MARKED.split()[1])
    laptop.did("add", "link.md")
    assert_refused(laptop.git("commit", "-m", "Add a link"), "pre-commit")


# --- zones ---


def test_a_marked_file_outside_of_every_zone_passes(zoned: Work) -> None:
    staged(zoned, "notes.md")
    assert zoned.git("commit", "-m", "Add notes")


def test_a_marked_file_inside_a_zone_is_refused(zoned: Work) -> None:
    staged(zoned, "evals/notes.md")
    said = zoned.git("commit", "-m", "Add notes")
    assert_refused(said, "pre-commit")
    assert "(eval)" in said.out


def test_moving_a_marked_file_into_a_zone_is_refused(zoned: Work) -> None:
    zoned.commit("Add notes", files={"drafts/notes.md": MARKED, "evals/rows.txt": CLEAN})
    zoned.did("mv", "drafts/notes.md", "evals/notes.md")
    said = zoned.git("commit", "-m", "Move notes")
    assert_refused(said, "pre-commit")
    assert "evals/notes.md, line 1" in said.out


def test_moving_a_marked_file_out_of_a_zone_passes(zoned: Work) -> None:
    zoned.commit("Add notes", files={"evals/notes.md": MARKED})
    zoned.did("mv", "evals/notes.md", "notes.md")
    assert zoned.git("commit", "-m", "Move notes")


def test_a_marked_file_in_what_a_zone_leaves_out_passes(zoned: Work) -> None:
    staged(zoned, "evals/docs/notes.md")
    assert zoned.git("commit", "-m", "Add notes")


def test_a_marked_message_counts_where_the_commit_touches_a_zone(zoned: Work) -> None:
    staged(zoned, "evals/rows.txt", CLEAN)
    marked = "Add rows\n\nCo-authored-by: Claude <noreply@anthropic.com>"
    assert_refused(zoned.git("commit", "-m", marked), "prepare-commit-msg")


def test_a_marked_message_of_a_commit_outside_of_every_zone_passes(zoned: Work) -> None:
    staged(zoned, "rows.txt", CLEAN)
    assert zoned.git("commit", "-m", "Add rows\n\nCo-authored-by: Claude <noreply@anthropic.com>")


def test_taking_the_zones_out_does_not_count_before_it_is_committed(zoned: Work) -> None:
    zoned.write("ringfence.toml", "version = 1\n")
    staged(zoned, "evals/notes.md")
    assert_refused(zoned.git("commit", "-m", "Add notes"), "pre-commit")


def test_a_zone_counts_before_it_is_committed(laptop: Work) -> None:
    laptop.did("config", "--unset-all", "ringfence.tag")
    laptop.write("ringfence.toml", 'version = 1\n[[zone]]\ntag = "eval"\npaths = ["evals/**"]\n')
    staged(laptop, "evals/notes.md")
    assert_refused(laptop.git("commit", "-m", "Add notes"), "pre-commit")


def test_a_file_of_zones_that_cannot_be_used_refuses_and_says_so(zoned: Work) -> None:
    zoned.write("ringfence.toml", "version = 1\n[[zone]]\ntag = \n")
    staged(zoned, "rows.txt", CLEAN)
    said = zoned.git("commit", "-m", "Add rows")
    assert not said
    assert "ringfence: ringfence.toml" in said.out
    assert "Refused because of this error, not because of what was found." in said.out


# --- who ---


def test_a_marked_author_in_the_environment_is_refused(laptop: Work) -> None:
    staged(laptop, "rows.txt", CLEAN)
    author = {"GIT_AUTHOR_NAME": "Claude", "GIT_AUTHOR_EMAIL": "noreply@anthropic.com"}
    said = laptop.git("commit", "-m", "Add rows", **author)
    assert_refused(said, "pre-commit")
    assert "  author\n    Claude <noreply@anthropic.com>" in said.out


def test_a_marked_author_on_the_command_line_is_refused(laptop: Work) -> None:
    staged(laptop, "rows.txt", CLEAN)
    said = laptop.git("commit", "-m", "Add rows", "--author", "Claude <noreply@anthropic.com>")
    assert_refused(said, "pre-commit")


def test_a_marked_committer_is_refused(laptop: Work) -> None:
    staged(laptop, "rows.txt", CLEAN)
    committer = {"GIT_COMMITTER_NAME": "Claude", "GIT_COMMITTER_EMAIL": "noreply@anthropic.com"}
    said = laptop.git("commit", "-m", "Add rows", **committer)
    assert_refused(said, "pre-commit")
    assert "  committer\n    Claude <noreply@anthropic.com>" in said.out


def configured_as_claude(laptop: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.delenv(f"GIT_{role}_NAME")
        monkeypatch.delenv(f"GIT_{role}_EMAIL")
    laptop.did("config", "user.name", "Claude")
    laptop.did("config", "user.email", "noreply@anthropic.com")


def test_a_marked_identity_in_the_configuration_is_refused(laptop: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    configured_as_claude(laptop, monkeypatch)
    staged(laptop, "rows.txt", CLEAN)
    said = laptop.git("commit", "-m", "Add rows")
    assert_refused(said, "pre-commit")
    assert "  author and committer\n    Claude <noreply@anthropic.com>" in said.out


def test_a_setting_of_two_lines_hides_no_identity(laptop: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    configured_as_claude(laptop, monkeypatch)
    person = "Ann <ann@example.org> 1700000000 +0000"
    laptop.did("config", "core.editor", f"ed\nGIT_AUTHOR_IDENT={person}\nGIT_COMMITTER_IDENT={person}")
    staged(laptop, "rows.txt", CLEAN)
    assert_refused(laptop.git("commit", "-m", "Add rows"), "pre-commit")


def test_an_amended_commit_keeps_its_marked_author_and_is_refused(laptop: Work) -> None:
    laptop.commit("Add rows", GIT_AUTHOR_NAME="Claude", GIT_AUTHOR_EMAIL="noreply@anthropic.com")
    assert_refused(laptop.git("commit", "--amend", "-m", "Add more rows", "--allow-empty"), "pre-commit")


def test_amending_in_ones_own_name_passes(laptop: Work) -> None:
    laptop.commit("Add rows", GIT_AUTHOR_NAME="Claude", GIT_AUTHOR_EMAIL="noreply@anthropic.com")
    assert laptop.git("commit", "--amend", "--no-edit", "--reset-author", "--allow-empty")


# --- from where ---


@pytest.mark.parametrize(
    "variable",
    ["CLAUDE_CODE_SESSION_ID", "CLAUDE_CODE_CHILD_SESSION", "CODEX_THREAD_ID", "CODEX_SANDBOX"],
)
def test_a_commit_from_an_agents_session_is_refused_without_a_word_of_its_value(laptop: Work, variable: str) -> None:
    staged(laptop, "rows.txt", CLEAN)
    said = laptop.git("commit", "-m", "Add rows", **{variable: "s3cr3t-v4lue"})
    assert_refused(said, "pre-commit")
    assert f"this session's environment\n    {variable}\n" in said.out
    assert "s3cr3t" not in said.out


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the system doesn't tell of processes as Linux does")
def test_a_commit_by_an_agents_process_is_refused_when_its_variables_are_gone(laptop: Work, tmp_path: Path) -> None:
    agent = tmp_path / "claude"
    agent.write_text("#!/bin/sh\nsh -c 'git commit -m \"Add rows\"; exit $?'\nexit $?\n")
    agent.chmod(0o755)
    staged(laptop, "rows.txt", CLEAN)
    said = run(str(agent), cwd=laptop.path)
    assert_refused(said, "pre-commit")
    assert "this session's environment\n    process claude\n" in said.out
    assert "[anthropic-claude-code-process]" in said.out
    assert laptop.git("commit", "-m", "Add rows")  # from a terminal of one's own


def test_a_variable_that_people_have_too_is_only_told(laptop: Work) -> None:
    staged(laptop, "rows.txt", CLEAN)
    said = laptop.git("commit", "-m", "Add rows", CLAUDE_PROJECT_DIR="/home/ann/s3cr3t")
    assert said
    assert "allowed, with 1 warning" in said.out
    assert "s3cr3t" not in said.out


def test_a_variable_with_a_like_name_is_no_session(laptop: Work) -> None:
    staged(laptop, "rows.txt", CLEAN)
    said = laptop.git("commit", "-q", "-m", "Add rows", MY_CODEX_THREAD_ID="1", CODEX_HOME="/home/ann/.codex")
    assert said
    assert said.out == ""


# --- past the hooks ---


def test_no_verify_leaves_content_to_the_server(laptop: Work) -> None:
    staged(laptop, "notes.md")
    assert laptop.git("commit", "--no-verify", "-m", "Add notes")


def test_no_verify_does_not_get_a_marked_message_past_prepare_commit_msg(laptop: Work) -> None:
    marked = "Change\n\nCo-authored-by: Claude <noreply@anthropic.com>"
    assert_refused(laptop.git("commit", "--no-verify", "--allow-empty", "-m", marked), "prepare-commit-msg")
