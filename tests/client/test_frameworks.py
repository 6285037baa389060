"""Life with the pre-commit framework and with prek: our block in their file refuses at every stage they have."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from client.conftest import FOOTER, MARKED, assert_refused, count, head, ungated
from conftest import TRAILER, Said, Work, run
from ringfence.setup import pre_commit_config

pytestmark = pytest.mark.slow

BESIDE = Path(sys.executable).parent
CHECKOUT = Path(__file__).parents[2]
STAGES = [word for stage in pre_commit_config.STAGES for word in ("--hook-type", stage)]
OTHERS = """\
# Ours, by hand.
default_install_hook_types: [pre-commit]
repos:
  - repo: local
    hooks:
      - id: own
        name: own check
        entry: echo own check ran
        language: system
        always_run: true
        verbose: true
        stages: [pre-commit]
fail_fast: true
"""


@pytest.fixture
def plain(tmp_path: Path) -> Work:
    """A repository with one commit, without hooks, and a remote without a gate that has it."""
    subprocess.run(["git", "init", "-q", "-b", "main", str(tmp_path / "laptop")], check=True)
    work = Work(tmp_path / "laptop")
    work.commit("First", files={"README.md": "A place for rows.\n"})
    work.did("remote", "add", "origin", str(ungated(tmp_path / "remote.git").path))
    work.did("push", "-q", "origin", "main")
    return work


Setup = Callable[[Work], Work]


@pytest.fixture(params=[pytest.param("pre-commit", marks=pytest.mark.long), "prek"])
def by(request: pytest.FixtureRequest) -> Setup:
    """Return how to install ringfence by a framework: what is committed so far, ours, and the framework's own hooks."""

    def installed(work: Work) -> Work:
        said = work.ringfence("install", "--pre-commit", "--tag", "training-data")
        assert said, said.out
        if request.param == "prek":
            for path in (work.path / ".git/hooks").iterdir():
                path.unlink()
            said = run(str(BESIDE / "prek"), "install", "--overwrite", *STAGES, cwd=work.path)
            assert said, said.out
        work.commit("Set up")
        return work

    return installed


def remote_refs(work: Work) -> str:
    return work.did("ls-remote", "--heads", "origin").replace("\t", " ")


def staged(work: Work, name: str, content: str) -> None:
    work.write(name, content)
    work.did("add", name)


@pytest.mark.long
def test_every_stage_refuses_what_is_its_business_and_lets_the_rest_through(plain: Work, by: Setup) -> None:
    work = by(plain)
    staged(work, "rows.txt", "a row\n")
    assert work.git("commit", "-m", "Add rows")
    assert work.git("push", "origin", "main")
    before = head(work)

    staged(work, "notes.md", MARKED)
    said = work.git("commit", "-m", "Add notes")
    assert_refused(said, "pre-commit")
    assert "notes.md, line 1" in said.out
    work.did("rm", "-q", "--cached", "notes.md")

    assert_refused(work.git("commit", "--allow-empty", "-m", f"Change\n\n{TRAILER}"), "prepare-commit-msg")
    typed = {"GIT_EDITOR": f"sed -i -e '1iChange\\n\\n{TRAILER}'"}
    assert_refused(work.git("commit", "--allow-empty", **typed), "commit-msg")
    assert head(work) == before


@pytest.mark.long
def test_a_marked_merge_is_refused(plain: Work, by: Setup) -> None:
    work = by(plain)
    work.did("checkout", "-q", "-b", "side")
    work.commit("Side", files={"side.txt": "text\n"})
    work.did("checkout", "-q", "main")
    work.commit("Main", files={"main.txt": "text\n"})
    agent = {"CODEX_THREAD_ID": "s3cr3t"}
    assert_refused(work.git("merge", "--no-edit", "side", **agent), "pre-merge-commit")


