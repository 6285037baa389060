"""What a push may do to our own files in a repository, `ringfence.toml` and `waivers.toml`."""

from __future__ import annotations

from ..errors import PolicyError
from ..git.repo import is_zero
from ..policy.inputs import FILE_NAME, WAIVERS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..policy.inputs import Inputs
    from ..repository import Repository
    from ..sources.refs import Update


def list_policy_states(place: Repository, updates: list[Update]) -> list[str]:
    """Name the states whose `ringfence.toml` holds: the default branch, and every branch that is updated."""
    states = dict.fromkeys(old for old, _, ref in updates if ref.startswith(b"refs/heads/") and not is_zero(old))
    if place.has_head():
        return ["HEAD", *states]
    branches = place.repo.run("for-each-ref", "--format=%(objectname)", "refs/heads").decode().split()
    return [*branches, *states]  # HEAD names a branch that isn't there: all of them count


def is_stricter(inputs: Inputs, branch: bytes | None, default: bytes | None) -> bool:
    """Say whether a branch's `ringfence.toml` protects what the default branch's doesn't."""
    if branch is None or branch == default:
        return False
    from ..policy.loosening import find_lost_protection

    return bool(find_lost_protection(inputs, branch, default))


def refuse_waivers(place: Repository, updates: list[Update], account: str) -> None:
    """Refuse a `waivers.toml` that can't be used, or that brings a waiver which its approver doesn't push in person.

    The file counts on the default branch alone; on any other it is no more than a file.
    """
    if changed := _find_changed_files(place, updates, WAIVERS):
        from ..policy.loosening import list_new_approvers

        default = _find_default_branch(place)
        approvers = {name for old, new, ref in changed if ref == default for name in list_new_approvers(old, new)}
        if others := ", ".join(sorted(approvers - {account})):
            raise PolicyError(
                f"the pushed {WAIVERS}: {account or 'somebody'} pushes what {others} is said to have approved.",
                "Whoever approves a waiver pushes it.",
            )


def refuse_bad_policy(place: Repository, inputs: Inputs, updates: list[Update]) -> None:
    """Refuse a pushed `ringfence.toml` that can't be used, or that takes protection away from the default branch.

    The first would have the next push refused, whatever it held. The second would let the next push through: what is
    pushed can only tighten, and whoever keeps the server can do more.
    """
    if changed := _find_changed_files(place, updates, FILE_NAME):
        from ..policy.loosening import check_change

        default = _find_default_branch(place)
        for before, after, ref in changed:
            try:
                check_change(inputs, before if ref == default else None, after)
            except PolicyError as error:
                told = "\n".join(f"the pushed {line}" for line in error.message.splitlines())
                raise PolicyError(told, error.advice) from None


def _find_changed_files(
    place: Repository, updates: list[Update], name: str
) -> list[tuple[bytes | None, bytes | None, bytes]]:
    """Return the branches on which one of our files changes, as (before, after, name of the ref)."""
    branches = [update for update in updates if update[2].startswith(b"refs/heads/") and not is_zero(update[1])]
    ends = dict.fromkeys(oid for old, new, _ in branches for oid in (old, new) if not is_zero(oid))
    files = place.read_files(ends, name)
    return [(files.get(old), files[new], ref) for old, new, ref in branches if files.get(old) != files[new]]


def _find_default_branch(place: Repository) -> bytes:
    return place.repo.run("symbolic-ref", "-q", "HEAD", ok=(0, 1)).strip()
