"""Checks whether the tools of vendors are bound to the organisations that the policy names."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ..errors import RingfenceError
from ..policy.tool_settings import find_tool_fault
from ..policy.tools import TOOLS
from ..repository import load_local_plan
from .host_checks import CheckResult

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..repository import Repository


def check_tools(repository: Repository) -> Iterator[CheckResult]:
    """Check each tool of a policy's `[accounts.tools]`; one that isn't bound is bad where a tag refuses it."""
    try:
        plan = load_local_plan(repository)
    except RingfenceError:
        return  # the check of the policy has named it
    if plan is None:
        return
    action, tag = plan.actions.find_strictest(plan.list_tags(), "tools")
    for name, allowed in plan.tools.items():
        fault = find_tool_fault(name, allowed, os.environ)
        where = f" in {TOOLS[name].covers}, and nowhere else" if TOOLS[name].covers else ""
        detail = f"{fault} ({tag})" if fault else f"its login is bound to the organisation that the policy names{where}"
        yield CheckResult(name, not fault or action != "block", detail, "see docs/agents.md")
