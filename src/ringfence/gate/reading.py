"""Judges a fetch: accounts that the policy keeps out don't read what is tagged, and who reads is recorded.

A fetch can't be bound to paths or refs, so every tag of the repository counts, and the repository's own file as HEAD
has it.
"""

from __future__ import annotations

import time

from ..errors import LedgerError
from ..git.repo import Repo
from ..model import ScanCounts, Verdict
from ..policy.inputs import SYSTEM_POLICY
from ..repository import Repository
from ..sources.forges.plain import confirm_web_account
from . import read_pass
from .judge_push import load_usable_plan
from .observation import is_covered

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..policy.inputs import Inputs
    from ..policy.plan import Plan
    from ..sources.forges.base import PushContext


def answer(context: PushContext, key: str, own: str) -> tuple[int, str]:
    """Judge a fetch, record it where a ledger is kept, and return an exit code and what the reader is told.

    Args:
        context: Who reads, as for a push.
        key: Of the answer, as from `read_pass.build_key`.
        own: The repository's own file, as from `read_pass.read_own_file`.

    Raises:
        RingfenceError: It can't be judged; the ledger has that as an error.
    """
    began = time.time()
    repository = Repository(Repo(), server=True, names=[context.repository])
    context = confirm_web_account(context, repository.web_user) if context.web_account else context
    try:
        inputs, verdict = _judge(repository, context.account, key)
    except Exception as error:
        times = _count_to_record(key, "error")
        if times and repository.ledger and not isinstance(error, LedgerError):
            from ..records import recorder

            recorder.record_failure(repository, "read", [], error, context.account, {"times": times})
        read_pass.store_answer(key, "error", own, began, None)
        raise
    outcome = verdict.outcome if verdict else ""
    read_pass.store_answer(key, outcome, own, began, read_pass.list_files(_list_policies(inputs)))
    if verdict is None:
        return 0, ""
    from ..reports.reading import render_read

    return verdict.exit_code, render_read(verdict)


def _judge(repository: Repository, account: str, key: str) -> tuple[Inputs, Verdict | None]:
    """Return what decides about a fetch, and its verdict, recorded; None where nothing is tagged."""
    files = repository.read_files(["HEAD"] if repository.has_head() else [])
    inputs, plan, _ = load_usable_plan(repository.build_inputs(files))
    if plan is None:
        return inputs, None
    plan.start_observing(account)
    verdict = judge_reader(plan, account)
    if repository.ledger:
        _record(repository, plan, verdict, account, key)
    return inputs, verdict


def judge_reader(plan: Plan, account: str) -> Verdict:
    """Return whether an account may read what a plan tags; "" is one that the server can't name."""
    tags = tuple(sorted(set(plan.list_tags())))
    observed = tuple(tag for tag in tags if tag in plan.actions.observed)
    verdict = Verdict((), (), ScanCounts(), plan.ruleset, tags, plan.contact, observed=observed)
    if not plan.accounts.keeps_some_out:
        return verdict
    from ..check.rules.accounts import judge_account

    return judge_account(verdict, plan, account, "reads")


def _record(repository: Repository, plan: Plan, verdict: Verdict, account: str, key: str) -> None:
    """Record who reads.

    Raises:
        LedgerError: The entry can't be written, and something is refused here.
    """
    times = _count_to_record(key, verdict.outcome)
    if not times:
        return
    from ..records import recorder

    try:
        recorder.record_verdict(repository, "read", verdict, [], [], account, {"times": times})
    except LedgerError:
        if not is_covered(plan):
            raise


def _count_to_record(key: str, outcome: str) -> int:
    """Return which of a day's reads with one outcome this is: 1, 2, 4, 8 and so on, and 0 for the others."""
    count = read_pass.count_answers(key, outcome) + 1
    return 0 if count & (count - 1) else count


def _list_policies(inputs: Inputs) -> list[str]:
    """Return the paths of the organisation's policy files, the one of the system included where there is none yet."""
    return [SYSTEM_POLICY, *(layer.path for layer in inputs.layers if layer.path)]
