"""What a push brings to a server: judged by the policy as it was before, recorded, and kept where it is refused.

Where proc-receive judges, pre-receive passes: git has proc-receive decide every ref that `receive.procReceiveRefs`
names, after the objects have left the folder in which pre-receive could only have refused them.
"""

from __future__ import annotations

import os

from ..errors import LedgerError, PolicyError, UsageError
from ..git.hook_files import is_ours
from ..git.repo import is_zero
from ..sources.refs import QUARANTINE, follow_symbolic_refs
from ..values import replace
from .judge_push import PushResult, judge_updates, pass_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..model import Verdict
    from ..repository import Repository
    from ..sources.forges.base import PushContext
    from ..sources.refs import Update


def is_left_to_proc_receive(repository: Repository) -> bool:
    """Return whether git will ask a proc-receive hook of ours about every ref.

    Only the repository's own configuration counts, which nobody who pushes can hide from git.
    """
    if "refs" not in repository.get_local_settings("receive.procreceiverefs"):
        return False
    path = os.fsdecode(repository.repo.run("rev-parse", "--git-path", "hooks/proc-receive").rstrip(b"\n"))
    return is_ours(path)


def handle_push(repository: Repository, updates: list[Update], context: PushContext | None = None) -> Verdict | None:
    """Judge what a push brings and who brings it, by the policy as it was before the push.

    Records it where a ledger is kept. Returns None where nothing is tagged, or where it only deletes refs and there is
    no record to keep.

    Raises:
        RingfenceError: It can't be judged; the ledger has that as an error.
    """
    from ..sources.forges.base import PushContext

    context = context or PushContext()
    is_recorded = bool(repository.ledger)
    try:
        return _handle_updates(repository, updates, context)
    except Exception as error:
        if is_recorded and not isinstance(error, LedgerError):  # there it would wait, or fail, once more
            from ..records import recorder

            recorder.record_failure(repository, _get_kind(context), updates, error, context.account)
        raise


def _handle_updates(repository: Repository, updates: list[Update], context: PushContext) -> Verdict | None:
    _refuse_protected_refs(repository, updates)
    updates = follow_symbolic_refs(repository.repo, updates)
    deletes_only = updates and all(is_zero(new) for _, new, _ in updates)
    if deletes_only and not repository.ledger and not repository.needs_notes:
        from .lost_protection import refuse_lost_protection

        refuse_lost_protection(repository, repository.build_inputs({}), updates)
        return None
    push = judge_updates(repository, updates, context.account, are_known=context.is_stored)
    push = replace(push, kind=_get_kind(context))
    for step in _STEPS:
        push = step(repository, push)
    return push.verdict


def _get_kind(context: PushContext) -> str:
    return "trial" if context.is_dry_run else "push"


def _refuse_protected_refs(repository: Repository, updates: list[Update]) -> None:
    """Refuse refs that only ringfence writes: the quarantine's, and the record's notes."""
    if any(ref.startswith(QUARANTINE) for _, _, ref in updates):
        raise PolicyError("refs/quarantine/ holds refused pushes: nobody can push there.", "Give it another name.")
    if repository.needs_notes:
        from ..records.git_notes import refuse_pushed_notes

        refuse_pushed_notes(updates)


def _apply_override(repository: Repository, push: PushResult) -> PushResult:
    """Let an account that the policy lists waive the findings by a push option.

    Raises:
        UsageError: The account isn't listed, or no record would be kept.
    """
    if not (push.plan and push.verdict and push.verdict.exit_code and "GIT_PUSH_OPTION_COUNT" in os.environ):
        return push
    from ..check.waivers import apply_push_option

    waived = apply_push_option(push.verdict, push.plan, push.account, os.environ)
    if waived is push.verdict:
        return push
    if not repository.ledger:
        raise UsageError("a waiver by push option must be recorded, and no ledger is kept here.")
    return replace(push, verdict=waived, kind="override")


def _refuse_own_files(repository: Repository, push: PushResult) -> PushResult:
    """Refuse a push that is allowed otherwise, for what it does to `ringfence.toml` or `waivers.toml`."""
    from .lost_protection import refuse_lost_protection
    from .own_files import refuse_waivers

    try:
        if not push.verdict or not push.verdict.exit_code:
            refuse_lost_protection(repository, push.inputs, push.updates)
        if push.verdict and not push.verdict.exit_code:
            refuse_waivers(repository, push.updates, push.account, push.plan)
    except PolicyError:
        raise  # this is refused while tags observe, too: they must still be there when they refuse
    except Exception as error:  # noqa: BLE001 - raised again unless all of it observes
        return pass_error(push, error)
    return push


def _quarantine_push(repository: Repository, push: PushResult) -> PushResult:
    """Keep a refused push where the policy says so."""
    if not (push.verdict and push.plan and push.kind != "trial" and push.plan.actions.needs_quarantine(push.verdict)):
        return push
    from ..records.quarantine import store_push

    verdict, quarantine = store_push(repository, push.verdict, push.updates, push.commits, push.account)
    return replace(push, verdict=verdict, quarantine=quarantine)


def _tell_unjudged_refs(repository: Repository, push: PushResult) -> PushResult:
    """Say which refs moved without a verdict, by the ledger; the server's settings may refuse the push for it."""
    if not (push.verdict and repository.ledger and os.path.exists(repository.ledger)):
        return push
    from .unjudged import add_unjudged_refs

    try:
        return replace(push, verdict=add_unjudged_refs(repository, push.verdict))
    except LedgerError as error:
        return pass_error(push, error)


def _record_push(repository: Repository, push: PushResult) -> PushResult:
    if not (push.verdict and repository.ledger):
        return push
    from ..records import recorder

    texts = {"quarantine": push.quarantine, "policy_fault": push.policy_fault}
    extra: dict[str, object] = {key: text for key, text in texts.items() if text}
    if "GIT_PUSH_CERT" in os.environ:
        from ..sources.push_certificate import read_certificate

        certificate = read_certificate(dict(os.environ), repository.objects, push.updates)
        extra |= {"certificate": certificate} if certificate else {}
    if push.failure:
        passed = {"observed": list(push.verdict.observed)}
        recorder.record_failure(repository, push.kind, push.updates, push.failure, push.account, extra | passed)
        return push
    try:
        if push.kind != "trial":
            from ..records.unjudged_refs import build_refs_at_start

            extra |= build_refs_at_start(repository)
        recorder.record_verdict(repository, push.kind, push.verdict, push.updates, push.commits, push.account, extra)
    except LedgerError as error:
        return pass_error(push, error)
    return push


# What follows a verdict, in this order: the record comes last and has all that the others did.
_STEPS = (_tell_unjudged_refs, _apply_override, _refuse_own_files, _quarantine_push, _record_push)
