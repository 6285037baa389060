"""While all tags of a repository observe, an error of ours lets a push pass and is recorded; else it refuses."""

from __future__ import annotations

from ..error_handler import log_crash
from ..errors import RingfenceError
from ..model import ScanCounts, Unread, Verdict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..policy.plan import Plan


def is_covered(plan: Plan | None) -> bool:
    """Return whether nothing here is refused for now."""
    return bool(plan and plan.is_tagged and plan.actions.observed.issuperset(plan.list_tags()))


def build_failed_verdict(plan: Plan, error: Exception) -> Verdict:
    """Return the verdict of a check that an error ended."""
    tags = tuple(sorted({*plan.list_tags()}))
    unread = Unread("", "", f"an error ended the check: {format_error(error)}", "block", tags[0])
    observed = tuple(sorted(plan.actions.observed))
    return Verdict((), (unread,), ScanCounts(), plan.ruleset, tags, plan.contact, observed=observed, docs=plan.docs)


def format_error(error: Exception) -> str:
    """Return an error as a sentence; a fault of ringfence's own is logged."""
    return error.message if isinstance(error, RingfenceError) else f"a fault of ringfence's own. {log_crash()}"
