"""The whole story: changes in, verdict out. Hooks, CI and audit differ only in the changes they bring.

Each distinct object is read once and scanned as bytes; only where something is hit is it located, compared with what
the parents held there, and judged.
"""

from __future__ import annotations

from . import deadline, excerpts
from .contents import counts
from .markers import normal
from .markers.authorship import is_authorship
from .model import SUBMODULE, Examined, Verdict
from .objects import Missing
from .policy.plan import judged_as
from .reading import Reading
from .texts import pieces, texts_of
from .values import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .contents import Seen
    from .declarations import Declared
    from .markers.catalogue import Marker
    from .model import Change, Finding, Touched, Unread
    from .objects import Objects
    from .policy.plan import Plan

    Tags = tuple[str, ...]
    Located = tuple[Change, Tags, list[tuple[Touched, Tags]]]

_BATCH_COMMITS, _BATCH_PATHS = 256, 20_000
_LARGEST_MESSAGE = 2 << 20  # bytes; taken apart into lines, it needs a hundred times that
_GROUPS = {
    "author": "identity",
    "committer": "identity",
    "tagger": "identity",
    "ref": "ref",
    "environment": "environment",
}
_NAMING = ("author", "committer", "tagger", "message", "header")  # parts whose lines may name a model
_COUNTERS = {"commit": "commits", "staged": "commits", "message": "commits", "tag": "tags", "ref": "refs"}


def check(changes: Iterable[Change], plan: Plan, objects: Objects) -> Verdict:
    """Judge changes by a plan.

    Raises:
        GitError: Git failed; nothing can be said.
    """
    run = _Run(plan, objects)
    ahead: tuple[list[Located], int] = [], 0
    try:
        for batch in _batches(changes):
            before, ahead = ahead, run.locate(batch)
            run.judge(*before)  # while the objects of the batch ahead are being read
            deadline.hold()
        run.judge(*ahead)
        deadline.hold()
    except deadline.OutOfTimeError:
        run.give_up()
    tags = tuple(sorted({*plan.whole, *run.touched}))
    return Verdict(tuple(run.findings), tuple(run.unread), run.examined, plan.ruleset, tags, plan.contact)


def _batches(changes: Iterable[Change]) -> Iterator[list[Change]]:
    """Gather changes until there is enough to keep git busy, and not so much that memory grows."""
    batch: list[Change] = []
    paths = 0
    for change in changes:
        batch.append(change)
        paths += len(change.paths)
        if len(batch) >= _BATCH_COMMITS or paths >= _BATCH_PATHS:
            yield batch
            batch, paths = [], 0
    if batch:
        yield batch


