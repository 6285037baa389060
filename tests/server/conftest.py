"""What tests of the gate share: the raw protocol, the hook by itself, commits that git would not write."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from conftest import Said, Work, bare, run
from ringfence.setup import server_hooks
from server import hosts
from server.hosts import Host, Yard

HUMAN = b"Ann Example <ann@example.org>"
SESSION = "https://claude.ai/code/session_01AbCdEfGhJkMnPqRsTuVwXy"
API_ID = "msg_01AbCdEfGhJkMnPqRsTuVwXy"  # [anthropic-api-message-id] in content, and nothing else
AGENT = {"GIT_AUTHOR_NAME": "Claude", "GIT_AUTHOR_EMAIL": "noreply@anthropic.com"}
ZERO = "0" * 40
DECLINED = "pre-receive hook declined"


def marks(said: Said) -> list[str]:
    """Return the ids of the markers that a report names, in its order."""
    return re.findall(r"= .* \[([a-z0-9-]+)\]", said.out)


def refused(said: Said, *parts: str) -> Said:
    """Assert that pre-receive refused a push because of marks, and that its report holds these parts."""
    return said.assert_refused("ringfence pre-receive: refused, ", DECLINED, *parts)


def refs(work: Work) -> dict[str, str]:
    """Return a repository's refs and what they point to."""
    lines = work.did("for-each-ref", "--format=%(refname) %(objectname)").splitlines()
    return dict(line.split(" ") for line in lines)


def pkt(data: bytes) -> bytes:
    """Frame a line of git's protocol."""
    return b"%04x" % (len(data) + 4) + data


def pack_of(work: Work, *revisions: str, without: tuple[str, ...] = ()) -> bytes:
    """Return a pack of what is reachable."""
    wanted = "".join(f"{revision}\n" for revision in (*revisions, *(f"^{item}" for item in without)))
    return packed(work, "--revs", stdin=wanted.encode())


def packed(work: Work, *options: str, stdin: bytes) -> bytes:
    """Return what `git pack-objects` writes."""
    command = ["git", "pack-objects", "--stdout", "-q", *options]
    return subprocess.run(command, cwd=work.path, input=stdin, check=True, capture_output=True).stdout


def raw_push(server: Work, *commands: tuple[str, str, bytes], pack: bytes = b"", can: str = "") -> Said:
    """Push by hand-made lines: `(old, new, ref)`, whatever a client would think of the ref's name."""
    lines = [f"{old} {new} ".encode() + ref for old, new, ref in commands]
    lines[0] += f"\0report-status delete-refs {can}".encode()
    stdin = b"".join(map(pkt, lines)) + b"0000" + pack
    return run("git", "receive-pack", str(server.path), cwd=server.path, stdin=stdin)


def hook(server: Work, stdin: bytes | None, *args: str, name: str = "pre-receive", **env: str) -> Said:
    """Run an installed hook as git would, and return its own exit status."""
    return run(str(server.path / "hooks" / name), *args, cwd=server.path, stdin=stdin, **({"GIT_DIR": "."} | env))


def line(new: str, ref: str = "refs/heads/main", old: str = "") -> bytes:
    """Return a line of pre-receive's stdin."""
    return f"{old or '0' * len(new)} {new} {ref}\n".encode()


def brought(work: Work, server: Work, *revisions: str) -> str:
    """Put objects into the server's store past every hook, without a ref; return the first's id."""
    held = [oid for oid in refs(server).values() if work.git("cat-file", "-e", oid)]
    pack = pack_of(work, *revisions, without=tuple(held))
    server.did("index-pack", "--stdin", "--fix-thin", stdin=pack)
    return work.did("rev-parse", revisions[0])


def judged(
    work: Work, server: Work, revision: str = "HEAD", ref: str = "refs/heads/topic", old: str = "", **env: str
) -> Said:
    """Run pre-receive outside of a push on one ref, since a push hides the hook's exit status."""
    return hook(server, line(brought(work, server, revision), ref, old), **env)


def raw_commit(
    work: Work,
    message: bytes = b"Change\n",
    *,
    author: bytes = HUMAN,
    committer: bytes = HUMAN,
    headers: bytes = b"",
    parents: tuple[str, ...] | None = None,
    tree: str = "HEAD^{tree}",
) -> str:
    """Store a commit made of bytes; `headers` are whole lines."""
    if parents is None:
        parents = (work.did("rev-parse", "HEAD"),)
    lines = [b"tree " + work.did("rev-parse", tree).encode()]
    lines += [b"parent " + parent.encode() for parent in parents]
    lines += [b"author " + author + b" 1700000000 +0000", b"committer " + committer + b" 1700000000 +0000"]
    return work.raw_commit(b"\n".join(lines) + b"\n" + headers + b"\n" + message)


