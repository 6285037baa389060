"""Which commits the notes under a ref are about."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .repo import Repo


def list_noted_objects(repo: Repo, state: str) -> set[str]:
    """Return the ids of the objects that notes in a state, a ref or a commit, are about; none where it isn't there."""
    tree = f"{state}^{{tree}}"
    if not repo.succeeds("rev-parse", "--quiet", "--verify", tree):
        return set()
    paths = repo.run("ls-tree", "-r", "-z", "--name-only", tree).split(b"\0")
    return {path.replace(b"/", b"").decode("ascii", "replace") for path in paths}
