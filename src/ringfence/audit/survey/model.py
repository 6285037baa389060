"""What an audit is made of: units, pieces of work, and what came of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

REPOSITORY, DATA = "repository", "data"
LISTING = -1  # the number of the piece of work that lists a unit's files

Row = dict[str, Any]


class AuditError(Exception):
    """A unit, or a part of it, can't be audited; the message is its row of error."""


@dataclass(frozen=True, slots=True)
class Unit:
    """What is audited as a whole, and has a row and a page of its own.

    Attributes:
        name: Its name in results: a path or an address.
        kind: repository or data.
        place: The path or address that it is read from.
        skipped: Repositories below a folder of data, which are units of their own.
        is_remote: It is a repository that has to be fetched.
    """

    name: str
    kind: str
    place: str
    skipped: tuple[str, ...] = ()
    is_remote: bool = False


@dataclass(frozen=True, slots=True)
class Shard:
    """A file of data: its path below the unit, its size, and what changes whenever its content does."""

    path: str
    size: int
    state: str


@dataclass(frozen=True, slots=True)
class Work:
    """What one process audits: a repository, or some files of data.

    Attributes:
        unit: What it belongs to.
        number: Its place among the pieces of work of its unit.
        shards: The files; () for a repository.
        size: An estimate of its bytes, for the order.
        known: Refs that were judged before, each as `id name`.
    """

    unit: Unit
    number: int = 0
    shards: tuple[Shard, ...] = ()
    size: int = 0
    known: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for all units.

    Attributes:
        policies, tags: From the command line.
        seconds: After how long a piece of work is ended.
        known: Names of the results that are there already.
        scratch: A folder for what is fetched; where there is none, as on another machine, that for temporary files.
        disk: How many bytes each process may fetch of a repository; 0 for any number.
        has_trace: What is in each repository today is traced to who wrote it.
        feed: The folder and the key of an index, into which what tools wrote in repositories without a tag is recorded.
    """

    policies: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    seconds: float = 3600.0
    known: frozenset[str] = frozenset()
    scratch: str = ""
    disk: int = 0
    has_trace: bool = False
    feed: tuple[str, bytes] | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a piece of work.

    Attributes:
        work: The piece of work.
        name: The name of its result; "" after an error.
        data: The result; b"" where it was there already.
        error: Why there is none; "" otherwise.
        seconds: How long it took.
    """

    work: Work
    name: str = ""
    data: bytes = b""
    error: str = ""
    seconds: float = field(default=0.0, compare=False)


def build_error_row(path: str, reason: str, tag: str = "") -> Row:
    """Return the row of what is missing of a unit: a path, "" for all of it, and why."""
    return {"commit": "", "path": path, "reason": reason, "action": "block", "tag": tag, "extra": "", "is_error": True}
