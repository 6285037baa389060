"""The values that travel: what is judged, what was found, what was not read, and the verdict over it all."""

from __future__ import annotations

from .errors import ExitCode
from .values import value

# A path that a change touches: its bytes, the id of its new content ("" to see only that it is touched), and the ids
# of what its parents hold there. A tuple, since a push can bring a hundred thousand of them.
Touched = tuple[bytes, str, tuple[str, ...]]
# What somebody wrote: the part of a change it is, its bytes, and the encoding it says it has ("" for none).
Text = tuple[str, bytes, str]
SUBMODULE = "submodule"  # instead of an id: the content is another repository's


class Change:
    """One thing that git asks about: a commit, the staged index, a message, a tag, a ref, a session.

    Attributes:
        kind: commit, tag, staged, message, ref, tree or environment.
        commit: Its id, or "" before it has one.
        texts: What people and tools wrote: author, committer, tagger, message, ref, environment.
        paths: What it touches.
        raw: Whether the object `commit` itself is still to be read for its texts.
        within: Zones bound to refs that hold for it; None: all of them.
        clean: It was judged before: nothing was found in it, and it touches zones of these tags. None: it wasn't.
    """

    __slots__ = ("clean", "commit", "kind", "paths", "raw", "texts", "within")

    def __init__(
        self,
        kind: str,
        commit: str = "",
        texts: tuple[Text, ...] = (),
        paths: tuple[Touched, ...] | list[Touched] = (),
        *,
        raw: bool = False,
    ) -> None:
        self.kind, self.commit, self.texts, self.paths, self.raw = kind, commit, texts, paths, raw
        self.within: frozenset[int] | None = None
        self.clean: set[str] | None = None


@value
class Location:
    """Where a mark stands in a file: its line (0: none), what stands there, and the place inside, as in `Finding`."""

    line: int
    excerpt: str
    place: str = ""


@value
class Occurrence:
    """Where a mark occurs: a part of a change, and what may be shown of it.

    `path` is b"" outside of files, `line` 0 where there is none, `count` how often the mark occurs in this part;
    `place` and `also` are as in `Finding`. `context` tells two like marks without a path apart: the text around them.
    """

    commit: str
    part: str
    excerpt: str
    path: bytes = b""
    line: int = 0
    count: int = 1
    place: str = ""
    also: tuple[Location, ...] = ()
    context: bytes = b""


@value
class Finding:
    """A marker that is new in a zone. Field names are those of the JSON report; `path` is "" outside of files.

    `part` says where it stands: author, committer, tagger, message, header, ref, path, content, note, environment,
    account, generator, pointer.
    `evidence` says by what it is known: declared, identity, artefact, mention. `model` is the model that is named
    beside the mark, as written, and `model_vendor` whose it is; both are "" where none is named.
    `place` says where inside the file, beside `line`: member of an archive, row, field, cell, page.
    `also` are the next places of the same mark in the same field, the first of those that `count` counts.
    `fingerprint` names marker and text without line or commit, so that it survives a rebase.
    `known`: it is in the baseline, and so doesn't refuse.
    `waiver` is the ticket of the waiver that lets it pass, "" where there is none.
    """

    marker: str
    vendor: str
    product: str
    kind: str
    strength: str
    evidence: str
    model: str
    model_vendor: str
    action: str
    commit: str
    part: str
    path: str
    line: int
    count: int
    excerpt: str
    tag: str
    why: str
    fingerprint: str
    known: bool = False
    place: str = ""
    waiver: str = ""
    also: tuple[Location, ...] = ()

    @property
    def is_blocking(self) -> bool:
        """Say whether it refuses: its action does, and it is neither known nor waived."""
        return self.action == "block" and not self.known and not self.waiver


@value
class Unread:
    """Something in a zone that could not be read, why, and what to do about it where that isn't the usual."""

    commit: str
    path: str
    reason: str
    action: str
    tag: str
    advice: str = ""


@value
class Limits:
    """How much of one object may be unpacked: bytes, bytes for a byte, contents in each other, members, seconds."""

    unpacked: int = 64 << 30
    ratio: int = 200
    depth: int = 6
    members: int = 100_000
    seconds: int = 1800


class ScanCounts:
    """The receipt: how much was looked at; `remembered` commits and objects were found clean before."""

    __slots__ = ("bytes", "commits", "objects", "paths", "refs", "remembered", "submodules", "tags")

    def __init__(self) -> None:
        self.refs = self.commits = self.tags = self.paths = self.objects = self.bytes = 0
        self.submodules = self.remembered = 0

    def collect_counts(self) -> dict[str, int]:
        """Return the counts by name."""
        return {name: getattr(self, name) for name in self.__slots__}


@value
class RunMetadata:
    """What a verdict is about, for reports that are read elsewhere and later.

    Attributes:
        repository: What it is called: `host/path`, or a path.
        base, head: Ids of the commits between which changes were judged; "" for the beginning, or for no commit.
        began: When, in UTC: `2025-01-31T09:30:00`.
        dates: When commits with findings were made: (id, seconds since 1970).
        notes: What else whoever reads it should know, a line each.
        inputs: What decided or was judged beside commits, as (name, SHA-256): policy files, a request's title and text.
    """

    repository: str = ""
    base: str = ""
    head: str = ""
    began: str = ""
    dates: tuple[tuple[str, int], ...] = ()
    notes: tuple[str, ...] = ()
    inputs: tuple[tuple[str, str], ...] = ()


@value
class Verdict:
    """What a check comes to."""

    findings: tuple[Finding, ...]
    unread: tuple[Unread, ...]
    examined: ScanCounts
    ruleset: str
    tags: tuple[str, ...]
    contact: str = ""
    about: RunMetadata = RunMetadata()
    catalogue: str = ""  # its day, and a digest: `2026.01.31+0a1b2c3d`

    @property
    def outcome(self) -> str:
        """Return allowed, blocked or incomplete: what was not read is never shown as clean."""
        if any(finding.is_blocking for finding in self.findings):
            return "blocked"
        return "incomplete" if self.unread else "allowed"

    @property
    def exit_code(self) -> int:
        """Return the exit status: incomplete refuses where the tag says so."""
        if self.outcome == "blocked":
            return ExitCode.BLOCKED
        refuses = any(item.action == "block" for item in self.unread)
        return ExitCode.INCOMPLETE if refuses else ExitCode.ALLOWED
