"""What a push brings, judged by the policy as it was before: what follows the verdict stands in `receive.py`."""

from __future__ import annotations

from ..errors import IncompleteError, PolicyError
from ..repository import load_tagged_plan
from ..values import replace, value
from .run import collect_commits, judge_tagged

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..model import Verdict
    from ..policy.inputs import Inputs
    from ..policy.plan import Plan
    from ..repository import Repository
    from ..sources.refs import Update


@value
class PushResult:
    """A judged push.

    Attributes:
        updates: The refs that it moves.
        account: Who pushes; "" where the server can't say.
        inputs, plan: What it was judged by.
        verdict: None where nothing is tagged.
        commits: The commits that were judged.
        kind: What the ledger calls it: push, trial or override.
        quarantine: The id under which the server keeps it; "" where it doesn't.
        failure: The error that ended the check, where it passes all the same; None for none.
        policy_fault: What is wrong with the policy, where the last usable one decided.
    """

    updates: list[Update]
    account: str
    inputs: Inputs
    plan: Plan | None
    verdict: Verdict | None
    commits: list[str]
    kind: str = "push"
    quarantine: str = ""
    failure: Exception | None = None
    policy_fault: str = ""


def judge_updates(
    repository: Repository, updates: list[Update], account: str, *, are_known: bool = False
) -> PushResult:
    """Judge what is new to refs, and who brings it.

    Args:
        repository: Where they are pushed to.
        updates: The refs.
        account: Who pushes; "" where the server can't say.
        are_known: Judge everything that each ref brings, though the repository has it already.

    Raises:
        IncompleteError: There is no ref.
    """
    inputs, files = read_prior_inputs(repository, updates)
    inputs, plan, fault = load_usable_plan(inputs)
    push = PushResult(updates, account, inputs, plan, None, [], policy_fault=fault)
    if plan is None:
        return push
    if not updates:
        raise IncompleteError("pre-receive got no ref: nothing was checked.")
    notice = plan.start_observing(account)
    try:
        verdict = _judge_brought(repository, push, plan, files, are_known=are_known)
        return replace(push, verdict=replace(verdict, notice=notice))
    except Exception as error:  # noqa: BLE001 - raised again unless all of it observes
        return pass_error(push, error)


def _judge_brought(
    repository: Repository, push: PushResult, plan: Plan, files: dict[str, bytes | None], *, are_known: bool
) -> Verdict:
    """Judge what a push brings; `files` are as from `read_prior_inputs`."""
    from ..check.rules.table import apply_push_rules
    from ..sources.receive import iter_group_changes
    from .own_files import is_stricter
    from .zones import group_updates

    # A branch with a policy of its own: what other branches took in without it is new to this one.
    default = files.get("HEAD")
    stricter = [
        update for update in push.updates if are_known or is_stricter(push.inputs, files.get(update[0]), default)
    ]
    groups = group_updates(repository.repo, plan, push.updates, stricter)
    changes = iter_group_changes(repository.repo, repository.objects, groups)
    if plan.zones.path_tags:
        from .linked_zones import follow_links, list_spans

        changes = follow_links(repository, plan, changes, list_spans(repository, groups))
    verdict = judge_tagged(repository, plan, collect_commits(changes, push.commits))
    verdict = apply_push_rules(verdict, plan, repository.repo, push.updates, push.account)
    if not plan.walls:
        return verdict
    from .walls import judge_walls

    return judge_walls(repository, plan, verdict, push.account)


def load_usable_plan(inputs: Inputs) -> tuple[Inputs, Plan | None, str]:
    """Return the inputs that decide, their plan, and what is wrong where those in force can't be used.

    Raises:
        PolicyError: They can't, and no usable version of the organisation's policy is known.
    """
    from ..policy import last_good

    try:
        plan = load_tagged_plan(inputs)
    except PolicyError as error:
        if not (usable := last_good.find_last_good(inputs)):
            raise
        return usable, load_tagged_plan(usable), error.message
    last_good.remember_policy(inputs)
    return inputs, plan, ""


def pass_error(push: PushResult, error: Exception) -> PushResult:
    """Let a push pass that an error would refuse, where nothing is refused for now; else raise the error."""
    from .observation import build_failed_verdict, is_covered

    if push.plan is None or not is_covered(push.plan):
        raise error
    return replace(push, verdict=build_failed_verdict(push.plan, error), failure=error)


def read_prior_inputs(repository: Repository, updates: list[Update]) -> tuple[Inputs, dict[str, bytes | None]]:
    """Return what decides about a push, and the `ringfence.toml` of each state that counts."""
    from .own_files import list_policy_states

    files = repository.read_files(list_policy_states(repository, updates))
    return repository.build_inputs(files, "HEAD" if repository.has_head() else ""), files
