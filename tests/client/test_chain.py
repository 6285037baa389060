"""Hooks that were there before go on running and come back when ringfence goes; no code of a repository runs."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from client.conftest import FOOTER, MARKED, assert_refused, count, head, hook, ungated
from conftest import PYTHON, TRAILER, Work
from needs import MODULES
from ringfence import resources
from ringfence.setup.client_hooks import CLIENT

TELLS = """\
#!/bin/sh
told="$TOLD/${0##*/}"
for argument; do printf '%s\\0' "$argument"; done >"$told.args"
cat >"$told.stdin"
echo run >>"$told.runs"
"""


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which hooks write down what they were given."""
    folder = tmp_path / "told"
    folder.mkdir()
    monkeypatch.setenv("TOLD", str(folder))
    return folder


@pytest.fixture
def bare_laptop(tmp_path: Path) -> Work:
    """A repository with one commit and no hooks."""
    subprocess.run(["git", "init", "-q", "-b", "main", str(tmp_path / "laptop")], check=True)
    work = Work(tmp_path / "laptop")
    work.commit("First", files={"README.md": "A place for rows.\n"})
    return work


def chained(work: Work, name: str, script: str = TELLS) -> None:
    """Write a hook, and install ringfence over it."""
    hook(work, name, script)
    assert work.ringfence("install", "--tag", "training-data")


def args(told: Path, name: str) -> list[str]:
    return (told / f"{name}.args").read_text().split("\0")[:-1]


def listing(work: Work) -> dict[str, tuple[bytes, int]]:
    """Return the hooks' contents and modes by name."""
    folder = work.path / ".git/hooks"
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mode)
        for path in folder.rglob("*")
        if path.is_file()
    }


# --- the same arguments, the same stdin ---


def test_a_hook_that_was_there_gets_a_commits_arguments(bare_laptop: Work, told: Path) -> None:
    for name in ("pre-commit", "prepare-commit-msg"):
        hook(bare_laptop, name, TELLS)
    chained(bare_laptop, "commit-msg")
    assert bare_laptop.git("commit", "--allow-empty", "-m", "Change")
    assert args(told, "pre-commit") == []
    assert args(told, "prepare-commit-msg") == [".git/COMMIT_EDITMSG", "message"]
    assert args(told, "commit-msg") == [".git/COMMIT_EDITMSG"]


def test_a_hook_that_was_there_gets_an_amends_arguments(bare_laptop: Work, told: Path) -> None:
    chained(bare_laptop, "prepare-commit-msg")
    assert bare_laptop.git("commit", "--amend", "--no-edit", "--allow-empty")
    assert args(told, "prepare-commit-msg") == [".git/COMMIT_EDITMSG", "commit", "HEAD"]


def test_a_hook_that_was_there_runs_before_a_merge(bare_laptop: Work, told: Path) -> None:
    chained(bare_laptop, "pre-merge-commit")
    assert bare_laptop.git("merge", "--no-ff", "--allow-unrelated-histories", other_root(bare_laptop))
    assert (told / "pre-merge-commit.runs").read_text() == "run\n"


def other_root(work: Work) -> str:
    tree = work.did("hash-object", "-w", "-t", "tree", os.devnull)
    return work.did("commit-tree", tree, "-m", "Another beginning")


def test_a_hook_that_was_there_gets_a_mails_arguments(bare_laptop: Work, told: Path) -> None:
    made = bare_laptop.commit("Add rows", files={"rows.txt": "a row\n"})
    mail = bare_laptop.did("format-patch", "-1", "--stdout", made) + "\n"
    bare_laptop.did("reset", "-q", "--hard", "HEAD~")
    chained(bare_laptop, "applypatch-msg")
    assert bare_laptop.git("am", stdin=mail.encode())
    assert args(told, "applypatch-msg") == [".git/rebase-apply/final-commit"]


