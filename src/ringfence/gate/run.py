"""Judges changes in a repository by the plan that holds there."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ..git.clean_cache import CleanCache
    from ..model import Change, Verdict
    from ..policy.plan import Plan
    from ..repository import Repository


def judge_changes(repository: Repository, plan: Plan | None, changes: Iterable[Change]) -> Verdict | None:
    """Judge changes; None where there is no plan, and then they aren't listed at all."""
    return None if plan is None else judge_tagged(repository, plan, changes)


def judge_tagged(repository: Repository, plan: Plan, changes: Iterable[Change]) -> Verdict:
    """Judge changes by a plan."""
    from ..check.check import check_changes

    if repository.uses_clean_cache:
        repository.objects.clean_cache = _defer_clean_cache(plan)
    plan.own_stores = repository.list_stores
    return check_changes(changes, plan, repository.objects)


def _defer_clean_cache(plan: Plan) -> Callable[[], CleanCache]:
    """Return a function that opens the clean cache on first use, which few hooks need."""
    opened: list[CleanCache] = []

    def open_clean_cache() -> CleanCache:
        if not opened:
            from ..scan import clean_cache

            opened.append(clean_cache.CleanCache(plan))
        return opened[0]

    return open_clean_cache


def collect_commits(changes: Iterable[Change], commits: list[str]) -> Iterator[Change]:
    """Yield changes, and append the ids of commits to `commits`."""
    for change in changes:
        if change.kind == "commit":
            commits.append(change.commit)
        yield change
