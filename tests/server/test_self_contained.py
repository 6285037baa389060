"""The self-contained folder as a root by itself: no Python, no git and no library of the machine can be reached."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from conftest import TRAILER, Work, cloned
from server.conftest import refs
from server.drivers import put

pytestmark = [pytest.mark.long, pytest.mark.needs("busybox", *(() if os.getuid() == 0 else ("user-namespaces",)))]

RECIPE = Path(__file__).parents[2] / "docs/servers/self-contained.sh"
CHROOT = " ".join(
    filter(
        None,
        (
            "" if os.getuid() == 0 else "/usr/bin/unshare --map-root-user",
            shutil.which("chroot", path="/usr/sbin:/sbin:/usr/bin:/bin"),
        ),
    )
)
POLICY = 'version = 1\n[[repository]]\nmatch = ["acme/evals"]\ntags = ["eval"]\n'

# GitHub Enterprise Server: a quarantine of its own name, a root of its own, and five seconds.
HOOK = """#!/bin/sh
root={root} here=/data/evals.git
inside() {{ echo "$1" | sed "s|^$root||"; }}
exec env -i PATH=/usr/bin:/bin GIT_DIR=$here GIT_OBJECT_DIRECTORY="$(inside "$GIT_OBJECT_DIRECTORY")" \\
  GIT_QUARANTINE_PATH="$(inside "$GIT_OBJECT_DIRECTORY")" GIT_ALTERNATE_OBJECT_DIRECTORIES=$here/objects \\
  GITHUB_REPO_NAME=acme/evals GITHUB_REPO_PUBLIC=false GITHUB_USER_IP=192.0.2.1 GITHUB_USER_LOGIN=ann \\
  /usr/bin/timeout 5 {chroot} $root /ringfence.sh
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-contained folder, moved as an archive is: times, inodes and place are others."""
    folder = tmp_path_factory.mktemp("environment")
    (folder / "policy.toml").write_text(POLICY)
    made, moved = folder / "made", folder / "moved"
    command = ["sh", str(RECIPE), str(made), str(folder / "policy.toml")]
    if os.getuid() != 0:
        command = ["unshare", "--map-root-user", *command]
    env = {"PATH": f"{os.environ['PATH']}:/usr/sbin", "PYTHON": sys.executable, "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    moved.mkdir()
    archive = subprocess.run(["tar", "-C", str(made), "-cf", "-", "."], check=True, capture_output=True).stdout
    subprocess.run(["tar", "-C", str(moved), "-xf", "-"], input=archive, check=True)
    shutil.rmtree(made)
    return moved


@pytest.fixture
def github(root: Path, tmp_path: Path) -> Work:
    """A clone of a repository that is served out of that root."""
    shutil.rmtree(root / "data", ignore_errors=True)
    (root / "data").mkdir()
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(root / "data/evals.git")], check=True)
    put(root / "data/evals.git/hooks/pre-receive", HOOK.format(root=root, chroot=CHROOT))
    work = cloned(Work(root / "data/evals.git"), tmp_path / "work")
    work.commit("First", files={"rows.txt": "rows\n"})
    return work


def test_a_push_is_judged_within_five_seconds_and_nothing_but_the_folder(github: Work, root: Path) -> None:
    """The standalone folder works in a chroot that has no other Python, within the five seconds that GitHub allows."""
    times = []
    for number in range(3):  # the shortest counts, since other tests run at the same time
        github.commit(f"Rows {number}", files={"rows.txt": f"row {number}\n"})
        started = time.monotonic()
        said = github.git("push", "origin", "main")
        assert said, said.out
        times.append(time.monotonic() - started)
    assert min(times) < 5
    before = refs(Work(root / "data/evals.git"))
    github.commit(f"Second\n\n{TRAILER}")
    said = github.git("push", "origin", "main")
    assert not said
    assert "ringfence pre-receive: refused, 1 mark of rival AI tools (eval)" in said.out
    assert refs(Work(root / "data/evals.git")) == before


@pytest.mark.needs("root")
def test_another_user_believes_what_root_has_sealed(github: Work, root: Path) -> None:
    """The server's own user, who can't write to the folder, uses the policy that root compiled there."""
    for path in (root / "data").rglob("*"):
        os.chown(path, 65534, 65534)
    zeros = "0" * 40
    command = [*CHROOT.split(), "--userspec=65534:65534", str(root), "/bin/env", "-i", "PATH=/usr/bin:/bin",
               "GIT_DIR=/data/evals.git", "GITHUB_REPO_NAME=acme/evals", "timeout", "5", "/ringfence.sh"]  # fmt: skip
    line = f"{zeros} {zeros} refs/heads/gone\n{zeros} {'1' * 40} refs/heads/main\n".encode()
    done = subprocess.run(command, input=line, capture_output=True, check=False)
    assert b"refs/heads/main' but can't be read" in done.stderr
    assert done.returncode == 5


def test_the_folder_stays_small(root: Path) -> None:
    size = sum(path.lstat().st_size for path in root.rglob("*") if path.is_file())
    assert size < 250 << 20
