"""Judges changes in a repository by the plan that holds there."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ..git.objects import CleanCache
    from ..model import Change, Verdict
    from ..policy.plan import Plan
    from ..repository import Repository


def judge_changes(place: Repository, plan: Plan | None, changes: Iterable[Change]) -> Verdict | None:
    """Judge changes; without a plan they aren't even asked for."""
    if plan is None:
        return None
    from ..check.check import check_changes

    if place.uses_clean_cache:
        place.objects.clean_cache = _defer_clean_cache(plan)
    plan.own_stores = place.list_stores
    return check_changes(changes, plan, place.objects)


def _defer_clean_cache(plan: Plan) -> Callable[[], CleanCache]:
    """Return what opens the memory when it is first asked for, which few hooks do."""
    opened: list[CleanCache] = []

    def open_clean_cache() -> CleanCache:
        if not opened:
            from ..scan.clean_cache import CleanCache as Kept

            opened.append(Kept(plan))
        return opened[0]

    return open_clean_cache


def collect_commits(changes: Iterable[Change], commits: list[str]) -> Iterator[Change]:
    """Pass changes on, and note which commits were among them."""
    for change in changes:
        if change.kind == "commit":
            commits.append(change.commit)
        yield change
