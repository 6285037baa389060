"""The check in CI: judges a run's commits by the policy of the base, and fails where the clone lacks commits."""

from __future__ import annotations

import os
from itertools import chain
from typing import TYPE_CHECKING

from ..errors import IncompleteError, PolicyError
from ..model import Change, Unread
from ..records import recorder
from ..repository import load_tagged_plan
from ..sources import history as source
from ..sources.ci import fetch
from ..sources.refs import build_ref_change
from ..values import replace
from . import zones
from .history import check_squash
from .linked_zones import Span, follow_links
from .run import collect_commits, judge_changes
from .run_metadata import add_run_metadata

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..model import Verdict
    from ..policy.inputs import Inputs
    from ..repository import Repository
    from ..sources.ci.run_range import RunRange


def check_run(repository: Repository, about: RunRange, *, may_fetch: bool = False) -> Verdict | None:
    """Judge the range of a CI run; None if no policy tags the repository. `may_fetch`: fetch missing commits first.

    Raises:
        IncompleteError: The base isn't in the clone, or the clone lacks commits of the range.
        PolicyError: The policy can't be used, or the change loosens the repository's own policy.
    """
    if may_fetch:
        fetch.fetch_missing(repository.repo, about)
    for revision in () if about.is_detected else (*about.bases, about.head):
        source.refuse_ambiguous(repository.repo, revision)
    try:
        return _judge_run(repository, about, _find_base(repository, about))
    except IncompleteError as error:
        raise IncompleteError(error.message, _format_advice(about) or error.advice) from None


def _judge_run(repository: Repository, about: RunRange, base: str) -> Verdict | None:
    states = _list_policy_states(repository, about, base)
    inputs = repository.build_inputs(repository.read_files(states), states[0] if states else "")
    if base and about.is_whole and _is_same_commit(repository, base, about.head):
        base = ""
    plan = load_tagged_plan(inputs)
    if plan:
        plan.start_observing(_find_actor(os.environ))
    if plan and base and zones.has_more_zones(plan, about.target, about.ref, about.bases[0]):
        base = ""
    commits: list[str] = []
    changes = source.iter_range_changes(
        repository.repo, repository.objects, base, about.head, may_be_empty=about.is_detected
    )
    within = plan.zones.find_bound(os.fsencode(about.target)) if plan and about.target else None
    head = source.require_revision(repository.repo, about.head, "^{commit}")
    judged = zones.assign_zones(chain(changes, _iter_request_changes(about)), within)
    judged = follow_links(repository, plan, judged, [Span(head, base, within)])
    verdict = judge_changes(repository, plan, collect_commits(judged, commits))
    note = _check_policy_change(repository, inputs, base, about.head, may_refuse=not (verdict and verdict.exit_code))
    if verdict is None:
        return None
    carried = (
        _describe_squash(repository, base, about) if about.title and len(commits) > 1 and not verdict.exit_code else ""
    )
    texts = {"ref": about.ref, "title": about.title, "description": about.description}
    notes = tuple(filter(None, (note, carried)))
    verdict = add_run_metadata(
        repository, _add_gaps(verdict, about), base, about.head, inputs, texts=texts, notes=notes
    )
    if repository.ledger:
        ends = (verdict.about.base, verdict.about.head)
        recorder.record_verdict(
            repository, "ci", verdict, [(*ends, os.fsencode(about.ref))], commits, _find_actor(os.environ)
        )
    return verdict


def _find_base(repository: Repository, about: RunRange) -> str:
    """Return the first base of the run that is in the clone, by the service's name for it; "" if the run has none.

    Raises:
        IncompleteError: No base is in the clone, or only one that is the head itself.
    """
    if not about.bases:
        return ""
    base = next((base for base in about.bases if source.resolve_revision(repository.repo, base, "^{commit}")), "")
    if not base:
        source.require_revision(repository.repo, about.bases[0])
    if base != about.bases[0] and not about.is_whole and _is_same_commit(repository, base, about.head):
        raise IncompleteError(f"{about.bases[0][:12]}, where this push began, isn't in this clone.")
    return base


