"""Every error refuses, is reported as an error and not as a finding, and leaks nothing of the environment."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import TRAILER, Said, Work, bare, cloned, run
from server.conftest import API_ID, blob, brought, hook, judged, line, marks, raw_commit, refs, refused

ERROR = "Refused because of this error, not because of what was found."
SECRET = "Basic c2VjcmV0LW9mLWFubg=="  # what nginx hands to a hook
GIT = shutil.which("git")


def is_error(said: Said, status: int, *parts: str) -> None:
    """Assert that a hook refused because of an error."""
    assert said.status == status, said.out
    assert ERROR in said.out
    assert "Traceback" not in said.out
    for part in parts:
        assert part in said.out, said.out


# --- policies ---

UNUSABLE = {
    "syntax": ("[tag\n", "policy.toml (git config ringfence.policy): not TOML: "),
    "key": ('[vendors]\nrival = ["openai"]', ":3: vendors.rival: unknown key; did you mean `rivals`?"),
    "vendor": ('[vendors]\napproved = ["antropic"]', "vendors: unknown vendor `antropic`; did you mean `anthropic`?"),
    "tag": ('[[repository]]\nmatch = ["*"]\ntags = ["evals"]', "tag: unknown tag `evals`; did you mean `eval`?"),
    "action": ('[tag.eval]\nstrong = "blok"', "tag.eval.strong: 'blok' is not one of "),
    "nobody": ("[vendors]\nrivals = []", "no rival vendor is left"),
    "marker": ('[[marker]]\nvendor = "openai"\nid = "x"', "marker[1]"),
}  # fmt: skip


@pytest.mark.parametrize("what", sorted(UNUSABLE))
def test_an_unusable_policy_refuses_by_file_and_key(clone: Work, server: Work, policy, what: str) -> None:
    """A policy that is wrong in any way refuses every push with exit code 4, file and key."""
    text, expected = UNUSABLE[what]
    policy(text)
    clone.commit("Clean")
    is_error(judged(clone, server), 4, expected)


def test_every_mistake_is_told_at_once(clone: Work, server: Work, policy) -> None:
    policy('[vendors]\nrival = ["openai"]\n[tag.eval]\nweek = "block"')
    clone.commit("Clean")
    is_error(judged(clone, server), 4, "vendors.rival: unknown key", "tag.eval.week: unknown key")


def test_a_policy_that_is_named_and_missing_refuses(clone: Work, server: Work, tmp_path: Path) -> None:
    """A policy that the configuration names must exist: a missing one isn't the same as none."""
    server.did("config", "ringfence.policy", f"{tmp_path}/none.toml")
    clone.commit("Clean")
    is_error(
        judged(clone, server), 4,
        f"{tmp_path}/none.toml (git config ringfence.policy): can't be read: No such file or directory.",
    )  # fmt: skip


def test_a_policy_that_cannot_be_read_refuses(clone: Work, server: Work, tmp_path: Path) -> None:
    """A folder in the place of a policy file refuses as a configuration error."""
    server.did("config", "ringfence.policy", str(tmp_path))
    clone.commit("Clean")
    is_error(judged(clone, server), 4, "can't be read: Is a directory.")


def test_a_policy_that_is_missing_refuses_even_without_a_tag(clone: Work, server: Work, tmp_path: Path) -> None:
    server.did("config", "--unset-all", "ringfence.tag")
    server.did("config", "ringfence.policy", str(tmp_path / "no-such/policy.toml"))
    clone.commit("Clean")
    said = clone.git("push", "origin", "main")
    said.assert_refused(f"{tmp_path}/no-such/policy.toml (git config ringfence.policy): can't be read: ", ERROR)


def test_an_unknown_tag_of_the_configuration_refuses(clone: Work, server: Work) -> None:
    server.tag("trainingdata")
    clone.commit("Clean")
    is_error(judged(clone, server), 4, "git config ringfence.tag: tag: unknown tag `trainingdata`; did you mean")


def test_a_configuration_that_git_cannot_read_refuses(clone: Work, server: Work) -> None:
    commit = brought(clone, server, clone.commit("Clean"))
    with (server.path / "config").open("a") as file:
        file.write("[ringfence\n")
    is_error(hook(server, line(commit)), 5, "bad config line 7")


# --- stdin ---


def test_a_closed_stdin_refuses(clone: Work, server: Work) -> None:
    """pre-receive without stdin knows of no ref, which must not count as nothing to check."""
    said = run("sh", "-c", "exec hooks/pre-receive <&-", cwd=server.path, GIT_DIR=".")
    is_error(said, 3, "pre-receive got no ref: nothing was checked.")


