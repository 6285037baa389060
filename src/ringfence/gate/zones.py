"""Which zones hold for which refs: what came in where a zone doesn't hold is new where it does."""

from __future__ import annotations

from ..git.repo import is_zero
from ..sources.receive import KNOWN
from ..sources.refs import QUARANTINE

_ORIGIN = "origin/"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..git.repo import Repo
    from ..model import Change
    from ..policy.plan import Plan
    from ..policy.zones import ZoneNumbers
    from ..sources.receive import RefGroup
    from ..sources.refs import Update


def group_updates(repo: Repo, plan: Plan, updates: list[Update], stricter: list[Update]) -> list[RefGroup]:
    """Return refs by what is new to them: to the repository, to the refs of the same zones, or to the ref alone."""
    others = [update for update in updates if update not in stricter]
    found = [(refs, _list_known_commits(repo, plan, within), within) for within, refs in group_by_zones(plan, others)]
    return [*found, *(([update], _build_exclusion(update[0]), plan.zones.find_bound(update[2])) for update in stricter)]


def group_by_zones(plan: Plan, updates: Iterable[Update]) -> list[tuple[ZoneNumbers, list[Update]]]:
    """Return refs by the bound zones that hold for them, most zones first."""
    found: dict[ZoneNumbers, list[Update]] = {}
    for update in updates:
        found.setdefault(plan.zones.find_bound(update[2]), []).append(update)
    return sorted(found.items(), key=lambda item: -len(item[0]))


def assign_zones(changes: Iterable[Change], within: ZoneNumbers | None) -> Iterator[Change]:
    """Say for changes which bound zones hold."""
    for change in changes:
        change.within = within
        yield change


def find_branch_zones(repo: Repo, plan: Plan) -> ZoneNumbers | None:
    """Return the bound zones that hold on the branch that is checked out; None, all of them, where there is none."""
    branch = repo.run("symbolic-ref", "--quiet", "HEAD", ok=(0, 1)).strip() if plan.zones.has_refs else b""
    return plan.zones.find_bound(branch) if branch else None


def _build_exclusion(old: str) -> tuple[str, ...]:
    return () if is_zero(old) else ("--not", old)


def has_more_zones(plan: Plan, target: str, ref: str, base: str) -> bool:
    """Say whether zones hold for what a CI run is about that don't for the branch of origin where it begins.

    What came in by that branch wasn't judged by them. `target` is a full ref or ""; `ref` may name a branch or a tag.
    """
    if not plan.zones.has_refs or not base.startswith(_ORIGIN):
        return False  # a state of the target itself, which was judged when it came in
    names = [target] if target else [f"refs/heads/{ref}", f"refs/tags/{ref}"]
    before = plan.zones.find_bound(f"refs/heads/{base.removeprefix(_ORIGIN)}".encode())
    return any(plan.zones.find_bound(name.encode()) - before for name in names)


def _list_known_commits(repo: Repo, plan: Plan, within: ZoneNumbers) -> tuple[str, ...]:
    """Return what was judged by these zones: everything that is there, or what the refs have that they hold for."""
    if not within:
        return KNOWN
    listing = (
        line.partition(b" ") for line in repo.run("for-each-ref", "--format=%(objectname) %(refname)").splitlines()
    )
    return tuple(
        f"^{oid.decode()}"
        for oid, _, ref in listing
        if not ref.startswith(QUARANTINE) and within <= plan.zones.find_bound(ref)
    )