def test_a_hook_that_was_there_gets_a_pushs_arguments_and_every_byte_of_its_stdin(
    bare_laptop: Work, told: Path, tmp_path: Path
) -> None:
    """The earlier hook gets git's lines unchanged: deletions, and expressions with blanks in them."""
    server = ungated(tmp_path / "server.git")
    bare_laptop.did("push", "-q", str(server.path), "main:old")
    chained(bare_laptop, "pre-push")
    assert bare_laptop.git("push", str(server.path), "main", "HEAD@{1 second ago}:refs/heads/s", ":old")
    oid, none = head(bare_laptop), "0" * 40
    lines = {
        f"refs/heads/main {oid} refs/heads/main {none}\n",
        f"HEAD@{{1 second ago}} {oid} refs/heads/s {none}\n",
        f"(delete) {none} refs/heads/old {oid}\n",
    }
    given = (told / "pre-push.stdin").read_bytes().decode()
    assert set(given.splitlines(keepends=True)) == lines
    assert given.count("\n") == 3
    assert args(told, "pre-push") == [str(server.path), str(server.path)]


def test_a_push_of_nothing_gives_the_hook_that_was_there_an_empty_stdin(
    bare_laptop: Work, told: Path, tmp_path: Path
) -> None:
    """An up-to-date push still runs the earlier hook, with an empty stdin instead of ours."""
    server = ungated(tmp_path / "server.git")
    bare_laptop.did("push", "-q", str(server.path), "main")
    chained(bare_laptop, "pre-push")
    assert bare_laptop.git("push", str(server.path), "main")
    assert (told / "pre-push.stdin").read_bytes() == b""


def test_many_refs_reach_the_hook_that_was_there(bare_laptop: Work, told: Path, tmp_path: Path) -> None:
    """An input larger than a pipe's buffer is passed on without loss and without a deadlock."""
    server = ungated(tmp_path / "server.git")
    oid = head(bare_laptop)
    names = [f"refs/heads/b{number}" for number in range(1500)]  # more than a pipe holds
    bare_laptop.did("update-ref", "--stdin", stdin="".join(f"create {name} {oid}\n" for name in names).encode())
    chained(bare_laptop, "pre-push")
    assert bare_laptop.git("push", "-q", str(server.path), "refs/heads/b*:refs/heads/b*")
    given = (told / "pre-push.stdin").read_text()
    assert sorted(given.splitlines()) == sorted(f"{name} {oid} {name} {'0' * 40}" for name in names)


# --- who has the last word ---


@pytest.mark.parametrize("name", ["pre-commit", "prepare-commit-msg", "commit-msg"])
def test_a_hook_that_was_there_can_refuse_a_commit(bare_laptop: Work, name: str) -> None:
    chained(bare_laptop, name, "#!/bin/sh\necho the old hook says no\nexit 3\n")
    said = bare_laptop.git("commit", "--allow-empty", "-m", "Change")
    assert not said
    assert "the old hook says no" in said.out
    assert count(bare_laptop) == 1


def test_a_hook_that_was_there_can_refuse_a_push(bare_laptop: Work, tmp_path: Path) -> None:
    server = ungated(tmp_path / "server.git")
    chained(bare_laptop, "pre-push", "#!/bin/sh\necho the old hook says no\nexit 1\n")
    said = bare_laptop.git("push", str(server.path), "main")
    assert not said
    assert "the old hook says no" in said.out
    assert "ringfence" not in said.out.replace(str(server.path), "")
    assert server.did("for-each-ref") == ""


def test_a_hook_that_was_there_is_not_asked_to_send_what_is_refused(
    bare_laptop: Work, told: Path, tmp_path: Path
) -> None:
    """Ours runs first: git-lfs, for one, would have uploaded the content before the push is refused."""
    server = ungated(tmp_path / "server.git")
    chained(bare_laptop, "pre-push")
    bare_laptop.commit(f"Change\n\n{TRAILER}")
    assert_refused(bare_laptop.git("push", str(server.path), "main"), "pre-push")
    assert list(told.iterdir()) == []


def test_what_a_hook_that_was_there_stages_is_judged(bare_laptop: Work) -> None:
    chained(bare_laptop, "pre-commit", f"#!/bin/sh\necho '{MARKED.strip()}' >notes.md\ngit add notes.md\n")
    assert_refused(bare_laptop.git("commit", "--allow-empty", "-m", "Change"), "pre-commit")


