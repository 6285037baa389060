"""The protocol between git and its proc-receive hook, in pkt-lines: https://git-scm.com/docs/githooks#proc-receive."""

from __future__ import annotations

from ..errors import GitError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

    from ..sources.refs import Update

_FLUSH = b"0000"  # the flush packet, which ends a section


def read_request(stdin: BinaryIO, stdout: BinaryIO) -> tuple[bytes, list[str]]:
    """Negotiate the version with git, and return the pushed commands and the push options.

    The commands have pre-receive's format, a line `OLD NEW REF` each.

    Raises:
        GitError: Git uses another version of the protocol.
    """
    version, _, features = next(_read_part(stdin), b"").partition(b"\0")
    if version != b"version=1":
        raise GitError(f"git uses an unknown version of the proc-receive protocol: {version[:40]!r}.")
    has_options = b"push-options" in features.split()
    _write_part(stdout, [b"version=1\0push-options" if has_options else b"version=1"])
    commands = b"".join(line + b"\n" for line in _read_part(stdin))
    return commands, [line.decode("utf-8", "surrogateescape") for line in (_read_part(stdin) if has_options else ())]


def write_response(stdout: BinaryIO, updates: list[Update], reason: str = "") -> None:
    """Tell git to update every ref as it would without the hook or, if there is a reason, to refuse them all."""
    refs = [ref for _, _, ref in updates]
    if reason:
        line = " ".join(reason.split()).encode("utf-8", "replace")
        _write_part(stdout, (b"ng %s %s" % (ref, line) for ref in refs))
    else:
        _write_part(stdout, (line for ref in refs for line in (b"ok " + ref, b"option fall-through")))


def _read_part(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the lines of a section, after all of it was read.

    Raises:
        GitError: The stream ended before the section did.
    """
    lines = []
    while (length := stream.read(4)) != _FLUSH:
        line = stream.read(int(length, 16) - 4) if len(length) == len(_FLUSH) else b""
        if not line:
            raise GitError("git's input for proc-receive ended too early.")
        lines.append(line.removesuffix(b"\n"))
    yield from lines


def _write_part(stream: BinaryIO, lines: Iterable[bytes]) -> None:
    """Write a section in one call, so that git never acts on half an answer."""
    stream.write(b"".join(b"%04x%s" % (len(line) + 5, line + b"\n") for line in lines) + _FLUSH)
    stream.flush()
