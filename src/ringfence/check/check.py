"""Changes in, verdict out; hooks, CI and audits differ only in the changes.

Each distinct object is read and scanned once, as bytes. Only where a marker matches is it located, compared with the
parents' content, and judged.
"""

from __future__ import annotations

from itertools import chain

from ..git.objects import MissingObject
from ..git.raw import parse_texts
from ..model import SUBMODULE, ScanCounts, Verdict
from ..scan.batches import add_bytes_read
from ..scan.reader import CACHE_FROM, ObjectReader
from . import deadline
from .paths import judge_path
from .results import Results
from .texts import judge_text, judge_texts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from ..git.objects import Objects
    from ..model import Change, Touched
    from ..policy.plan import Plan
    from .kept_texts import KeptTexts
    from .results import Tags
    from .rules.base import LocatedChange, Rule, TaggedText
    from .use_parts import UseParts

_BATCH_COMMITS, _BATCH_PATHS = 256, 20_000
_BATCH_BYTES = 256 << 20  # of files on a disk, whose sizes are known
_LARGEST_COMMIT = 2 << 20  # bytes of a commit or tag object; split into lines, it needs a hundred times that
_GROUP_BYTES = 256 << 10  # bytes of commits whose texts are scanned as one, to fit into a processor's cache
_MANY, _LARGE = 300, 16 << 20  # objects, or bytes, from which on the clean cache is written
_COUNTERS = {"commit": "commits", "staged": "commits", "message": "commits", "tag": "tags", "ref": "refs"}


class _Running:
    """The check that this process runs, for its progress line."""

    counts: ScanCounts | None = None


_running = _Running()


def get_running_counts() -> ScanCounts | None:
    """Return what the check of this process has read so far, or None before it starts."""
    return _running.counts


def check_changes(changes: Iterable[Change], plan: Plan, objects: Objects) -> Verdict:
    """Judge changes by a plan.

    Raises:
        GitError: Git failed, so that there is no verdict.
    """
    run = _Run(plan, objects)
    try:
        _run_batches(run, changes)
        run.join_parts()
    except deadline.DeadlineExceededError:
        run.add_timeout()
    run.store_clean()
    run.add_stale_index()
    tags = tuple(sorted({*plan.zones.whole_tags, *run.touched_tags}))
    results = run.results
    verdict = Verdict(
        tuple(results.findings),
        tuple(results.unread),
        run.counts,
        plan.ruleset,
        tags,
        plan.contact,
        catalogue=plan.edition,
        observed=tuple(sorted(plan.actions.observed)),
        docs=plan.docs,
    )
    if not plan.waivers:
        return verdict
    from .waivers import tell_unusable

    return tell_unusable(verdict, plan)


def _run_batches(run: _Run, changes: Iterable[Change]) -> None:
    """Judge changes in batches, each while workers read the objects of the one ahead."""
    ahead: tuple[list[LocatedChange], int] | None = None  # its objects are being read
    parents: tuple[list[LocatedChange], int] | None = None  # its objects are read, and what is marked has earlier ones
    for batch in chain(_batch_changes(changes, run.objects), (None, None)):
        before, parents = parents, run.request_parents(*ahead) if ahead else None
        ahead = run.locate_batch(batch) if batch else None
        if before:
            run.judge_batch(*before)
            deadline.check_deadline()  # behind it, so that what was found in time is told


