"""What a push brings to a server: judged by the policy as it was before, recorded, and put aside where it is refused.

Where proc-receive judges, pre-receive passes: git has proc-receive decide every ref that `receive.procReceiveRefs`
names, after the objects have left the folder in which pre-receive could only have refused them.
"""

from __future__ import annotations

import os

from ..errors import IncompleteError, LedgerError, PolicyError, UsageError
from ..git.repo import is_zero
from ..repository import load_tagged_plan
from ..resources import OURS
from ..sources.refs import QUARANTINE
from ..values import value
from .run import collect_commits, judge_changes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..model import Verdict
    from ..policy.inputs import Inputs
    from ..policy.plan import Plan
    from ..repository import Repository
    from ..sources.forges.base import PushContext
    from ..sources.refs import Update


@value
class PushResult:
    """What a push came to, and what that rests on."""

    inputs: Inputs
    plan: Plan | None
    verdict: Verdict | None
    commits: list[str]


def is_left_to_proc_receive(place: Repository) -> bool:
    """Say whether git will ask a proc-receive hook of ours about every ref.

    Only the repository's own configuration counts, which nobody who pushes can hide from git.
    """
    if "refs" not in place.get_local_settings("receive.procreceiverefs"):
        return False
    path = os.fsdecode(place.repo.run("rev-parse", "--git-path", "hooks/proc-receive").rstrip(b"\n"))
    try:
        with open(path, "rb") as file:
            return OURS.encode() in file.read(4096)
    except OSError:
        return False


def handle_push(place: Repository, stdin: bytes, occasion: PushContext | None = None) -> Verdict | None:
    """Judge what a push brings and who brings it, by the policy as it was before the push, and record it."""
    from ..sources import receive as source
    from ..sources.forges.base import PushContext

    updates = source.parse_updates(stdin)
    occasion = occasion or PushContext()
    is_recorded = bool(place.ledger)
    try:
        return _handle_updates(place, updates, occasion)
    except Exception as error:
        if is_recorded and not isinstance(error, LedgerError):  # there it would wait, or fail, once more
            from ..records import recorder

            recorder.record_failure(place, "push", updates, error, occasion.account)
        raise


def _handle_updates(place: Repository, updates: list[Update], occasion: PushContext) -> Verdict | None:
    from .own_files import refuse_bad_policy, refuse_waivers

    if updates and all(is_zero(new) for _, new, _ in updates) and not place.ledger and not place.needs_notes:
        return None
    if any(ref.startswith(QUARANTINE) for _, _, ref in updates):
        raise PolicyError("refs/quarantine/ holds what was put aside: nobody pushes there.", "Give it another name.")
    if place.needs_notes:
        from ..records.git_notes import refuse_pushed_notes

        refuse_pushed_notes(updates)
    account = occasion.account
    judged = judge_updates(place, updates, account, are_known=occasion.is_stored)
    plan, verdict = judged.plan, judged.verdict
    kind = "trial" if occasion.is_dry_run else "push"
    if plan and verdict and verdict.exit_code and "GIT_PUSH_OPTION_COUNT" in os.environ:
        verdict, kind = _overridden(place, plan, verdict, account) or (verdict, kind)
    if not verdict or not verdict.exit_code:
        refuse_bad_policy(place, judged.inputs, updates)
    if verdict and not verdict.exit_code:
        refuse_waivers(place, updates, account)
    held = ""
    if verdict and plan and not occasion.is_dry_run and plan.needs_quarantine(verdict):
        from ..records.quarantine import store_push

        verdict, held = store_push(place, verdict, updates, judged.commits, account)
    if verdict and place.ledger:
        from ..records import recorder

        recorder.record_verdict(
            place, kind, verdict, updates, judged.commits, account, {"quarantine": held} if held else None
        )
    return verdict


def _overridden(place: Repository, plan: Plan, reached: Verdict, account: str) -> tuple[Verdict, str] | None:
    """Let a listed account waive what was found; return the verdict and what the record calls it, None if none asks.

    Raises:
        UsageError: The account isn't listed, or no record would be kept.
    """
    from ..check.waivers import apply_push_option

    waived = apply_push_option(reached, plan, account, os.environ)
    if waived is reached:
        return None
    if not place.ledger:
        raise UsageError("a waiver by push option must be recorded, and no ledger is kept here.")
    return waived, "override"


def judge_updates(place: Repository, updates: list[Update], account: str, *, are_known: bool = False) -> PushResult:
    """Judge what is new to refs, or to each of them though the repository has it already, and who brings it.

    Raises:
        IncompleteError: There is no ref.
    """
    from ..sources.receive import iter_group_changes
    from .own_files import is_stricter
    from .zones import group_updates

    inputs, files = read_prior_inputs(place, updates)
    plan = load_tagged_plan(inputs)
    if not updates and plan:
        raise IncompleteError("pre-receive was told of no ref: nothing was checked.")
    # A branch with a policy of its own: what other branches took in without it is new to this one.
    default = files.get("HEAD")
    stricter = [update for update in updates if are_known or is_stricter(inputs, files.get(update[0]), default)]
    commits: list[str] = []
    fresh = group_updates(place.repo, plan, updates, stricter) if plan else []
    verdict = judge_changes(place, plan, collect_commits(iter_group_changes(place.repo, place.objects, fresh), commits))
    if verdict and plan and plan.has_barred_accounts:
        from ..check.rules.accounts import judge_account

        verdict = judge_account(verdict, plan, account)
    if verdict and plan and plan.filter_demanding_tags(verdict.tags, "retention"):
        from ..check.rules.disclosure import judge_retention

        verdict = judge_retention(verdict, plan, place.repo, updates)
    return PushResult(inputs, plan, verdict, commits)


def read_prior_inputs(place: Repository, updates: list[Update]) -> tuple[Inputs, dict[str, bytes | None]]:
    """Return what decides of a push, and the `ringfence.toml` of each state that counts."""
    from .own_files import list_policy_states

    files = place.read_files(list_policy_states(place, updates))
    return place.build_inputs(files, "HEAD" if place.has_head() else ""), files
