"""Refs that moved without a verdict, as a push is told of them, and the record of the check that judges them."""

from __future__ import annotations

from ..errors import UsageError
from ..git.repo import Repo
from ..model import Unread
from ..records.unjudged_refs import find_unjudged_refs, get_unjudged_action
from ..repository import Repository
from ..values import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..model import Verdict

_ADVICE = "have the server's administrator judge them: ringfence check --all --record"
_SHOWN = 10


def add_unjudged_refs(repository: Repository, verdict: Verdict) -> Verdict:
    """Return a push's verdict with the refs that moved without one, as what wasn't read."""
    action = get_unjudged_action(repository)
    refs = find_unjudged_refs(repository)
    tag = verdict.tags[0] if verdict.tags else ""
    items = [Unread("", "", ref.reason, action, tag, _ADVICE) for ref in refs[:_SHOWN]]
    if len(refs) > _SHOWN:
        items.append(Unread("", "", f"and {len(refs) - _SHOWN} more refs", action, tag, _ADVICE))
    return replace(verdict, unread=(*verdict.unread, *items)) if items else verdict


def record_check(repository: Repository, verdict: Verdict) -> None:
    """Record the check of a whole repository: its refs are judged from now on, if nothing was refused.

    Raises:
        UsageError: No ledger is kept.
    """
    from ..records import recorder
    from ..sources.history import list_all_refs

    if not repository.ledger:
        raise UsageError("--record needs a ledger.", "git config ringfence.ledger FILE, with an absolute path")
    served = Repository(Repo(repository.repo.find_git_directory()), server=True)
    refs = [("0" * len(new), new, name) for _, new, name in list_all_refs(repository.repo)]
    recorder.record_verdict(served, "check", verdict, refs, [], "")
