"""The re-check in CI: the same check, by the policy of the base, and never green over what the clone hides."""

from __future__ import annotations

import os
from itertools import chain
from typing import TYPE_CHECKING

from ..errors import IncompleteError, PolicyError
from ..model import Change, Unread
from ..records import recorder
from ..repository import plan_for
from ..sources import history as source
from ..sources.ci import fetch
from ..sources.refs import updated
from ..values import replace
from . import zones
from .history import squash
from .run import judge, noted
from .run_metadata import told

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..model import Verdict
    from ..policy.inputs import Inputs
    from ..repository import Place
    from ..sources.ci.run_range import Range


def recheck(place: Place, about: Range, *, may_fetch: bool = False) -> Verdict | None:
    """Judge what a CI run is about; None: no policy that holds here tags the repository.

    Raises:
        IncompleteError: The base isn't here, or the clone hides commits.
        PolicyError: The policy can't be used, or the run's change takes away what it protects.
    """
    if may_fetch:
        fetch.deepen(place.repo, about)
    try:
        return _judged(place, about, _base(place, about))
    except IncompleteError as error:
        raise IncompleteError(error.message, _advice(about) or error.advice) from None


def _judged(place: Place, about: Range, base: str) -> Verdict | None:
    states = _states(place, about, base)
    inputs = place.inputs(place.files(states), states[0] if states else "")
    if base and about.is_whole and _same(place, base, about.head):
        base = ""
    plan = plan_for(inputs)
    if plan and base and zones.is_more(plan, about.target, about.ref, about.bases[0]):
        base = ""
    commits: list[str] = []
    changes = source.between(place.repo, place.objects, base, about.head, may_be_empty=about.is_told)
    within = plan.covering(about.target.encode()) if plan and about.target else None
    verdict = judge(place, plan, noted(zones.on(chain(changes, _request(about)), within), commits))
    note = _policy_change(place, inputs, base, about.head, may_refuse=not (verdict and verdict.exit_code))
    if verdict is None:
        return None
    carried = _carried(place, base, about) if about.title and len(commits) > 1 and not verdict.exit_code else ""
    texts = {"ref": about.ref, "title": about.title, "description": about.description}
    notes = tuple(filter(None, (note, carried)))
    verdict = told(place, _with_gaps(verdict, about), base, about.head, inputs, texts=texts, notes=notes)
    if place.ledger:
        ends = (verdict.about.base, verdict.about.head)
        recorder.verdict(place, "ci", verdict, [(*ends, about.ref.encode())], commits, _actor(os.environ))
    return verdict


def _base(place: Place, about: Range) -> str:
    """Return the first base that is here, as the service names it; "" when it names none.

    Raises:
        IncompleteError: None is here, or what is left is the head itself.
    """
    if not about.bases:
        return ""
    base = next((base for base in about.bases if source.resolve(place.repo, base, "^{commit}")), "")
    if not base:
        source.wanted(place.repo, about.bases[0])
    if base != about.bases[0] and not about.is_whole and _same(place, base, about.head):
        raise IncompleteError(f"{about.bases[0][:12]}, where this push began, isn't in this clone.")
    return base


def _same(place: Place, one: str, other: str) -> bool:
    return source.wanted(place.repo, one, "^{commit}") == source.wanted(place.repo, other, "^{commit}")


def _states(place: Place, about: Range, base: str) -> list[str]:
    """Name the states whose `ringfence.toml` holds: the base's, and those that the service's branches point to.

    Raises:
        IncompleteError: None of these is here.
    """
    here = {rev: oid for rev in about.policies if (oid := source.resolve(place.repo, rev, "^{commit}"))}
    if about.policies and not here:
        source.wanted(place.repo, about.policies[0])
    start = [source.wanted(place.repo, base, "^{commit}")] if base else []
    return list(dict.fromkeys([*start, *here.values()]))


def _request(about: Range) -> Iterator[Change]:
    """Yield what isn't in git yet: a request's title and text, which a merge may write, and a branch's name."""
    texts = (("title", about.title.encode(), ""), ("description", about.description.encode(), ""))
    if any(text for _, text, _ in texts):
        yield Change("request", texts=texts)
    if about.ref:
        yield updated(about.ref.encode())


def _carried(place: Place, base: str, about: Range) -> str:
    """Say what a squash would bring into a zone, though its commits, which lie outside or are waived, may pass."""
    if not base or not place.repo.succeeds("merge-base", base, about.head):
        return ""  # nothing that a forge would squash
    made = squash(place, base, about.head, about.title, target=about.target)
    marks = sum(finding.refuses for finding in made.findings) if made else 0
    if not marks:
        return ""
    what = "a mark" if marks == 1 else f"{marks} marks"
    return f"a squash would carry {what} into a zone: ringfence check --squash {base[:12]}..{about.head[:12]}"


def _with_gaps(verdict: Verdict, about: Range) -> Verdict:
    """Return a verdict that says what the service or the clone kept back."""
    tag = verdict.tags[0] if verdict.tags else ""
    gaps = [Unread("", "", f"{about.cut}.", "warn", tag)] if about.cut else []
    if verdict.examined.commits < about.commits:
        reason = f"this clone shows {verdict.examined.commits} of {about.commits} commits. {_advice(about)}"
        gaps.append(Unread("", "", reason, "block", tag))
    return replace(verdict, unread=(*verdict.unread, *gaps)) if gaps else verdict


def _policy_change(place: Place, inputs: Inputs, base: str, head: str, *, may_refuse: bool) -> str:
    """Say what a change does to the repository's own policy, whose new form holds from the next change on.

    Raises:
        PolicyError: It takes protection away, or can't be used.
    """
    start = place.repo.run("merge-base", base, head, ok=(0, 1)).decode().strip() if base else ""
    files = place.files([start, source.wanted(place.repo, head, "^{commit}")]) if start else {}
    before, after = list(files.values()) if len(files) > 1 else (None, None)
    if before == after:
        return ""
    from ..policy.loosening import refuse_change

    try:
        refuse_change(inputs, before, after)
    except PolicyError as error:
        if may_refuse:
            raise PolicyError(error.message, "Whoever keeps the policy merges such a change past this check.") from None
        return error.message
    return "ringfence.toml is changed, and only tightens"


def _actor(environ: Mapping[str, str]) -> str:
    """Return who started a run, as the service says."""
    return next(filter(None, map(environ.get, ("GITHUB_ACTOR", "GITLAB_USER_LOGIN", "BUILD_USER_ID"))), "")


def _advice(about: Range) -> str:
    return f"Fetch the whole history: ringfence ci --fetch, or {about.deepen}." if about.deepen else ""