def test_a_marked_pick_is_refused(plain: Work, by: Setup) -> None:
    """A cherry-pick runs no pre-commit hook, so that the framework must have prepare-commit-msg installed."""
    work = by(plain)
    work.did("checkout", "-q", "-b", "side")
    marked = work.commit(f"Side\n\n{TRAILER}", files={"side.txt": "text\n"})
    work.did("checkout", "-q", "main")
    assert_refused(work.git("cherry-pick", marked), "prepare-commit-msg")


def test_the_second_ref_of_a_push_is_judged_though_the_framework_drops_it(plain: Work, by: Setup) -> None:
    """The framework hands on one ref of a push; the gate still judges all of them."""
    work = by(plain)
    work.did("checkout", "-q", "-b", "clean")
    work.commit("Clean", files={"clean.txt": "text\n"})
    work.did("checkout", "-q", "-b", "marked", "main")
    work.commit(f"Marked\n\n{TRAILER}", files={"marked.txt": "text\n"})
    before = remote_refs(work)
    assert_refused(work.git("push", "origin", "clean", "marked"), "pre-push")
    assert remote_refs(work) == before


def test_the_first_push_of_all_to_a_new_remote_is_judged(plain: Work, by: Setup, tmp_path: Path) -> None:
    """A push of the root commit has no FROM_REF, and is judged all the same."""
    work = by(plain)
    work.commit(FOOTER)
    work.did("remote", "add", "second", str(ungated(tmp_path / "second.git").path))
    assert_refused(work.git("push", "second", "main"), "pre-push")


def test_what_the_frameworks_file_leaves_out_at_its_top_does_not_switch_us_off(plain: Work, by: Setup) -> None:
    """Top-level `files` and `exclude` of the framework's file apply to no hook of ringfence's."""
    plain.write(pre_commit_config.FILE, "files: ^src/\nexclude: .*\nrepos: []\n")
    work = by(plain)
    staged(work, "notes.md", MARKED)
    assert_refused(work.git("commit", "-m", "Add notes"), "pre-commit")
    work.did("rm", "-q", "--cached", "notes.md")
    assert_refused(work.git("commit", "--allow-empty", "-m", f"Change\n\n{TRAILER}"), "prepare-commit-msg")
    typed = {"GIT_EDITOR": f"sed -i -e '1iChange\\n\\n{TRAILER}'"}
    assert_refused(work.git("commit", "--allow-empty", **typed), "commit-msg")
    work.commit(FOOTER)
    assert_refused(work.git("push", "origin", "main"), "pre-push")


def test_hooks_that_the_file_has_already_go_on_running(plain: Work, by: Setup) -> None:
    plain.write(pre_commit_config.FILE, OTHERS)
    work = by(plain)
    staged(work, "rows.txt", "a row\n")
    said = work.git("commit", "-m", "Add rows")
    assert said, said.out
    assert "own check ran" in said.out
    staged(work, "notes.md", MARKED)
    assert_refused(work.git("commit", "-m", "Add notes"), "pre-commit")


def test_what_is_not_staged_is_not_judged_and_not_lost(plain: Work, by: Setup) -> None:
    """Unstaged changes, which the framework stashes, don't count and are in the work tree afterwards."""
    work = by(plain)
    work.write("README.md", MARKED)
    staged(work, "rows.txt", "a row\n")
    assert work.git("commit", "-m", "Add rows")
    assert (work.path / "README.md").read_text() == MARKED
    assert_refused(work.git("commit", "-a", "-m", "Change"), "pre-commit")


def test_links_and_files_that_are_gone_are_judged_though_the_framework_names_none(plain: Work, by: Setup) -> None:
    """The framework passes no links as file names; the gate reads the index and finds them."""
    work = by(plain)
    (work.path / ".aider.chat.history.md").symlink_to("README.md")
    work.did("add", "-A")
    assert_refused(work.git("commit", "-m", "Add a link"), "pre-commit")


