"""What a hook may cost, counted instead of timed: modules imported, git processes started, objects read."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from conftest import TRAILER, Work, run, seed_catalogue
from ringfence.git.repo import Repo
from ringfence.repository import Repository, load_local_plan
from ringfence.scan.prefilter import load_prefilter

# What costs milliseconds to import and a clean commit needs none of.
HEAVY = {
    "argparse", "ast", "asyncio", "click", "collections", "contextlib", "dataclasses", "enum", "functools", "git",
    "hashlib", "inspect", "json", "logging", "pathlib", "pydantic", "re", "rich", "shutil", "subprocess", "tempfile",
    "tomli", "tomllib", "traceback", "typer", "typing",
}  # fmt: skip
# What each of them loads of ours: a folder costs 0.14 ms, a module about as much.
UNTAGGED = [
    ".", "error_handler", "errors", "gate", "gate.local", "git", "git.objects", "git.process", "git.raw",
    "git.repo", "hook", "model", "policy", "policy.inputs", "repository", "sources", "sources.commits",
    "sources.staged", "values",
]  # fmt: skip
CHECKED = [
    *UNTAGGED, "check", "check.check", "check.deadline", "check.paths", "check.results", "check.texts",
    "gate.run", "policy.actions", "policy.cache", "policy.kept_catalogue", "policy.links", "policy.load",
    "policy.markers", "policy.markers.catalogue", "policy.markers.escapes", "policy.markers.normalise",
    "policy.markers.scanner", "policy.plan", "policy.zones", "resources", "scan", "scan.batches",
    "scan.prefilter", "scan.reader",
]  # fmt: skip
COMMIT = [*CHECKED, "sources.parent_processes"]
MESSAGE = [*CHECKED, "sources.message", "sources.original_author"]
TELL = (
    "import os, sys; os._exit = lambda code: (print(code, *sys.modules), sys.stdout.flush(), sys.exit(code));"
    "from ringfence.hook import main; main()"
)


def imported(work: Work, *args: str, stdin: bytes = b"") -> tuple[str, set[str]]:
    """Run a hook and return its exit code and every module that was imported."""
    said = run(sys.executable, "-I", "-S", "-c", PATHS + TELL, *args, cwd=work.path, stdin=stdin)
    code, *modules = said.out.split()
    return code, set(modules)


# -S leaves out what a virtual environment's .pth files import; the paths are then given by hand.
PATHS = f"import sys; sys.path += {[path for path in sys.path if path]!r};"


@pytest.fixture
def warm(laptop: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    """A laptop whose policy was compiled by an earlier commit, and whose cache remembers no other test's commits."""
    seed_catalogue(tmp_path / "cache/ringfence")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    plan = load_local_plan(Repository(Repo(str(laptop.path))))
    assert plan
    load_prefilter(plan)  # as `ringfence install` does
    laptop.write("rows.txt", "a person's row\n")
    laptop.did("add", ".")
    laptop.did("hook", "run", "pre-commit")
    return laptop


@pytest.mark.parametrize(
    ("hook", "stdin"),
    [(("pre-commit",), b""), (("commit-msg", "message.txt"), b""), (("pre-push", "origin", "url"), b"{line}")],
)
def test_a_clean_hook_imports_nothing_heavy(warm: Work, hook: tuple[str, ...], stdin: bytes) -> None:
    warm.write("message.txt", "Add rows\n\nAs counted by hand.\n")
    head = warm.did("rev-parse", "HEAD").encode()
    line = stdin.replace(b"{line}", b"refs/heads/main %s refs/heads/main %s\n" % (head, b"0" * 40))
    code, modules = imported(warm, *hook, stdin=line)
    assert code == "0"
    assert modules & HEAVY == set()


def ours(modules: set[str]) -> list[str]:
    """Return the names of ringfence's own modules, without the package's name."""
    return sorted(name.partition(".")[2] or "." for name in modules if name.partition(".")[0] == "ringfence")


def test_an_untagged_commit_loads_these_modules_and_no_other(warm: Work) -> None:
    warm.did("config", "--unset-all", "ringfence.tag")
    code, modules = imported(warm, "pre-commit")
    assert code == "0"
    assert ours(modules) == sorted(UNTAGGED)


