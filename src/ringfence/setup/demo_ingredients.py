"""The scene of the demo in which a function is copied without its mark."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from . import sandbox
from .demo_step import DemoStep, run_git_step, run_ringfence_step

if TYPE_CHECKING:
    from collections.abc import Iterator

    import git

_FUNCTION = '''def plan_shifts(people, days, limit):
    """Give every day to somebody, nobody more days than the limit."""
    shifts = {person: [] for person in people}
    for day in sorted(days):
        free = [person for person in people if len(shifts[person]) < limit]
        if not free:
            raise ValueError(f"nobody is left for {day}")
        chosen = min(free, key=lambda person: (len(shifts[person]), person))
        shifts[chosen].append(day)
    return shifts
'''


_PROMPT = "Is this review of the kettle positive or negative? It boils, but the lid never closes."
_CALL = {
    "id": "c1",
    "messages": [{"role": "user", "content": _PROMPT}],
    "response": {"model": "gpt-4o", "choices": [{"message": {"role": "assistant", "content": "negative"}}]},
}


def run_ingredient_steps(path: str, work: str, work_repo: git.Repo, trailer: str) -> Iterator[DemoStep]:
    """Record a tool's function in an ordinary repository, and copy it into `work`, a tagged one."""
    ordinary, index = os.path.join(path, "rota"), os.path.join(path, "ingredients")
    sandbox.init_bare(f"{ordinary}.git")
    sandbox.clone(f"{ordinary}.git", ordinary)
    sandbox.write_file(ordinary, "shifts.py", _FUNCTION)
    sandbox.run(ordinary, "add", ".")
    yield run_git_step(
        ordinary, "In an ordinary repository, a rival's tool may write code.",
        "commit", "-m", f"Plan shifts\n\n{trailer}",
    )  # fmt: skip
    yield run_ringfence_step(
        ordinary, "What it wrote is recorded,", "ringfence ingredients record --all",
        "ingredients", "record", "--all", "--index", index, "--name", "rota",
    )  # fmt: skip
    sandbox.write_file(path, "policy.toml", f"version = 1\n\n[ingredients]\nindex = {json.dumps(index)}\n")
    with work_repo.config_writer() as config:
        config.set_value("ringfence", "policy", os.path.join(path, "policy.toml"))
    sandbox.run(work, "reset", "--hard", "-q", "origin/main")
    sandbox.write_file(work, "data/rows.jsonl", json.dumps({"prompt": "plan shifts", "completion": _FUNCTION}) + "\n")
    sandbox.run(work, "add", ".")
    yield run_git_step(
        work, "and a copy of it in a row, without the trailer, is refused with its origin.",
        "commit", "-m", "Add a row", refused_by="pre-commit",
    )  # fmt: skip
    sandbox.write_file(path, "calls.jsonl", json.dumps(_CALL) + "\n")
    yield run_ringfence_step(
        work, "A log of calls has what a rival's model answered, and to which prompt,",
        "ringfence ingredients record --calls calls.jsonl",
        "ingredients", "record", "--calls", os.path.join(path, "calls.jsonl"), "--index", index,
    )  # fmt: skip
    sandbox.run(work, "reset", "--hard", "-q", "origin/main")
    sandbox.write_file(work, "data/labels.jsonl", json.dumps({"text": _PROMPT, "label": "negative"}) + "\n")
    sandbox.run(work, "add", ".")
    yield run_git_step(
        work, "and a row with the same label for it is refused with its call.",
        "commit", "-m", "Add labels", refused_by="pre-commit",
    )  # fmt: skip
