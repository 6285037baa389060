"""Options of `ringfence ingredients`, and functions that find and open the index."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import UsageError
from ..resources import find_user_folder
from . import options

if TYPE_CHECKING:
    from ..policy.plan import Plan
    from ..repository import Repository

IndexOption = Annotated[
    str | None,
    typer.Option(
        "--index", metavar="DIR", help="The folder of the index; default: the policy's, else one in your home."
    ),
]
KeyOption = Annotated[
    str | None, typer.Option("--key", metavar="FILE", help="The key of the index; default: the policy's, else its own.")
]


def open_with_plan(repo: str | None, policy: list[str] | None) -> tuple[Repository, Plan]:
    """Return the repository of a command, which may be none, and the plan that holds there."""
    from ..policy.load import load_plan
    from ..repository import read_local_inputs

    repository = options.open_repository(repo, policy, outside=True)
    return repository, load_plan(read_local_inputs(repository))


def find_index(plan: Plan, index: str | None) -> str:
    """Return the folder of the index."""
    if index or plan.ingredients.index:
        return os.path.abspath(index or plan.ingredients.index)
    place = find_user_folder("XDG_DATA_HOME", os.path.join(".local", "share"))
    if not place:
        raise UsageError("there is no home folder for the index.", "Give --index DIR.")
    return os.path.join(place, "ingredients")


def open_writable(plan: Plan, index: str | None, key: str | None) -> tuple[str, bytes]:
    """Return the folder of the index, which is created if need be, and its key."""
    from ..scan.ingredients.index_key import create_key, load_key

    folder = find_index(plan, index)
    os.makedirs(folder, mode=0o700, exist_ok=True)
    key_file = key or plan.ingredients.key_file
    return folder, load_key(folder, key_file) if key_file else create_key(folder)