def test_a_clean_commit_loads_these_modules_and_no_other(warm: Work) -> None:
    code, modules = imported(warm, "pre-commit")
    assert code == "0"
    assert ours(modules) == sorted(COMMIT)


def test_a_clean_message_loads_these_modules_and_no_other(warm: Work) -> None:
    warm.write("message.txt", "Add rows\n\nAs counted by hand.\n")
    code, modules = imported(warm, "commit-msg", "message.txt")
    assert code == "0"
    assert ours(modules) == sorted(MESSAGE)


def test_a_refusal_needs_no_pydantic_either(warm: Work) -> None:
    warm.write("message.txt", f"Add rows\n\n{TRAILER}\n")
    said = run(sys.executable, "-I", "-S", "-c", PATHS + TELL, "commit-msg", "message.txt", cwd=warm.path)
    modules = set(said.out.split("\n")[0].split())
    assert "1" in modules
    assert modules & {"pydantic", "typer", "rich", "git", "tomli"} == set()


def test_a_command_loads_no_other_and_no_gitpython(warm: Work) -> None:
    tell = TELL.replace("ringfence.hook", "ringfence.commands.program")
    said = run(sys.executable, "-I", "-S", "-c", PATHS + tell, "check", "--staged", cwd=warm.path)
    commands = {name.rpartition(".")[2] for name in said.out.split() if name.startswith("ringfence.commands.")}
    assert commands == {"program", "check", "flags", "options"}
    assert "git" not in said.out.split()


def test_a_clean_check_of_what_is_staged_needs_no_command_line(warm: Work) -> None:
    tell = TELL.replace("ringfence.hook", "ringfence.__main__")
    said = run(sys.executable, "-I", "-S", "-c", PATHS + tell, "check", "--staged", cwd=warm.path)
    *report, told = said.out.strip().splitlines()
    code, *modules = told.split()
    assert code == "0"
    assert not [name for name in modules if name.startswith("ringfence.commands")]
    assert set(modules) & {"click", "git", "pydantic", "rich", "tomli", "typer"} == set()
    again = warm.ringfence("check", "--staged", "--format", "text")  # by the command line
    assert "\n".join(report) == again.out.strip()


@pytest.mark.parametrize(
    ("message", "status", "said"),
    [("clean", 0, "allowed"), ("marked", 1, "refused"), ("untagged", 0, "no tag"), ("outside", 2, "git repository")],
)
def test_a_check_of_what_is_staged_ends_alike_by_either_way(
    warm: Work, tmp_path: Path, message: str, status: int, said: str
) -> None:
    if message == "marked":
        warm.write("rows.txt", "https://chatgpt.com/share/0a1b2c3d-0000-4000-8000-000000000000\n")
        warm.did("add", ".")
    elif message == "untagged":
        warm.did("config", "--unset-all", "ringfence.tag")
    elif message == "outside":
        (tmp_path / "outside").mkdir()
        warm = Work(tmp_path / "outside")
    direct, parsed = (warm.ringfence("check", "--staged", *more) for more in ((), ("--format", "text")))
    assert (direct.status, direct.out) == (parsed.status, parsed.out)
    assert direct.status == status
    assert said in direct.out


def counted(work: Work, tmp_path: Path, *command: str, stdin: bytes = b"", **env: str) -> list[str]:
    """Run a hook with a git on the PATH that logs its arguments, and return the commands that were run."""
    log, folder = tmp_path / "log", tmp_path / "bin"
    folder.mkdir()
    real = run("sh", "-c", "command -v git", cwd=work.path).out.strip()
    (folder / "git").write_text(f'#!/bin/sh\necho "$*" >> {log}\nexec {real} "$@"\n')
    (folder / "git").chmod(0o755)
    path = run("sh", "-c", "echo $PATH", cwd=work.path).out.strip()
    said = run(sys.executable, "-I", "-c", "from ringfence.hook import main; main()", *command,
               cwd=work.path, stdin=stdin, PATH=f"{folder}:{path}", **env)  # fmt: skip
    assert said, said.out
    asked = (line.replace("--no-pager -c core.quotePath=false ", "") for line in log.read_text().splitlines())
    return sorted(line.split()[0] for line in asked)