def raw_tag(work: Work, target: str, kind: str = "commit", message: bytes = b"Release\n", tagger: bytes = HUMAN) -> str:
    """Store a tag object made of bytes."""
    raw = f"object {target}\ntype {kind}\ntag v1\n".encode() + b"tagger " + tagger + b" 1700000000 +0000\n\n" + message
    return work.did("hash-object", "-t", "tag", "-w", "--stdin", "--literally", stdin=raw)


def blob(work: Work, content: str | bytes) -> str:
    """Store a file's content."""
    data = content.encode() if isinstance(content, str) else content
    return work.did("hash-object", "-w", "--stdin", stdin=data)


@pytest.fixture
def compiled(clone: Work, server: Work, tmp_path: Path) -> Path:
    """A folder of one's own with the compiled policy of `server` in it, as an XDG_CACHE_HOME."""
    clone.did("push", "-q", "origin", "main:refs/heads/compiles-the-policy")
    shutil.copytree(Path(os.environ["XDG_CACHE_HOME"]) / "ringfence", tmp_path / "own-cache/ringfence")
    return tmp_path / "own-cache"


@pytest.fixture
def policy(tmp_path: Path, server: Work):
    """Write an organisation's policy and name it in the server's own configuration."""

    def write(text: str, name: str = "policy.toml") -> Path:
        path = tmp_path / name
        path.write_text(f"version = 1\n{text}", encoding="utf-8")
        server.did("config", "--add", "ringfence.policy", str(path))
        return path

    return write


# --- real servers, one of each for a whole run ---

RULES = "repo p/..*\n    C   = alice\n    RW+ = alice\n"
VREF_RULES = f"{RULES}    -   VREF/ringfence = @all\n"
SPECIFIC_RULES = f"{RULES}    option hook.pre-receive = ringfence\n"


def _common(local: Path) -> None:
    server_hooks.install_forge_hooks(str(local), "gitolite")


def _vref(local: Path) -> None:
    server_hooks.install_forge_hooks(str(local), "gitolite", update=True)


def _specific(local: Path) -> None:
    server_hooks.install_forge_hooks(str(local), "gitolite")
    (local / "hooks/repo-specific").mkdir()
    (local / "hooks/common/pre-receive").rename(local / "hooks/repo-specific/ringfence")


HOSTS: dict[str, Callable[[Yard], AbstractContextManager[Host]]] = {
    "path": hosts.path,
    "daemon": hosts.daemon,
    "ssh": hosts.sshd,
    "nginx": hosts.nginx,
    "apache": hosts.apache,
    "gitolite": lambda yard: hosts.gitolite(yard, "gitolite", _common, RULES),
    "gitolite-specific": lambda yard: hosts.gitolite(
        yard, "specific", _specific, SPECIFIC_RULES, "        'repo-specific-hooks',\n"
    ),
    "gitolite-vref": lambda yard: hosts.gitolite(yard, "vref", _vref, VREF_RULES),
}


_SECOND = ("apache", "daemon", "gitolite-specific", "gitolite-vref")


def on(name: str) -> object:
    """Return a server's name as a test's parameter, with what it needs; of two of a kind, one is a long test."""
    marks = [pytest.mark.needs(*hosts.NEEDS.get(name, ()))]
    return pytest.param(name, marks=[*marks, pytest.mark.long] if name in _SECOND else marks)


@pytest.fixture(scope="session")
def _running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Host]]:
    """Return a server by its name, started on first use."""
    yard = Yard(tmp_path_factory.getbasetemp(), tmp_path_factory.mktemp("hosts"))
    running: dict[str, Host] = {}
    with ExitStack() as stack:

        def host(name: str) -> Host:
            if name not in running:
                running[name] = stack.enter_context(HOSTS[name](yard))
            return running[name]

        yield host


@pytest.fixture
def hosted(_running: Callable[[str], Host], clone: Work, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Hosted]:
    """Give a new repository on a server of that name, tagged and guarded, with `clone` as its client."""

    def serve(name: str) -> Hosted:
        host = _running(name)
        for key, text in host.env.items():
            monkeypatch.setenv(key, text)
        repository = f"p/{next(_numbers)}.git"
        url = host.url.format(repository)
        clone.did("remote", "set-url", "origin", url)
        if name.startswith("gitolite"):
            clone.did("ls-remote", "origin")  # makes it
            made = Work(host.folder / repository)
            made.tag("training-data")
        else:
            (host.folder / "p").mkdir(exist_ok=True)
            made = bare(host.folder / repository, "training-data")
        made.did("config", "http.receivepack", "true")
        made.did("config", "receive.advertisePushOptions", "true")
        clone.did("push", "-q", "origin", "main")
        return Hosted(name, host, made, clone)

    return serve


_numbers = itertools.count()


@dataclass(frozen=True)
class Hosted:
    """A repository on a real server, and a clone that pushes to it."""

    name: str
    host: Host
    server: Work
    clone: Work

    @property
    def hook(self) -> str:
        """What refuses there."""
        return "update" if self.name == "gitolite-vref" else "pre-receive"
