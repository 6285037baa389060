"""`ringfence guard`: what a coding agent's own hook calls before the agent acts."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from typing import Annotated

import typer

from ..errors import ExitCode
from ..gate.agent import AGENTS, answer_hook
from .options import PolicyOption

_Agent = StrEnum("_Agent", list(AGENTS))  # type: ignore[misc]  # a member for each row of the table


def guard(
    agent: Annotated[_Agent, typer.Argument(help="The agent that asks.")],
    *,
    print_config: Annotated[
        bool, typer.Option("--print-config", help="Print what makes the agent ask, and say where it belongs.")
    ] = False,
    policy: PolicyOption = None,
) -> int:
    """Answer a coding agent's hook: it may not work where the policy keeps rival agents out."""
    asked = AGENTS[agent]
    if print_config:
        typer.echo(f"{asked.file}:", err=True)
        typer.echo(json.dumps(asked.hooks(f"ringfence guard {agent}"), indent=2))
    else:
        typer.echo(json.dumps(answer_hook(asked, sys.stdin.buffer.read(), tuple(policy or ()))))
    return ExitCode.ALLOWED
