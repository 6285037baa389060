"""The message of a commit that is being made, as it will be stored."""

from __future__ import annotations

import os

from ..errors import IncompleteError
from ..model import Change

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..git.repo import Repo
    from ..model import Text, Touched

_SCISSORS = b"------------------------ >8 ------------------------"


def iter_changes(
    message: bytes, encoding: str, staged: Iterable[Touched] = (), texts: tuple[Text, ...] = ()
) -> Iterator[Change]:
    """Yield the message; `staged` are the paths it is about, which decide what it falls under."""
    touched: list[Touched] = [(path, "", ()) for path, _, _ in staged]
    yield Change("message", texts=(("message", message, encoding), *texts), paths=touched)


def read_message(path: str) -> bytes:
    """Read a message file.

    Raises:
        IncompleteError: There is none.
    """
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise IncompleteError(f"the message file {path} can't be read: {error.strerror}.") from None


def cleanup_message(message: bytes, settings: Iterable[tuple[str, str, str]], *, edited: bool) -> bytes:
    """Return what of a message file will be in the commit, or more where that can't be known.

    An editor's template has comments, and with `-v` a diff below a scissors line, which git takes out. A message
    given with `-m` or `-F` keeps them, and `commit.cleanup` can say so for others.
    """
    configured = {key: text for _, key, text in settings}
    cleanup = configured.get("commit.cleanup", "default")
    if not edited or cleanup in ("verbatim", "whitespace"):
        return message
    mark = (configured.get("core.commentstring") or configured.get("core.commentchar") or "#").encode()
    keeps_comments = cleanup == "scissors" or mark == b"auto"  # auto: git chose a sign that isn't told to hooks
    kept = []
    for line in message.split(b"\n"):
        if line.endswith(_SCISSORS) and (mark == b"auto" or line.startswith(mark)):
            break
        if keeps_comments or not line.startswith(mark):
            kept.append(line)
    return b"\n".join(kept)


def find_message_file(repo: Repo) -> str:
    """Return the message file when a framework dropped its name: the one git wrote last."""
    candidates = [os.path.join(repo.find_git_directory(), name) for name in ("COMMIT_EDITMSG", "MERGE_MSG")]
    there = [path for path in candidates if os.path.exists(path)]
    if not there:
        raise IncompleteError("there is no message file.", "Give its name: ringfence hook commit-msg FILE.")
    return max(there, key=os.path.getmtime)
