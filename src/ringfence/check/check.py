"""The whole story: changes in, verdict out. Hooks, CI and audit differ only in the changes they bring.

Each distinct object is read once and scanned as bytes; only where something is hit is it located, compared with what
the parents held there, and judged.
"""

from __future__ import annotations

from ..git.objects import MissingObject
from ..git.raw import parse_texts
from ..model import SUBMODULE, ScanCounts, Verdict
from ..scan.reader import ObjectReader
from . import deadline, progress
from .paths import judge_path
from .results import Results
from .texts import judge_text, judge_texts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..git.objects import Objects
    from ..model import Change, Touched
    from ..policy.plan import Plan
    from .results import Tags
    from .rules.base import LocatedChange, Rule, TaggedText

_BATCH_COMMITS, _BATCH_PATHS = 256, 20_000
_BATCH_BYTES = 256 << 20  # of files, whose sizes are known
_LARGEST_MESSAGE = 2 << 20  # bytes; taken apart into lines, it needs a hundred times that
_HEAP = 256 << 10  # bytes of commits whose texts are scanned as one: what fits into a processor's cache
_MANY, _LARGE = 300, 16 << 20  # objects, or bytes of them, that are worth remembering
_COUNTERS = {"commit": "commits", "staged": "commits", "message": "commits", "tag": "tags", "ref": "refs"}


def check_changes(changes: Iterable[Change], plan: Plan, objects: Objects) -> Verdict:
    """Judge changes by a plan.

    Raises:
        GitError: Git failed; nothing can be said.
    """
    run = _Run(plan, objects)
    ahead: tuple[list[LocatedChange], int] = [], 0
    try:
        for batch in _batch_changes(changes, objects):
            before, ahead = ahead, run.locate_batch(batch)
            run.judge_batch(*before)  # while the objects of the batch ahead are being read
            deadline.check_deadline()
        run.judge_batch(*ahead)
        deadline.check_deadline()
    except deadline.DeadlineExceededError:
        run.add_timeout()
    run.store_clean()
    tags = tuple(sorted({*plan.zones.whole, *run.touched}))
    found = run.judged
    return Verdict(
        tuple(found.findings),
        tuple(found.unread),
        run.examined,
        plan.ruleset,
        tags,
        plan.contact,
        catalogue=plan.edition,
    )


def _batch_changes(changes: Iterable[Change], objects: Objects) -> Iterator[list[Change]]:
    """Gather changes until there is enough to keep git busy, and not so much that memory grows, or nothing is told."""
    batch: list[Change] = []
    paths = size = 0
    for change in changes:
        batch.append(change)
        paths += len(change.paths)
        if objects.size:
            size += sum(objects.size(oid) for _, oid, _ in change.paths)
        if len(batch) >= _BATCH_COMMITS or paths >= _BATCH_PATHS or size >= _BATCH_BYTES:
            yield batch
            batch, paths, size = [], 0, 0
    if batch:
        yield batch


