"""Ref updates and ref names."""

from __future__ import annotations

from ..model import Change

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..git.repo import Repo

Update = tuple[str, str, bytes]  # (old id, new id, full ref name); zeros mean that the ref doesn't exist

QUARANTINE = b"refs/quarantine/"  # where a server keeps refused pushes
BRANCHES = b"refs/heads/"
_FOLDERS = {b"heads": 2, b"tags": 2, b"remotes": 3}  # refs/<folder>/…: number of leading parts to strip


def shorten_ref(ref: bytes) -> bytes:
    """Return a ref name without refs/heads/, refs/tags/ or refs/remotes/<remote>/."""
    parts = ref.split(b"/")
    stripped = _FOLDERS.get(parts[1], 0) if parts[0] == b"refs" and len(parts) > 1 else 0
    return b"/".join(parts[stripped:])


def build_ref_change(ref: bytes) -> Change:
    """Return the change that checks the name of a ref."""
    return Change("ref", texts=(("ref", shorten_ref(ref), ""),))


def follow_symbolic_refs(repo: Repo, updates: list[Update]) -> list[Update]:
    """Return the updates that git makes: a symbolic ref stays as it is, and the ref that it leads to moves.

    Where a branch leads out of the branches, both names are returned, so that the rules of either hold.
    """
    from ..git.symbolic_refs import resolve_symbolic_refs

    targets = resolve_symbolic_refs(repo, (ref for _, _, ref in updates))
    followed = []
    for old, new, ref in updates:
        target = targets.get(ref, ref)
        if target != ref and ref.startswith(BRANCHES) and not target.startswith(BRANCHES):
            followed.append((old, new, ref))
        followed.append((old, new, target))
    return list(dict.fromkeys(followed))
