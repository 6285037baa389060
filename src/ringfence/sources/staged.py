"""What `git commit` and `git merge` are about to record: the index against its parents, who commits, from where."""

from __future__ import annotations

import os

from ..model import Change
from .walk import differences

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..git import Repo
    from ..model import Text, Touched


def changes(repo: Repo, environ: dict[str, str], *, has_head: bool, merging: bool = False) -> Iterator[Change]:
    """Yield the staged content with its identities, then the session it is made in.

    `merging`: git merge asks, before it has written down what it merges.
    """
    heads = _merged_by_name(environ) if merging else []
    yield Change("staged", texts=identities(repo), paths=paths(repo, heads, has_head=has_head))
    yield from session(environ)


def paths(repo: Repo, heads: Sequence[str] = (), *, has_head: bool) -> list[Touched]:
    """Return what is staged and differs from every parent the commit will have."""
    if not has_head:
        empty = repo.run("hash-object", "-t", "tree", os.devnull).decode().strip()
        return differences(repo, "--cached", empty)
    staged = differences(repo, "--cached", "HEAD")
    for parent in merge_heads(repo) or heads:
        other = {path: parents for path, _, parents in differences(repo, "--cached", parent)}
        staged = [(path, oid, parents + other[path]) for path, oid, parents in staged if path in other]
    return staged


def merge_heads(repo: Repo) -> list[str]:
    """Return the further parents of a merge in progress."""
    try:
        with open(os.path.join(repo.directory_of_git(), "MERGE_HEAD"), encoding="ascii") as file:
            return file.read().split()
    except FileNotFoundError:
        return []


def _merged_by_name(environ: dict[str, str]) -> list[str]:
    """Return the commits that git merge says it merges, a variable for each: MERGE_HEAD is written after its hook."""
    return [name.removeprefix("GITHEAD_") for name in environ if name.startswith("GITHEAD_")]


def identities(repo: Repo) -> tuple[Text, ...]:
    """Return author and committer as git will write them."""
    found = []
    for role in ("author", "committer"):
        printed = repo.run("var", f"GIT_{role.upper()}_IDENT", ok=(0, 128))  # 128: git itself will refuse the commit
        found.append((role, printed[: printed.rfind(b">") + 1], ""))
    return tuple(found)


def session(environ: dict[str, str]) -> Iterator[Change]:
    """Yield the environment, in which an agent may have left its variables."""
    assignments = "\n".join(f"{name}={text}" for name, text in environ.items() if "\n" not in name + text)
    yield Change("environment", texts=(("environment", assignments.encode("utf-8", "surrogateescape"), ""),))