def _is_same_commit(repository: Repository, *revisions: str) -> bool:
    return len({source.require_revision(repository.repo, revision, "^{commit}") for revision in revisions}) == 1


def _list_policy_states(repository: Repository, about: RunRange, base: str) -> list[str]:
    """Return the commits whose `ringfence.toml` applies: the base, and the tips of the run's protected branches.

    Raises:
        IncompleteError: The run names branches, and none of them is in the clone.
    """
    found = [oid for rev in about.policies if (oid := source.resolve_revision(repository.repo, rev, "^{commit}"))]
    if about.policies and not found:
        source.require_revision(repository.repo, about.policies[0])
    start = [source.require_revision(repository.repo, base, "^{commit}")] if base else []
    return list(dict.fromkeys([*start, *found]))


def _iter_request_changes(about: RunRange) -> Iterator[Change]:
    """Yield changes that aren't in git yet: a request's title and description, which a merge may use, and its ref."""
    texts = (("title", os.fsencode(about.title), ""), ("description", os.fsencode(about.description), ""))
    if any(text for _, text, _ in texts):
        yield Change("request", texts=texts)
    if about.ref:
        yield build_ref_change(os.fsencode(about.ref))


def _describe_squash(repository: Repository, base: str, about: RunRange) -> str:
    """Return a note if a squash would bring marks into a zone though the commits themselves pass, else ""."""
    if not base or not repository.repo.succeeds("merge-base", base, about.head):
        return ""  # nothing that a forge would squash
    squash = check_squash(repository, base, about.head, about.title, target=about.target)
    marks = sum(finding.is_blocking for finding in squash.findings) if squash else 0
    if not marks:
        return ""
    what = "a mark" if marks == 1 else f"{marks} marks"
    return f"a squash would carry {what} into a zone: ringfence check --squash {base[:12]}..{about.head[:12]}"


def _add_gaps(verdict: Verdict, about: RunRange) -> Verdict:
    """Return the verdict with an unread entry for commits that the service or the clone left out."""
    tag = verdict.tags[0] if verdict.tags else ""
    gaps = [Unread("", "", f"{about.cut}.", "warn", tag)] if about.cut else []
    if verdict.examined.commits < about.commits:
        reason = f"this clone shows {verdict.examined.commits} of {about.commits} commits. {_format_advice(about)}"
        gaps.append(Unread("", "", reason, "block", tag))
    return replace(verdict, unread=(*verdict.unread, *gaps)) if gaps else verdict


def _check_policy_change(repository: Repository, inputs: Inputs, base: str, head: str, *, may_refuse: bool) -> str:
    """Return a note if the range changes `ringfence.toml`, else ""; the new policy applies from the next change on.

    Raises:
        PolicyError: The change loosens the policy, or the new file can't be used, and `may_refuse` is set.
    """
    start = repository.repo.run("merge-base", base, head, ok=(0, 1)).decode().strip() if base else ""
    files = repository.read_files([start, source.require_revision(repository.repo, head, "^{commit}")]) if start else {}
    before, after = list(files.values()) if len(files) > 1 else (None, None)
    if before == after:
        return ""
    from ..policy.own_file_changes import check_change

    try:
        check_change(inputs, [before], [after])
    except PolicyError as error:
        if may_refuse:
            raise PolicyError(error.message, "The policy's owner can merge such a change without this check.") from None
        return error.message
    return "ringfence.toml is changed, and only tightens"


def _find_actor(environ: Mapping[str, str]) -> str:
    """Return who started the run, by the service's variables, or ""."""
    return next(filter(None, map(environ.get, ("GITHUB_ACTOR", "GITLAB_USER_LOGIN", "BUILD_USER_ID"))), "")


def _format_advice(about: RunRange) -> str:
    return f"Fetch the whole history: ringfence ci --fetch, or {about.deepen}." if about.deepen else ""