def test_an_empty_stdin_refuses(clone: Work, server: Work) -> None:
    is_error(hook(server, b""), 3, "pre-receive got no ref: nothing was checked.")


GARBAGE = [
    b"garbage\n", b"0 1 2\n", b"\xff\xfe\x00\n", b"\0" * 40 + b" x y\n", b"%s %s\n" % (b"0" * 40, b"1" * 40),
    b"%s\t%s\trefs/heads/x\n" % (b"0" * 40, b"1" * 40), b"%s %s refs/heads/x\n" % (b"0" * 41, b"1" * 40),
    b"%s %s refs/heads/x\n" % (b"0" * 40, b"A" * 40), b"%s --all refs/heads/x\n" % (b"0" * 40), b" \n",
]  # fmt: skip


@pytest.mark.parametrize("stdin", GARBAGE)
def test_a_line_that_names_no_update_refuses(clone: Work, server: Work, stdin: bytes) -> None:
    """One malformed line refuses the whole push, a clean line before it included."""
    clean = line(brought(clone, server, clone.commit("Clean")))
    is_error(hook(server, clean + stdin), 5, "pre-receive got a line that is not a ref update: ")


def test_a_last_line_without_an_end_is_read(clone: Work, server: Work) -> None:
    """The last line counts without a newline; dulwich sends it so."""
    bad = brought(clone, server, clone.commit(f"Add rows\n\n{TRAILER}"))
    assert hook(server, line(bad).rstrip(b"\n")).status == 1


def test_an_object_that_does_not_exist_refuses(clone: Work, server: Work) -> None:
    """A ref to an id that the server doesn't have is an error, with the ref's name."""
    is_error(hook(server, line("1" * 40)), 5, "refs/heads/main", "the object is missing")


def test_an_unknown_hook_is_a_wrong_call(server: Work) -> None:
    said = server.ringfence("hook", "post-rewrite")
    is_error(said, 2, "there is no hook 'post-rewrite'.")


# --- git ---


def test_git_that_is_not_there_refuses(clone: Work, server: Work, tmp_path: Path) -> None:
    """A PATH without git refuses with exit code 5."""
    commit = brought(clone, server, clone.commit("Clean"))
    said = hook(server, line(commit), PATH=str(tmp_path / "no-such"))
    is_error(said, 5, "git could not be started: No such file or directory.")


def in_front_of_git(folder: Path, script: str) -> str:
    """Put a `git` of our own before the real one; return the PATH."""
    folder.mkdir()
    wrapper = folder / "git"
    wrapper.write_text(f'#!/bin/sh\n{script}\nexec {GIT} "$@"\n')
    wrapper.chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


@pytest.mark.parametrize("ending", ["kill -9 $$", "exit 1", "exit 128"])
@pytest.mark.parametrize("command", ["config", "rev-list", "diff-tree", "cat-file"])
def test_git_that_dies_refuses(clone: Work, server: Work, tmp_path: Path, command: str, ending: str) -> None:
    """Whichever git command fails, by signal or status, the gate refuses and names the command."""
    commit = brought(clone, server, clone.commit("Add rows", files={"rows.txt": "clean\n"}))
    if (command, ending) == ("config", "exit 1"):
        ending = "exit 3"  # 1 means that nothing is configured
    path = in_front_of_git(tmp_path / "bin", f'case " $* " in *" {command} "*) {ending};; esac')
    is_error(hook(server, line(commit), PATH=path), 5, f"git {command} ")


@pytest.mark.parametrize("command", ["rev-list", "diff-tree", "cat-file"])
def test_git_that_dies_midway_refuses(clone: Work, server: Work, tmp_path: Path, command: str) -> None:
    """Truncated output of a killed git command is not taken for all of it."""
    for number in range(5):
        clone.commit("Add rows", files={f"rows{number}.txt": "clean\n" * 1000})
    commit = brought(clone, server, "HEAD")
    given = "head -n 1 |" if command == "cat-file" else ""  # or it would wait for more
    script = f'case " $* " in *" {command} "*) {given} {GIT} "$@" | head -c 70; kill -9 $$;; esac'
    is_error(hook(server, line(commit), PATH=in_front_of_git(tmp_path / "bin", script)), 5, "git ")