def test_a_run_by_itself_judges_what_it_names(plain: Work, by: Setup, request: pytest.FixtureRequest) -> None:
    """All files of a clone whose history was never judged, a range of commits, and what is staged."""
    work = by(plain)
    name = request.node.callspec.params["by"]

    def framework(*args: str) -> Said:
        return run(str(BESIDE / name), "run", "--hook-stage", "pre-commit", *args, cwd=work.path)

    assert framework("--all-files")
    before = head(work)
    work.did("-c", "core.hooksPath=/dev/null", "commit", "--allow-empty", "-m", f"Change\n\n{TRAILER}")
    assert framework("--all-files")  # it names files, not commits
    assert not framework("--from-ref", before, "--to-ref", "HEAD")
    work.did("reset", "-q", "--hard", before)
    staged(work, "rows.txt", MARKED)
    assert not framework()
    work.did("-c", "core.hooksPath=/dev/null", "commit", "-q", "-m", "Marked rows")
    work.commit("More", files={"more.txt": "a row\n"})
    assert not framework("--all-files")
    assert "rows.txt" in framework("--all-files").out
    assert not framework("--from-ref", before, "--to-ref", "HEAD")
    assert framework("--from-ref", "HEAD~1", "--to-ref", "HEAD")
    assert framework()
    work.commit("Another", files={"other.txt": "a row\n"})  # what is there already doesn't stop a commit


def test_install_and_uninstall_leave_the_frameworks_file_as_it_was(plain: Work) -> None:
    path = plain.write(pre_commit_config.FILE, OTHERS)
    assert plain.ringfence("install", "--pre-commit", "--tag", "training-data")
    once = path.read_text()
    assert once.count(pre_commit_config.BEGIN) == 1
    assert plain.ringfence("install", "--pre-commit", "--tag", "training-data")
    assert path.read_text() == once
    said = plain.ringfence("uninstall")
    assert said
    assert ".pre-commit-config.yaml: ringfence's hooks are removed" in said.out
    assert path.read_text() == OTHERS


def test_after_uninstall_marks_pass(plain: Work) -> None:
    plain.write(pre_commit_config.FILE, OTHERS)
    assert plain.ringfence("install", "--pre-commit", "--tag", "training-data")
    plain.commit("Set up")
    assert_refused(plain.git("commit", "--allow-empty", "-m", FOOTER), "prepare-commit-msg")
    assert plain.ringfence("uninstall")
    plain.did("add", "-A")
    assert plain.git("commit", "-m", FOOTER)


@pytest.mark.parametrize("before", [None, "repos: []\n"])
def test_uninstall_leaves_a_file_that_the_framework_can_read_where_no_hook_is_left(
    plain: Work, before: str | None
) -> None:
    if before:
        plain.write(pre_commit_config.FILE, before)
    assert plain.ringfence("install", "--pre-commit", "--tag", "training-data")
    plain.commit("Set up")
    assert plain.ringfence("uninstall")
    plain.did("add", "-A")
    said = plain.git("commit", "--allow-empty", "-m", "Take ringfence out", PRE_COMMIT_ALLOW_NO_CONFIG="1")
    assert said, said.out


def test_hooks_of_ours_that_the_framework_set_aside_go_too(plain: Work) -> None:
    assert plain.ringfence("install", "--tag", "training-data")
    plain.write(pre_commit_config.FILE, OTHERS)
    assert plain.ringfence("install", "--pre-commit")
    plain.commit("Set up")
    assert_refused(plain.git("commit", "--allow-empty", "-m", FOOTER), "prepare-commit-msg")
    assert plain.ringfence("uninstall")
    plain.did("add", "-A")
    said = plain.git("commit", "-m", FOOTER)
    assert said, said.out


def test_a_framework_that_was_there_runs_inside_our_own_hooks(plain: Work) -> None:
    plain.write(pre_commit_config.FILE, OTHERS.replace("stages: [pre-commit]", "stages: [pre-commit, pre-push]"))
    said = run(str(BESIDE / "pre-commit"), "install", *STAGES, cwd=plain.path)
    assert said, said.out
    assert plain.ringfence("install", "--tag", "training-data")
    plain.did("add", "-A")
    said = plain.git("commit", "-m", "Set up")
    assert said, said.out
    assert "own check ran" in said.out
    said = plain.git("push", "origin", "main")
    assert said, said.out
    assert "own check ran" in said.out
    assert_refused(plain.git("commit", "--allow-empty", "-m", FOOTER), "prepare-commit-msg")


