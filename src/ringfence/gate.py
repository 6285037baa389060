"""One function for each occasion: which policy holds, which changes are new, and what comes of judging them.

A verdict of None means that the repository carries no tag: there was nothing to judge.
"""

from __future__ import annotations

import os
from itertools import chain

from .git import is_zero
from .place import Place, local_inputs, local_plan, plan_for
from .values import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from .model import Change, Verdict
    from .objects import Memory
    from .policy.plan import Plan


def judge(place: Place, plan: Plan | None, changes: Iterable[Change]) -> Verdict | None:
    """Judge changes; without a plan they aren't even asked for."""
    if plan is None:
        return None
    from .check import check

    if place.remembers:
        place.objects.memory = _memory(plan)
    plan.own_stores = place.stores
    return check(changes, plan, place.objects)


def _memory(plan: Plan) -> Callable[[], Memory]:
    """Return what opens the memory when it is first asked for, which few hooks do."""
    opened: list[Memory] = []

    def memory() -> Memory:
        if not opened:
            from .memory import Memory as Kept

            opened.append(Kept(plan))
        return opened[0]

    return memory


def judge_here(place: Place, plan: Plan | None, changes: Iterable[Change]) -> Verdict | None:
    """Judge changes by the zones that hold on the branch that is checked out."""
    if plan and plan.is_bound:
        from .covering import here, on

        changes = on(changes, here(place.repo, plan))
    return judge(place, plan, changes)


def staged(place: Place, *, merging: bool = False) -> Verdict | None:
    """Judge what `git commit`, or `git merge`, is about to record."""
    from .sources import staged as source

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
    from .sources import message as source
    from .sources import picked
    from .sources import staged as index

    plan = local_plan(place)
    if plan is None:
        return None
    data = source.stored(source.read(path or source.default_file(place.repo)), place.settings, edited=edited)
    encoding = next((text for _, key, text in reversed(place.settings) if key == "i18n.commitencoding"), "")
    touched = index.paths(place.repo, has_head=place.has_head()) if plan.zoned else ()
    texts = (
        (*index.identities(index.ask_identities(place.repo)), *picked.author(place.repo, place.objects))
        if alone
        else ()
    )
    changes = list(source.changes(data, encoding, touched, texts))
    is_asked = not alone and bool(plan.demanding(plan.actions, "disclosure"))
    session = index.session(dict(os.environ)) if alone or is_asked else ()
    verdict = judge_here(place, plan, [*changes, *session])
    if verdict and is_asked:
        from .disclosure import named

        return named(verdict, plan)
    return verdict


def push(place: Place, stdin: bytes, remote: str, *, by_framework: bool = False) -> Verdict | None:
    """Judge what `git push` is about to send."""
    from .sources import push as source

    updates = source.of_everything(place.repo) if by_framework else source.parse_lines(stdin)
    if all(is_zero(new) for _, new, _ in updates):
        return None
    plan = local_plan(place)
    if plan is None:
        return None
    from .covering import by_zones, on

    changes = (
        on(source.changes(place.repo, place.objects, refs, remote, place.settings), within)
        for within, refs in by_zones(plan, updates)
    )
    return judge(place, plan, chain.from_iterable(changes))


def history(place: Place) -> Verdict | None:
    """Judge everything that is there."""
    from .about import told
    from .covering import by_zones
    from .sources.history import every_ref
    from .sources.receive import all_changes

    inputs = local_inputs(place)
    plan = plan_for(inputs)
    if plan is None:
        return None
    refs = by_zones(plan, every_ref(place.repo))
    changes = all_changes(place.repo, place.objects, [(group, (), within) for within, group in refs])
    verdict = judge(place, plan, changes)
    return verdict and told(place, verdict, "", "HEAD", inputs)


def between(place: Place, base: str, head: str) -> Verdict | None:
    """Judge a range, by the policy as it was at its base; without a base, everything that head has."""
    from .about import told
    from .sources import history as source

    state = [source.wanted(place.repo, base, "^{commit}")] if base else []
    inputs = place.inputs(place.files(state), *state)
    verdict = judge(place, plan_for(inputs), source.between(place.repo, place.objects, base, head))
    return verdict and told(place, verdict, base, head, inputs)


def squash(place: Place, base: str, head: str, title: str, body: str = "", target: str = "") -> Verdict | None:
    """Judge the commit that a squash of a range would make; a mark that it would carry says from which commit.

    `target` is the branch that it is to come into, as a full ref; "": all zones hold.
    """
    from .covering import on
    from .sources import history
    from .sources import squash as source

    start = history.wanted(place.repo, base, "^{commit}")
    plan = plan_for(place.inputs(place.files([start])))
    if plan is None:
        return None
    changes = history.between(place.repo, place.objects, base, head)
    commits = [change.commit for change in changes if change.kind == "commit"]
    brought = source.parts(place.objects, reversed(commits))
    root = place.repo.run("merge-base", start, head).decode().strip()
    written = source.change(place.repo, root, head, source.message(brought, title, body))
    verdict = judge(place, plan, on([written], plan.covering(target.encode()) if target else None))
    return verdict and replace(
        verdict,
        findings=tuple(
            replace(finding, part="squash", commit=source.carried_from(brought, finding.excerpt))
            if finding.part == "message"
            else finding
            for finding in verdict.findings
        ),
    )


def files(place: Place, paths: list[str]) -> Verdict | None:
    """Judge files on disk as if they were all new."""
    from .check import check
    from .sources import files as source

    plan = local_plan(place)
    if plan:
        plan.own_stores = place.stores
    top = (place.repo.top() if place.in_git else None) or os.getcwd()
    return None if plan is None else check(source.changes(paths, top), plan, source.Files(paths))  # type: ignore[arg-type]  # reads like one


def noted(changes: Iterable[Change], commits: list[str]) -> Iterator[Change]:
    """Pass changes on, and note which commits were among them."""
    for change in changes:
        if change.kind == "commit":
            commits.append(change.commit)
        yield change
