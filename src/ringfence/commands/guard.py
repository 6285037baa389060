"""`ringfence guard`: called by a coding agent's own hook before the agent acts."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from typing import Annotated

import typer

from ..errors import ExitCode
from ..gate.agent import answer_hook
from ..gate.agent_hooks import AGENTS
from .options import PolicyOption

_Agent = StrEnum("_Agent", list(AGENTS))  # type: ignore[misc]  # a member for each row of the table


def guard(
    agent: Annotated[_Agent, typer.Argument(help="The agent whose hook calls.")],
    *,
    print_config: Annotated[
        bool,
        typer.Option(
            "--print-config", help="Print the hook's configuration for the agent, and on stderr the file it belongs in."
        ),
    ] = False,
    policy: PolicyOption = None,
) -> int:
    """Answer a coding agent's hook: deny the action where the policy keeps rival agents out."""
    protocol = AGENTS[agent]
    if print_config:
        typer.echo(f"{protocol.file}:", err=True)
        typer.echo(json.dumps(protocol.hooks(f"ringfence guard {agent}"), indent=2))
    else:
        typer.echo(json.dumps(answer_hook(protocol, sys.stdin.buffer.read(), tuple(policy or ()))))
    return ExitCode.ALLOWED
