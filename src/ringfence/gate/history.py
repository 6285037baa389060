"""Judges existing content: a whole history, a range, the squash of a range, or files on disk."""

from __future__ import annotations

import os

from ..errors import UsageError
from ..excerpts import format_path
from ..repository import load_tagged_plan, read_local_inputs
from ..values import replace
from .run import judge_changes, judge_tagged

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..model import Change, Verdict
    from ..policy.plan import Plan
    from ..repository import Repository
    from ..sources.refs import Update


def check_history(repository: Repository) -> Verdict | None:
    """Judge all commits of all refs; None if no policy tags the repository."""
    from ..sources.history import list_all_refs
    from .run_metadata import add_run_metadata

    inputs = read_local_inputs(repository)
    plan = load_tagged_plan(inputs)
    if plan is None:
        return None
    verdict = judge_refs(repository, plan, list_all_refs(repository.repo))
    return add_run_metadata(repository, verdict, "", "HEAD", inputs, notes=tuple(_iter_stray_notes(repository)))


def _iter_stray_notes(repository: Repository) -> Iterator[str]:
    """Yield a remark for each ref of notes whose commits are gone: what they say of a commit is lost for its copy."""
    from ..excerpts import sanitise_text
    from ..git.notes import list_stray_notes

    for name, count in list_stray_notes(repository.repo):
        what = "1 note is on a commit" if count == 1 else f"{count} notes are on commits"
        yield f"{sanitise_text(name)}: {what} that no branch or tag has any more, as after a rewrite"


def judge_refs(repository: Repository, plan: Plan, refs: list[Update], known: tuple[str, ...] = ()) -> Verdict:
    """Judge all that is reachable from refs, less what the `^commit`s of `known` reach."""
    from ..sources.receive import iter_group_changes
    from .linked_zones import Span, follow_links
    from .zones import group_by_zones

    groups = group_by_zones(plan.zones.find_bound, refs)
    changes = iter_group_changes(
        repository.repo, repository.objects, [(group, known, within) for within, group in groups]
    )
    spans = [Span(new, "", within) for within, group in groups for _, new, _ in group]
    verdict = judge_tagged(repository, plan, follow_links(repository, plan, changes, spans))
    if plan.has_index:
        from .directions import settle_directions

        verdict = settle_directions(verdict, plan, repository.repo)
    return verdict


def check_range(repository: Repository, base: str, head: str) -> Verdict | None:
    """Judge the commits of a range by the policy of its base; base "" means the whole history of head."""
    from ..sources import history as source
    from .linked_zones import Span, follow_links
    from .run_metadata import add_run_metadata

    for revision in filter(None, (base, head)):
        source.refuse_ambiguous(repository.repo, revision)
    state = [source.require_revision(repository.repo, base, "^{commit}")] if base else []
    inputs = repository.build_inputs(repository.read_files(state), *state)
    plan = load_tagged_plan(inputs)
    changes = source.iter_range_changes(repository.repo, repository.objects, base, head)
    spans = [Span(source.require_revision(repository.repo, head, "^{commit}"), base)]
    verdict = judge_changes(repository, plan, follow_links(repository, plan, changes, spans))
    return verdict and add_run_metadata(repository, verdict, base, head, inputs)


def check_squash(
    repository: Repository, base: str, head: str, title: str, body: str = "", target: str = ""
) -> Verdict | None:
    """Judge the commit that a squash merge of a range would create; a finding in its message names the original commit.

    `title` and `body` are the message's; `target` is the full name of the branch to merge into, or "" for all zones.
    """
    from ..sources import history
    from ..sources import squash as source
    from .zones import assign_zones

    start = history.require_revision(repository.repo, base, "^{commit}")
    plan = load_tagged_plan(repository.build_inputs(repository.read_files([start])))
    if plan is None:
        return None
    changes = history.iter_range_changes(repository.repo, repository.objects, base, head)
    commits = [change.commit for change in changes if change.kind == "commit"]
    parts = source.read_parts(repository.objects, reversed(commits))
    root = repository.repo.run("merge-base", start, head).decode().strip()
    squash = source.build_change(repository.repo, root, head, source.build_message(parts, title, body))
    zones = plan.zones.find_bound(os.fsencode(target)) if target else None
    verdict = judge_changes(repository, plan, assign_zones([squash], zones))
    return verdict and replace(
        verdict,
        findings=tuple(
            replace(finding, part="squash", commit=source.find_source_commit(parts, finding.excerpt))
            if finding.part == "message"
            else finding
            for finding in verdict.findings
        ),
    )


def check_files(repository: Repository, paths: list[str], *, vouches: bool = False) -> Verdict | None:
    """Judge files and folders on disk as if all of their content were new.

    With `vouches` the verdict says which files these were, by their digests, for a receipt.

    Raises:
        IncompleteError: A file that the verdict vouches for changed while it was judged.
        UsageError: A path doesn't exist, or not all files that the verdict vouches for have the same tags.
    """
    from ..check.check import check_changes
    from ..sources import files as source

    inputs = read_local_inputs(repository)
    plan = load_tagged_plan(inputs)
    if plan is None:
        return None
    plan.own_stores = repository.list_stores
    top = (repository.repo.find_work_tree() if repository.is_in_git else None) or os.getcwd()
    changes = source.iter_changes(paths, top, plan.zones.find_tags)
    store = source.Files(paths)
    if not vouches:
        return check_changes(changes, plan, store)  # type: ignore[arg-type]  # it has the methods that are used
    from ..sources.file_digests import check_unchanged, digest_files
    from .run_metadata import add_file_metadata, format_now

    _require_same_tags(plan, listed := list(changes))
    began, files = format_now(), digest_files(paths)
    verdict = check_changes(iter(listed), plan, store)  # type: ignore[arg-type]  # as above
    check_unchanged(files)
    return add_file_metadata(top, verdict, files, inputs, began)


def _require_same_tags(plan: Plan, changes: list[Change]) -> None:
    """Check that all files have the same tags: a receipt says of each that it was judged by all of its tags.

    Raises:
        UsageError: They haven't.
    """
    by_tags = {frozenset(plan.zones.find_tags(path)): path for change in changes for path, _, _ in change.paths}
    if len(by_tags) > 1:
        shown = " and ".join(format_path(path) for path in list(by_tags.values())[:2])
        raise UsageError(f"{shown} have different tags.", "Write a receipt for each zone, or give --tag.")
