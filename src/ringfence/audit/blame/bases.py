"""Finds where branches left a history, for thousands of them with two runs of git."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ...git.repo import Repo


def find_bases(repo: Repo, head: str, tips: Sequence[str]) -> dict[str, str]:
    """Return the merge base of a commit and of each tip; left out are those without one, and the commit's ancestors.

    Args:
        repo: The repository.
        head: Full id of the commit.
        tips: Full ids of the others.
    """
    feed = "".join(f"{oid}\n" for oid in (*tips, f"^{head}"))
    listed = repo.run("rev-list", "--topo-order", "--parents", "--stdin", feed=feed.encode()).decode()
    parents = {row[0]: row[1:] for row in map(str.split, listed.splitlines())}

    @cache
    def read_order() -> dict[str, int]:
        commits = repo.run("rev-list", "--topo-order", head).decode().split()
        return {oid: number for number, oid in enumerate(commits)}

    bases: dict[str, str] = {}
    for tip in tips:
        shared = _find_shared(parents, tip) if tip in parents else set()
        if len(shared) > 1:  # the history was merged into the branch: the newest is behind none of the others
            bases[tip] = min(shared, key=read_order().__getitem__)
        elif shared:
            bases[tip] = shared.pop()
    return bases


def _find_shared(parents: Mapping[str, Sequence[str]], tip: str) -> set[str]:
    """Return the commits at which a branch ends, given the parents of its own commits."""
    shared: set[str] = set()
    seen = {tip}
    pending = [tip]
    while pending:
        oid = pending.pop()
        if oid not in parents:
            shared.add(oid)
            continue
        new = [parent for parent in parents[oid] if parent not in seen]
        seen.update(new)
        pending += new
    return shared