class _Run:
    """What is known in the middle of a check."""

    def __init__(self, plan: Plan, objects: Objects) -> None:
        self.plan, self.objects = plan, objects
        self.examined = ScanCounts()
        progress.follow_check(self.examined)
        self.reading = ObjectReader(objects, plan, self.examined)
        self.judged = Results(plan)
        self.clean: list[tuple[str, Tags]] = []  # commits of which nothing was told
        self.rules = self._load_rules()
        self.touched: set[str] = set()  # tags of the zones that were touched so far

    def _load_rules(self) -> list[Rule]:
        if not self.plan.has_commit_rules:
            return []
        from .rules.table import load_commit_rules

        return load_commit_rules(self.judged, self.objects)

    def locate_batch(self, batch: list[Change]) -> tuple[list[LocatedChange], int]:
        """Say which zones a batch touches, and have what lies in them read; return the number of that flight too."""
        located = [self._locate_change(change) for change in batch]
        return located, self.reading.request_objects((touched[1], touched[0]) for touched in _iter_zone_paths(located))

    def judge_batch(self, located: list[LocatedChange], flight: int) -> None:
        """Judge a batch: what is new in its zones, what is found in it."""
        self.reading.wait_for_flight(flight)
        marked = (touched for touched in _iter_zone_paths(located) if self.reading.get_matches(touched[1]))
        self.reading.read_objects(parent for _, _, parents in marked for parent in parents if parent)
        findings, unread = self.judged.findings, self.judged.unread
        first, first_unread = len(findings), len(unread)
        for change, tags, inside in located:
            self.examined.remembered += change.clean is not None
            if name := _COUNTERS.get(change.kind):
                setattr(self.examined, name, getattr(self.examined, name) + 1)
            for touched, its_tags in inside:
                judge_path(self.judged, self.reading, self.examined, change.commit, touched, its_tags)
            for text in change.texts if tags else ():
                judge_text(self.judged, change.commit, tags, text)
                self._apply_rules([(change.commit, tags, text)])
        self._judge_stored_texts({change.commit: tags for change, tags, _ in located if change.raw and tags})
        for rule in self.rules:
            rule.judge_batch(located)
        order = {change.commit: number for number, (change, _, _) in enumerate(located)}
        findings[first:] = sorted(findings[first:], key=lambda finding: order[finding.commit])
        told = {item.commit for item in findings[first:]}.union(item.commit for item in unread[first_unread:])
        elsewhere = self.reading.pointer_objects
        self.clean += [
            (change.commit, tags)
            for change, tags, inside in located
            if change.kind == "commit" and change.clean is None and change.commit not in told
            if not elsewhere or elsewhere.isdisjoint(touched[1] for touched, _ in inside)
        ]

    def store_clean(self) -> None:
        """Have remembered what was found clean, where reading it again would take longer than looking it up."""
        is_much = len(self.reading.clean) + len(self.clean) >= _MANY or self.examined.bytes >= _LARGE
        if self.objects.clean_cache and is_much:
            self.objects.clean_cache().store_clean(self.reading.clean, self.clean)

    def _locate_change(self, change: Change) -> LocatedChange:
        """Return a change with the tags it falls under, and those of its paths that lie in a zone with theirs."""
        plan = self.plan
        if change.clean is not None:
            self.touched |= change.clean
            return change, (), []
        if not plan.zones.zoned:
            return change, plan.zones.whole, [(touched, plan.zones.whole) for touched in change.paths]
        inside = [
            (touched, tags) for touched in change.paths if (tags := plan.zones.find_tags(touched[0], change.within))
        ]
        its_own = {tag for _, tags in inside for tag in tags} | plan.zones.list_all_path_tags(change.within)
        self.touched |= its_own
        # A ref, a tag or a session has no paths: it falls under what the commits that came with it touched.
        falls_under = self.touched if change.kind in ("ref", "tag", "environment", "request") else its_own
        return change, tuple(sorted(falls_under.union(plan.zones.whole))), inside

    def _judge_stored_texts(self, commits: dict[str, Tags]) -> None:
        """Read commits and tags and judge their texts, many together, but not so many that memory grows."""
        texts: list[TaggedText] = []
        size = 0
        for item in self.objects.iter_objects(commits):
            if isinstance(item, MissingObject):
                self.judged.add_unread(item.name, b"", item.reason, commits[item.name], damaged=True)
            elif item.size > _LARGEST_MESSAGE:
                self.judged.add_unread(item.name, b"", f"a {item.type} of {item.size} bytes", commits[item.name])
            else:
                self.examined.objects += 1
                self.examined.bytes += item.size
                texts += [(item.name, commits[item.name], text) for text in parse_texts(item.read())]
                size += item.size
                if size > _HEAP:
                    self._judge_heap(texts)
                    texts, size = [], 0
        self._judge_heap(texts)

    def _judge_heap(self, texts: list[TaggedText]) -> None:
        judge_texts(self.judged, texts)
        self._apply_rules(texts)

    def _apply_rules(self, texts: list[TaggedText]) -> None:
        for rule in self.rules:
            rule.judge_texts(texts)

    def add_timeout(self) -> None:
        """Add that the check timed out, and how far it came; it refuses whatever the tag says of unread content."""
        from ..model import Unread

        done = self.examined.commits
        tag = max({*self.plan.zones.whole, *self.touched, *self.plan.zones.zoned})
        part = max(done // 2, 1)
        self.judged.unread.append(
            Unread(
                "", "", f"timed out after {done} commits and {self.examined.objects} objects", "block", tag,
                f"push the oldest commits first, {part} at a time: git push REMOTE "
                f"$(git rev-list --topo-order --reverse BRANCH --not --remotes | sed -n {part}p):refs/heads/BRANCH",
            )
        )  # fmt: skip


def _iter_zone_paths(located: list[LocatedChange]) -> Iterator[Touched]:
    """Yield the paths in zones that have a content here."""
    return (touched for _, _, inside in located for touched, _ in inside if touched[1] not in ("", SUBMODULE))
