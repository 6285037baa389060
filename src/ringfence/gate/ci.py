"""The re-check in CI: the same check, by the policy of the base, and never green over what the clone hides."""

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
from .run import collect_commits, judge_changes
from .run_metadata import add_run_metadata

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..model import Verdict
    from ..policy.inputs import Inputs
    from ..repository import Repository
    from ..sources.ci.run_range import RunRange


def check_run(place: Repository, about: RunRange, *, may_fetch: bool = False) -> Verdict | None:
    """Judge what a CI run is about; None: no policy that holds here tags the repository.

    Raises:
        IncompleteError: The base isn't here, or the clone hides commits.
        PolicyError: The policy can't be used, or the run's change takes away what it protects.
    """
    if may_fetch:
        fetch.fetch_missing(place.repo, about)
    try:
        return _judge_run(place, about, _find_base(place, about))
    except IncompleteError as error:
        raise IncompleteError(error.message, _format_advice(about) or error.advice) from None


def _judge_run(place: Repository, about: RunRange, base: str) -> Verdict | None:
    states = _list_policy_states(place, about, base)
    inputs = place.build_inputs(place.read_files(states), states[0] if states else "")
    if base and about.is_whole and _is_same_commit(place, base, about.head):
        base = ""
    plan = load_tagged_plan(inputs)
    if plan and base and zones.has_more_zones(plan, about.target, about.ref, about.bases[0]):
        base = ""
    commits: list[str] = []
    changes = source.iter_range_changes(place.repo, place.objects, base, about.head, may_be_empty=about.is_detected)
    within = plan.zones.find_bound(about.target.encode()) if plan and about.target else None
    verdict = judge_changes(
        place, plan, collect_commits(zones.assign_zones(chain(changes, _iter_request_changes(about)), within), commits)
    )
    note = _check_policy_change(place, inputs, base, about.head, may_refuse=not (verdict and verdict.exit_code))
    if verdict is None:
        return None
    carried = _describe_squash(place, base, about) if about.title and len(commits) > 1 and not verdict.exit_code else ""
    texts = {"ref": about.ref, "title": about.title, "description": about.description}
    notes = tuple(filter(None, (note, carried)))
    verdict = add_run_metadata(place, _add_gaps(verdict, about), base, about.head, inputs, texts=texts, notes=notes)
    if place.ledger:
        ends = (verdict.about.base, verdict.about.head)
        recorder.record_verdict(place, "ci", verdict, [(*ends, about.ref.encode())], commits, _find_actor(os.environ))
    return verdict


def _find_base(place: Repository, about: RunRange) -> str:
    """Return the first base that is here, as the service names it; "" when it names none.

    Raises:
        IncompleteError: None is here, or what is left is the head itself.
    """
    if not about.bases:
        return ""
    base = next((base for base in about.bases if source.resolve_revision(place.repo, base, "^{commit}")), "")
    if not base:
        source.require_revision(place.repo, about.bases[0])
    if base != about.bases[0] and not about.is_whole and _is_same_commit(place, base, about.head):
        raise IncompleteError(f"{about.bases[0][:12]}, where this push began, isn't in this clone.")
    return base


def _is_same_commit(place: Repository, one: str, other: str) -> bool:
    return source.require_revision(place.repo, one, "^{commit}") == source.require_revision(
        place.repo, other, "^{commit}"
    )


def _list_policy_states(place: Repository, about: RunRange, base: str) -> list[str]:
    """Name the states whose `ringfence.toml` holds: the base's, and those that the service's branches point to.

    Raises:
        IncompleteError: None of these is here.
    """
    here = {rev: oid for rev in about.policies if (oid := source.resolve_revision(place.repo, rev, "^{commit}"))}
    if about.policies and not here:
        source.require_revision(place.repo, about.policies[0])
    start = [source.require_revision(place.repo, base, "^{commit}")] if base else []
    return list(dict.fromkeys([*start, *here.values()]))


def _iter_request_changes(about: RunRange) -> Iterator[Change]:
    """Yield what isn't in git yet: a request's title and text, which a merge may write, and a branch's name."""
    texts = (("title", about.title.encode(), ""), ("description", about.description.encode(), ""))
    if any(text for _, text, _ in texts):
        yield Change("request", texts=texts)
    if about.ref:
        yield build_ref_change(about.ref.encode())


def _describe_squash(place: Repository, base: str, about: RunRange) -> str:
    """Say what a squash would bring into a zone, though its commits, which lie outside or are waived, may pass."""
    if not base or not place.repo.succeeds("merge-base", base, about.head):
        return ""  # nothing that a forge would squash
    made = check_squash(place, base, about.head, about.title, target=about.target)
    marks = sum(finding.is_blocking for finding in made.findings) if made else 0
    if not marks:
        return ""
    what = "a mark" if marks == 1 else f"{marks} marks"
    return f"a squash would carry {what} into a zone: ringfence check --squash {base[:12]}..{about.head[:12]}"


def _add_gaps(verdict: Verdict, about: RunRange) -> Verdict:
    """Return a verdict that says what the service or the clone kept back."""
    tag = verdict.tags[0] if verdict.tags else ""
    gaps = [Unread("", "", f"{about.cut}.", "warn", tag)] if about.cut else []
    if verdict.examined.commits < about.commits:
        reason = f"this clone shows {verdict.examined.commits} of {about.commits} commits. {_format_advice(about)}"
        gaps.append(Unread("", "", reason, "block", tag))
    return replace(verdict, unread=(*verdict.unread, *gaps)) if gaps else verdict


def _check_policy_change(place: Repository, inputs: Inputs, base: str, head: str, *, may_refuse: bool) -> str:
    """Say what a change does to the repository's own policy, whose new form holds from the next change on.

    Raises:
        PolicyError: It takes protection away, or can't be used.
    """
    start = place.repo.run("merge-base", base, head, ok=(0, 1)).decode().strip() if base else ""
    files = place.read_files([start, source.require_revision(place.repo, head, "^{commit}")]) if start else {}
    before, after = list(files.values()) if len(files) > 1 else (None, None)
    if before == after:
        return ""
    from ..policy.loosening import check_change

    try:
        check_change(inputs, before, after)
    except PolicyError as error:
        if may_refuse:
            raise PolicyError(error.message, "Whoever keeps the policy merges such a change past this check.") from None
        return error.message
    return "ringfence.toml is changed, and only tightens"


def _find_actor(environ: Mapping[str, str]) -> str:
    """Return who started a run, as the service says."""
    return next(filter(None, map(environ.get, ("GITHUB_ACTOR", "GITLAB_USER_LOGIN", "BUILD_USER_ID"))), "")


def _format_advice(about: RunRange) -> str:
    return f"Fetch the whole history: ringfence ci --fetch, or {about.deepen}." if about.deepen else ""
