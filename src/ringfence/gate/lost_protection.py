"""Refuses a push after which the repository, or one of its branches, would be protected less than before.

What decides about a push is the `ringfence.toml` of the default branch, or that of all branches while HEAD names none
that exists, and that of the branch itself. So not only a change of the file takes protection away: the deletion of a
branch does, and so does the first push to the branch that HEAD names.
"""

from __future__ import annotations

from ..errors import PolicyError
from ..git.repo import is_zero
from ..sources.refs import BRANCHES
from ..values import value
from .own_files import find_default_branch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..policy.inputs import Inputs
    from ..repository import Repository
    from ..sources.refs import Update

    Files = tuple[bytes | None, ...]  # contents of `ringfence.toml`, None where a state has none


_TAGS = b"refs/tags/"  # HEAD leads to a branch, or to any other ref, but not to a tag


@value
class Move:
    """A ref that a push moves, and its `ringfence.toml` before and after; None where there is none."""

    ref: bytes
    before: bytes | None
    after: bytes | None
    is_deleted: bool


def refuse_lost_protection(repository: Repository, inputs: Inputs, updates: list[Update]) -> None:
    """Refuse a push whose `ringfence.toml` can't be used, or that takes protection away.

    The first would have every later push refused. The second would let the next push through: what is pushed can only
    tighten; an administrator of the server can do more.

    Raises:
        PolicyError: It does so.
    """
    has_head = repository.has_head()
    has_others = any(not ref.startswith((BRANCHES, _TAGS)) for _, _, ref in updates)
    default = find_default_branch(repository) if has_others else b""
    updates = [update for update in updates if update[2].startswith(BRANCHES) or update[2] == default]
    is_deleting = any(is_zero(new) for _, new, _ in updates)
    branches = {} if not updates or (has_head and not is_deleting) else _list_branches(repository)
    moves = _list_moves(repository, updates, branches)
    if has_head and all(move.before == move.after for move in moves):
        return
    default = default or find_default_branch(repository)
    default_move = next((move for move in moves if move.ref == default), None)
    is_born = not has_head and default_move is not None
    if not is_born and all(move.before == move.after for move in moves):
        return
    files = repository.read_files(set(branches.values()))
    known = {ref: files[oid] for ref, oid in branches.items()}
    before: Files = tuple(repository.read_files(["HEAD"]).values() if has_head else dict.fromkeys(known.values()))
    after = before
    if not has_head or (default_move and default_move.is_deleted):
        after = _list_remaining_files(inputs, known, moves)
    pairs = [(before, after)] if after != before else []
    for move in moves:
        if move is default_move and not move.is_deleted:
            pairs.append((before, (move.after,)))
        elif move.before != move.after:
            pairs.append(((*after, move.before), (*after, move.after)))
    for pair in dict.fromkeys(pairs):
        if _list_present(pair[0]) != _list_present(pair[1]):
            _refuse_loss(inputs, *pair)


def _list_branches(repository: Repository) -> dict[bytes, str]:
    """Return the ids of all branches, without symbolic refs, which go where their targets go."""
    form = "--format=%(objectname)%(symref) %(refname)"
    lines = (line.partition(b" ") for line in repository.repo.run("for-each-ref", form, BRANCHES.decode()).splitlines())
    return {ref: oid.decode() for oid, _, ref in lines if b"refs/" not in oid}


def _list_moves(repository: Repository, updates: list[Update], branches: dict[bytes, str]) -> list[Move]:
    """Return the moves of branches; for a deletion git doesn't compare the old id, which the client sends."""
    ends = [
        (ref, branches.get(ref, "") if is_zero(new) else "" if is_zero(old) else old, "" if is_zero(new) else new)
        for old, new, ref in updates
    ]
    files = repository.read_files({oid for _, *pair in ends for oid in pair if oid})
    return [Move(ref, files.get(old), files.get(new), is_deleted=not new) for ref, old, new in ends]


def _list_remaining_files(inputs: Inputs, known: dict[bytes, bytes | None], moves: list[Move]) -> Files:
    """Return the files of the branches that will exist, at worst: git may make some of the moves and not the others."""
    remaining = dict(known)
    for move in moves:
        if move.is_deleted:
            remaining.pop(move.ref, None)
        elif move.ref in remaining and move.before != move.after and _loses(inputs, move):
            remaining[move.ref] = move.after
    return tuple(dict.fromkeys(remaining.values()))


def _loses(inputs: Inputs, move: Move) -> bool:
    from ..policy.own_file_changes import find_lost_protection  # half a second, which most pushes do without

    return bool(find_lost_protection(inputs, [move.before], [move.after]))


def _list_present(files: Files) -> set[bytes]:
    """Return the files that there are: states without one decide nothing, and the order of the others neither."""
    return {file for file in files if file is not None}


def _refuse_loss(inputs: Inputs, before: Files, after: Files) -> None:
    from ..policy.own_file_changes import check_change

    try:
        check_change(inputs, before, after)
    except PolicyError as error:
        message = "\n".join(f"the pushed {line}" for line in error.message.splitlines())
        raise PolicyError(message, error.advice) from None