class _Run:
    """What is known in the middle of a check."""

    def __init__(self, plan: Plan, objects: Objects) -> None:
        self.plan, self.objects = plan, objects
        self.examined = Examined()
        self.reading = Reading(objects, plan, self.examined)
        self.findings: list[Finding] = []
        self.unread: list[Unread] = []
        self.declared: list[tuple[str, bytes, Declared]] = []  # commit, message, what a line of it says
        self.touched: set[str] = set()  # tags of the zones that were touched so far

    def locate(self, batch: list[Change]) -> tuple[list[Located], int]:
        """Say which zones a batch touches, and have what lies in them read; return the number of that flight too."""
        located = [self._locate(change) for change in batch]
        return located, self.reading.ask((touched[1], touched[0]) for touched in _inside(located))

    def judge(self, located: list[Located], flight: int) -> None:
        """Judge a batch: what is new in its zones, what is found in it."""
        self.reading.settle(flight)
        marked = (touched for touched in _inside(located) if self.reading.seen(touched[1]))
        self.reading.read(parent for _, _, parents in marked for parent in parents if parent)
        first = len(self.findings)
        for change, tags, inside in located:
            if name := _COUNTERS.get(change.kind):
                setattr(self.examined, name, getattr(self.examined, name) + 1)
            for touched, its_tags in inside:
                self._judge_path(change.commit, touched, its_tags)
            for text in change.texts if tags else ():
                self._judge_text(change.commit, tags, *text)
        self._judge_stored({change.commit: tags for change, tags, _ in located if change.raw and tags})
        if self.declared:
            self._judge_declarations({change.commit: tags for change, tags, inside in located if inside})
        order = {change.commit: number for number, (change, _, _) in enumerate(located)}
        self.findings[first:] = sorted(self.findings[first:], key=lambda finding: order[finding.commit])

    def _locate(self, change: Change) -> Located:
        """Return a change with the tags it falls under, and those of its paths that lie in a zone with theirs."""
        plan = self.plan
        if not plan.zoned:
            return change, plan.whole, [(touched, plan.whole) for touched in change.paths]
        inside = [(touched, tags) for touched in change.paths if (tags := plan.tags_of(touched[0], change.within))]
        its_own = {tag for _, tags in inside for tag in tags} | plan.everywhere(change.within)
        self.touched |= its_own
        # A ref, a tag or a session has no paths: it falls under what the commits that came with it touched.
        falls_under = self.touched if change.kind in ("ref", "tag", "environment", "request") else its_own
        return change, tuple(sorted(falls_under.union(plan.whole))), inside

    def _judge_stored(self, commits: dict[str, Tags]) -> None:
        """Read commits and tags and judge their texts, one after the other, so that none is kept."""
        for item in self.objects.each(commits):
            if isinstance(item, Missing):
                self._not_read(item.name, b"", item.reason, commits[item.name], damaged=True)
            elif item.size > _LARGEST_MESSAGE:
                self._not_read(item.name, b"", f"a {item.type} of {item.size} bytes", commits[item.name])
            else:
                self.examined.objects += 1
                self.examined.bytes += item.size
                for text in texts_of(item.read()):
                    self._judge_text(item.name, commits[item.name], *text)
                if item.type == "commit" and self.plan.demanding(commits[item.name]):
                    self._declare(item.name, text[1], text[2])

    def _declare(self, commit: str, message: bytes, encoding: str) -> None:
        """Note what a commit's message declares."""
        from .declarations import read

        self.declared += [(commit, message, said) for said in read(normal.decoded(message, encoding), self.plan)]

    def _judge_declarations(self, commits: dict[str, Tags]) -> None:
        """Judge what was declared by those commits that touch something: a merge of what is there already needn't."""
        from .declarations import CONTRADICTED

        marked = {item.commit for item in self.findings}
        for commit, message, said in self.declared:
            fault = CONTRADICTED if said.is_human and commit in marked else said.fault
            if fault and commit in commits:
                tags = self.plan.demanding(commits[commit])
                made = self._made(fault, ("", ""), tags, commit, "message", b"", 0, 1, said.line, message)
                self.findings.append(made)
        self.declared = []

    def _judge_path(self, commit: str, touched: Touched, tags: Tags) -> None:
        path, oid, parents = touched
        if not oid:
            return
        self.examined.paths += 1
        self.examined.submodules += oid == SUBMODULE
        group = self.plan.catalogue.group("path")
        for index in sorted(group.scanner.which(path)) if group.scanner else ():
            marker, _ = group.row(index)
            # Whatever is added to a session log is new output; an instruction file is news only when it appears.
            if marker.strength != "weak" or not any(parents):
                self._found(marker, ("", ""), tags, commit, "path", path, 0, 1, excerpts.path(path))
        for hidden in self.reading.hidden(oid):
            self._not_read(commit, path, hidden.reason, tags, damaged=hidden.damaged)
        stands = [self.reading.seen(parent) for parent in parents]
        now, then = counts(self.reading.seen(oid)), [counts(seen) for seen in stands]
        for key, seen in self.reading.seen(oid).items():
            if seen.part == "note" and not _is_note(path):
                continue
            one = self._as_judged(seen.marker, path) if seen.part == "generator" else seen.marker
            before = [old[key] for old in stands if key in old]
            is_new = now[key[0]] > max((old.get(key[0], 0) for old in then), default=0)
            if self.plan.waivers and one is seen.marker:
                self._found_unless_waived(seen, before, tags, commit, path)
            elif one and is_new and seen.count > max((old.count for old in before), default=0):
                known = {excerpt for old in before for _, excerpt, _ in old.places}
                line, excerpt, place = next((spot for spot in seen.places if spot[1] not in known), seen.places[0])
                model = self._model(excerpt.encode())
                self._found(one, model, tags, commit, seen.part, path, line, seen.count, excerpt, place=place)

    def _as_judged(self, marker: Marker, path: bytes) -> Marker | None:
        """Return what a generator's name is a mark of, where it stands; None where it may stand."""
        if marker.strength == "weak":
            why = "A rival's model is named as in a row of data, but not in one: code that calls it does so."
            return replace(marker, id="generator-named", product=f"generator {marker.product!r}", why=why)
        if allowed := self.plan.forbidden(path, marker.product):
            why = f"The zone allows only {', '.join(allowed)} as what made a row."
            name = f"generator {marker.product!r}"
            return replace(marker, id="generator-not-allowed", product=name, strength="definitive", why=why)
        if not marker.vendor:
            return None
        why = "The field says that a rival's model made the row."
        return replace(marker, id="generator-of-a-rival", product=f"generator {marker.product!r}", why=why)

    def _judge_text(self, commit: str, tags: Tags, part: str, data: bytes, encoding: str) -> None:
        if part == "message" and not normal.is_known(encoding):
            self._not_read(commit, b"", f"its message is in an unknown encoding, {encoding[:40]!r}", tags)
        group = self.plan.catalogue.group(_GROUPS.get(part, "message"))
        told: set[tuple[str, str]] = set()
        for piece, numbers in pieces(data, encoding):
            for index, start, end in group.scanner.spans(piece) if group.scanner else ():
                marker, roles = group.row(index)
                model = self._model(excerpts.line(piece, start, end) if part in _NAMING else b"")
                if (marker.id, model[1]) in told or not _counts(roles, part, piece, start):
                    continue
                told.add((marker.id, model[1]))
                row = piece.count(b"\n", 0, excerpts.begin(piece, start, end))
                line = (numbers[row] if numbers else row + 1) if part in ("message", "description") else 0
                excerpt = _name_only(piece, start) if part == "environment" else excerpts.excerpt(piece, start, end)
                self._found(marker, model, tags, commit, part, b"", line, 1, excerpt, data)

    def give_up(self) -> None:
        """Note that the time was over, and how far we came; it refuses whatever the tag says of what is unread."""
        from .model import Unread

        done = self.examined.commits
        tag = max({*self.plan.whole, *self.touched, *self.plan.zoned})
        part = max(done // 2, 1)
        self.unread.append(
            Unread(
                "", "", f"the time was over after {done} commits and {self.examined.objects} objects", "block", tag,
                f"push the oldest commits first, {part} at a time: git push REMOTE "
                f"$(git rev-list --topo-order --reverse BRANCH --not --remotes | sed -n {part}p):refs/heads/BRANCH",
            )
        )  # fmt: skip

    def _found(
        self, marker: Marker, model: tuple[str, str], tags: Tags, commit: str, part: str, path: bytes, line: int,
        count: int, excerpt: str, context: bytes = b"", place: str = "",
    ) -> None:  # fmt: skip
        """Note what was found, if its vendor counts here, or that of the model named beside it."""
        if part == "generator" or self.plan.is_rival(marker.vendor, model[1]):
            self.findings.append(
                self._made(marker, model, tags, commit, part, path, line, count, excerpt, context, place)
            )

    def _found_unless_waived(self, seen: Seen, before: list[Seen], tags: Tags, commit: str, path: bytes) -> None:
        """Find a marker in a file where waivers may name some of its places."""
        from .waivers import Marks, new

        def marks(one: Seen) -> Marks:
            named = [(spot, self._model(spot[1].encode())) for spot in one.places]
            made = [
                self._made(seen.marker, model, tags, commit, seen.part, path, line, seen.count, excerpt, place=place)
                for (line, excerpt, place), model in named
                if self.plan.is_rival(seen.marker.vendor, model[1])
            ]
            return Marks(one.count - len(named) + len(made), made)

        now = marks(seen)
        if now.findings:
            self.findings += new(now, list(map(marks, before)), tags, judged_as(seen.marker), self.plan)

    def _made(
        self, marker: Marker, model: tuple[str, str], tags: Tags, commit: str, part: str, path: bytes, line: int,
        count: int, excerpt: str, context: bytes = b"", place: str = "",
    ) -> Finding:  # fmt: skip
        from .findings import finding

        judged = judged_as(marker)
        action, tag = self.plan.action(tags, judged)
        where = (commit, part, path, line, count, excerpt)
        made = finding(marker, action, tag, *where, context, model, place)
        if not self.plan.waivers:
            return made
        from .waivers import weighed

        return weighed(made, tags, judged, self.plan)

    def _model(self, line: bytes) -> tuple[str, str]:
        """Return the model that a line names, with its vendor; a rival's before others, ("", "") for none."""
        named = self.plan.catalogue.models(line) if line else []
        return next((model for model in named if self.plan.is_rival(model[1])), named[0] if named else ("", ""))

    def _not_read(self, commit: str, path: bytes, reason: str, tags: Tags, *, damaged: bool = False) -> None:
        """Note what could not be read; what should have been there and isn't, refuses whatever the tag says."""
        from .model import Unread

        action, tag = self.plan.action(tags, "unread")
        self.unread.append(Unread(commit, excerpts.path(path), reason, "block" if damaged else action, tag))


def _inside(located: list[Located]) -> Iterator[Touched]:
    """Yield the paths in zones that have a content here."""
    return (touched for _, _, inside in located for touched, _ in inside if touched[1] not in ("", SUBMODULE))


def _counts(roles: str, part: str, text: bytes, start: int) -> bool:
    """Say whether a marker that was found holds for where it was found."""
    if part in _GROUPS:
        return not roles or part in roles.split(",")
    return roles != "coauthor" or is_authorship(text, start)


def _is_note(path: bytes) -> bool:
    """Say whether a path is an object's id, spread over folders as git notes do it."""
    name = path.replace(b"/", b"")
    return len(name) in (40, 64) and not name.strip(b"0123456789abcdef")


def _name_only(line: bytes, start: int) -> str:
    """Return a variable's name; its value is nobody's business."""
    return line[start:].partition(b"=")[0].decode("ascii", "replace")
