"""A step of the demo: a command with its output, and whether it ended as expected."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass

from . import sandbox


@dataclass(frozen=True, slots=True)
class DemoStep:
    """One step: a title, the command as typed, its output, and whether it ended as expected."""

    title: str
    command: str
    output: str
    is_expected: bool


def run_git_step(folder: str, title: str, *command: str, refused_by: str = "") -> DemoStep:
    """Run git in a folder; expected is success, or a refusal by the hook `refused_by`."""
    status, output = sandbox.run(folder, *command)
    is_expected = bool(status) and f"ringfence {refused_by}: refused" in output if refused_by else not status
    typed = " ".join(repr(word) if " " in word or "\n" in word else word for word in command)
    return DemoStep(title, f"git {typed}", output, is_expected)


def run_ringfence_step(
    folder: str, title: str, shown: str, *arguments: str, status: int = 0, stdin: str = ""
) -> DemoStep:
    """Run ringfence in a folder, shown as `shown`; expected is an exit status."""
    done = subprocess.run(
        [sys.executable, "-I", "-m", "ringfence", *arguments], cwd=folder, env=sandbox.build_environment(),
        capture_output=True, text=True, check=False, input=stdin,
    )  # fmt: skip
    return DemoStep(title, shown, (done.stdout + done.stderr).rstrip(), done.returncode == status)
