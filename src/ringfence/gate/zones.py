"""Groups refs by the zones that are bound to them: a commit known to refs outside a zone is new to refs inside it."""

from __future__ import annotations

import os

from ..git.repo import is_zero
from ..sources.receive import KNOWN
from ..sources.refs import QUARANTINE

_ORIGIN = "refs/remotes/origin/"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ..git.repo import Repo
    from ..model import Change
    from ..policy.plan import Plan
    from ..policy.zones import ZoneNumbers
    from ..sources.receive import RefGroup
    from ..sources.refs import Update

    ZoneFinder = Callable[[bytes], ZoneNumbers]


def group_updates(repo: Repo, plan: Plan, updates: list[Update], stricter: list[Update]) -> list[RefGroup]:
    """Return groups of updates as (updates, arguments of rev-list that exclude known commits, zones).

    Updates in no bound zone exclude all commits of the repository; others the commits of refs with the same zones. Each
    update in `stricter` is a group of its own, which excludes only the ref's old commit.
    """
    find_zones = _build_zone_finder(repo, plan)
    others = [update for update in updates if update not in stricter]
    groups = [
        (refs, _list_known_commits(repo, find_zones, within), within)
        for within, refs in group_by_zones(find_zones, others)
    ]
    return [*groups, *(([update], _build_exclusion(update[0]), find_zones(update[2])) for update in stricter)]


def group_by_zones(find_zones: ZoneFinder, updates: Iterable[Update]) -> list[tuple[ZoneNumbers, list[Update]]]:
    """Return updates grouped by the zones that are bound to their refs, most zones first."""
    groups: dict[ZoneNumbers, list[Update]] = {}
    for update in updates:
        groups.setdefault(find_zones(update[2]), []).append(update)
    return sorted(groups.items(), key=lambda item: -len(item[0]))


def _build_zone_finder(repo: Repo, plan: Plan) -> ZoneFinder:
    """Return a function that finds the zones bound to a ref, or to a symbolic ref that moves with it."""
    if not plan.zones.has_refs:
        return plan.zones.find_bound
    from ..git.symbolic_refs import list_symbolic_refs

    names: dict[bytes, list[bytes]] = {}
    for name, target in list_symbolic_refs(repo):
        names.setdefault(target, []).append(name)
    return lambda ref: frozenset().union(*map(plan.zones.find_bound, (ref, *names.get(ref, ()))))


def assign_zones(changes: Iterable[Change], within: ZoneNumbers | None) -> Iterator[Change]:
    """Yield the changes with the bound zones that apply to them; None: all zones."""
    for change in changes:
        change.within = within
        yield change


def find_branch_zones(repo: Repo, plan: Plan) -> ZoneNumbers | None:
    """Return the zones that are bound to the current branch; None (all zones) if HEAD is detached."""
    branch = repo.run("symbolic-ref", "--quiet", "HEAD", ok=(0, 1)).strip() if plan.zones.has_refs else b""
    return plan.zones.find_bound(branch) if branch else None


def _build_exclusion(old: str) -> tuple[str, ...]:
    return () if is_zero(old) else ("--not", old)


def has_more_zones(plan: Plan, target: str, ref: str, base: str) -> bool:
    """Say whether a CI run's ref has zones that the branch of origin it started from doesn't have.

    The commits of that branch weren't judged by those zones.

    Args:
        plan: The policy.
        target: The full name of the branch to merge into, or "".
        ref: The full name of the run's branch or tag.
        base: The revision where the run's range begins.
    """
    if not plan.zones.has_refs or not base.startswith(_ORIGIN):
        return False  # an earlier state of the ref itself, which was judged when it was pushed
    before = plan.zones.find_bound(f"refs/heads/{base.removeprefix(_ORIGIN)}".encode())
    return bool(plan.zones.find_bound(os.fsencode(target or ref)) - before)


def _list_known_commits(repo: Repo, find_zones: ZoneFinder, within: ZoneNumbers) -> tuple[str, ...]:
    """Return arguments of rev-list that exclude the commits that were judged by these zones before."""
    if not within:
        return KNOWN
    listing = (
        line.partition(b" ") for line in repo.run("for-each-ref", "--format=%(objectname) %(refname)").splitlines()
    )
    return tuple(
        f"^{oid.decode()}" for oid, _, ref in listing if not ref.startswith(QUARANTINE) and within <= find_zones(ref)
    )
