"""Releases or drops a push in quarantine: one person requests it, another approves, and the ledger records both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import UsageError
from ..git.repo import is_zero
from ..policy.signatures import read_key, refuse_one_key, verify_signature
from ..policy.waiver_rules import is_same_person
from ..records import quarantine, recorder
from ..records.ledger import Decision, append_entry
from ..repository import load_tagged_plan
from ..values import replace
from .judge_push import judge_updates, read_prior_inputs
from .lost_protection import refuse_lost_protection
from .own_files import refuse_waivers
from .signed_steps import allows_same_login, build_statement, sign_step

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..model import Verdict
    from ..policy.plan import Plan
    from ..records.quarantine import QuarantinedPush
    from ..repository import Repository
    from ..sources.refs import Update


def request_decision(
    repository: Repository, push: QuarantinedPush, act: str, by: str, reason: str, key: str = ""
) -> None:
    """Record and store a request of the person `by` to release or to drop a push (`act`), signed with `key`.

    Raises:
        UsageError: The push is incomplete and can only be dropped, no ledger is configured, or the policy wants
            another signature.
    """
    if not push.record and act == "release":
        raise UsageError(f"{push.id} is incomplete: the server was interrupted while it stored the push.", "Drop it.")
    request = {"act": act, "by": by, "reason": reason, "login": recorder.get_actor()}
    if signature := sign_step(_load_current_plan(repository, push), push, act, "ask", by, key):
        request["signature"] = signature
    _record_step(repository, push, by, "asked", request)
    quarantine.store_request(repository, push, request)


def _load_current_plan(repository: Repository, push: QuarantinedPush) -> Plan | None:
    return load_tagged_plan(read_prior_inputs(repository, push.updates if push.record else [])[0])


def release_push(repository: Repository, push: QuarantinedPush, by: str, key: str = "") -> Verdict | None:
    """Judge a push again without the findings in its record, and update its refs if nothing else refuses.

    `by` approves it, and signs with `key` where the policy wants that.

    Raises:
        UsageError: There is no request of another person, `by` isn't an approver, or a ref has moved since.
        GitError: A ref moved at the last moment; no ref was updated then.
    """
    updates = _find_pending_updates(repository, push)
    signature = _check_approval(push, "release", by, _load_current_plan(repository, push), key)
    verdict = _judge_push(repository, push, updates, by, signature) if updates else None
    if not verdict or not verdict.exit_code:
        moves = {ref: ("" if is_zero(new) else new, "" if is_zero(old) else old) for old, new, ref in updates}
        quarantine.update_refs(repository.repo, update=moves, delete=push.refs)
    return verdict


def _judge_push(
    repository: Repository, push: QuarantinedPush, updates: list[Update], by: str, signature: str
) -> Verdict | None:
    """Judge a push again, and record the verdict if it lets the refs be updated."""
    result = judge_updates(repository, updates, push.record["who"])
    verdict = result.verdict and _waive_findings(result.verdict, push)
    if verdict and verdict.exit_code:
        return verdict
    refuse_lost_protection(repository, result.inputs, updates)
    refuse_waivers(repository, updates, push.record["who"], result.plan)
    extra = {"quarantine": push.id, "asked": push.asked, "login": recorder.get_actor()}
    extra |= {"signature": signature} if signature else {}
    if verdict:
        recorder.record_verdict(repository, "release", verdict, updates, result.commits, by, extra)
    else:
        _record_step(repository, push, by, "released", extra)
    return verdict


def drop_push(repository: Repository, push: QuarantinedPush, by: str, key: str = "") -> None:
    """Delete the refs of a push; git's garbage collection deletes its objects later. `by` and `key` are as above.

    Raises:
        UsageError: There is no request of another person, or `by` isn't an approver.
    """
    signature = _check_approval(push, "drop", by, _load_current_plan(repository, push), key)
    _record_step(repository, push, by, "dropped", {"asked": push.asked, "signature": signature})
    quarantine.update_refs(repository.repo, delete=push.refs)


def _check_approval(push: QuarantinedPush, act: str, by: str, plan: Plan | None, key: str = "") -> str:
    """Check that another person requested the act, and that `by` is an approver of each tag that refused the push.

    Returns the approver's signature, "" where the policy wants none.

    Raises:
        UsageError: It isn't so.
    """
    if push.asked.get("act") != act:
        raise UsageError(
            f"there is no request to {act} {push.id}.", f"ringfence quarantine {act} {push.id} --reason TEXT"
        )
    if is_same_person(by, push.asked["by"]):
        raise UsageError(f"{by} asked for it: another person has to approve.")
    tags = {
        item["tag"]
        for item in (*push.record.get("findings", ()), *push.record.get("unread", ()))
        if item["action"] == "block"
    }
    for tag in sorted(tags):
        if not plan or not any(tag == each and is_same_person(by, person) for each, person in plan.accounts.approvers):
            raise UsageError(f"{by} isn't an approver of {tag}.", "See ringfence policy show.")
    signature = sign_step(plan, push, act, "approve", by, key)
    if signature and plan:
        asked = build_statement(push, act, "ask", push.asked["by"])
        asker, by_asker = push.asked["by"], push.asked.get("signature", "")
        asker_key = verify_signature(asked, by_asker, plan.approvals["signers"], asker)
        refuse_one_key(asker, asker_key, by, read_key(signature))
    elif push.asked.get("login", "") in ("", recorder.get_actor()) and not allows_same_login(plan):
        raise UsageError(
            f"{recorder.get_actor()} asked for it, as {push.asked['by']}: another login has to approve.",
            "Or let both sign: `[approvals] signers` in the policy.",
        )
    return signature


def _find_pending_updates(repository: Repository, push: QuarantinedPush) -> list[Update]:
    """Return the updates that are still to be made: an interrupted release may have made some.

    Raises:
        UsageError: A ref has moved since the push.
    """
    listing = repository.repo.run("for-each-ref", "--format=%(objectname) %(refname)").splitlines()
    current = {ref: oid.decode() for oid, _, ref in (line.partition(b" ") for line in listing)}
    pending = []
    for old, new, ref in push.updates:
        oid = current.get(ref, "0" * len(old))
        if oid not in (old, new):
            raise UsageError(
                f"{ref.decode('utf-8', 'replace')} has moved since.", "Let it be pushed again, with a waiver."
            )
        pending += [(old, new, ref)] if oid == old else []
    return pending


def _waive_findings(verdict: Verdict, push: QuarantinedPush) -> Verdict:
    """Return the verdict with the findings of the push's record waived, and no others."""
    recorded = {item["fingerprint"] for item in push.record["findings"]}
    findings = (
        replace(item, waiver=push.id) if item.is_blocking and item.fingerprint in recorded else item
        for item in verdict.findings
    )
    return replace(verdict, findings=tuple(findings))


def _record_step(
    repository: Repository, push: QuarantinedPush, by: str, outcome: str, extra: Mapping[str, object]
) -> None:
    """Record a request, a release or a drop.

    Raises:
        UsageError: No ledger is configured.
    """
    if not repository.ledger:
        raise UsageError("a decision about a push must be recorded, and no ledger is configured here.")
    body = {"quarantine": push.id, "login": recorder.get_actor(), **extra}
    append_entry(repository.ledger, Decision("quarantine", by, repository.name, outcome, body))
