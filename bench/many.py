"""How long a server of thousands of repositories takes: to be guarded, looked at again, and pushed to."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

from timing import OURS, Row, environment, seconds

POLICY = 'version = 1\n[[repository]]\nmatch = ["*/rows-*"]\ntags = ["training-data"]\n'


class Server:
    """Many bare repositories in one folder, their policy, and a clone that pushes to them."""

    def __init__(self, folder: Path, number: int) -> None:
        self.folder, self.root, self.work = folder, folder / "srv", folder / "work"
        (folder / "policy.toml").write_text(POLICY)
        first = folder / "first.git"
        self._git("init", "-q", "--bare", "-b", "main", "--template=", str(first), cwd=folder)
        for each in range(number):
            shutil.copytree(first, self.root / f"group-{each % 20}" / f"rows-{each}.git")
        self._git("init", "-q", "-b", "main", str(self.work), cwd=folder)
        for text in ("one\n", "two\n"):
            (self.work / "rows.txt").write_text(text)
            self._git("add", "-A")
            self._git("commit", "-q", "-m", f"Add {text}")
        # Spread over all, so that no push finds what the one before left in the machine's caches.
        self._paths = cycle(sorted(self.root.glob("*/*.git"))[:: max(number // 50, 1)])
        self._path = next(self._paths)
        self._guarded: list[str] = ["--policy", str(folder / "policy.toml"), "--ledger", str(folder / "ledger.db")]

    def _git(self, *args: str, cwd: Path | None = None) -> None:
        subprocess.run(["git", *args], cwd=cwd or self.work, env=environment(), check=True)

    def _ours(self, *args: str) -> float:
        return seconds([*OURS, *args], self.folder)

    def install(self) -> float:
        """Put the gate into every repository."""
        return self._ours("install", "--all", str(self.root), *self._guarded)

    def compile(self, *, is_first: bool = False) -> float:
        """Compile the policies of all, where `is_first` with nothing remembered of an earlier time."""
        if is_first:
            for path in (Path(os.environ["XDG_CACHE_HOME"]) / "ringfence").glob("*.ahead"):
                path.unlink()
        return self._ours("policy", "compile", "--all", str(self.root))

    def push(self, revision: str) -> float:
        """Push to a repository: the first commit to the next one, or the second to the same."""
        if revision == "main^":
            self._path = next(self._paths)
        command = ["git", "push", "-q", str(self._path), f"{revision}:refs/heads/main"]
        started = time.perf_counter()
        subprocess.run(command, cwd=self.work, env=environment(), check=True, capture_output=True)
        return time.perf_counter() - started


def rows(folder: Path, number: int) -> Iterator[Row]:
    """Yield the rows."""
    server, named = Server(folder, number), f"{number:,} repositories"
    yield Row(f"install --all, {named}", "a minute", 1, server.install, lambda: 60.0, runs=1)
    yield Row(f"install --all, {named}, again", "a minute", 0.1, server.install, lambda: 60.0, runs=3)
    again = f"policy compile --all, {named}, again"
    yield Row(again, "the first time", 0.1, server.compile, lambda: server.compile(is_first=True), runs=1)
    pushed = f"push, the first to one of {named}"
    yield Row(pushed, "the second", 1.2, lambda: server.push("main^"), lambda: server.push("main"), runs=21)
