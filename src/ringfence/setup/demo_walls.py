"""The scenes of the demo in which people and agents are kept from reading a clean room, and from working there."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING

from ..sources.forges.plain import get_login
from . import client_hooks, sandbox
from .demo_step import DemoStep, run_git_step, run_ringfence_step

if TYPE_CHECKING:
    from collections.abc import Iterator

_BARRED = "[accounts]\nbarred = [{login}]\n"
_WALL = """[[repository]]
match = ["*/tokenizer-lab"]
tags = ["ordinary"]

[tag.ordinary]
definitive = "record"
strong = "record"

[[wall]]
subject = "tokenizer"
repositories = ["*/tokenizer-lab"]
tags = ["training-data"]
days = 30
"""
_TOOLS = """[vendors]
rivals = ["openai"]

[accounts.tools]
claude-code = ["11111111-1111-4111-8111-111111111111"]

[tag.training-data]
tools = "block"
"""


def run_wall_steps(path: str, trailer: str) -> Iterator[DemoStep]:
    """Make a clean room with its server, and try to read it, to push to it and to work there."""
    room, work = os.path.join(path, "tokenizer.git"), os.path.join(path, "tokenizer")
    policy = os.path.join(path, "walls.toml")
    _create_server(room, policy, "training-data")
    _write_policy(policy, "")
    sandbox.clone(room, work)
    _commit(work, "split.py", "Split words\n")
    sandbox.run(work, "push", "-q", "origin", "HEAD:main")

    _write_policy(policy, _BARRED.format(login=json.dumps(get_login())))
    yield _run_clone_step(path, room)

    _write_policy(policy, _WALL)
    _create_server(os.path.join(path, "tokenizer-lab.git"), policy)
    lab = os.path.join(path, "tokenizer-lab")
    sandbox.clone(f"{lab}.git", lab)
    _commit(lab, "merge.py", f"Merge pairs\n\n{trailer}")
    yield run_git_step(
        lab, "In a subject's ordinary repository a rival's tool may write, and who pushes that is recorded;",
        "push", "origin", "HEAD:main",
    )  # fmt: skip
    _commit(work, "merge.py", "Merge pairs\n")
    yield run_git_step(
        work, "its clean room refuses what they push for the days of the wall.",
        "push", "origin", "HEAD:main", refused_by="pre-receive",
    )  # fmt: skip
    _write_policy(policy, _TOOLS)
    yield _run_guard_step(work, policy)


def _create_server(path: str, policy: str, *tags: str) -> None:
    repo = sandbox.init_bare(path)
    client_hooks.install_hooks(repo, client_hooks.SERVER)
    client_hooks.add_tags(repo, tags)
    for key, text in (("ringfence.policy", policy), ("ringfence.ledger", f"{policy}.db")):
        sandbox.run(path, "config", key, text)


def _write_policy(path: str, text: str) -> None:
    sandbox.write_file(os.path.dirname(path), os.path.basename(path), f"version = 1\n\n{text}")


def _commit(work: str, name: str, message: str) -> None:
    sandbox.write_file(work, name, "text\n")
    sandbox.run(work, "add", ".")
    sandbox.run(work, "commit", "-q", "-m", message)


def _run_clone_step(path: str, room: str) -> DemoStep:
    """Clone by an account that the policy bars, through a hook that only this clone's configuration names."""
    settings = os.path.join(path, "gitconfig")
    client_hooks.install_hook(path, "pack-objects", '"$@"', module="fetch")
    sandbox.run(path, "config", "--file", settings, "uploadpack.packObjectsHook", os.path.join(path, "pack-objects"))
    command = ("clone", f"file://{room}", "copy")
    status, output = sandbox.run_program(path, "git", *command, GIT_CONFIG_SYSTEM=settings)
    is_expected = bool(status) and "ringfence upload-pack: refused" in output
    return DemoStep(
        "Where a server asks about fetches, an account that the policy bars can't clone.", f"git {' '.join(command)}",
        output, is_expected,
    )  # fmt: skip


def _run_guard_step(work: str, policy: str) -> DemoStep:
    """Let an approved vendor's agent ask, on a machine where nothing binds its login to the organisation."""
    client_hooks.add_tags(client_hooks.open_repo(work), ["training-data"])
    event = {"cwd": work, "tool_name": "Write", "tool_input": {"file_path": os.path.join(work, "split.py")}}
    step = run_ringfence_step(
        work, "An agent whose login nothing binds to the organisation is denied any work there.",
        "ringfence guard claude-code", "guard", "claude-code", "--policy", policy, stdin=json.dumps(event),
    )  # fmt: skip
    return replace(step, is_expected=step.is_expected and '"deny"' in step.output)