def test_what_a_hook_that_was_there_writes_into_the_message_is_judged(bare_laptop: Work) -> None:
    chained(bare_laptop, "commit-msg", f"#!/bin/sh\nprintf '\\n{TRAILER}\\n' >>\"$1\"\n")
    assert_refused(bare_laptop.git("commit", "--allow-empty", "-m", "Change"), "commit-msg")


def test_what_a_hook_that_was_there_prepares_is_judged(bare_laptop: Work) -> None:
    chained(bare_laptop, "prepare-commit-msg", f"#!/bin/sh\nprintf '\\n{TRAILER}\\n' >>\"$1\"\n")
    assert_refused(bare_laptop.git("commit", "--allow-empty", "-m", "Change"), "prepare-commit-msg")


def test_a_hook_that_was_there_and_lost_its_run_bit_refuses_and_says_so(bare_laptop: Work) -> None:
    chained(bare_laptop, "pre-commit", "#!/bin/sh\n")
    (bare_laptop.path / ".git/hooks/before-ringfence/pre-commit").chmod(0o644)
    said = bare_laptop.git("commit", "--allow-empty", "-m", "Change")
    assert not said
    assert "before-ringfence/pre-commit, can't be run: Permission denied." in said.out


def test_a_hook_without_a_first_line_runs_as_git_would_run_it(bare_laptop: Work, told: Path) -> None:
    chained(bare_laptop, "pre-commit", TELLS.partition("\n")[2])
    assert bare_laptop.git("commit", "--allow-empty", "-m", "Change")
    assert (told / "pre-commit.runs").read_text() == "run\n"


# --- in and out ---


def test_a_hook_that_was_there_runs_once_however_often_we_are_installed(bare_laptop: Work, told: Path) -> None:
    chained(bare_laptop, "pre-commit")
    before = listing(bare_laptop)
    assert bare_laptop.ringfence("install", "--tag", "training-data")
    assert listing(bare_laptop) == before
    assert bare_laptop.did("config", "--get-all", "ringfence.tag") == "training-data"
    assert bare_laptop.git("commit", "--allow-empty", "-m", "Change")
    assert (told / "pre-commit.runs").read_text() == "run\n"


def test_uninstall_puts_back_what_was_there_byte_for_byte(bare_laptop: Work) -> None:
    for number, name in enumerate(CLIENT):
        hook(bare_laptop, name, f"#!/bin/sh\nexit {number} # \r\n\u00e9").chmod(0o700 + number)
    before = listing(bare_laptop)
    assert bare_laptop.ringfence("install")
    assert listing(bare_laptop) != before
    assert bare_laptop.ringfence("uninstall")
    assert listing(bare_laptop) == before


def test_uninstall_leaves_nothing_where_nothing_was(bare_laptop: Work) -> None:
    before = listing(bare_laptop)
    assert bare_laptop.ringfence("install")
    assert set(listing(bare_laptop)) - set(before) == set(CLIENT)
    said = bare_laptop.ringfence("uninstall")
    assert said
    assert "ringfence: pre-commit: removed\n" in said.out
    assert listing(bare_laptop) == before


def test_uninstall_leaves_a_hook_that_is_not_ours_alone(bare_laptop: Work) -> None:
    hook(bare_laptop, "pre-commit", TELLS)
    said = bare_laptop.ringfence("uninstall")
    assert said
    assert said.out == "ringfence: nothing was installed here\n"
    assert listing(bare_laptop)["pre-commit"][0] == TELLS.encode()


def test_a_hook_that_git_did_not_run_does_not_begin_to(bare_laptop: Work, told: Path) -> None:
    hook(bare_laptop, "pre-commit", TELLS).chmod(0o644)
    said = bare_laptop.ringfence("install", "--tag", "training-data")
    assert "the previous file, which git ignored (not executable, or a broken link), is now " in said.out
    assert bare_laptop.git("commit", "--allow-empty", "-m", "Change")
    assert list(told.iterdir()) == []


def test_uninstall_puts_back_a_hook_that_git_did_not_run(bare_laptop: Work) -> None:
    hook(bare_laptop, "pre-commit", TELLS).chmod(0o644)
    before = listing(bare_laptop)
    assert bare_laptop.ringfence("install")
    assert bare_laptop.ringfence("uninstall")
    assert listing(bare_laptop) == before


