"""Builds the commit that a forge creates for a squash merge: all messages in one, all authors as co-authors."""

from __future__ import annotations

import os

from ..excerpts import sanitise_text
from ..git.objects import MissingObject
from ..git.raw import parse_raw_object
from ..model import Change
from ..values import value
from . import commits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..git.objects import Objects
    from ..git.repo import Repo


@value
class CommitPart:
    """The message and author (`name <address>`) that one commit adds to a squash."""

    commit: str
    message: bytes
    author: bytes


def read_parts(objects: Objects, commits: Iterable[str]) -> list[CommitPart]:
    """Return the parts of commits in order; merges are left out, as forges do."""
    parts = []
    for item in objects.iter_objects(commits):
        if isinstance(item, MissingObject):
            continue  # the check of the range itself reports it
        headers, message = parse_raw_object(item.read())
        people = [text for key, text in headers if key == b"author"]
        if sum(key == b"parent" for key, _ in headers) < 2:  # noqa: PLR2004 - a merge
            parts.append(
                CommitPart(item.name, message.strip(), people[0].rpartition(b">")[0] + b">" if people else b"")
            )
    return parts


def build_message(parts: list[CommitPart], title: str, body: str) -> bytes:
    """Return the message of a squash: title, body or else all messages, and a co-author trailer for each author.

    Without a title, it is the first line of the first message.
    """
    first = parts[0].message.partition(b"\n")[0] if parts else b""
    text = os.fsencode(body) if body else b"\n\n".join(b"* " + part.message for part in parts)
    authors = dict.fromkeys(b"Co-authored-by: " + part.author for part in parts if part.author)
    return b"\n\n".join((os.fsencode(title) or first, text, b"\n".join(authors))) + b"\n"


def build_change(repo: Repo, base: str, head: str, message: bytes) -> Change:
    """Return the commit that a squash would create: its message, and the paths that differ between two commits."""
    return Change("message", texts=(("message", message, ""),), paths=commits.diff_commits(repo, base, head))


def find_source_commit(parts: list[CommitPart], excerpt: str) -> str:
    """Return the id of the commit whose part contains an excerpt; "" if only the title or body does."""
    for part in parts:
        lines = (part.message + b"\nCo-authored-by: " + part.author).splitlines()
        if any(excerpt in sanitise_text(line.decode("utf-8", "replace")) for line in lines):
            return part.commit
    return ""
