"""The message of a commit that is being made, as it will be stored."""

from __future__ import annotations

import os

from ..errors import IncompleteError
from ..model import Change

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..git import Repo
    from ..model import Touched

_SCISSORS = b"------------------------ >8 ------------------------"
_AUTO = b"#;@!$%^&|:"  # what git chooses from when core.commentChar is "auto"


def changes(
    message: bytes, staged: Iterable[Touched] = (), *, texts: tuple[tuple[str, bytes], ...] = ()
) -> Iterator[Change]:
    """Yield the message; `staged` are the paths it is about, which decide what it falls under."""
    touched: list[Touched] = [(path, "", ()) for path, _, _ in staged]
    yield Change("message", texts=(("message", message), *texts), paths=touched)


def read(path: str) -> bytes:
    """Read a message file.

    Raises:
        IncompleteError: There is none.
    """
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise IncompleteError(f"the message file {path} can't be read: {error.strerror}.") from None


def stored(message: bytes, settings: Iterable[tuple[str, str, str]], *, edited: bool) -> bytes:
    """Return what of a message file will be in the commit.

    An editor's template has comments, and with `-v` a diff below a scissors line, which git takes out; a message
    given with `-m` or `-F` keeps them, as does `commit.cleanup` verbatim and whitespace.
    """
    configured = {key: text for _, key, text in settings}
    if not edited or configured.get("commit.cleanup") in ("verbatim", "whitespace"):
        return message
    mark = comment_mark(message, configured.get("core.commentstring") or configured.get("core.commentchar") or "#")
    kept = []
    for line in message.split(b"\n"):
        if line.startswith(mark):
            if line[len(mark) :].strip() == _SCISSORS:
                break
        else:
            kept.append(line)
    return b"\n".join(kept)


def comment_mark(message: bytes, configured: str) -> bytes:
    """Return what begins a comment; "auto" is read off the template's last line."""
    if configured != "auto":
        return configured.encode()
    last = message.rstrip().rpartition(b"\n")[2][:1]
    return last if last and last in _AUTO else b"#"


def default_file(repo: Repo) -> str:
    """Return the message file when a framework dropped its name: the one git wrote last."""
    candidates = [os.path.join(repo.directory_of_git(), name) for name in ("COMMIT_EDITMSG", "MERGE_MSG")]
    there = [path for path in candidates if os.path.exists(path)]
    if not there:
        raise IncompleteError("there is no message file.", "Give its name: ringfence hook commit-msg FILE.")
    return max(there, key=os.path.getmtime)
