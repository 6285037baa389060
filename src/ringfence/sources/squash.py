"""What a forge writes when it squashes a range: one message out of all, and everybody who wrote a part as co-author."""

from __future__ import annotations

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
    """What one commit brings into the squash's message."""

    commit: str
    message: bytes
    author: bytes


def read_parts(objects: Objects, commits: Iterable[str]) -> list[CommitPart]:
    """Return what commits bring, in their order; merges bring nothing, as forges leave them out."""
    found = []
    for item in objects.iter_objects(commits):
        if isinstance(item, MissingObject):
            continue  # judging the range itself says so
        headers, message = parse_raw_object(item.read())
        people = [text for key, text in headers if key == b"author"]
        if sum(key == b"parent" for key, _ in headers) < 2:  # noqa: PLR2004 - a merge
            found.append(
                CommitPart(item.name, message.strip(), people[0].rpartition(b">")[0] + b">" if people else b"")
            )
    return found


def build_message(brought: list[CommitPart], title: str, body: str) -> bytes:
    """Return the message: the title, the body or else every message, and a co-author for every author."""
    first = brought[0].message.partition(b"\n")[0] if brought else b""
    told = body.encode() if body else b"\n\n".join(b"* " + part.message for part in brought)
    authors = dict.fromkeys(b"Co-authored-by: " + part.author for part in brought if part.author)
    return b"\n\n".join((title.encode() or first, told, b"\n".join(authors))) + b"\n"


def build_change(repo: Repo, base: str, head: str, written: bytes) -> Change:
    """Return the commit that a squash would make: its message, and everything between the two states."""
    return Change("message", texts=(("message", written, ""),), paths=commits.diff_commits(repo, base, head))


def find_source_commit(brought: list[CommitPart], excerpt: str) -> str:
    """Return the commit that brings a line into the squash's message, or "" where a title or a body does."""
    for part in brought:
        lines = (part.message + b"\nCo-authored-by: " + part.author).splitlines()
        if any(excerpt in sanitise_text(line.decode("utf-8", "replace")) for line in lines):
            return part.commit
    return ""
