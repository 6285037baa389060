"""The range of commits that a CI run checks, and how to derive it from a push or a request."""

from __future__ import annotations

from dataclasses import dataclass

from ...git.repo import is_zero

DEFAULT = "origin/HEAD"  # the default branch, for services that don't name it


@dataclass(frozen=True, slots=True)
class RunRange:
    """The range of commits that a run checks, and its context.

    Attributes:
        bases: Candidates for the base, best first; the first revision that exists here is used.
        head: The revision under test.
        ref: Short name of the branch or tag, or "".
        policies: Revisions whose policy applies besides the base's; one of them must exist here.
        title, description: Texts of the pull or merge request, which a squash or merge may use.
        commits: Number of commits according to the service; 0 if it doesn't say.
        cut: Why a text is incomplete, such as a truncated description; "" if all texts are complete.
        is_empty: There is nothing to check (a deleted branch).
        is_whole: If base and head are the same commit, check its whole history instead of nothing.
        is_detected: The service gave the range, not the user, so that a range without commits is no mistake.
        deepen: The service's configuration for a clone with full history.
        target: Full ref of the branch to merge into; "" if unknown.
    """

    bases: tuple[str, ...]
    head: str
    ref: str = ""
    policies: tuple[str, ...] = ()
    title: str = ""
    description: str = ""
    commits: int = 0
    cut: str = ""
    is_empty: bool = False
    is_whole: bool = False
    is_detected: bool = True
    deepen: str = ""
    target: str = ""


def format_remote_branch(name: str) -> str:
    """Return the remote-tracking name of a branch, `origin/NAME`; `origin/HEAD` for no name."""
    return f"origin/{name.removeprefix('refs/heads/')}" if name else DEFAULT


def format_full_ref(name: str) -> str:
    """Return the full ref of a branch; "" for no name."""
    return f"refs/heads/{name.removeprefix('refs/heads/')}" if name else ""


def build_push_range(before: str, after: str, default: str, ref: str) -> RunRange:
    """Return the range of a push; `before` and `after` are ids (zeros: none), `default` and `ref` names of branches.

    A branch is checked from the default branch on, not from its previous tip: otherwise a refused commit would be
    skipped as soon as a clean one is pushed on top. The default branch is checked from its previous tip. A new default
    branch is checked as a whole, by its own policy.
    """
    if is_zero(after):
        return RunRange((), after, ref, is_empty=True)
    if ref != default or not default:
        return RunRange(
            (format_remote_branch(default),), after, ref, (format_remote_branch(default),), is_whole=not default
        )
    if is_zero(before):
        return RunRange((), after, ref, (after,), target=format_full_ref(default))
    return RunRange((before, format_remote_branch(default)), after, ref, target=format_full_ref(default))


def build_whole_range(head: str, default: str) -> RunRange:
    """Return the whole history of a commit, under the policy of the default branch.

    Not under its own, since any user who can push a branch can start a run on it.
    """
    return RunRange((), head, policies=(format_remote_branch(default) if default else head,))
