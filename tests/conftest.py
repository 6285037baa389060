"""Real repositories in temporary folders: pinned identity, clock, locale and configuration, in any order.

`Work` is a repository; `work.git(...)` runs a command and returns its exit status and output.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import git
import pytest

import needs
import stock
from ringfence.records import ledger
from ringfence.setup import client_hooks
from ringfence.sources import parent_processes
from typed import typed

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CLAUDE = "Claude <noreply@anthropic.com>"
TRAILER = f"Co-authored-by: {CLAUDE}"
SHARE_LINK = "https://chatgpt.com/share/0a1b2c3d-0000-4000-8000-000000000000"
ERROR = "Refused because of this error, not because of what was found."
FAULT = "a fault of ringfence's own"
_AT_START = ("PATH", "PYTHON", "LC_", "LANG")  # what a process reads as it starts
_IS_COVERED = any(name.startswith("COVERAGE_") for name in os.environ)
if _IS_COVERED:
    client_hooks.FLAGS = "-I"  # coverage begins in a .pth file, which -S leaves out
_NAMES = [path.read_text() for path in (Path(__file__).parents[1] / "policy/vendors").glob("*.toml")]
_AGENTS = {name for text in _NAMES for name in re.findall(r'kind = "process"\nname = \["([\w-]+)"\]', text)}
PYTHON = (sys.executable, "-I", "-m", "ringfence")
pytest_plugins = ("leaving_out",)
_HANGS = 600  # seconds; an installation from a registry takes two minutes on a slow machine


@pytest.fixture(scope="session", autouse=True)
def _session_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    stock.keep_in(tmp_path_factory.mktemp("stock"))
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        _copy_databases(_compile_databases(base.parent / "compiled"), base / "home/cache/ringfence")
    return base


@pytest.fixture(autouse=True)
def _pinned(monkeypatch: pytest.MonkeyPatch, _session_folder: Path) -> None:
    """Start every test from the same environment, also where an agent runs the tests."""
    own = ("PATH", "SYSTEMROOT", "GIT_DEFAULT_REF_FORMAT")  # the last runs the tests on repositories of reftables
    kept = {name: os.environ[name] for name in os.environ if name in own or name.startswith("COVERAGE")}
    kept |= {name: text for name, text in os.environ.items() if name.startswith(("PIP_", "UV_", "SSL_", "PYTEST_"))}
    for name in list(os.environ):
        monkeypatch.delenv(name)
    home = _session_folder / "home"
    home.mkdir(exist_ok=True)
    pinned = {
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_STATE_HOME": str(home / "state"),
        "TMPDIR": str(_session_folder),
        # Not /dev/null: as root `git config --global` would put a file in its place.
        "GIT_CONFIG_GLOBAL": str(home / "no-settings"),
        "GIT_CONFIG_SYSTEM": str(home / "no-system-settings"),
        "GIT_AUTHOR_NAME": "Ann Example",
        "GIT_AUTHOR_EMAIL": "ann@example.org",
        "GIT_AUTHOR_DATE": "1700000000 +0000",
        "GIT_COMMITTER_NAME": "Ann Example",
        "GIT_COMMITTER_EMAIL": "ann@example.org",
        "GIT_COMMITTER_DATE": "1700000000 +0000",
        "GIT_EDITOR": "true",
        "GIT_ALLOW_PROTOCOL": "file:ssh:git:http",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "PIP_NO_COMPILE": "1",  # a third of an installation, for modules that mostly aren't imported
    }
    for name, text in (kept | pinned).items():
        monkeypatch.setenv(name, text)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The machine's Chromium, once for all tests of a process: Playwright can't be started twice in one."""
    path = needs.find("chromium|chromium-browser|google-chrome")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        root = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = started.chromium.launch(executable_path=path, args=root)
        yield browser
        browser.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run slow tests first, so that no worker is left with one at the end."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def seed_databases(folder: Path) -> None:
    """Copy what Hyperscan compiled in this run into a cache of a test's own, where it isn't what the test is about."""
    _copy_databases(Path(os.environ["XDG_CACHE_HOME"]) / "ringfence", folder)


def seed_catalogue(folder: Path) -> None:
    """Copy the compiled catalogue, too, where compiling it isn't what the test is about: it takes seconds."""
    seed_databases(folder)
    for kind in ("markers", "sieve"):
        for file in (Path(os.environ["XDG_CACHE_HOME"]) / "ringfence").glob(f"*.{kind}"):
            os.link(file, folder / file.name)


