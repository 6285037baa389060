"""Which states of `ringfence.toml` decide about a push, and what it may change in `waivers.toml`."""

from __future__ import annotations

from ..errors import PolicyError
from ..git.repo import is_zero
from ..policy.inputs import WAIVERS
from ..sources.refs import BRANCHES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..policy.inputs import Inputs
    from ..policy.plan import Plan
    from ..repository import Repository
    from ..sources.refs import Update


def list_policy_states(repository: Repository, updates: list[Update]) -> list[str]:
    """Return the states whose `ringfence.toml` counts: the default branch, and every branch that is updated."""
    states = dict.fromkeys(old for old, _, ref in updates if ref.startswith(BRANCHES) and not is_zero(old))
    if repository.has_head():
        return ["HEAD", *states]
    branches = repository.repo.run("for-each-ref", "--format=%(objectname)", "refs/heads").decode().split()
    return [*branches, *states]  # HEAD names a branch that isn't there: all of them count


def is_stricter(inputs: Inputs, branch: bytes | None, default: bytes | None) -> bool:
    """Return whether a branch's `ringfence.toml` protects something that the default branch's doesn't."""
    if branch is None or branch == default:
        return False
    from ..policy.own_file_changes import find_lost_protection

    return bool(find_lost_protection(inputs, [branch], [default]))


def refuse_waivers(repository: Repository, updates: list[Update], account: str, plan: Plan | None) -> None:
    """Refuse a `waivers.toml` that can't be used, or brings a waiver that its approver neither pushes nor has signed.

    The file counts on the default branch alone; on any other it is no more than a file.
    """
    if changed := _find_changed_files(repository, updates, WAIVERS):
        from ..policy.own_file_changes import list_new_approvers

        default = find_default_branch(repository)
        signers = plan.approvals.get("signers", "") if plan else ""
        mine = [(old, new) for old, new, ref in changed if ref == default]
        approvers = {name for old, new in mine for name in list_new_approvers(old, new, signers)}
        if others := ", ".join(sorted(approvers - {account})):
            raise PolicyError(
                f"the pushed {WAIVERS}: {account or 'an unknown account'} pushes a waiver whose approver is {others}.",
                "The approver of a waiver has to push it.",
            )


def _find_changed_files(
    repository: Repository, updates: list[Update], name: str
) -> list[tuple[bytes | None, bytes | None, bytes]]:
    """Return the branches on which one of our files changes, as (before, after, name of the ref)."""
    branches = [update for update in updates if update[2].startswith(BRANCHES) and not is_zero(update[1])]
    ends = dict.fromkeys(oid for old, new, _ in branches for oid in (old, new) if not is_zero(oid))
    files = repository.read_files(ends, name)
    return [(files.get(old), files[new], ref) for old, new, ref in branches if files.get(old) != files[new]]


def find_default_branch(repository: Repository) -> bytes:
    """Return the ref that HEAD leads to in the end, whether it exists or not; b"" where HEAD is detached."""
    return repository.repo.run("symbolic-ref", "-q", "HEAD", ok=(0, 1)).strip()
