"""The table of rules beside marks; each is loaded only where a policy asks for it."""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...git.objects import Objects
    from ...git.repo import Repo
    from ...model import Verdict
    from ...policy.plan import Plan
    from ...sources.refs import Update
    from ..results import Results
    from .base import Rule

# Rules that judge commits: the action that asks for one, its module and class, in the order in which they judge.
_COMMIT_RULES = (
    ("identities", "identities", "IdentityRule"),
    ("declaration", "declaration", "DeclarationRule"),
    ("provenance", "provenance", "ProvenanceRule"),
)


def load_commit_rules(results: Results, objects: Objects) -> list[Rule]:
    """Return the rules that the plan asks for."""
    rules = [row for row in _COMMIT_RULES if _is_asked(results.plan, row[0])]
    return [getattr(import_module(f".{module}", __package__), name)(results, objects) for _, module, name in rules]


def _is_asked(plan: Plan, action: str) -> bool:
    if action == "identities":
        return plan.accounts.has_commit_rules
    return bool(plan.actions.filter_demanding((*plan.zones.whole_tags, *plan.zones.path_tags), action))


def apply_push_rules(verdict: Verdict, plan: Plan, repo: Repo, updates: Iterable[Update], account: str) -> Verdict:
    """Add what the rules find in a push to its verdict; `account` is who pushes, "" where the server can't say."""
    if plan.accounts.keeps_some_out:
        from .accounts import judge_account

        verdict = judge_account(verdict, plan, account)
    if plan.actions.filter_demanding(verdict.tags, "retention"):
        from .retention import judge_retention

        verdict = judge_retention(verdict, plan, repo, updates)
    return verdict


def apply_message_rules(verdict: Verdict, plan: Plan) -> Verdict:
    """Add what the rules find in a commit's message, judged together with the session it is written in."""
    if not plan.actions.filter_demanding(plan.actions.by_tag, "disclosure"):
        return verdict
    from .disclosure import judge_disclosure

    return judge_disclosure(verdict, plan)