def test_our_block_is_one_that_the_framework_reads_without_complaint(plain: Work) -> None:
    plain.write(pre_commit_config.FILE, OTHERS)
    plain.ringfence("install", "--pre-commit")
    for tool in ("pre-commit", "prek"):
        said = run(str(BESIDE / tool), "validate-config", pre_commit_config.FILE, cwd=plain.path)
        assert said, said.out
        assert "warning" not in said.out.lower()


def test_a_framework_that_cannot_install_is_said_so(plain: Work, tmp_path: Path) -> None:
    """A failing `pre-commit install` exits 2 and shows the framework's own message."""
    plain.did("config", "core.hooksPath", f"{tmp_path}/no-such")
    said = plain.ringfence("install", "--pre-commit")
    assert said.status == 2
    assert (
        "pre-commit install failed: [ERROR] Cowardly refusing to install hooks with `core.hooksPath` set." in said.out
    )


# --- as a repository of hooks ---


@pytest.fixture
def published(tmp_path: Path) -> Work:
    """This checkout as it would be published: one commit of what the package is built from."""
    path = tmp_path / "published"
    path.mkdir()
    for name in ("src", "hooks", "policy", "templates"):
        shutil.copytree(CHECKOUT / name, path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        shutil.copy(CHECKOUT / name, path / name)
    subprocess.run(["git", "init", "-q", "-b", "main", str(path)], check=True)
    work = Work(path)
    work.commit("Publish")
    return work


@pytest.mark.long
def test_the_published_hooks_refuse_at_every_stage(plain: Work, published: Work, tmp_path: Path) -> None:
    ids = "".join(f"      - id: ringfence-{stage}\n" for stage in pre_commit_config.STAGES)
    plain.write(
        pre_commit_config.FILE, f"repos:\n  - repo: {published.path}\n    rev: {head(published)}\n    hooks:\n{ids}"
    )
    plain.tag("training-data")
    store = {"PRE_COMMIT_HOME": str(tmp_path / "store")}
    said = run(str(BESIDE / "pre-commit"), "install", "--install-hooks", *STAGES, cwd=plain.path, **store)
    assert said, said.out
    plain.commit("Set up")

    staged(plain, "rows.txt", "a row\n")
    said = plain.git("commit", "-m", "Add rows", **store)
    assert said, said.out
    said = plain.git("push", "origin", "main", **store)
    assert said, said.out

    staged(plain, "notes.md", MARKED)
    assert_refused(plain.git("commit", "-m", "Add notes", **store), "pre-commit")
    plain.did("rm", "-q", "--cached", "notes.md")
    assert_refused(plain.git("commit", "--allow-empty", "-m", FOOTER, **store), "prepare-commit-msg")
    typed = {"GIT_EDITOR": f"sed -i -e '1i{FOOTER}'"} | store
    assert_refused(plain.git("commit", "--allow-empty", **typed), "commit-msg")
    plain.commit(FOOTER)
    assert_refused(plain.git("push", "origin", "main", **store), "pre-push")
    assert count(plain, "origin/main") == 3


@pytest.mark.long
def test_the_published_hooks_can_be_tried(plain: Work, published: Work, tmp_path: Path) -> None:
    plain.tag("training-data")
    staged(plain, "notes.md", MARKED)
    store = {"PRE_COMMIT_HOME": str(tmp_path / "store")}
    trial = ("try-repo", str(published.path), "ringfence-pre-commit", "--all-files")
    said = run(str(BESIDE / "pre-commit"), *trial, cwd=plain.path, **store)
    assert_refused(said, "pre-commit")
    assert "notes.md, line 1" in said.out
    assert not os.path.exists(plain.path / pre_commit_config.FILE)
