"""What hooks on a laptop judge: what is staged, a message, a push that is about to be sent.

A verdict of None means that the repository carries no tag: there was nothing to judge.
"""

from __future__ import annotations

import os
from itertools import chain

from ..git.repo import is_zero
from ..repository import Place, local_inputs, local_plan, plan_for
from .run import judge

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..model import Change, Verdict
    from ..policy.plan import Plan


def judge_here(place: Place, plan: Plan | None, changes: Iterable[Change]) -> Verdict | None:
    """Judge changes by the zones that hold on the branch that is checked out."""
    if plan and plan.is_bound:
        from .zones import here, on

        changes = on(changes, here(place.repo, plan))
    return judge(place, plan, changes)


def staged(place: Place, *, merging: bool = False) -> Verdict | None:
    """Judge what `git commit`, or `git merge`, is about to record."""
    from ..sources import staged as source

    inputs = local_inputs(place)
    if not inputs.may_be_tagged:
        return None
    asked = source.Asked(place.repo, has_head=place.has_head())
    return judge_here(place, plan_for(inputs), asked.changes(dict(os.environ), merging=merging))


def message(place: Place, path: str | None, *, edited: bool, alone: bool = False) -> Verdict | None:
    """Judge the message of the commit that is being made.

    Args:
        place: Where.
        path: The message file, or None when a framework dropped its name.
        edited: An editor may have been open, so that comments are taken out.
        alone: No other hook judges identities and session of this commit (a cherry-pick, a rebase, an applied patch).
    """
    from ..sources import message as source
    from ..sources import original_author
    from ..sources import staged as index

    plan = local_plan(place)
    if plan is None:
        return None
    data = source.stored(source.read(path or source.default_file(place.repo)), place.settings, edited=edited)
    encoding = next((text for _, key, text in reversed(place.settings) if key == "i18n.commitencoding"), "")
    touched = index.paths(place.repo, has_head=place.has_head()) if plan.zoned else ()
    texts = (
        (*index.identities(index.ask_identities(place.repo)), *original_author.author(place.repo, place.objects))
        if alone
        else ()
    )
    changes = list(source.changes(data, encoding, touched, texts))
    is_asked = not alone and bool(plan.demanding(plan.actions, "disclosure"))
    session = index.session(dict(os.environ)) if alone or is_asked else ()
    verdict = judge_here(place, plan, [*changes, *session])
    if verdict and is_asked:
        from ..check.rules.disclosure import named

        return named(verdict, plan)
    return verdict


def push(place: Place, stdin: bytes, remote: str, *, by_framework: bool = False) -> Verdict | None:
    """Judge what `git push` is about to send."""
    from ..sources import push as source

    updates = source.of_everything(place.repo) if by_framework else source.parse_lines(stdin)
    if all(is_zero(new) for _, new, _ in updates):
        return None
    plan = local_plan(place)
    if plan is None:
        return None
    from .zones import by_zones, on

    changes = (
        on(source.changes(place.repo, place.objects, refs, remote, place.settings), within)
        for within, refs in by_zones(plan, updates)
    )
    return judge(place, plan, chain.from_iterable(changes))