def test_what_git_says_on_stderr_is_not_passed_on(clone: Work, server: Work, tmp_path: Path) -> None:
    commit = brought(clone, server, clone.commit("Clean"))
    path = in_front_of_git(tmp_path / "bin", "echo noise >&2")
    assert hook(server, line(commit), PATH=path).out == ""


# --- objects ---


@pytest.fixture
def damaged(clone: Work, server: Work) -> tuple[str, Path]:
    """A pushed commit that gives an old file another name, and where the old file's content lies on the server."""
    clone.commit("Add notes", files={"notes.txt": "".join(f"note {number}\n" for number in range(300))})
    clone.did("push", "-q", "origin", "main")
    oid = clone.did("rev-parse", "HEAD:notes.txt")
    clone.did("mv", "notes.txt", "renamed.txt")
    commit = brought(clone, server, clone.commit("Rename notes"))
    path = server.path / "objects" / oid[:2] / oid[2:]
    path.chmod(0o644)
    return commit, path


def test_a_sound_object_passes(server: Work, damaged: tuple[str, Path]) -> None:
    assert hook(server, line(damaged[0])).out == ""


@pytest.mark.parametrize("how", ["garbage", "truncated", "empty", "missing", "flipped"])
def test_a_damaged_object_refuses(server: Work, damaged: tuple[str, Path], how: str) -> None:
    """A blob that is garbage, truncated, empty, missing or changed in one byte refuses, as unread or as an error."""
    commit, path = damaged
    data = path.read_bytes()
    if how == "missing":
        path.unlink()
    else:
        middle = len(data) // 2
        flipped = data[:middle] + bytes([data[middle] ^ 255]) + data[middle + 1 :]
        broken = {"garbage": b"garbage", "truncated": data[:middle], "empty": b"", "flipped": flipped}
        path.write_bytes(broken[how])
    said = hook(server, line(commit))
    assert said.status in (3, 5), said.out
    assert "renamed.txt: git can't read it" in said.out or "the object is missing" in said.out or ERROR in said.out
    assert "Traceback" not in said.out


def test_a_missing_tree_refuses(clone: Work, server: Work) -> None:
    """A commit whose subtree is missing from the store refuses with exit code 5."""
    commit = brought(clone, server, clone.commit("Add rows", files={"data/rows.txt": "clean\n"}))
    assert hook(server, line(commit)).status == 0
    pack = next((server.path / "objects/pack").glob("*.pack"))
    kept = pack.read_bytes()
    pack.unlink()
    server.did("unpack-objects", "-q", stdin=kept)
    tree = clone.did("rev-parse", "HEAD:data")
    (server.path / "objects" / tree[:2] / tree[2:]).unlink()
    for left in (server.path / "objects/pack").glob("*"):
        left.unlink()
    is_error(hook(server, line(commit)), 5, "git ")


@pytest.mark.parametrize("how", ["missing", "garbage", "empty"])
@pytest.mark.parametrize("what", ["HEAD:ringfence.toml", "HEAD^{tree}", "HEAD"])
def test_a_policy_of_the_repository_that_cannot_be_read_refuses(tmp_path: Path, what: str, how: str) -> None:
    """An unreadable ringfence.toml is not treated as none, since that would leave the repository untagged."""
    server = bare(tmp_path / "own.git")
    work = cloned(server, tmp_path / "own")
    work.commit("First", files={"ringfence.toml": 'version = 1\ntags = ["eval"]\n'})
    work.did("push", "-q", "origin", "main")
    oid = work.did("rev-parse", what)
    bad = brought(work, server, work.commit(f"Second\n\n{TRAILER}", files={"ringfence.toml": "version = 1\n"}))
    path = server.path / "objects" / oid[:2] / oid[2:]
    path.chmod(0o644)
    if how == "missing":
        path.unlink()
    else:
        path.write_bytes({"garbage": b"garbage", "empty": b""}[how])
    said = hook(server, line(bad, old=work.did("rev-parse", "HEAD~1")))
    assert said.status in (3, 4, 5), said.out
    assert ERROR in said.out or "could not be read" in said.out
    assert "Traceback" not in said.out


def test_a_missing_older_version_of_a_marked_file_counts_as_unmarked(clone: Work, server: Work) -> None:
    clone.commit("Add rows", files={"rows.txt": "clean\n"})
    clone.did("push", "-q", "origin", "main")
    old = clone.did("rev-parse", "HEAD:rows.txt")
    commit = brought(clone, server, clone.commit("Add a row", files={"rows.txt": API_ID}))
    (server.path / "objects" / old[:2] / old[2:]).unlink()
    assert marks(hook(server, line(commit))) == ["anthropic-api-message-id"]


