"""How git and its proc-receive hook talk: lines that begin with their length, each part ended by `0000`.

https://git-scm.com/docs/githooks#proc-receive
"""

from __future__ import annotations

from ..errors import GitError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

    from ..sources.refs import Update

_END = b"0000"


def read_request(stdin: BinaryIO, stdout: BinaryIO) -> tuple[bytes, list[str]]:
    """Agree with git on the version; return what is pushed, as pre-receive gets it, and the push options.

    Raises:
        GitError: Git speaks another language.
    """
    version, _, features = next(_read_part(stdin), b"").partition(b"\0")
    if version != b"version=1":
        raise GitError(f"git speaks to proc-receive in an unknown way: {version[:40]!r}.")
    has_options = b"push-options" in features.split()
    _write_part(stdout, [b"version=1\0push-options" if has_options else b"version=1"])
    commands = b"".join(line + b"\n" for line in _read_part(stdin))
    return commands, [line.decode("utf-8", "surrogateescape") for line in (_read_part(stdin) if has_options else ())]


def write_response(stdout: BinaryIO, updates: list[Update], reason: str = "") -> None:
    """Let git go on with every ref, as it would without the hook; or refuse them all, for a reason."""
    refs = [ref for _, _, ref in updates]
    if reason:
        told = " ".join(reason.split()).encode("utf-8", "replace")
        _write_part(stdout, (b"ng %s %s" % (ref, told) for ref in refs))
    else:
        _write_part(stdout, (line for ref in refs for line in (b"ok " + ref, b"option fall-through")))


def _read_part(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the lines up to the end of a part, all of which are read.

    Raises:
        GitError: Git ended before it.
    """
    lines = []
    while (length := stream.read(4)) != _END:
        line = stream.read(int(length, 16) - 4) if len(length) == len(_END) else b""
        if not line:
            raise GitError("git ended in the middle of what it tells proc-receive.")
        lines.append(line.removesuffix(b"\n"))
    yield from lines


def _write_part(stream: BinaryIO, lines: Iterable[bytes]) -> None:
    """Write a part in one go: git must not act on half an answer."""
    stream.write(b"".join(b"%04x%s" % (len(line) + 5, line + b"\n") for line in lines) + _END)
    stream.flush()
