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


def list_stray_notes(repo: Repo) -> list[tuple[str, int]]:
    """Return the refs of notes that are attached to commits no ref reaches any more, with the number of these notes.

    A rebase, an amended commit or a filter leaves them behind, unless `notes.rewriteRef` names their ref.
    """
    names = repo.run("for-each-ref", "--format=%(refname)", "refs/notes").decode("utf-8", "replace").splitlines()
    noted = {name: list_noted_objects(repo, name) for name in names}
    asked = sorted(set().union(*noted.values()))
    if not asked:
        return []
    kinds = repo.run("cat-file", "--batch-check=%(objecttype)", feed="\n".join((*asked, "")).encode()).splitlines()
    others = {oid for oid, kind in zip(asked, kinds, strict=True) if kind in (b"blob", b"tree", b"tag")}
    reached = set(repo.run("rev-list", "--exclude=refs/notes/*", "--all", "--ignore-missing").decode().split())
    counts = ((name, len(oids - others - reached)) for name, oids in noted.items())
    return [(name, count) for name, count in counts if count]
