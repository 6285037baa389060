"""The values passed between rooms: changes to check, findings, unread content, and the verdict."""

from __future__ import annotations

from .errors import ExitCode
from .values import value

# A path that a change touches: (path, id of the new content, ids of the content in each parent). An id of "" means that
# only the path is checked. A tuple and not a value, since a push can touch a hundred thousand paths.
Touched = tuple[bytes, str, tuple[str, ...]]
# A text of a change: (part, such as author or message; bytes; declared encoding, "" for none).
Text = tuple[str, bytes, str]
SUBMODULE = "\0submodule "  # before the id of a commit, in place of a content: it is in another repository


class Change:
    """One thing to check: a commit, the staged index, a message, a tag, a ref, a tree, the environment.

    Attributes:
        kind: commit, tag, staged, message, ref, tree, environment or request.
        commit: Id of the commit or tag; "" before it exists.
        texts: Texts that are known already: author, committer, tagger, message, ref, environment.
        paths: Paths that it touches.
        raw: Whether the texts are still to be parsed from the object `commit`.
        within: Numbers of the ref-bound zones that apply; None: all of them.
        clean: None, or for a commit that an earlier check found clean, the tags of the zones that it touches.
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
    """The position of a mark in a file: line (0: no lines), excerpt, and the place inside, as in `Finding`."""

    line: int
    excerpt: str
    place: str = ""


@value
class Origin:
    """Where recorded output of an AI tool comes from that was found again.

    Attributes:
        repository: The name of the repository, or of the agent for a session.
        commit: The commit there, or the id of the session.
        path, line, last_line: The file and the lines there; line 0 for a whole file.
        vendor, product, model: Whose tool wrote it; the model is "" if none is named.
        evidence: What says so: commit, note, agent-trace, session, call.
        written, recorded: When it was committed there ("" if unknown), and when it was recorded, in UTC.
        found_to: Its last line where it was found; 0 where lines say nothing.
        lines, edited: How many of its lines were found, and how many between them differ.
    """

    repository: str
    commit: str
    path: str
    line: int
    last_line: int
    vendor: str
    product: str
    model: str
    evidence: str
    written: str
    recorded: str
    found_to: int
    lines: int
    edited: int


@value
class Occurrence:
    """Where a mark occurs: a part of a change, and what may be shown of it.

    `path` is b"" outside of files, `line` 0 where there is none, `count` how often the mark occurs in this part;
    `place` and `also` are as in `Finding`. `context` tells two like marks apart: the text around
    one without a path, a digest of the line where the excerpt shows a part of it.
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
    origin: Origin | None = None


@value
class Finding:
    """A mark that is new in a zone. Field names are those of the JSON report.

    Attributes:
        evidence: How the mark was recognised: declared, identity, artefact,
            ingredient, use, mention.
        model, model_vendor: The model named beside the mark, as written, and its vendor; "" if none is named.
        action: block, warn or record.
        commit: Id of the commit; "" before it exists.
        part: Where the mark is: author, committer, tagger, message, header, ref, path, content, note, environment,
            account, generator, pointer, ingredient, use.
        path: Path of the file; "" outside of files.
        line, place: Position in the file: line number (0: none); member of an archive, row, field, cell, page.
        count, also: How often the mark is in this field, and the locations that follow the first.
        fingerprint: Digest of marker and text without line or commit, so that it survives a rebase.
        known: Whether it is in the baseline, so that it doesn't refuse.
        waiver: Ticket of the waiver that allows it; "" for none.
        origin: Where recorded output comes from that was found again; None for a mark.
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
    origin: Origin | None = None

    @property
    def is_blocking(self) -> bool:
        """Whether it refuses: its action is block, and it is neither in the baseline nor waived."""
        return self.action == "block" and not self.known and not self.waiver


@value
class Unread:
    """Content in a zone that could not be read, with the reason.

    `advice` is "" for the usual advice. `extra` is the extra of ringfence that would bring a reader, or "".
    """

    commit: str
    path: str
    reason: str
    action: str
    tag: str
    advice: str = ""
    extra: str = ""


@value
class Limits:
    """Limits for unpacking one object.

    Attributes:
        unpacked: Bytes of unpacked content.
        ratio: Unpacked bytes for each packed byte.
        depth: Levels of nested contents.
        members: Members of archives, row groups, pages.
        seconds: Time to read it.
    """

    unpacked: int = 64 << 30
    ratio: int = 200
    depth: int = 6
    members: int = 100_000
    seconds: int = 1800


class ScanCounts:
    """Numbers of the refs, commits, objects and bytes checked; `remembered` are known from an earlier check."""

    __slots__ = ("bytes", "commits", "objects", "paths", "refs", "remembered", "submodules", "tags")

    def __init__(self) -> None:
        self.refs = self.commits = self.tags = self.paths = self.objects = self.bytes = 0
        self.submodules = self.remembered = 0

    def collect_counts(self) -> dict[str, int]:
        """Return the counts by name."""
        return {name: getattr(self, name) for name in self.__slots__}


@value
class RunMetadata:
    """The subject of a verdict, for reports that are read in another place or later.

    Attributes:
        repository: Its name: `host/path`, or a path.
        base, head: Ids of the commits that limit the range; "" for the beginning of history, or for no commit.
        began: Start of the check in UTC: `2025-01-31T09:30:00`.
        dates: Dates of the commits with findings: (id, seconds since 1970).
        authors: Their authors' names, as they may be shown: (id, name).
        notes: Further remarks for readers of the report, one line each.
        inputs: Inputs other than commits, as (name, SHA-256): policy files, a request's title and description.
        files: Files on disk that were judged, as (path, SHA-256), where a receipt is to vouch for them.
    """

    repository: str = ""
    base: str = ""
    head: str = ""
    began: str = ""
    dates: tuple[tuple[str, int], ...] = ()
    notes: tuple[str, ...] = ()
    inputs: tuple[tuple[str, str], ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    authors: tuple[tuple[str, str], ...] = ()


@value
class Verdict:
    """The result of a check.

    Attributes:
        catalogue: Its day and a digest: `2026.01.31+0a1b2c3d`.
        observed: Tags that refuse nothing for now.
        notice: What the pusher is told where that ends soon.
        docs: Where the organisation has these docs as a site, or "".
    """

    findings: tuple[Finding, ...]
    unread: tuple[Unread, ...]
    examined: ScanCounts
    ruleset: str
    tags: tuple[str, ...]
    contact: str = ""
    about: RunMetadata = RunMetadata()
    catalogue: str = ""
    observed: tuple[str, ...] = ()
    notice: str = ""
    docs: str = ""

    @property
    def outcome(self) -> str:
        """Return allowed, observed, blocked or incomplete; content that was not read never counts as clean."""
        blocking = {finding.tag for finding in self.findings if finding.is_blocking}
        if not blocking.issubset(self.observed):
            return "blocked"
        if self._has_refusing_gap():
            return "incomplete"
        if blocking or any(item.action == "block" for item in self.unread):
            return "observed"
        return "incomplete" if self.unread else "allowed"

    def _has_refusing_gap(self) -> bool:
        return any(item.action == "block" and item.tag not in self.observed for item in self.unread)

    @property
    def exit_code(self) -> int:
        """Return the exit status; an incomplete check refuses only where a tag's action for unread content is block."""
        if self.outcome == "blocked":
            return ExitCode.BLOCKED
        return ExitCode.INCOMPLETE if self._has_refusing_gap() else ExitCode.ALLOWED
