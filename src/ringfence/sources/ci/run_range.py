"""What a CI run is about, and how pushes and requests become that, whichever service says it."""

from __future__ import annotations

from dataclasses import dataclass

from ...git.repo import is_zero

DEFAULT = "origin/HEAD"  # the default branch, where a service doesn't name it


@dataclass(frozen=True, slots=True)
class RunRange:
    """What a run is about.

    Attributes:
        bases: Revisions that may be the state before, best first; the first that exists here counts.
        head: The revision under test.
        ref: The branch's or tag's short name, or "".
        target: The branch that this is to come into, as a full ref; "" where that isn't known.
        policies: Revisions whose policy holds besides the base's; one of them must exist here.
        title, description: Of the pull or merge request: what a squash or merge may write.
        commits: How many commits the service counts; 0: it doesn't say.
        cut: What the service didn't pass on whole, as a reason; "" for nothing.
        nothing: There is nothing to check (a deleted branch).
        is_whole: Where the base is the head itself, all of it is judged and not nothing.
        is_told: The service said it, so a branch that brings no commit of its own is what it is, and no mistake.
        deepen: What to write into the service's configuration to get the whole history.
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
    is_told: bool = True
    deepen: str = ""
    target: str = ""


def format_remote_branch(name: str) -> str:
    """Return where a clone keeps a branch of its origin."""
    return f"origin/{name.removeprefix('refs/heads/')}" if name else DEFAULT


def format_full_ref(name: str) -> str:
    """Return a branch's full ref; "" for no name."""
    return f"refs/heads/{name.removeprefix('refs/heads/')}" if name else ""


def build_push_range(before: str, after: str, default: str, ref: str) -> RunRange:
    """Return what a push is about.

    A branch is judged from the default branch on, and not from what was pushed before: a marked commit that was refused
    would otherwise be passed over as soon as a clean one lies on top. The default branch itself begins where it was;
    when it is new, it begins at nothing, and so does its policy.
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
    """Return all of a commit's history, by the policy of the default branch: anybody can start a run on a branch."""
    return RunRange((), head, policies=(format_remote_branch(default) if default else head,))
