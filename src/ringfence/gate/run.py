"""Judges changes in a repository by the plan that holds there."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ..git.objects import Memory
    from ..model import Change, Verdict
    from ..policy.plan import Plan
    from ..repository import Place


def judge(place: Place, plan: Plan | None, changes: Iterable[Change]) -> Verdict | None:
    """Judge changes; without a plan they aren't even asked for."""
    if plan is None:
        return None
    from ..check.check import check

    if place.remembers:
        place.objects.memory = _memory(plan)
    plan.own_stores = place.stores
    return check(changes, plan, place.objects)


def _memory(plan: Plan) -> Callable[[], Memory]:
    """Return what opens the memory when it is first asked for, which few hooks do."""
    opened: list[Memory] = []

    def memory() -> Memory:
        if not opened:
            from ..scan.clean_cache import Memory as Kept

            opened.append(Kept(plan))
        return opened[0]

    return memory


def noted(changes: Iterable[Change], commits: list[str]) -> Iterator[Change]:
    """Pass changes on, and note which commits were among them."""
    for change in changes:
        if change.kind == "commit":
            commits.append(change.commit)
        yield change
