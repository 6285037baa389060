"""Names the submodules of a repository whose next commit would be unread, and so refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import RingfenceError
from ..excerpts import format_path
from .host_checks import CheckResult

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..repository import Repository

_SHOWN = 5


def check_submodules(repository: Repository) -> Iterator[CheckResult]:
    """Yield the submodules in zones at HEAD whose next commit would be unread, and so refused."""
    from ..check.submodules import list_unread_submodules
    from ..repository import load_local_plan, load_tagged_plan

    try:
        state = ["HEAD"] if repository.has_head() else []
        files = repository.read_files(state)
        plan = load_tagged_plan(repository.build_inputs(files)) if repository.is_server else load_local_plan(repository)
        if plan and state:
            plan.own_stores = repository.list_stores
            if paths := list_unread_submodules(repository.repo, plan, "HEAD"):
                shown = ", ".join(map(format_path, paths[:_SHOWN]))
                more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
                detail = f"{shown}{more}: a change of them is unread, and refused where the tag's `unread` is block"
                yield CheckResult("submodules", True, detail)
    except RingfenceError:
        return  # the check of the policy has named it
