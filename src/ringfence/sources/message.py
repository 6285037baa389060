"""The message of a commit that is being created, as git will store it."""

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
    """Yield the message as a change; the `staged` paths decide which zones apply to it."""
    touched: list[Touched] = [(path, "", ()) for path, _, _ in staged]
    yield Change("message", texts=(("message", message, encoding), *texts), paths=touched)


def read_message(path: str) -> bytes:
    """Return the content of a message file.

    Raises:
        IncompleteError: It can't be read.
    """
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise IncompleteError(f"the message file {path} can't be read: {error.strerror}.") from None


def cleanup_message(message: bytes, settings: Iterable[tuple[str, str, str]], *, edited: bool) -> bytes:
    """Return the part of a message file that git will store, or more of it where that can't be predicted.

    After an editor, git removes comments, and the diff that `-v` puts below a scissors line. It keeps them in a message
    given with `-m` or `-F` (`edited` false), and where `commit.cleanup` says so.
    """
    configured = {key: text for _, key, text in settings}
    cleanup = configured.get("commit.cleanup", "default")
    if not edited or cleanup in ("verbatim", "whitespace"):
        return message
    mark = (configured.get("core.commentstring") or configured.get("core.commentchar") or "#").encode()
    keeps_comments = cleanup == "scissors" or mark == b"auto"  # auto: git chose a character that hooks can't see
    lines = []
    for line in message.split(b"\n"):
        if line.endswith(_SCISSORS) and (mark == b"auto" or line.startswith(mark)):
            break
        if keeps_comments or not line.startswith(mark):
            lines.append(line)
    return b"\n".join(lines)


def find_message_file(repo: Repo) -> str:
    """Return the message file that git wrote last, for hook managers that don't pass its name.

    Raises:
        IncompleteError: There is none.
    """
    candidates = [os.path.join(repo.find_git_directory(), name) for name in ("COMMIT_EDITMSG", "MERGE_MSG")]
    existing = [path for path in candidates if os.path.exists(path)]
    if not existing:
        raise IncompleteError("no message file found.", "Give its name: ringfence hook commit-msg FILE.")
    return max(existing, key=os.path.getmtime)
