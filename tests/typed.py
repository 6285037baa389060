"""Commands of ringfence as a person types them, each in a process of its own.

The process is forked from one in which everything is imported, which saves a third of a second for each command. What
is decided when Python starts (the PATH, the locale) can't be given to it any more; `conftest` starts those anew.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
from pathlib import Path

from ringfence.commands.program import COMMANDS

_FORKS = multiprocessing.get_context("forkserver")
_COMMANDS = [f"ringfence.commands.{module}" for module, _ in COMMANDS.values()]
_FORKS.set_forkserver_preload(["pytest", "ringfence.policy.compile", *_COMMANDS, __name__])
_STREAMS = (("in", os.O_RDONLY), ("out", os.O_WRONLY), ("err", os.O_WRONLY))


def typed(arguments: tuple[str, ...], cwd: Path, env: dict[str, str], stdin: bytes = b"") -> tuple[int, bytes]:
    """Run a command and return its status, and what it wrote to stdout and then to stderr."""
    with tempfile.TemporaryDirectory(dir=os.environ["TMPDIR"], prefix="typed-") as folder:
        streams = [Path(folder, name) for name, _ in _STREAMS]
        for path in streams:
            path.write_bytes(stdin if path is streams[0] else b"")
        child = _FORKS.Process(target=_main, args=(arguments, str(cwd), env, [str(path) for path in streams]))
        child.start()
        child.join(120)
        if child.exitcode is None:
            child.kill()
            raise TimeoutError(f"ringfence {' '.join(arguments)}")
        return child.exitcode, streams[1].read_bytes() + streams[2].read_bytes()


def _main(arguments: tuple[str, ...], cwd: str, env: dict[str, str], streams: list[str]) -> None:
    for number, (path, (_, how)) in enumerate(zip(streams, _STREAMS, strict=True)):
        os.dup2(os.open(path, how), number)
    sys.stdin, sys.stdout = os.fdopen(0), os.fdopen(1, "w")
    sys.stderr = os.fdopen(2, "w", errors="backslashreplace", buffering=1)
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    sys.argv = ["ringfence", *arguments]
    from ringfence.__main__ import main

    main()
