"""The range of commits that a CI run checks, and how to derive it from a push or a request."""

from __future__ import annotations

from dataclasses import dataclass

from ...git.repo import is_zero

ORIGIN = "refs/remotes/origin/"  # in full: `origin/main` may be a tag as well, which git would prefer
DEFAULT = f"{ORIGIN}HEAD"  # the default branch, for services that don't name it
BRANCHES, TAGS = "refs/heads/", "refs/tags/"


@dataclass(frozen=True, slots=True)
class RunRange:
    """The range of commits that a run checks, and its context.

    Attributes:
        bases: Candidates for the base, best first; the first revision that exists here is used.
        head: The revision under test.
        ref: Full name of the branch or tag, or "".
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
    """Return the remote-tracking branch of a branch, given by its short name; that of HEAD for no name."""
    return f"{ORIGIN}{name}" if name else DEFAULT


def format_branch(name: str) -> str:
    """Return the full ref of a branch, given by its short name, which may itself begin with `refs/`; "" for none."""
    return f"{BRANCHES}{name}" if name else ""


def format_tag(name: str) -> str:
    """Return the full ref of a tag, given by its short name; "" for none."""
    return f"{TAGS}{name}" if name else ""


def shorten_branch(ref: str) -> str:
    """Return the short name of a branch that a service may also give in full."""
    return ref.removeprefix(BRANCHES)


def build_push_range(before: str, after: str, default: str, ref: str) -> RunRange:
    """Return the range of a push.

    A branch is checked from the default branch on, not from its previous tip: otherwise a refused commit would be
    skipped as soon as a clean one is pushed on top. The default branch is checked from its previous tip. A new default
    branch is checked as a whole, by its own policy.

    Args:
        before: The id before it; zeros for none.
        after: The id after it; zeros where the ref was deleted.
        default: The short name of the default branch; "" if unknown.
        ref: The full name of the branch or tag; "" if unknown. A tag may have the name of the default branch.
    """
    if is_zero(after):
        return RunRange((), after, ref, is_empty=True)
    if ref != format_branch(default) or not default:
        return RunRange(
            (format_remote_branch(default),), after, ref, (format_remote_branch(default),), is_whole=not default
        )
    if is_zero(before):
        return RunRange((), after, ref, (after,), target=ref)
    return RunRange((before, format_remote_branch(default)), after, ref, target=ref)


def build_whole_range(head: str, default: str) -> RunRange:
    """Return the whole history of a commit, under the policy of the default branch.

    Not under its own, since any user who can push a branch can start a run on it.
    """
    return RunRange((), head, policies=(format_remote_branch(default) if default else head,))
