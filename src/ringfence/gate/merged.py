"""What a merge brings from elsewhere: commits that a push of the branch would be refused for, told before it."""

from __future__ import annotations

from ..git.objects import MissingObject
from ..repository import Repository, load_local_plan
from ..values import replace
from .run import judge_changes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..model import Change, Verdict

_REMOTE = "origin"  # where git pushes a branch for which nothing is configured
_NOTE = "a push of what the merge brought will be refused; to undo it: git reset --merge ORIG_HEAD"


def check_merged(repository: Repository) -> Verdict | None:
    """Warn of what a merge brought that ended just now; None if no policy tags the repository.

    It is what lies between ORIG_HEAD, where git keeps what the branch was, and HEAD.
    """
    before = _find_commit(repository, "ORIG_HEAD")
    verdict = _check_brought(repository, ["HEAD"], [f"^{before}"] if before else [])
    return verdict and _warn(verdict)


def warn_of_brought(repository: Repository, verdict: Verdict, heads: list[str]) -> Verdict:
    """Return the verdict on a commit that concludes a merge, with warnings of what the merge brings.

    Git runs no post-merge hook for a merge that had conflicts. `heads` are the commits that are merged.
    """
    brought = None if verdict.exit_code else _check_brought(repository, heads, ["^HEAD"])
    if not brought or not brought.exit_code:
        return verdict
    more = _warn(brought)
    findings, unread = (*verdict.findings, *more.findings), (*verdict.unread, *more.unread)
    return replace(verdict, findings=findings, unread=unread, about=more.about)


def _check_brought(repository: Repository, heads: list[str], known: list[str]) -> Verdict | None:
    """Judge the commits that a merge brings to the current branch, as a push of it would.

    Commits that the branch's remote has aren't pushed; those that only another remote has are, such as a fork's.

    Args:
        repository: A clone.
        heads: The commits that are merged.
        known: Commits that were there before, each as `^commit`.
    """
    plan = load_local_plan(repository)
    if plan is None:
        return None
    from .zones import assign_zones, find_branch_zones

    plan.start_observing()
    changes = _iter_commits(repository, [*heads, *known])
    return judge_changes(repository, plan, assign_zones(changes, find_branch_zones(repository.repo, plan)))


def _iter_commits(repository: Repository, tips: list[str]) -> Iterator[Change]:
    """Yield the commits that the remote lacks; the cache of clean ones is there only once they are judged."""
    from ..sources.commits import iter_commits
    from ..sources.push import escape_glob

    remote = f"--remotes={escape_glob(_find_remote(repository))}"
    yield from iter_commits(repository.repo, tips, ["--not", remote], repository.objects.clean_cache)


def _find_remote(repository: Repository) -> str:
    """Return the name of the remote that the current branch is pushed to."""
    branch = repository.repo.run("symbolic-ref", "--quiet", "HEAD", ok=(0, 1)).decode("utf-8", "surrogateescape")
    if not branch:
        return _REMOTE
    name = repository.repo.run("for-each-ref", "--format=%(push:remotename)", branch.strip())
    return name.decode("utf-8", "surrogateescape").strip() or _REMOTE


def _find_commit(repository: Repository, name: str) -> str:
    """Return the id of a commit, or "" where there is no such name: a first pull leaves no ORIG_HEAD."""
    [item] = repository.objects.iter_objects([name])
    return "" if isinstance(item, MissingObject) else item.oid


def _warn(verdict: Verdict) -> Verdict:
    """Return a verdict that refuses as one that warns and says of what; any other as it is."""
    if not verdict.exit_code:
        return verdict
    findings = [replace(item, action="warn") if item.is_blocking else item for item in verdict.findings]
    unread = [replace(item, action="warn") if item.action == "block" else item for item in verdict.unread]
    about = replace(verdict.about, notes=(*verdict.about.notes, _NOTE))
    return replace(verdict, findings=tuple(findings), unread=tuple(unread), about=about)
