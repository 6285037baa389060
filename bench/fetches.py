"""What the hook adds to a fetch: clones with it and without it in turn, `python bench/fetches.py [RUNS]`.

A person's clone of a small tagged repository whose policy bars somebody else, by `git upload-pack` on this machine: one
that was answered before today, and a first one, which is judged and recorded.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import synthetic

from ringfence.setup import client_hooks

RUNS = 101
POLICY = 'version = 1\n[accounts]\nbarred = ["somebody-else"]\n'


def prepared(folder: Path) -> tuple[Path, dict[str, str]]:
    """Make a server's repository, and an environment in which git asks the hook about its fetches."""
    server, settings = folder / "server.git", folder / "gitconfig"
    synthetic.imported(server, synthetic.wide(20, 3))
    (folder / "policy.toml").write_text(POLICY)
    for key, text in (("tag", "training-data"), ("policy", folder / "policy.toml"), ("ledger", folder / "ledger.db")):
        subprocess.run(["git", "config", f"ringfence.{key}", str(text)], cwd=server, check=True)
    client_hooks.install_hook(str(folder), "pack-objects", '"$@"', module="fetch")
    key = "uploadpack.packObjectsHook"
    subprocess.run(["git", "config", "--file", str(settings), key, str(folder / "pack-objects")], check=True)
    return server, os.environ | {"GIT_CONFIG_SYSTEM": str(settings), "XDG_CACHE_HOME": str(folder / "cache")}


def clone(server: Path, env: dict[str, str]) -> float:
    """Clone and return the milliseconds that it took."""
    target = server.parent / "clone"
    shutil.rmtree(target, ignore_errors=True)
    began = time.perf_counter()
    subprocess.run(["git", "clone", "-q", "--bare", f"file://{server}", str(target)], env=env, check=True)
    return (time.perf_counter() - began) * 1000


def pairs(server: Path, env: dict[str, str], runs: int, *, forgets: bool) -> Iterator[tuple[float, float]]:
    """Yield milliseconds with the hook and without it, taken in turn; the one that goes first alternates."""
    without = env | {"GIT_CONFIG_SYSTEM": os.devnull}
    for number in range(runs):
        if forgets:
            for file in (server.parent / "cache/ringfence").glob("*.pass"):
                file.unlink()
        first = clone(server, without) if number % 2 else 0.0
        with_hook = clone(server, env)
        yield with_hook, first or clone(server, without)


def main() -> None:
    """Measure and print."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    with tempfile.TemporaryDirectory(prefix="ringfence-") as name:
        server, env = prepared(Path(name))
        clone(server, env)  # compiles the policy
        time.sleep(0.5)  # what was changed a moment ago isn't remembered
        clone(server, env)
        for title, forgets in (("answered before", False), ("judged and recorded", True)):
            taken = list(pairs(server, env, runs, forgets=forgets))
            ours, plain = (statistics.median(each) for each in zip(*taken, strict=True))
            more = statistics.quantiles((mine - other for mine, other in taken), n=10)
            print(f"{title}: {ours:.1f} ms, without the hook {plain:.1f} ms; more: "
                  f"median {more[4]:.1f} ms, 10 % to 90 %: {more[0]:.1f} to {more[8]:.1f} ms")  # fmt: skip


if __name__ == "__main__":
    main()
