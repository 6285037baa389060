"""`ringfence try`: the main job on an embedded example."""

from __future__ import annotations

from rich.console import Console

from ..errors import ExitCode
from ..setup.demo import run_steps


def try_() -> int:
    """Show the gate at work in a temporary folder: what passes, and what is refused where."""
    console = Console(highlight=False, soft_wrap=True)
    for step in run_steps():
        console.print(f"\n[bold]{step.title}[/]")
        console.print(f"  $ {step.command}", markup=False, style="cyan")
        for line in step.output.splitlines():
            console.print(f"  {line.rstrip()}", markup=False)
        console.print("  [green]as it should be[/]" if step.is_expected else "  [red]NOT as it should be[/]")
        if not step.is_expected:
            return ExitCode.BUG
    console.print("\n[green]Every step ended as it should.[/]")
    return ExitCode.ALLOWED
