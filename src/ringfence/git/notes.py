"""Lists the objects that git notes are attached to."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .repo import Repo


def list_noted_objects(repo: Repo, revision: str) -> set[str]:
    """Return the ids of the objects with a note in a notes ref or commit; empty if the revision doesn't exist."""
    tree = f"{revision}^{{tree}}"
    if not repo.succeeds("rev-parse", "--quiet", "--verify", tree):
        return set()
    paths = repo.run("ls-tree", "-r", "-z", "--name-only", tree).split(b"\0")
    return {path.replace(b"/", b"").decode("ascii", "replace") for path in paths if path}