def _batch_changes(changes: Iterable[Change], objects: Objects) -> Iterator[list[Change]]:
    """Yield changes in batches: large enough to keep git busy, small enough for memory and for the progress line."""
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
    """The state of a check."""

    def __init__(self, plan: Plan, objects: Objects) -> None:
        self.plan, self.objects = plan, objects
        self.counts = ScanCounts()
        _running.counts = self.counts
        self.reader = ObjectReader(objects, plan, self.counts)
        self.results = Results(plan)
        self.clean: list[tuple[str, Tags]] = []  # commits without a finding or unread content
        self.rules = self._load_rules()
        self.kept: KeptTexts | None = None
        self.touched_tags: set[str] = set()  # tags of the zones touched so far
        self.use_parts: UseParts | None = None

    def _load_rules(self) -> list[Rule]:
        if not self.plan.has_commit_rules:
            return []
        from .rules.table import load_commit_rules

        return load_commit_rules(self.results, self.objects)

    def locate_batch(self, batch: list[Change]) -> tuple[list[LocatedChange], int]:
        """Find the zones that a batch touches and request what lies in them; return the number of the request too."""
        located = [self._locate_change(change) for change in batch]
        return located, self.reader.request_objects((touched[1], touched[0]) for touched in _iter_zone_paths(located))

    def request_parents(self, located: list[LocatedChange], flight: int) -> tuple[list[LocatedChange], int]:
        """Wait for what lies in a batch, and request the earlier versions of what is marked."""
        self.reader.wait_for_flight(flight)
        marked = (
            touched
            for touched in _iter_zone_paths(located)
            if self.reader.has_matches(touched[1]) or self.reader.get_ingredients(touched[1])
        )
        pairs = ((parent, path) for path, _, parents in marked for parent in parents if parent)
        return located, self.reader.request_objects(pairs)

    def judge_batch(self, located: list[LocatedChange], flight: int) -> None:
        """Judge the paths and texts of a batch, whose objects and their earlier versions are requested."""
        self.reader.wait_for_flight(flight)
        findings, unread = self.results.findings, self.results.unread
        first, first_unread = len(findings), len(unread)
        for change, tags, inside in located:
            self.counts.remembered += change.clean is not None
            if name := _COUNTERS.get(change.kind):
                setattr(self.counts, name, getattr(self.counts, name) + 1)
            for touched, path_tags in inside:
                judge_path(self.results, self.reader, self.counts, change.commit, touched, path_tags)
                if self.plan.has_use_rules and (change.kind == "tree" or self.reader.has_matches(touched[1])):
                    self._load_use_parts().note(self.reader, change, touched, path_tags)
            for text in change.texts if tags else ():
                judge_text(self.results, change.commit, tags, text)
                self._apply_rules([(change.commit, tags, text)])
        self._judge_stored_texts({change.commit: tags for change, tags, _ in located if change.raw and tags})
        for rule in self.rules:
            rule.judge_batch(located)
        order = {change.commit: number for number, (change, _, _) in enumerate(located)}
        findings[first:] = sorted(findings[first:], key=lambda finding: order[finding.commit])
        reported = {item.commit for item in findings[first:]}.union(item.commit for item in unread[first_unread:])
        pointers = self.reader.pointer_objects
        self.clean += [
            (change.commit, tags)
            for change, tags, inside in located
            if change.kind == "commit" and change.clean is None and change.commit not in reported
            if not pointers or pointers.isdisjoint(touched[1] for touched, _ in inside)
        ]

    def _load_use_parts(self) -> UseParts:
        from .use_parts import UseParts

        self.use_parts = self.use_parts or UseParts()
        return self.use_parts

    def join_parts(self) -> None:
        """Judge the uses of models that lie in several files; a commit with one isn't clean."""
        if not self.use_parts:
            return
        first = len(self.results.findings)
        self.use_parts.judge(self.results, self.reader)
        found = {item.commit for item in self.results.findings[first:]}
        self.clean = [item for item in self.clean if item[0] not in found]

    def store_clean(self) -> None:
        """Write the clean cache, where reading the objects again would take longer than looking them up."""
        texts = self.kept.pack_new({commit for commit, _ in self.clean}) if self.kept else {}
        count = len(self.reader.clean) + len(self.clean) + len(texts)
        if self.objects.clean_cache and (count >= _MANY or self.counts.bytes >= _LARGE):
            self.objects.clean_cache().store_clean(self.reader.clean, self.clean)
            if marks := self.reader.list_marks() | texts:
                self.objects.clean_cache().load_marks().store_marks(marks)

    def _locate_change(self, change: Change) -> LocatedChange:
        """Return a change, the tags that hold for it, and its paths that lie in a zone, each with its tags."""
        plan = self.plan
        if change.clean is not None:
            self.touched_tags |= change.clean
            return change, (), []
        if not plan.zones.path_tags:
            return change, plan.zones.whole_tags, [(touched, plan.zones.whole_tags) for touched in change.paths]
        inside = [
            (touched, tags) for touched in change.paths if (tags := plan.zones.find_tags(touched[0], change.within))
        ]
        own_tags = {tag for _, tags in inside for tag in tags} | plan.zones.list_all_path_tags(change.within)
        self.touched_tags |= own_tags
        # A ref, a tag or a session has no paths: it falls under what the commits that came with it touched.
        falls_under = self.touched_tags if change.kind in ("ref", "tag", "environment", "request") else own_tags
        return change, tuple(sorted(falls_under.union(plan.zones.whole_tags))), inside

    def _judge_stored_texts(self, commits: dict[str, Tags]) -> None:
        """Read commits and tags, and judge their texts in groups small enough for the processor's cache."""
        texts: list[TaggedText] = []
        size = 0
        self._look_up_texts(commits)
        for item in self.objects.iter_objects(commits):
            if isinstance(item, MissingObject):
                self.results.add_unread(item.name, b"", item.reason, commits[item.name], damaged=True)
            elif item.size > _LARGEST_COMMIT:
                self.results.add_unread(item.name, b"", f"a {item.type} of {item.size} bytes", commits[item.name])
            else:
                self.counts.objects += 1
                self.counts.bytes += item.size
                add_bytes_read(item.size)
                texts += [(item.name, commits[item.name], text) for text in parse_texts(item.read())]
                size += item.size
                if size > _GROUP_BYTES:
                    self._judge_text_group(texts)
                    texts, size = [], 0
        self._judge_text_group(texts)

    def _look_up_texts(self, commits: Collection[str]) -> None:
        """Look up what an earlier check found in the texts of many commits."""
        if self.objects.clean_cache and (self.kept or len(commits) >= CACHE_FROM or self.counts.remembered):
            from .kept_texts import KeptTexts

            self.kept = self.kept or KeptTexts(self.plan, self.objects.clean_cache().load_marks())
            self.kept.look_up(commits)

    def _judge_text_group(self, texts: list[TaggedText]) -> None:
        judge_texts(self.results, texts, self.kept)
        self._apply_rules(texts)

    def _apply_rules(self, texts: list[TaggedText]) -> None:
        for rule in self.rules:
            rule.judge_texts(texts)

    def add_stale_index(self) -> None:
        """Add that the index of ingredients is older than the policy allows, if it was asked."""
        if not (self.plan.has_index and self.plan.ingredients.max_age_days and self.counts.objects):
            return
        from .ingredients import describe_stale_index

        if reason := describe_stale_index(self.plan):
            tags = tuple({*self.plan.zones.whole_tags, *self.touched_tags})
            self.results.add_unread("", b"", reason, tags)

    def add_timeout(self) -> None:
        """Add that the check timed out, and how far it came; it refuses whatever the tag says of unread content."""
        from ..model import Unread

        done = self.counts.commits
        tags = {*self.plan.zones.whole_tags, *self.touched_tags, *self.plan.zones.path_tags}
        tag = max(tags, key=lambda name: (name not in self.plan.actions.observed, name))
        part = max(done // 2, 1)
        self.results.unread.append(
            Unread(
                "", "", f"timed out after {done} commits and {self.counts.objects} objects", "block", tag,
                f"push the oldest commits first, {part} at a time: git push REMOTE "
                f"$(git rev-list --topo-order --reverse BRANCH --not --remotes | sed -n {part}p):refs/heads/BRANCH",
            )
        )  # fmt: skip


def _iter_zone_paths(located: list[LocatedChange]) -> Iterator[Touched]:
    """Yield the paths in zones that have content in this repository."""
    return (
        touched
        for _, _, inside in located
        for touched, _ in inside
        if touched[1] and not touched[1].startswith(SUBMODULE)
    )