def test_a_commit_costs_four_gits(warm: Work, tmp_path: Path) -> None:
    assert counted(warm, tmp_path, "pre-commit") == ["cat-file", "config", "diff-index", "var"]


def test_a_message_costs_two_gits(warm: Work, tmp_path: Path) -> None:
    warm.write("message.txt", "Add rows\n")
    assert counted(warm, tmp_path, "commit-msg", "message.txt") == ["cat-file", "config"]


def test_a_push_costs_four_gits_however_many_refs_it_has(clone: Work, server: Work, tmp_path: Path) -> None:
    old = server.did("rev-parse", "main")
    lines = b""
    for number in range(50):
        new = clone.commit(f"Row {number}")
        lines += b"%s %s refs/heads/b%d\n" % (b"0" * 40, new.encode(), number)
    clone.did("push", "-q", server.path.as_posix(), "HEAD:refs/heads/all")
    server.did("update-ref", "-d", "refs/heads/all")
    assert old == server.did("rev-parse", "main")
    asked = counted(server, tmp_path, "pre-receive", stdin=lines, GIT_DIR=".")  # as git sets it
    assert asked == ["cat-file", "config", "diff-tree", "rev-list"]


def test_an_object_that_is_pushed_under_many_paths_is_read_once(clone: Work) -> None:
    for number in range(30):
        clone.write(f"copies/{number}.txt", "the same row\n")
    base = clone.did("rev-parse", "HEAD")
    clone.commit("Add copies")
    said = clone.ringfence("check", "--range", f"{base}..HEAD", "--tag", "eval", "--format", "json")
    assert '"objects": 2,' in said.out  # the commit and the one blob
    assert '"paths": 30,' in said.out


def test_an_interrupted_audit_ends_at_once_with_130(clone: Work) -> None:
    """The hook reads a pipe without a writer, so that it blocks in the middle of its work."""
    os.mkfifo(clone.path / "waits")
    command = [sys.executable, "-I", "-m", "ringfence", "check", "--files", "waits", "--tag", "eval"]
    # Tests that run in the background ignore SIGINT, and child processes inherit that.
    heeding = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)}
    with subprocess.Popen(command, cwd=clone.path, stderr=subprocess.PIPE, **heeding) as running:
        writer = os.open(clone.path / "waits", os.O_WRONLY)  # returns once the other end is being read
        running.send_signal(signal.SIGINT)
        try:
            assert running.wait(timeout=20) == 130
        finally:
            running.kill()
            os.close(writer)
        assert running.stderr is not None
        assert b"Traceback" not in running.stderr.read()


FETCH = [
    ".", "error_handler", "errors", "fetch", "gate", "gate.read_pass", "git", "git.process", "git.repo", "policy",
    "policy.cache", "policy.inputs", "resources", "sources", "sources.forges", "sources.forges.base",
    "sources.forges.plain", "values",
]  # fmt: skip


def test_a_repeated_fetch_loads_these_modules_and_no_other(server: Work, clone: Work, tmp_path: Path) -> None:
    """Its answer is remembered: neither the policy nor the record is opened."""
    (tmp_path / "policy.toml").write_text('version = 1\n[accounts]\nbarred = ["pat"]\n')
    server.did("config", "ringfence.policy", str(tmp_path / "policy.toml"))
    tell = "import os, sys; os.execvp = lambda *_: (print(0, *sys.modules), sys.stdout.flush(), os._exit(0));"
    code = f"{PATHS}{tell} from ringfence.fetch import main; main()"
    time.sleep(0.2)  # what was changed a moment ago isn't remembered
    loaded = []
    for forgets in (True, False, False):  # the first compiles the policy, and its answer is forgotten
        said = run(sys.executable, "-I", "-S", "-c", code, "git", "pack-objects", cwd=server.path, GIT_DIR=".")
        loaded.append(set(said.out.split()))
        for file in Path(os.environ["XDG_CACHE_HOME"], "ringfence").glob("*.pass" if forgets else "none"):
            file.unlink()
    assert ours(loaded[2]) == sorted(FETCH)
    assert loaded[2] & HEAVY == set()
    assert ours(loaded[1]) != sorted(FETCH)
    assert loaded[1] & {"pydantic", "typer", "rich", "git", "tomli"} == set()
