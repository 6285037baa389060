"""Commands of ringfence as a person types them, each in a process of its own.

The process is forked from one in which everything is imported, which saves a third of a second for each command. What
is decided when Python starts (the PATH, the locale) can't be given to it any more; `conftest` starts those anew.
"""

from __future__ import annotations

import functools
import multiprocessing
import os
import sys
import tempfile
from multiprocessing import forkserver
from pathlib import Path
from unittest import mock

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["pytest", "warm", __name__])
_STREAMS = (("in", os.O_RDONLY), ("out", os.O_WRONLY), ("err", os.O_WRONLY))


def typed(arguments: tuple[str, ...], cwd: Path, env: dict[str, str], stdin: bytes = b"") -> tuple[int, bytes]:
    """Run a command and return its status, and what it wrote to stdout and then to stderr."""
    _start_server()
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


@functools.cache
def _start_server() -> None:
    """Start what commands are forked from; Python 3.11 doesn't tell it where we import from."""
    places = (str(Path(__file__).parent), *filter(None, [os.environ.get("PYTHONPATH")]))
    with mock.patch.dict(os.environ, PYTHONPATH=os.pathsep.join(places)):
        forkserver.ensure_running()


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
