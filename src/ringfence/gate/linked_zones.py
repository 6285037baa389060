"""Judges what links bring into a zone of paths: a file outside of it that is reached through a link lies in it too."""

from __future__ import annotations

from ..git.repo import is_zero
from ..model import Change
from ..sources.links import read_commit_links, read_staged_links
from ..values import value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ..model import Touched
    from ..policy.plan import Plan
    from ..policy.zones import ZoneNumbers
    from ..repository import Repository
    from ..sources.links import LinkedTree
    from ..sources.receive import RefGroup

STAGED = "staged"  # in place of a commit: the index


@value
class Span:
    """What a check brings: the state after it, and the one before.

    Attributes:
        head: A commit, or `STAGED`.
        base: The commit with whose linked files those of `head` are compared, or their last common commit; "" for
            none, so that all of them are new; `head` itself, so that none are.
        within: The zones bound to refs that hold; None: all of them.
    """

    head: str
    base: str = ""
    within: ZoneNumbers | None = None


def list_spans(repository: Repository, groups: Sequence[RefGroup]) -> list[Span]:
    """Return what groups of refs bring; a new ref is compared with HEAD, unless zones are bound to it."""
    default = "HEAD" if repository.has_head() else ""
    return [
        Span(new, default if is_zero(old) and not within else "" if is_zero(old) else old, within)
        for updates, _, within in groups
        for old, new, _ in updates
        if not is_zero(new)
    ]


def follow_links(
    repository: Repository, plan: Plan | None, changes: Iterator[Change], spans: Sequence[Span]
) -> Iterator[Change]:
    """Return the changes with the paths in zones under which links lead to what they touch.

    What links lead to in the state after all changes, and did not before, comes last: a new link brings files that no
    change touches, and a merge can bring link and file together.
    """
    if plan is None or not plan.zones.path_tags:
        return changes
    heads = dict.fromkeys(span.head for span in spans)
    trees = {head: tree for head in heads if (tree := _read_links(repository, head))}
    return _LinkFollower(repository, plan, trees).iter_changes(changes, spans) if trees else changes


def _read_links(repository: Repository, state: str) -> LinkedTree | None:
    if state == STAGED:
        return read_staged_links(repository.repo, repository.objects)
    return read_commit_links(repository.repo, repository.objects, state)


class _LinkFollower:
    """Adds to changes what the links of some states lead to."""

    def __init__(self, repository: Repository, plan: Plan, trees: dict[str, LinkedTree]) -> None:
        self._repository, self._plan = repository, plan
        self._files = {head: tree.list_files() for head, tree in trees.items()}
        self._names: dict[bytes, list[bytes]] = {}  # by the path that they lead to
        for tree in trees.values():
            for name, target in tree.mounts:
                self._names.setdefault(target, []).append(name)
        self._links = {name for tree in trees.values() for name in tree.links}
        self._done: set[tuple[bytes, str]] = set()  # paths with ids that were added to a change

    def iter_changes(self, changes: Iterable[Change], spans: Sequence[Span]) -> Iterator[Change]:
        for change in changes:
            if change.paths:
                change.paths = [*change.paths, *self._iter_aliases(change)]
            yield change
        for span in spans:
            if span.head in self._files and (paths := self._list_new_files(span)):
                last = Change("tree", "" if span.head == STAGED else span.head, paths=paths)
                last.within = span.within
                yield last

    def _iter_aliases(self, change: Change) -> Iterator[Touched]:
        """Yield the paths in further zones under which a change's files are reached."""
        for path, oid, parents in change.paths:
            for target in _iter_parents(path):
                for name in self._names.get(target, ()):
                    alias = name + path[len(target) :] if target else name + b"/" + path
                    if self._has_more_tags(alias, path, change.within):
                        self._done.add((alias, oid))
                        yield alias, oid, parents
            if path in self._links and (inside := self._find_zone_path(path, change.within)):
                yield inside, "", ()  # the files themselves come last; the commit's texts are judged here

    def _find_zone_path(self, link: bytes, within: ZoneNumbers | None) -> bytes:
        """Return a path below a link that lies in more zones than the file which it leads to, or b""."""
        return next(
            (
                name
                for files in self._files.values()
                for name, (path, _) in files.items()
                if name.startswith(link + b"/") and self._has_more_tags(name, path, within)
            ),
            b"",
        )

    def _list_new_files(self, span: Span) -> list[Touched]:
        """Return the files that links lead into a zone in a state, and did not before; each once in a check."""
        if span.base == span.head:
            return []
        before = _read_links(self._repository, self._find_start(span)) if span.base else None
        known = before.list_files() if before else {}
        new: list[Touched] = []
        for name, (path, oid) in self._files[span.head].items():
            if (name, oid) in self._done or known.get(name, (b"", ""))[1] == oid:
                continue
            if self._has_more_tags(name, path, span.within):
                self._done.add((name, oid))
                new.append((name, oid, (known[name][1],) if name in known else ()))
        return new

    def _find_start(self, span: Span) -> str:
        """Return the last commit that both ends of a span have in common, or its base where there is none."""
        if span.head == STAGED:
            return span.base
        return self._repository.repo.run("merge-base", span.head, span.base, ok=(0, 1)).decode().strip() or span.base

    def _has_more_tags(self, name: bytes, path: bytes, within: ZoneNumbers | None) -> bool:
        find_tags = self._plan.zones.find_tags
        return not set(find_tags(name, within)) <= set(find_tags(path, within))


def _iter_parents(path: bytes) -> Iterator[bytes]:
    """Yield a path and the folders that it lies in, the top as b""."""
    while path:
        yield path
        path = path.rpartition(b"/")[0]
    yield b""
