"""Traces the lines of a revision to the commits that they come from, all files in one walk over the history.

What `git blame -w -M -C` says of each file, said of all of them at once: lines go from each commit to its parents, as
runs, until a commit is reached that added them. White space doesn't count, renames are followed, and so are lines that
were moved or copied within a commit. Lines that a person's commit edited leave a shadow that goes on to their origin.
"""

from __future__ import annotations

from array import array
from itertools import repeat
from typing import TYPE_CHECKING

from .commit_diffs import CommitDiffs
from .edits import pair_edited_lines
from .entries import join_entries, pass_entries
from .line_diff import find_hunks
from .merges import find_old_versions
from .moves import find_moved, pass_moved

if TYPE_CHECKING:
    from collections.abc import Collection

    from ...git.repo import Repo
    from .entries import Entry
    from .graph import Graph
    from .moves import Left, Live
    from .stream import FileChange
    from .texts import Texts

NOBODY = -1  # no commit is known


class Walk:
    """The state of a walk.

    Attributes:
        commits: For each line the number of its commit; a second half for the lines' shadows.
        paths: For each line the number of the file's name in that commit, in `names`.
        lines: For each line its number in that file, from 0.
        names: The paths, with their numbers.
        pending: The lines that are on their way, by commit and path.
        unread: Files of which a version is missing, so that some of their lines are lost on the way.
    """

    def __init__(self, repo: Repo, graph: Graph, texts: Texts, total: int, marked: Collection[int]) -> None:
        """Prepare for `total` lines; `marked` commits leave no shadows, as their edits are a tool's."""
        self._repo, self._graph, self._texts, self._total, self._marked = repo, graph, texts, total, marked
        self.commits = array("i", [NOBODY]) * (2 * total)
        self.paths = array("i", [0]) * (2 * total)
        self.lines = array("i", [0]) * (2 * total)
        self.names: dict[bytes, int] = {}
        self.pending: dict[int, Live] = {}
        self.unread: set[bytes] = set()

    def run(self, start: int, files: Live) -> None:
        """Trace files of a commit; what reaches an end of the graph stays in `pending`.

        Without ends, the walk stops behind the last marked commit: what is left then is nobody's in particular.
        """
        graph = self._graph
        self.pending[start] = files
        stop = len(graph.oids) if graph.ends else max(self._marked, default=-1) + 1
        diffs = CommitDiffs(self._repo, graph, [number for number in range(stop) if number not in graph.ends])
        try:
            for number in diffs.numbers:
                live = self.pending.pop(number, {})
                if len(graph.parents[number]) > 1:
                    changed = diffs.read_merge(number)
                    if changed[0] is None:
                        self.unread.update(live)
                    elif live:
                        self._pass_to_parents(number, live, changed)
                else:
                    changes = diffs.read(number, live.__contains__)
                    if changes is None:
                        self.unread.update(live)
                    elif live:
                        self._pass_to_parent(number, live, changes)
                if not self.pending:
                    break
        finally:
            diffs.close()

    def _pass_to_parent(self, number: int, live: Live, changes: list[FileChange]) -> None:
        """Pass the lines of a commit with one parent or none."""
        parents = self._graph.parents[number]
        passed: Live = {}
        left: Left = []
        for change in changes:
            entries = live.pop(change.path, None)
            if not entries:
                continue
            entries = join_entries(entries)
            if change.is_binary and not self._texts.has(change.old_oid, change.oid):
                self.unread.add(change.path)
                continue
            if parents and not change.is_new and not (change.is_binary and not self._compare_texts(change)):
                kept, entries = pass_entries(entries, change.hunks)
                passed.setdefault(change.old_path, []).extend(kept)
            if entries:
                left.append((change, entries))
        if parents:
            left = pass_moved(left, changes, self._texts, passed)
            if number not in self._marked:
                self._pass_shadows(left, passed)
            self._pass_on(parents[0], live, passed)
        for change, entries in left:
            self.assign(number, change.path, entries)

    def _compare_texts(self, change: FileChange) -> bool:
        """Compare two versions that git shows no lines of, if they are text; return whether they are."""
        old, new = self._texts.read_lines(change.old_oid), self._texts.read_lines(change.oid)
        if not old or not new:
            return False
        change.hunks = find_hunks(old, new)
        change.removed = [old[first : first + count] for first, count, _, _ in change.hunks]
        change.added = [new[first : first + count] for _, _, first, count in change.hunks]
        return True

    def _pass_to_parents(self, number: int, live: Live, changed: list[list[FileChange] | None]) -> None:
        """Pass the lines of a merge: a file to the first parent that has the same, else line by line to each.

        A parent of which the clone lacks folders is left out.
        """
        pairs = zip(self._graph.parents[number], changed, strict=True)
        readable = [(parent, changes) for parent, changes in pairs if changes is not None]
        parents = [parent for parent, _ in readable]
        by_path = [{change.path: change for change in changes} for _, changes in readable]
        passed: list[Live] = [{} for _ in parents]
        for path in by_path[0].keys() & live.keys():
            entries = join_entries(live.pop(path))
            same = next((index for index, changes in enumerate(by_path) if path not in changes), None)
            if same is not None and number not in self._graph.linked:
                passed[same].setdefault(path, []).extend(entries)
                continue
            known = [changes[path] for changes in by_path if path in changes]
            if not self._texts.has(*(oid for change in known for oid in (change.old_oid, change.oid))):
                self.unread.add(path)
                continue
            new = self._texts.read_lines(by_path[0][path].oid)
            olds = find_old_versions(path, by_path, self._texts)
            for index, (old_path, old_oid) in olds.items():
                old = self._texts.read_lines(old_oid)
                kept, entries = pass_entries(entries, find_hunks(old, new)) if old and new else ([], entries)
                passed[index].setdefault(old_path, []).extend(kept)
            for index, (old_path, old_oid) in olds.items():
                if entries and new:
                    moved, entries = find_moved(entries, new.__getitem__, self._texts.read_lines(old_oid))
                    passed[index].setdefault(old_path, []).extend(moved)
            self.assign(number, path, entries)
        self._pass_on(parents[0], live, passed[0])
        for parent, more in zip(parents[1:], passed[1:], strict=True):
            self._pass_on(parent, {}, more)

    def _pass_shadows(self, left: Left, passed: Live) -> None:
        """Let the lines before an edit go on in place of the edited ones."""
        for change, entries in left:
            if not change.is_new:
                shadows = [
                    (final if final >= self._total else final + self._total, start, count)
                    for final, start, count in pair_edited_lines(change, entries)
                ]
                passed.setdefault(change.old_path, []).extend(shadows)

    def _pass_on(self, parent: int, live: Live, passed: Live) -> None:
        """Add lines to those at hand in a parent."""
        there = self.pending.get(parent)
        if there is None:
            there = self.pending[parent] = live
        elif live:
            for path, entries in live.items():
                there.setdefault(path, []).extend(entries)
        for path, entries in passed.items():
            if entries:
                there.setdefault(path, []).extend(entries)

    def assign(self, number: int, path: bytes, entries: list[Entry]) -> None:
        """Note the commit that added lines to a file."""
        name = self.names.setdefault(path, len(self.names))
        for final, start, count in entries:
            self.commits[final : final + count] = array("i", repeat(number, count))
            self.paths[final : final + count] = array("i", repeat(name, count))
            self.lines[final : final + count] = array("i", range(start, start + count))
