"""What becomes of a push that was put aside: one person asks, another agrees, and the ledger has both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import UsageError
from ..git.repo import is_zero
from ..policy.waiver_rules import is_same_person
from ..records import quarantine, recorder
from ..records.ledger import Decision, append_entry
from ..repository import load_tagged_plan
from ..values import replace
from .own_files import refuse_bad_policy, refuse_waivers
from .receive import judge_updates, read_prior_inputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..model import Verdict
    from ..policy.plan import Plan
    from ..records.quarantine import QuarantinedPush
    from ..repository import Repository
    from ..sources.refs import Update


def request_decision(place: Repository, held: QuarantinedPush, act: str, by: str, reason: str) -> None:
    """Ask that a push be released, or dropped.

    Raises:
        UsageError: It isn't whole, or no ledger is kept.
    """
    if not held.record and act == "release":
        raise UsageError(f"{held.id} was cut off while it was put aside: nobody was told of it.", "Drop it.")
    asked = {"act": act, "by": by, "reason": reason}
    _record_step(place, held, by, "asked", asked)
    quarantine.store_request(place, held, asked)


def release_push(place: Repository, held: QuarantinedPush, by: str) -> Verdict | None:
    """Judge a push again, let pass what was found when it was put aside, and move its refs if nothing else refuses.

    Raises:
        UsageError: Nobody else asked for it, `by` may not agree, or a ref has moved since.
        GitError: A ref moved at the last moment; then none was moved.
    """
    updates = _find_pending_updates(place, held)
    inputs, _ = read_prior_inputs(place, held.updates)
    _check_approval(held, "release", by, load_tagged_plan(inputs))
    verdict = _judge_push(place, held, updates, by) if updates else None
    if not verdict or not verdict.exit_code:
        moved = {ref: ("" if is_zero(new) else new, "" if is_zero(old) else old) for old, new, ref in updates}
        quarantine.update_refs(place.repo, update=moved, delete=held.refs)
    return verdict


def _judge_push(place: Repository, held: QuarantinedPush, updates: list[Update], by: str) -> Verdict | None:
    """Judge a push again, and record it before its refs move."""
    judged = judge_updates(place, updates, held.record["who"])
    verdict = judged.verdict and _waive_findings(judged.verdict, held)
    if verdict and verdict.exit_code:
        return verdict
    refuse_bad_policy(place, judged.inputs, updates)
    refuse_waivers(place, updates, held.record["who"])
    told = {"quarantine": held.id, "asked": held.asked, "login": recorder.get_login()}
    if verdict:
        recorder.record_verdict(place, "release", verdict, updates, judged.commits, by, told)
    else:
        _record_step(place, held, by, "released", told)
    return verdict


def drop_push(place: Repository, held: QuarantinedPush, by: str) -> None:
    """Let go of a push; git throws its objects away in time.

    Raises:
        UsageError: Nobody else asked for it, or `by` may not agree.
    """
    updates = held.updates if held.record else []
    _check_approval(held, "drop", by, load_tagged_plan(read_prior_inputs(place, updates)[0]))
    _record_step(place, held, by, "dropped", {"asked": held.asked})
    quarantine.update_refs(place.repo, delete=held.refs)


def _check_approval(held: QuarantinedPush, act: str, by: str, plan: Plan | None) -> None:
    """Hold an act to two people, of whom the second may agree for each tag that refused.

    Raises:
        UsageError: It isn't so.
    """
    if held.asked.get("act") != act:
        raise UsageError(f"nobody asked to {act} {held.id}.", f"ringfence quarantine {act} {held.id} --reason TEXT")
    if is_same_person(by, held.asked["by"]):
        raise UsageError(f"{by} asked for it: another has to agree.")
    tags = {
        item["tag"]
        for item in (*held.record.get("findings", ()), *held.record.get("unread", ()))
        if item["action"] == "block"
    }
    for tag in sorted(tags):
        if not plan or not any(tag == of and is_same_person(by, person) for of, person in plan.accounts.approvers):
            raise UsageError(f"{by} isn't an approver of {tag}.", "See ringfence policy show.")


def _find_pending_updates(place: Repository, held: QuarantinedPush) -> list[Update]:
    """Return which refs are still to be moved: a release that was cut off may have moved some.

    Raises:
        UsageError: One has moved elsewhere since.
    """
    listing = place.repo.run("for-each-ref", "--format=%(objectname) %(refname)").splitlines()
    now = {ref: oid.decode() for oid, _, ref in (line.partition(b" ") for line in listing)}
    left = []
    for old, new, ref in held.updates:
        at = now.get(ref, "0" * len(old))
        if at not in (old, new):
            raise UsageError(
                f"{ref.decode('utf-8', 'replace')} has moved since.", "Let it be pushed again, with a waiver."
            )
        left += [(old, new, ref)] if at == old else []
    return left


def _waive_findings(verdict: Verdict, held: QuarantinedPush) -> Verdict:
    """Let pass what was found at the time, and nothing that was found since."""
    named = {item["fingerprint"] for item in held.record["findings"]}
    waived = (
        replace(item, waiver=held.id) if item.is_blocking and item.fingerprint in named else item
        for item in verdict.findings
    )
    return replace(verdict, findings=tuple(waived))


def _record_step(place: Repository, held: QuarantinedPush, by: str, outcome: str, told: Mapping[str, object]) -> None:
    """Record a step.

    Raises:
        UsageError: No ledger is kept.
    """
    if not place.ledger:
        raise UsageError("what becomes of a push must be recorded, and no ledger is kept here.")
    body = {"quarantine": held.id, "login": recorder.get_login(), **told}
    append_entry(place.ledger, Decision("quarantine", by, place.name, outcome, body))