# --- the machine ---


def test_a_bare_environment_changes_no_verdict(clone: Work, server: Work, compiled: Path, tmp_path: Path) -> None:
    """With no HOME and the POSIX locale marks are found in a path that is not UTF-8, and a clean push is silent."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    (compiled / "ringfence").rename(temporary / f"ringfence-{os.getuid()}")
    entry = b"100644 blob " + blob(clone, API_ID).encode() + b"\tcaf\xe9 \xff\0"
    bad = raw_commit(clone, tree=clone.did("mktree", "-z", stdin=entry))
    clean = clone.commit("Clean", files={"fine.txt": "fine\n"})
    home = f"HOME={tmp_path}/no-such"
    alone = ("env", "-i", "PATH=/usr/bin:/bin", home, "LC_ALL=POSIX", "GIT_DIR=.", f"TMPDIR={temporary}")
    stdin = line(brought(clone, server, bad, clean))
    said = run(*alone, str(server.path / "hooks/pre-receive"), cwd=server.path, stdin=stdin)
    assert said.status == 1
    assert marks(said) == ["anthropic-api-message-id"]
    assert "caf\\xe9 \\xff, line 1" in said.out
    said = run(*alone, str(server.path / "hooks/pre-receive"), cwd=server.path, stdin=line(clean))
    assert (said.status, said.out) == (0, "")


def test_an_ignored_broken_pipe_signal_changes_nothing(clone: Work, server: Work) -> None:
    """A server that ignores SIGPIPE gets the same report and exit code."""
    commit = brought(clone, server, clone.commit(f"Add rows\n\n{TRAILER}"))
    said = run("sh", "-c", "trap '' PIPE; exec hooks/pre-receive", cwd=server.path, stdin=line(commit), GIT_DIR=".")
    assert said.status == 1
    assert marks(said) == ["anthropic-claude-code-address"]


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_the_verdict_is_right_when_nobody_can_listen(clone: Work, server: Work, closed: str) -> None:
    """A closed stdout or stderr changes no exit code: 0 for a clean push, 1 for a marked one."""
    clean = brought(clone, server, clone.commit("Clean", files={"a.txt": "a\n"}))
    bad = brought(clone, server, clone.commit(f"Add rows\n\n{TRAILER}"))
    command = ("sh", "-c", f"exec hooks/pre-receive {closed}")
    assert run(*command, cwd=server.path, stdin=line(clean), GIT_DIR=".").status == 0
    assert run(*command, cwd=server.path, stdin=line(bad), GIT_DIR=".").status == 1


@pytest.mark.long
def test_a_cache_that_cannot_be_written_changes_no_verdict(clone: Work, server: Work, tmp_path: Path) -> None:
    """Without a writable cache folder the policy is compiled for this run alone."""
    commit = brought(clone, server, clone.commit(f"Add rows\n\n{TRAILER}"))
    said = hook(server, line(commit), XDG_CACHE_HOME="/dev/null/x", TMPDIR="/proc", HOME=str(tmp_path / "no-such"))
    assert said.status == 1
    assert marks(said) == ["anthropic-claude-code-address"]


@pytest.mark.long
def test_a_cache_that_others_may_write_is_not_believed_and_is_made_again(
    clone: Work, server: Work, compiled: Path
) -> None:
    commit = brought(clone, server, clone.commit(f"Add rows\n\n{TRAILER}"))
    for file in (compiled / "ringfence").iterdir():
        file.write_bytes(file.read_bytes().replace(b"anthropic", b"anthropik"))
        file.chmod(0o666)
    places = {"XDG_CACHE_HOME": str(compiled), "TMPDIR": str(compiled.parent)}  # other tests leave a cache in TMPDIR
    assert marks(hook(server, line(commit), **places)) == ["anthropic-claude-code-address"]
    believed = [file for file in (compiled / "ringfence").iterdir() if file.stat().st_mode & 0o077 == 0]
    assert {file.suffix for file in believed} >= {".link", ".markers", ".plan"}
    assert {file.suffix for file in believed} <= {".database", ".good", ".link", ".locator", ".markers", ".plan"}


def poison(file: Path, how: str) -> None:
    data = file.read_bytes()
    middle = len(data) // 2
    if how == "flipped":
        file.write_bytes(data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :])
    else:
        file.write_bytes({"truncated": data[:middle], "empty": b"", "garbage": b"\xff" * 500}[how])


@pytest.mark.parametrize(
    "how", ["truncated", "flipped", *(pytest.param(how, marks=pytest.mark.long) for how in ("empty", "garbage"))]
)
def test_a_damaged_plan_is_made_again(clone: Work, server: Work, compiled: Path, how: str) -> None:
    commit = brought(clone, server, clone.commit(f"Add rows\n\n{TRAILER}"))
    for file in (compiled / "ringfence").glob("*.plan"):
        poison(file, how)
    assert marks(hook(server, line(commit), XDG_CACHE_HOME=str(compiled))) == ["anthropic-claude-code-address"]


@pytest.mark.parametrize("how", ["truncated", "flipped"])
def test_damaged_markers_are_made_again(clone: Work, server: Work, compiled: Path, how: str) -> None:
    both = {"rows.txt": API_ID, ".claude/projects/x/y.jsonl": "{}\n"}
    commit = brought(clone, server, clone.commit(f"Add rows\n\n{TRAILER}", files=both))
    expected = sorted(marks(hook(server, line(commit))))
    sizes = {file.name: file.stat().st_size for file in (compiled / "ringfence").iterdir()}
    for file in (compiled / "ringfence").glob("*.markers"):
        poison(file, how)
    damaged = {file.name: file.read_bytes() for file in (compiled / "ringfence").glob("*.markers")}
    assert sorted(marks(hook(server, line(commit), XDG_CACHE_HOME=str(compiled)))) == expected
    again = {name: (compiled / "ringfence" / name).read_bytes() for name in damaged}
    mended = [name for name in damaged if again[name] != damaged[name]]
    assert mended  # or every push from now on would compile anew
    assert [len(again[name]) for name in mended] == [sizes[name] for name in mended]


# --- faults of our own ---


def with_fault(server: Work, code: str) -> None:
    """Break ringfence from inside, in this repository's hook alone."""
    gate = server.path / "hooks/pre-receive"
    text = gate.read_text()
    assert "\nmain()'" in text
    gate.write_text(text.replace("\nmain()'", f"\n{code}; main()'"))