def test_what_was_there_is_not_lost_when_another_tool_takes_our_place(bare_laptop: Work) -> None:
    chained(bare_laptop, "pre-commit", "#!/bin/sh\necho the first\n")
    hook(bare_laptop, "pre-commit", "#!/bin/sh\necho the second\n")
    bare_laptop.ringfence("install")
    kept = [content for content, _ in listing(bare_laptop).values()]
    assert b"#!/bin/sh\necho the first\n" in kept
    assert b"#!/bin/sh\necho the second\n" in kept


def test_hooks_of_a_linked_work_tree_are_the_repositorys(bare_laptop: Work, tmp_path: Path) -> None:
    bare_laptop.did("worktree", "add", "-q", "-b", "linked", str(tmp_path / "linked"))
    linked = Work(tmp_path / "linked")
    assert linked.ringfence("install", "--tag", "training-data")
    for work in (bare_laptop, linked):
        assert_refused(work.git("commit", "--allow-empty", "-m", FOOTER), "prepare-commit-msg")


def test_install_from_a_folder_below_finds_the_repository(bare_laptop: Work) -> None:
    (bare_laptop.path / "below").mkdir()
    assert Work(bare_laptop.path / "below").ringfence("install", "--tag", "training-data")
    assert_refused(bare_laptop.git("commit", "--allow-empty", "-m", FOOTER), "prepare-commit-msg")


# --- core.hooksPath ---


