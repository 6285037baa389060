"""What an audit of a repository does besides, where it is asked to: it traces, and it feeds an index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .results import TRACED, UNREAD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...policy.plan import Plan
    from ...repository import Repository
    from .model import Row


def feed_index(repository: Repository, plan: Plan, folder: str, key: bytes) -> None:
    """Record what tools wrote in a repository into an index, unless the policy says never; once for each commit."""
    from ...gate.recording import record_history
    from ...policy.inputs import is_name_match

    if not any(is_name_match(repository.name, pattern) for pattern in plan.ingredients.never):
        record_history(repository, repository.name, folder, key)


def iter_traced(repository: Repository, plan: Plan) -> Iterator[tuple[str, Row]]:
    """Yield the rows of a trace of HEAD, and what could not be traced."""
    from ..trace.collect import trace_revision

    lookup = None
    if plan.has_index:
        from ...scan.ingredients.open_index import load_lookup

        lookup = load_lookup(plan)
    found = trace_revision(repository, plan, "HEAD", (), lookup)
    for row in found.iter_rows():
        yield TRACED, row
    for path, reason in found.incomplete:
        row = {"commit": found.commit, "path": path, "reason": f"not traced: {reason}", "tag": "", "extra": ""}
        yield UNREAD, row | {"action": "record", "is_error": False}