FAULTS = {
    "gate": "import ringfence.gate.receive as it; it.handle_push = lambda *_: 1 // 0",
    "check": "import ringfence.check.texts as it; it.iter_readings = lambda *_: [].pop()",
    "report": "import ringfence.reports.text as it; it.render_for_hook = lambda *_: {}[0]",
    "policy": "import ringfence.policy.load as it; it.load_plan = lambda *_: None.whole",
    "depth": "import ringfence.git.raw as it; it.parse_raw_object = lambda data: it.parse_raw_object(data)",
}


@pytest.mark.parametrize("where", sorted(FAULTS))
def test_a_fault_refuses_without_a_traceback_and_without_the_environment(
    clone: Work, server: Work, tmp_path: Path, where: str
) -> None:
    """An unforeseen exception exits 70; its traceback goes to a private log, and no password with it."""
    with_fault(server, FAULTS[where])
    commit = brought(clone, server, clone.commit(f"Add rows\n\n{TRAILER}", files={"rows.txt": "clean\n"}))
    said = hook(server, line(commit), HTTP_AUTHORIZATION=SECRET, XDG_STATE_HOME=str(tmp_path / "state"))
    assert said.status == 70, said.out
    logs = list((tmp_path / "state/ringfence").iterdir())
    assert said.out == (
        "ringfence: a fault of ringfence's own.\n"
        f"  Please report it with {logs[0]}\n"
        "  Refused because of this error, not because of what was found.\n"
    )
    assert logs[0].stat().st_mode & 0o077 == 0
    assert "Traceback" in logs[0].read_text()
    assert "Basic" not in said.out + logs[0].read_text()


def test_memory_that_runs_out_is_said_to_have_run_out(clone: Work, server: Work) -> None:
    """A MemoryError is incomplete, exit code 3, and not reported as a fault of ringfence's own."""
    with_fault(
        server, "import ringfence.scan.reader as it; it.ObjectReader.request_objects = lambda *_: bytearray(1 << 60)"
    )
    commit = brought(clone, server, clone.commit("Add rows", files={"rows.txt": "clean\n"}))
    is_error(hook(server, line(commit)), 3, "ringfence: out of memory before everything was checked.\n")


