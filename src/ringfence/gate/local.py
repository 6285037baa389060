"""The client hooks' checks: staged content, a commit message, a push before it is sent.

A verdict of None means that the repository has no tag, so nothing was judged.
"""

from __future__ import annotations

import os
from itertools import chain

from ..git.repo import is_zero
from ..repository import Repository, load_local_plan, load_tagged_plan, read_local_inputs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..model import Change, Verdict
    from ..policy.plan import Plan


def judge_on_branch(
    repository: Repository, plan: Plan | None, changes: Iterable[Change], *, with_files: bool = True
) -> Verdict | None:
    """Judge changes of the index by the zones that apply on the current branch.

    `with_files`: also what links lead to, in contents that the changes don't touch.
    """
    from .run import judge_changes

    if plan:
        plan.is_early_help = True
        plan.start_observing()
    within = None
    if plan and plan.zones.has_refs:
        from .zones import assign_zones, find_branch_zones

        within = find_branch_zones(repository.repo, plan)
        changes = assign_zones(changes, within)
    if plan and plan.zones.path_tags and repository.is_in_git:
        from .linked_zones import STAGED, Span, follow_links

        base = "HEAD" if repository.has_head() else ""
        changes = follow_links(repository, plan, iter(changes), [Span(STAGED, base if with_files else STAGED, within)])
    return judge_changes(repository, plan, changes)


def check_staged(repository: Repository, *, merging: bool = False, concluding: bool = False) -> Verdict | None:
    """Judge what `git commit`, or with `merging` `git merge`, is about to commit.

    With `concluding`, the commit may conclude a merge that had conflicts, whose commits are warned of.
    """
    from ..sources import staged as source

    inputs = read_local_inputs(repository)
    if not inputs.can_be_tagged:
        return None
    reader = source.StagedReader(repository.repo, has_head=repository.has_head())
    plan = load_tagged_plan(inputs)
    verdict = judge_on_branch(repository, plan, reader.iter_changes(dict(os.environ), merging=merging))
    if verdict and concluding and (heads := source.read_merge_heads(repository.repo)):
        from .merged import warn_of_brought

        return warn_of_brought(repository, verdict, heads)
    return verdict


def check_message(repository: Repository, path: str | None, *, edited: bool, alone: bool = False) -> Verdict | None:
    """Judge the message of the commit that is being created.

    Args:
        repository: The repository.
        path: The message file, or None when a framework dropped its name.
        edited: An editor may have been open, so git will strip comments.
        alone: No other hook judges the identities and the environment of this commit (cherry-pick, rebase, git am).
    """
    from ..sources import message as source
    from ..sources import original_author
    from ..sources import staged as index

    plan = load_local_plan(repository)
    if plan is None:
        return None
    data = source.cleanup_message(
        source.read_message(path or source.find_message_file(repository.repo)), repository.settings, edited=edited
    )
    encoding = next((text for _, key, text in reversed(repository.settings) if key == "i18n.commitencoding"), "")
    touched = index.read_paths(repository.repo, has_head=repository.has_head()) if plan.zones.path_tags else ()
    texts = (
        (
            *index.read_identities(index.start_identity_query(repository.repo)),
            *original_author.read_author(repository.repo, repository.objects),
        )
        if alone
        else ()
    )
    changes = list(source.iter_changes(data, encoding, touched, texts))
    needs_disclosure = not alone and bool(plan.actions.filter_demanding(plan.actions.by_tag, "disclosure"))
    session = index.iter_session_changes(dict(os.environ)) if alone or needs_disclosure else ()
    verdict = judge_on_branch(repository, plan, [*changes, *session], with_files=False)
    if verdict and needs_disclosure:
        from ..check.rules.table import apply_message_rules

        return apply_message_rules(verdict, plan)
    return verdict


def check_push(repository: Repository, stdin: bytes, remote: str, *, by_framework: bool = False) -> Verdict | None:
    """Judge the commits that `git push` is about to send.

    Args:
        repository: The repository.
        stdin: The pre-push hook's input, a line for each ref.
        remote: The name or URL of the remote.
        by_framework: A framework that passes no input calls; all local refs are judged then.
    """
    from ..sources import push as source
    from .run import judge_changes

    updates = source.list_local_refs(repository.repo) if by_framework else source.parse_updates(stdin)
    if all(is_zero(new) for _, new, _ in updates):
        return None
    plan = load_local_plan(repository)
    if plan is None:
        return None
    from .zones import assign_zones, group_by_zones

    plan.start_observing()
    changes: list[Iterator[Change]] = []
    for within, refs in group_by_zones(plan.zones.find_bound, updates):
        sent = source.iter_changes(repository.repo, repository.objects, refs, remote, repository.settings)
        sent = assign_zones(sent, within)
        if plan.zones.path_tags:
            from .linked_zones import Span, follow_links

            # What the remote has already isn't known: the server compares, and the commits are judged here.
            spans = [Span(new, new, within) for _, new, _ in refs if not is_zero(new)]
            changes.append(follow_links(repository, plan, sent, spans))
        else:
            changes.append(sent)
    return judge_changes(repository, plan, chain.from_iterable(changes))
