"""The demo of `ringfence try`: a server and a clone with hooks, commits that pass, and commits that are refused."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

from . import client_hooks, sandbox
from .demo_ingredients import run_ingredient_steps
from .demo_step import DemoStep, run_git_step, run_ringfence_step
from .demo_walls import run_wall_steps

if TYPE_CHECKING:
    from collections.abc import Iterator

    import git

_TRAILER = "Co-authored-by: Claude <noreply@anthropic.com>"
_ARTEFACT = "See the whole conversation: https://chatgpt.com/share/0a1b2c3d-0000-4000-8000-000000000000\n"


_TEACHER = """import json
from openai import OpenAI

said = OpenAI().chat.completions.create(model="gpt-4o", messages=seed_tasks)
json.dump({"instruction": said}, rows)
"""
_EXTRACTION = 'requests.post("https://claude.ai/api/organizations/1/chat_conversations", cookies=stolen)\n'
_PERMISSION = """version = 1

[[permission]]
id = "msa-7"
vendor = "openai"
tags = ["training-data", "training-pipeline"]
use = ["generator"]
contract = "Master agreement 7, section 4"
until = 9999-12-31
"""


def run_steps() -> Iterator[DemoStep]:
    """Run the steps in a temporary folder and yield each result; the caller stops at a step that isn't expected."""
    with sandbox.create_folder() as path:
        server, work = os.path.join(path, "pretrain.git"), os.path.join(path, "pretrain")
        server_repo = sandbox.init_bare(server)
        client_hooks.install_hooks(server_repo, client_hooks.SERVER)
        client_hooks.add_tags(server_repo, ["training-data"])
        work_repo = sandbox.clone(server, work)
        client_hooks.install_hooks(work_repo, client_hooks.CLIENT)
        client_hooks.add_tags(work_repo, ["training-data"])

        run_step = partial(run_git_step, work)
        sandbox.write_file(work, "data/rows.txt", "a row that a person wrote\n")
        sandbox.run(work, "add", ".")
        yield run_step("A clean commit passes", "commit", "-m", "Add a row")
        yield run_step("and is pushed.", "push", "origin", "HEAD:main")
        base = work_repo.head.commit.hexsha

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
        shown = f"ringfence ci --range {base[:12]}..HEAD"
        yield run_ringfence_step(work, "CI refuses the range.", shown, "ci", "--range", f"{base}..HEAD", status=1)
        with server_repo.config_writer() as config:
            config.remove_option("ringfence", "tag")
        yield run_step(
            "The same commit, to an untagged repository, passes.",
            "push",
            "--no-verify",
            "origin",
            "HEAD:main",
        )
        yield from _run_use_steps(path, work, work_repo)
        yield from run_ingredient_steps(path, work, work_repo, _TRAILER)
        yield from run_wall_steps(path, _TRAILER)


def _run_use_steps(path: str, work: str, work_repo: git.Repo) -> Iterator[DemoStep]:
    """Stage code that asks rivals' models, under the tag for such code: without a permission, with one, and past it."""
    sandbox.run(work, "reset", "--hard", "-q", "origin/main")
    client_hooks.add_tags(work_repo, ["training-pipeline"])
    sandbox.write_file(work, "make_rows.py", _TEACHER)
    sandbox.run(work, "add", ".")
    yield run_git_step(
        work, "Code that lets a rival's model write training data is refused, with what it calls.",
        "commit", "-m", "Make rows", refused_by="pre-commit",
    )  # fmt: skip
    sandbox.write_file(path, "permission.toml", _PERMISSION)
    with work_repo.config_writer() as config:
        config.set_value("ringfence", "policy", os.path.join(path, "permission.toml"))
    yield run_git_step(
        work, "Where the organisation's policy names a contract that permits it, it passes.",
        "commit", "-m", "Make rows",
    )  # fmt: skip
    sandbox.write_file(work, "ask.py", _EXTRACTION)
    sandbox.run(work, "add", ".")
    yield run_git_step(
        work, "Code that asks a chat site past its clients is refused whatever is permitted.",
        "commit", "-m", "Ask", refused_by="pre-commit",
    )  # fmt: skip
    sandbox.run(work, "reset", "--hard", "-q", "origin/main")
