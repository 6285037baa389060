"""The main job on an embedded example: a server, a clone with hooks, and commits that pass and that don't."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import git

from . import client_hooks, sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

_TRAILER = "Co-authored-by: Claude <noreply@anthropic.com>"
_ARTEFACT = "See the whole conversation: https://chatgpt.com/share/0a1b2c3d-0000-4000-8000-000000000000\n"


@dataclass(frozen=True, slots=True)
class DemoStep:
    """What was tried, what was typed, what was said, and whether it ended as it had to."""

    title: str
    command: str
    output: str
    is_right: bool


def run_steps() -> Iterator[DemoStep]:
    """Go through the story in a temporary folder; a step that ends otherwise than it has to ends it."""
    with sandbox.create_folder() as path:
        server, work = os.path.join(path, "pretrain.git"), os.path.join(path, "pretrain")
        client_hooks.install_hooks(sandbox.init_bare(server), client_hooks.SERVER)
        client_hooks.add_tags(git.Repo(server), ["training-data"])
        sandbox.clone(server, work)
        client_hooks.install_hooks(git.Repo(work), client_hooks.CLIENT)
        client_hooks.add_tags(git.Repo(work), ["training-data"])

        def run_step(title: str, *command: str, refused_by: str = "") -> DemoStep:
            status, said = sandbox.run(work, *command)
            wanted = bool(status) and f"ringfence {refused_by}: refused" in said if refused_by else not status
            shown = " ".join(repr(word) if " " in word or "\n" in word else word for word in command)
            return DemoStep(title, f"git {shown}", said, wanted)

        sandbox.write_file(work, "data/rows.txt", "a row that a person wrote\n")
        sandbox.run(work, "add", ".")
        yield run_step("A clean commit passes", "commit", "-m", "Add a row")
        yield run_step("and is pushed.", "push", "origin", "HEAD:main")
        base = sandbox.run(work, "rev-parse", "HEAD")[1]

        sandbox.write_file(work, "data/rows.txt", "a row that a person wrote\nand another\n")
        yield run_step(
            "A commit with a rival's trailer is refused by commit-msg.",
            "commit", "-a", "-e", "-m", f"Add another row\n\n{_TRAILER}", refused_by="commit-msg",
        )  # fmt: skip
        sandbox.write_file(work, "data/notes.md", _ARTEFACT)
        sandbox.run(work, "add", ".")
        yield run_step(
            "One with a rival's artefact in a staged file is refused by pre-commit.",
            "commit", "-m", "Add notes", refused_by="pre-commit",
        )  # fmt: skip
        yield run_step("The same commit, forced past the local hooks …", "commit", "--no-verify", "-m", "Add notes")
        yield run_step(
            "… is refused by the server.",
            "push",
            "--no-verify",
            "origin",
            "HEAD:main",
            refused_by="pre-receive",
        )
        yield _run_ci_step(work, base)
        sandbox.run(server, "config", "--unset", "ringfence.tag")
        yield run_step(
            "The same commit, to an untagged repository, passes.",
            "push",
            "--no-verify",
            "origin",
            "HEAD:main",
        )


def _run_ci_step(work: str, base: str) -> DemoStep:
    """Let CI look at the range."""
    command = [sys.executable, "-I", "-m", "ringfence", "ci", "--range", f"{base}..HEAD"]
    done = subprocess.run(
        command, cwd=work, env=sandbox.build_environment(), capture_output=True, text=True, check=False
    )
    said = (done.stdout + done.stderr).rstrip()
    return DemoStep("CI refuses the range.", f"ringfence ci --range {base[:12]}..HEAD", said, done.returncode == 1)
