"""Checks that no branch or tag of a server moved without a verdict."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ..git.repo import Repo
from ..repository import Repository
from .host_checks import CheckResult

if TYPE_CHECKING:
    from collections.abc import Iterator

_SHOWN = 5


def check_unjudged_refs(directory: str) -> Iterator[CheckResult]:
    """Check that no ref moved without a verdict, where a ledger is kept."""
    repository = Repository(Repo(directory), server=True)
    if not repository.ledger or not os.path.exists(repository.ledger):
        return
    from ..records.unjudged_refs import find_unjudged_refs

    refs = find_unjudged_refs(repository)
    more = f" and {len(refs) - _SHOWN} more" if len(refs) > _SHOWN else ""
    detail = "; ".join(ref.reason for ref in refs[:_SHOWN]) + more
    yield CheckResult(
        "refs", not refs, detail or "all are where a verdict let them go", "ringfence check --all --record"
    )
