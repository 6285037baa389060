"""What a push brings to a server: judged by the policy as it was before, recorded, and put aside where it is refused.

Where proc-receive judges, pre-receive passes: git has proc-receive decide every ref that `receive.procReceiveRefs`
names, after the objects have left the folder in which pre-receive could only have refused them.
"""

from __future__ import annotations

import os

from .errors import IncompleteError, LedgerError, PolicyError
from .gate import judge, noted
from .git import is_zero
from .place import plan_for
from .shipped import OURS
from .sources.refs import QUARANTINE
from .values import value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .forges.base import Occasion
    from .model import Verdict
    from .place import Place
    from .policy.layers import Inputs
    from .policy.plan import Plan
    from .sources.refs import Update


@value
class Received:
    """What a push came to, and what that rests on."""

    inputs: Inputs
    plan: Plan | None
    verdict: Verdict | None
    commits: list[str]


def is_left_to_proc_receive(place: Place) -> bool:
    """Say whether git will ask a proc-receive hook of ours about every ref.

    Only the repository's own configuration counts, which nobody who pushes can hide from git.
    """
    if "refs" not in place.own_settings("receive.procreceiverefs"):
        return False
    path = os.fsdecode(place.repo.run("rev-parse", "--git-path", "hooks/proc-receive").rstrip(b"\n"))
    try:
        with open(path, "rb") as file:
            return OURS.encode() in file.read(4096)
    except OSError:
        return False


def receive(place: Place, stdin: bytes, occasion: Occasion | None = None) -> Verdict | None:
    """Judge what a push brings and who brings it, by the policy as it was before the push, and record it."""
    from .forges.base import Occasion
    from .sources import receive as source

    updates = source.parse_lines(stdin)
    occasion = occasion or Occasion()
    is_recorded = bool(place.ledger)
    try:
        return _received(place, updates, occasion)
    except Exception as error:
        if is_recorded and not isinstance(error, LedgerError):  # there it would wait, or fail, once more
            from . import record

            record.failure(place, "push", updates, error, occasion.account)
        raise


def _received(place: Place, updates: list[Update], occasion: Occasion) -> Verdict | None:
    from .ownfiles import refuse_bad_policy, refuse_waivers

    if updates and all(is_zero(new) for _, new, _ in updates) and not place.ledger and not place.writes_notes:
        return None
    if any(ref.startswith(QUARANTINE) for _, _, ref in updates):
        raise PolicyError("refs/quarantine/ holds what was put aside: nobody pushes there.", "Give it another name.")
    if place.writes_notes:
        from .notes import refuse_pushed

        refuse_pushed(updates)
    account = occasion.account
    judged = judge_updates(place, updates, account, are_known=occasion.is_known)
    plan, verdict = judged.plan, judged.verdict
    kind = "trial" if occasion.is_trial else "push"
    if plan and verdict and verdict.exit_code and "GIT_PUSH_OPTION_COUNT" in os.environ:
        from .record import overridden

        verdict, kind = overridden(place, plan, verdict, account) or (verdict, kind)
    if not verdict or not verdict.exit_code:
        refuse_bad_policy(place, judged.inputs, updates)
    if verdict and not verdict.exit_code:
        refuse_waivers(place, updates, account)
    held = ""
    if verdict and plan and not occasion.is_trial and plan.puts_aside(verdict):
        from .quarantine import put_aside

        verdict, held = put_aside(place, verdict, updates, judged.commits, account)
    if verdict and place.ledger:
        from . import record

        record.verdict(place, kind, verdict, updates, judged.commits, account, {"quarantine": held} if held else None)
    return verdict


def judge_updates(place: Place, updates: list[Update], account: str, *, are_known: bool = False) -> Received:
    """Judge what is new to refs, or to each of them though the repository has it already, and who brings it.

    Raises:
        IncompleteError: There is no ref.
    """
    from .covering import groups
    from .ownfiles import protects_more
    from .sources.receive import all_changes

    inputs, files = before(place, updates)
    plan = plan_for(inputs)
    if not updates and plan:
        raise IncompleteError("pre-receive was told of no ref: nothing was checked.")
    # A branch with a policy of its own: what other branches took in without it is new to this one.
    default = files.get("HEAD")
    stricter = [update for update in updates if are_known or protects_more(inputs, files.get(update[0]), default)]
    commits: list[str] = []
    fresh = groups(place.repo, plan, updates, stricter) if plan else []
    verdict = judge(place, plan, noted(all_changes(place.repo, place.objects, fresh), commits))
    if verdict and plan and plan.bars_accounts:
        from .accounts import judged

        verdict = judged(verdict, plan, account)
    if verdict and plan and plan.demanding(verdict.tags, "retention"):
        from .disclosure import kept

        verdict = kept(verdict, plan, place.repo, updates)
    return Received(inputs, plan, verdict, commits)


def before(place: Place, updates: list[Update]) -> tuple[Inputs, dict[str, bytes | None]]:
    """Return what decides of a push, and the `ringfence.toml` of each state that counts."""
    from .ownfiles import states_before

    files = place.files(states_before(place, updates))
    return place.inputs(files, "HEAD" if place.has_head() else ""), files
