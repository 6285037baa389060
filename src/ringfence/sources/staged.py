"""Changes that `git commit` or `git merge` is about to record: index, identities, environment."""

from __future__ import annotations

import os

from ..git.repo import read_output
from ..model import SUBMODULE, Change
from .commits import read_diff, start_diff

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..git.process import Child
    from ..git.repo import Repo
    from ..model import Text, Touched


_ROLES = {b"GIT_AUTHOR_IDENT": "author", b"GIT_COMMITTER_IDENT": "committer"}


class StagedReader:
    """Reads what is staged; its git processes start at once, and run while the policy is loaded."""

    def __init__(self, repo: Repo, *, has_head: bool) -> None:
        self.repo, self.has_head = repo, has_head
        self._people = start_identity_query(repo)
        self._paths = _start_staged_diff(repo, has_head=has_head)

    def iter_changes(self, environ: dict[str, str], *, merging: bool = False) -> Iterator[Change]:
        """Yield the staged paths with author and committer, then the environment.

        `merging` is for git merge, which runs its hook before it writes MERGE_HEAD.
        """
        heads = _list_merged_commits(environ) if merging else []
        paths = _read_staged(self.repo, self._paths, heads, has_head=self.has_head)
        yield Change("staged", texts=read_identities(self._people), paths=paths)
        yield from iter_session_changes(environ)


def read_paths(repo: Repo, *, has_head: bool) -> list[Touched]:
    """Return the staged paths that differ from every parent of the commit to come."""
    return _read_staged(repo, _start_staged_diff(repo, has_head=has_head), (), has_head=has_head)


def list_index(repo: Repo) -> list[tuple[bytes, str]]:
    """Return the files of the index as (path, id); a submodule's id is that of its commit, as in a change."""
    files = []
    for entry in repo.run("ls-files", "--stage", "-z").split(b"\0"):
        facts, _, path = entry.partition(b"\t")
        if path:
            mode, oid, _ = facts.split(b" ")
            files.append((path, SUBMODULE * (mode == b"160000") + oid.decode()))
    return files


def _start_staged_diff(repo: Repo, *, has_head: bool) -> Child:
    empty = "" if has_head else repo.run("hash-object", "-t", "tree", os.devnull).decode().strip()
    return start_diff(repo, "--cached", empty or "HEAD")


def _read_staged(repo: Repo, diff: Child, heads: Sequence[str], *, has_head: bool) -> list[Touched]:
    staged = read_diff(diff)
    for parent in (read_merge_heads(repo) or heads) if has_head else ():
        old_ids = {path: old for path, _, old in read_diff(start_diff(repo, "--cached", parent))}
        staged = [(path, oid, parents + old_ids[path]) for path, oid, parents in staged if path in old_ids]
    return staged


def read_merge_heads(repo: Repo) -> list[str]:
    """Return the ids in MERGE_HEAD: the second and later parents of a merge in progress."""
    try:
        with open(os.path.join(repo.find_git_directory(), "MERGE_HEAD"), encoding="ascii") as file:
            return file.read().split()
    except FileNotFoundError:
        return []


def _list_merged_commits(environ: dict[str, str]) -> list[str]:
    """Return the commits that git merge names in GITHEAD_ variables: it writes MERGE_HEAD after its hook."""
    return [name.removeprefix("GITHEAD_") for name in environ if name.startswith("GITHEAD_")]


def start_identity_query(repo: Repo) -> Child:
    """Start a `git var -l`, which prints author and committer of the commit to come; see `read_identities`."""
    return repo.start("var", "-l")


def read_identities(child: Child) -> tuple[Text, ...]:
    """Return author and committer as git will write them.

    A setting of two lines can imitate such a line; then it is returned too, and checked as well.
    """
    output = read_output(child, "var", ok=(0, 128))  # 128: git itself will refuse the commit
    lines = (line.partition(b"=") for line in output.split(b"\n"))
    identities = [(_ROLES[name], ident[: ident.rfind(b">") + 1], "") for name, _, ident in lines if name in _ROLES]
    return tuple(sorted(identities))


def iter_session_changes(environ: dict[str, str]) -> Iterator[Change]:
    """Yield the environment and the names of our parent processes, both of which may reveal an agent."""
    from . import parent_processes

    lines = [f"{name}={text}" for name, text in environ.items() if "\n" not in name + text]
    lines += [f"process {name}" for name in parent_processes.list_process_names(os.getppid())]
    yield Change("environment", texts=(("environment", "\n".join(lines).encode("utf-8", "surrogateescape"), ""),))