def _copy_databases(source: Path, folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for file in (*source.glob("*.database"), *source.glob("*.locator")):
        shutil.copy2(file, folder)


def _compile_databases(folder: Path) -> Path:
    """Compile the shipped catalogue once for all workers of a run, and return the cache; the others wait for it."""
    folder.mkdir(mode=0o700, exist_ok=True)
    server, ready = folder / "server.git", folder / "ready"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():
            subprocess.run(["git", "init", "-q", "--bare", str(server)], check=True)
            subprocess.run(["git", "-C", str(server), "config", "ringfence.tag", "training-data"], check=True)
            env = os.environ | {"XDG_CACHE_HOME": str(folder)}
            subprocess.run([*PYTHON, "policy", "compile", str(server)], env=env, check=True, capture_output=True)
            ready.touch()
    return folder / "ringfence"


@dataclass(frozen=True)
class Said:
    """Exit status and output of a command. True when it succeeded."""

    status: int
    out: str

    def __bool__(self) -> bool:
        return self.status == 0

    def assert_refused(self, *parts: str) -> Said:
        """Assert that ringfence refused, by a verdict or by an error that it reported, and that it didn't crash.

        `git push` hides a hook's exit code, so that the output has to show it; it must hold all `parts` too.
        """
        assert self.status not in (0, 70), self.out
        assert re.search(r"ringfence( [\w-]+)?: refused\b", self.out) or ERROR in self.out, self.out
        for crash in (FAULT, "Traceback"):
            assert crash not in self.out, self.out
        for part in parts:
            assert part in self.out, self.out
        return self


def run(*command: str, cwd: Path, stdin: bytes | None = None, **env: str) -> Said:
    """Run a command and return its status and what it printed."""
    done = subprocess.run(
        command, cwd=cwd, input=stdin, env=dict(os.environ) | env, capture_output=True, check=False, timeout=_HANGS
    )
    return Said(done.returncode, (done.stdout + done.stderr).decode("utf-8", "backslashreplace"))


class Work:
    """A repository and the folder it is in."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def git(self, *args: str, stdin: bytes | None = None, **env: str) -> Said:
        """Run a git command."""
        return run("git", *args, cwd=self.path, stdin=stdin, **env)

    def did(self, *args: str, stdin: bytes | None = None, **env: str) -> str:
        """Run a git command that must succeed, and return its output."""
        said = self.git(*args, stdin=stdin, **env)
        assert said, f"git {' '.join(args)}: {said.out}"
        return said.out.strip()

    def ringfence(self, *args: str, stdin: bytes | None = None, **env: str) -> Said:
        """Run a ringfence command."""
        if _IS_COVERED or any(name.startswith(_AT_START) for name in env):
            return run(*PYTHON, *args, cwd=self.path, stdin=stdin, **env)
        status, out = typed(args, self.path, dict(os.environ) | env, stdin or b"")
        return Said(status, out.decode("utf-8", "backslashreplace"))

    def write(self, name: str, content: str | bytes = "text\n") -> Path:
        """Write a file."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def commit(self, message: str = "Change", *, files: dict[str, str | bytes] | None = None, **env: str) -> str:
        """Write files and commit everything past all hooks; return the commit's id."""
        for name, content in (files or {}).items():
            self.write(name, content)
        self.did("add", "-A")
        nowhere = ("-c", f"core.hooksPath={os.devnull}")
        self.did(*nowhere, "commit", "-q", "--allow-empty", "--cleanup=verbatim", "-m", message, **env)
        return self.did("rev-parse", "HEAD")

    def raw_commit(self, raw: bytes) -> str:
        """Store bytes as a commit, without git's checks."""
        return self.did("hash-object", "-t", "commit", "-w", "--stdin", "--literally", stdin=raw)

    def tag(self, *names: str) -> None:
        """Tag the repository, as an administrator or developer would."""
        for name in names:
            self.did("config", "--add", "ringfence.tag", name)


def bare(path: Path, *tags: str, object_format: str = "sha1") -> Work:
    """Make a bare repository with the gate in it."""
    stock.copy(path, _bare, object_format, *tags)
    return Work(path)


def _bare(path: Path, object_format: str, *tags: str) -> None:
    made = init(path, "--bare", f"--object-format={object_format}")
    client_hooks.install_hooks(git.Repo(path), client_hooks.SERVER)
    made.tag(*tags)


def init(path: Path, *options: str) -> Work:
    """Make a repository."""
    subprocess.run(["git", "init", "-q", "-b", "main", *options, str(path)], check=True)
    return Work(path)


def cloned(server: Work, path: Path) -> Work:
    """Clone a repository, without client hooks."""
    subprocess.run(["git", "clone", "-q", str(server.path), str(path)], check=True, capture_output=True)
    work = Work(path)
    if not work.git("rev-parse", "-q", "--verify", "HEAD"):
        work.did("symbolic-ref", "HEAD", "refs/heads/main")
    return work


@pytest.fixture
def server(tmp_path: Path) -> Work:
    """A bare repository tagged training-data, with the gate."""
    return bare(tmp_path / "server.git", "training-data")


@pytest.fixture
def clone(server: Work, tmp_path: Path) -> Work:
    """A clone of `server` with one clean commit pushed, and no client hooks."""
    stock.copy(tmp_path, _pushed, only=("clone", "server.git/objects", "server.git/refs", "server.git/reftable"))
    return Work(tmp_path / "clone")


def _pushed(folder: Path) -> None:
    work = cloned(bare(folder / "server.git", "training-data"), folder / "clone")
    work.commit("First", files={"README.md": "A place for rows.\n"})
    work.did("push", "-q", "origin", "main")


@pytest.fixture
def laptop(tmp_path: Path) -> Work:
    """A repository tagged training-data with the client hooks and one clean commit."""
    if agents := _AGENTS.intersection(parent_processes.list_process_names(os.getpid())):
        pytest.skip(f"started by {', '.join(agents)}, inside of which no commit passes here")
    path = tmp_path / "laptop"
    stock.copy(path, _laptop)
    return Work(path)


def _laptop(path: Path) -> None:
    work = init(path)
    work.commit("First", files={"README.md": "A place for rows.\n"})
    client_hooks.install_hooks(git.Repo(path), client_hooks.CLIENT)
    work.tag("training-data")


def kept(path: Path, where: str = "1") -> list[dict[str, Any]]:
    """Return the entries of a ledger, each with its body opened."""
    found = []
    for entry in ledger.iter_entries(str(path), where):
        row = {name: getattr(entry, name) for name in ledger.COLUMNS}
        found.append(row | {"body": json.loads(entry.body)})
    return found


@pytest.fixture
def book(server: Work, clone: Work, tmp_path: Path) -> Path:
    """The ledger of `server`, configured after `clone` was pushed and so still to be made."""
    path = tmp_path / "kept" / "ledger.db"
    server.did("config", "ringfence.ledger", str(path))
    return path