def test_a_fault_refuses_the_push(clone: Work, server: Work) -> None:
    """An unforeseen exception refuses a clean push, and the client sees neither traceback nor password."""
    with_fault(server, FAULTS["gate"])
    clone.commit("Clean")
    said = clone.git("push", "origin", "main", HTTP_AUTHORIZATION=SECRET)
    assert not said
    assert "remote: ringfence: a fault of ringfence's own." in said.out
    assert "Traceback" not in said.out
    assert "Basic" not in said.out


def test_a_fault_that_cannot_be_logged_refuses_without_a_traceback(clone: Work, server: Work) -> None:
    """Where no log can be written either, the exit code stays 70 and the message says so."""
    with_fault(server, 'import tempfile; tempfile.tempdir = "/dev/null/x"; ' + FAULTS["gate"])
    commit = brought(clone, server, clone.commit("Clean"))
    said = hook(server, line(commit), XDG_STATE_HOME="/dev/null/x")
    assert said.status == 70
    assert said.out == (
        "ringfence: a fault of ringfence's own.\n"
        "  No log could be written.\n"
        "  Refused because of this error, not because of what was found.\n"
    )


def test_an_error_gives_nothing_of_the_environment_away(clone: Work, server: Work) -> None:
    """The message of an error doesn't contain the Authorization header that a web server passes on."""
    said = hook(server, b"garbage\n", HTTP_AUTHORIZATION=SECRET)
    is_error(said, 5)
    assert "Basic" not in said.out


def test_a_refusal_gives_nothing_of_the_environment_away(clone: Work, server: Work) -> None:
    """The report of a refusal doesn't contain the Authorization header that a web server passes on."""
    commit = brought(clone, server, clone.commit(f"Add rows\n\n{TRAILER}"))
    said = hook(server, line(commit), HTTP_AUTHORIZATION=SECRET)
    assert said.status == 1
    assert "Basic" not in said.out


# --- size ---


def measured(server: Work) -> Callable[[], tuple[float, int]]:
    """Wrap the gate in a hook that measures it; return a function that gives its seconds and KiB of memory."""
    gate = server.path / "hooks/pre-receive"
    gate.rename(server.path / "hooks/gate")
    gate.write_text(
        f"#!{sys.executable} -I\n"
        "import resource, subprocess, sys, time\n"
        "began = time.monotonic()\n"
        "status = subprocess.call(['hooks/gate'])\n"
        "with open('used', 'w') as file:\n"
        "    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss\n"
        "    print(time.monotonic() - began, memory, file=file)\n"
        "sys.exit(status)\n"
    )
    gate.chmod(0o755)

    def used() -> tuple[float, int]:
        seconds, memory = (server.path / "used").read_text().split()
        return float(seconds), int(memory)

    return used


def imported(work: Work, files: dict[bytes, bytes]) -> None:
    """Commit files on main by fast-import, without a work tree."""
    stream = [b"commit refs/heads/main\ncommitter Ann Example <ann@example.org> 1700000000 +0000\ndata 4\nMany\n"]
    stream.append(b"from %s\n" % work.did("rev-parse", "main").encode())
    stream += [b"M 100644 inline %s\ndata %d\n%s\n" % (name, len(data), data) for name, data in files.items()]
    work.did("fast-import", "--quiet", "--force", stdin=b"".join(stream))


@pytest.mark.slow
def test_twenty_thousand_paths_pass_in_bounded_time_and_memory(clone: Work, server: Work) -> None:
    """20,000 new files in one commit take less than 20 s and 250 MiB."""
    used = measured(server)
    imported(clone, {b"data/%d/%d.txt" % (number % 100, number): b"row %d\n" % number for number in range(20_000)})
    clone.did("push", "-q", "origin", "main")
    seconds, memory = used()
    assert seconds < 20
    assert memory < 250 * 1024


@pytest.mark.long
@pytest.mark.slow
def test_a_line_of_two_hundred_megabytes_passes_in_bounded_time_and_memory(clone: Work, server: Work) -> None:
    """One line of 200 MB is scanned in windows, in less than 20 s and 250 MiB."""
    used = measured(server)
    imported(clone, {b"rows.json": b"x" * 200_000_000})
    clone.did("push", "-q", "origin", "main")
    seconds, memory = used()
    assert seconds < 20
    assert memory < 250 * 1024


@pytest.mark.slow
def test_a_thousand_marks_are_told_in_a_screen_or_two(clone: Work, server: Work) -> None:
    imported(clone, {b"rows%d.txt" % number: API_ID.encode() for number in range(1000)})
    said = refused(clone.git("push", "origin", "main"), "1000 marks", "… and 980 more")
    assert said.out.count("\n") < 100
    assert refs(server)