def test_a_hooks_folder_that_other_repositories_share_is_left_alone(bare_laptop: Work, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    bare_laptop.did("config", "core.hooksPath", str(shared))
    said = bare_laptop.ringfence("install", "--tag", "training-data")
    assert said.status == 2
    assert f"core.hooksPath makes git run hooks from {shared}, which isn't this repository's." in said.out
    assert "git config --local core.hooksPath" in said.out
    assert list(shared.iterdir()) == []
    assert bare_laptop.git("config", "ringfence.tag").out == ""


def test_a_hooks_folder_inside_the_repository_is_the_one_that_is_filled(bare_laptop: Work) -> None:
    bare_laptop.did("config", "core.hooksPath", "own-hooks")
    assert bare_laptop.ringfence("install", "--tag", "training-data")
    assert {path.name for path in (bare_laptop.path / "own-hooks").iterdir()} == set(CLIENT)
    assert_refused(bare_laptop.git("commit", "--allow-empty", "-m", FOOTER), "prepare-commit-msg")


def test_a_folder_whose_name_only_begins_like_the_repositorys_is_outside_of_it(
    bare_laptop: Work, tmp_path: Path
) -> None:
    bare_laptop.did("config", "core.hooksPath", str(tmp_path / "laptop-hooks"))
    assert bare_laptop.ringfence("install").status == 2


@pytest.fixture
def shipped_hooks(bare_laptop: Work) -> Work:
    """A repository that takes its hooks from the shipped folder, as an organisation would set it for all."""
    bare_laptop.did("config", "core.hooksPath", str(Path(resources.find_shipped_folder("hooks")).resolve()))
    bare_laptop.tag("training-data")
    return bare_laptop


def test_the_shipped_hooks_refuse_by_the_ringfence_on_the_path(shipped_hooks: Work) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    assert_refused(shipped_hooks.git("commit", "--allow-empty", "-m", FOOTER, PATH=path), "prepare-commit-msg")
    assert shipped_hooks.git("commit", "--allow-empty", "-m", "Change", PATH=path)


def test_the_shipped_hooks_refuse_where_no_ringfence_is_on_the_path(shipped_hooks: Work, tmp_path: Path) -> None:
    only = tmp_path / "only"
    only.mkdir()
    (only / "git").symlink_to("/usr/bin/git")
    said = shipped_hooks.git("commit", "--allow-empty", "-m", "Change", PATH=f"{only}:/bin")
    assert not said
    assert "ringfence: not found" in said.out
    assert count(shipped_hooks) == 1


# --- nothing of a repository runs ---


@pytest.mark.parametrize(
    "name",
    ["ringfence/__init__.py", "ringfence.py", "json.py", "hyperscan.py", "git.py", "re.py", "sitecustomize.py"],
)
def test_a_module_in_the_repository_is_not_run(
    laptop: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    ran = tmp_path / "ran"
    laptop.write(name, f"open({str(ran)!r}, 'w').close()\n")
    laptop.write("notes.md", MARKED)
    laptop.did("add", "-A")
    monkeypatch.setenv("PYTHONPATH", str(laptop.path))
    monkeypatch.setenv("PYTHONSTARTUP", str(laptop.path / name))
    assert_refused(laptop.git("commit", "-m", "Change"), "pre-commit")
    assert not ran.exists()


def test_a_module_in_the_repository_is_not_run_when_its_policy_is_read(laptop: Work, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    for name in ("ringfence", "pydantic", "tomllib", "tomli", "typing", "dataclasses"):
        laptop.write(f"{name}.py", f"open({str(ran)!r}, 'w').close()\n")
    laptop.write("ringfence.toml", f'version = 1\n[[zone]]\ntag = "eval"\npaths = ["{tmp_path.name}/**"]\n')
    laptop.did("add", "-A")
    assert laptop.git("commit", "-m", "Change")
    assert not ran.exists()


def test_a_tag_that_does_not_exist_is_refused_before_anything_is_written(bare_laptop: Work) -> None:
    before = listing(bare_laptop)
    said = bare_laptop.ringfence("install", "--tag", "evall")
    assert (said.status, "unknown tag `evall`; did you mean `eval`?" in said.out) == (4, True)
    assert listing(bare_laptop) == before
    assert not bare_laptop.git("config", "ringfence.tag")
    bare_laptop.tag("evall")
    said = bare_laptop.ringfence("check", "--staged")
    assert "git config --unset ringfence.tag evall removes it" in said.out
    bare_laptop.did("config", "--unset", "ringfence.tag", "evall")
    assert bare_laptop.ringfence("check", "--staged").status == 0


# --- hooks that find their work by their own name and folder ---


def refuses_untitled(work: Work) -> None:
    """Assert that the team's own rule still holds, and passes what it allows."""
    work.write("a.txt", "a human's line\n")
    work.did("add", "a.txt")
    said = work.git("commit", "-m", "no number")
    assert (bool(said), "no ticket" in said.out) == (False, True), said.out
    assert work.git("commit", "-m", "TICKET-1: add a line")
    work.write("b.txt", "another\n")
    work.did("add", "b.txt")
    work.git("commit", "-m", f"TICKET-2\n\n{TRAILER}").assert_refused()


RULE = 'grep -q TICKET "$1" || { echo "no ticket"; exit 1; }\n'
STARTS = {
    "sh": "#!/bin/sh\n",
    "env": "#!/usr/bin/env sh\n",
    "options": "#!/bin/sh -e\n",
    "split": "#!/usr/bin/env -S sh -e\n",
    "none": "",
}


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("sets_path", [False, True])
def test_a_hook_finds_its_own_name_and_folder(bare_laptop: Work, start: str, *, sets_path: bool) -> None:
    folder = ".hk/_" if sets_path else ".git/hooks"
    runs = 'sh -e "$(dirname "$(dirname "$0")")/own/$(basename "$0")" "$@"\n'
    bare_laptop.write(f"{folder}/commit-msg", STARTS[start] + runs).chmod(0o755)
    bare_laptop.write(f"{Path(folder).parent}/own/commit-msg", RULE)
    if sets_path:
        bare_laptop.did("config", "core.hooksPath", folder)
    assert bare_laptop.ringfence("install", "--tag", "training-data")
    refuses_untitled(bare_laptop)


def test_a_hook_in_another_language_finds_its_own_name(bare_laptop: Work) -> None:
    script = f"#!{sys.executable}\nimport os, sys\nsys.exit(os.path.basename(sys.argv[0]) != 'commit-msg')\n"
    chained(bare_laptop, "commit-msg", script)
    assert bare_laptop.git("commit", "--allow-empty", "-m", "Change")


def test_a_linked_hook_finds_the_folder_behind_its_link(bare_laptop: Work) -> None:
    bare_laptop.write("scripts/hook", '#!/bin/sh\n. "$(dirname "$(readlink -f "$0")")/rule"\n').chmod(0o755)
    bare_laptop.write("scripts/rule", RULE)
    link = bare_laptop.path / ".git/hooks/commit-msg"
    link.symlink_to("../../scripts/hook")
    assert bare_laptop.ringfence("install", "--tag", "training-data")
    refuses_untitled(bare_laptop)
    assert bare_laptop.ringfence("uninstall")
    assert os.readlink(link) == "../../scripts/hook"


def test_a_hook_that_an_earlier_version_kept_under_another_name_finds_its_own(bare_laptop: Work) -> None:
    """Such a hook is mended without being installed again, and is moved when it is."""
    chained(bare_laptop, "commit-msg", f'#!/bin/sh\n[ "$(basename "$0")" = commit-msg ] || exit 0\n{RULE}')
    folder = bare_laptop.path / ".git/hooks"
    (folder / "before-ringfence/commit-msg").rename(folder / "commit-msg.before-ringfence")
    script = (folder / "commit-msg").read_text()
    (folder / "commit-msg").write_text(script.replace("${0%/*}/before-ringfence/${0##*/}", "$0.before-ringfence"))
    refuses_untitled(bare_laptop)
    assert bare_laptop.ringfence("install")
    assert (folder / "before-ringfence/commit-msg").exists()
    assert not (folder / "commit-msg.before-ringfence").exists()
    assert bare_laptop.ringfence("uninstall")
    assert RULE in (folder / "commit-msg").read_text()


# --- the managers themselves ---

MANAGERS = {
    "husky": ("husky/bin.js", {".husky/commit-msg": RULE}, []),
    "lefthook": ("lefthook/bin/index.js",
                 {"lefthook.yml": "commit-msg:\n  commands:\n    ticket:\n      run: sh rule {1}\n", "rule": RULE},
                 ["install"]),
    "simple-git-hooks": ("simple-git-hooks/cli.js",
                         {"package.json": '{"simple-git-hooks": {"commit-msg": "sh rule $1"}}', "rule": RULE}, []),
}  # fmt: skip


def manage(work: Work, name: str) -> None:
    """Have a manager install its hooks, as `npm install` does."""
    script, files, arguments = MANAGERS[name]
    for path, text in files.items():
        work.write(path, text)
    done = subprocess.run(["node", str(MODULES / script), *arguments], cwd=work.path, check=False, capture_output=True)
    assert done.returncode == 0, (done.stdout + done.stderr).decode()


@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.needs(name)) for name in MANAGERS])
def test_the_hooks_of_a_manager_go_on_running(bare_laptop: Work, name: str) -> None:
    manage(bare_laptop, name)
    assert bare_laptop.ringfence("install", "--tag", "training-data")
    refuses_untitled(bare_laptop)


@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.needs(name)) for name in MANAGERS])
def test_what_a_manager_does_to_our_hooks_is_told_by_status(bare_laptop: Work, name: str) -> None:
    manage(bare_laptop, name)
    assert bare_laptop.ringfence("install", "--tag", "training-data")
    manage(bare_laptop, name)
    said = bare_laptop.ringfence("status")
    assert (said.status, "commit-msg isn't a hook of ringfence" in said.out) == (3, True)
    assert bare_laptop.ringfence("install")
    refuses_untitled(bare_laptop)


@pytest.mark.needs("husky")
def test_husky_calls_ringfence_where_its_own_files_say_so(bare_laptop: Work) -> None:
    """What a manager runs from its own configuration outlives its next installation."""
    command = " ".join(map(shlex.quote, PYTHON))
    bare_laptop.write(".husky/pre-commit", f"{command} hook pre-commit\n")
    bare_laptop.write(".husky/commit-msg", f'{RULE}{command} hook commit-msg "$1"\n')
    bare_laptop.tag("training-data")
    for _ in range(2):
        done = subprocess.run(["node", str(MODULES / "husky/bin.js")], cwd=bare_laptop.path, check=False)
        assert done.returncode == 0
    refuses_untitled(bare_laptop)
