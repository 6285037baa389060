"""`ringfence ingredients rekey`: changes the key of an index by recording its sources anew."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from ..errors import ExitCode
from ..excerpts import sanitise_text
from ..reports.wording import format_count
from ..scan.ingredients.engine import allow_compiling
from .ingredient_options import IndexOption, find_index, open_with_plan
from .options import PolicyOption


def rekey(
    *,
    repo: Annotated[
        list[str] | None,
        typer.Option(
            "--repo", metavar="[NAME=]DIR", help="A recorded repository, and its name in the index; repeatable."
        ),
    ] = None,
    session: Annotated[
        list[str] | None, typer.Option("--session", metavar="FILE", help="A recorded transcript; repeatable.")
    ] = None,
    new_key: Annotated[
        str | None,
        typer.Option("--new-key", metavar="FILE", help="The new key; default: one is made beside the index."),
    ] = None,
    drop: Annotated[bool, typer.Option("--drop", help="Leave out what wasn't given: it isn't found any more.")] = False,
    index: IndexOption = None,
    policy: PolicyOption = None,
) -> int:
    """Change the key of an index: record its sources anew, and replace it once nothing is missing.

    Exit code 3 while sources are missing: the index stays as it is, and what was recorded anew is kept for the next
    run.
    """
    from ..gate.rekeying import find_new_folder, record_anew, replace_index
    from ..scan.ingredients.index_key import create_key, load_key

    allow_compiling()
    plan = open_with_plan(None, policy)[1]
    folder = find_index(plan, index)
    new = find_new_folder(folder)
    os.makedirs(new, mode=0o700, exist_ok=True)
    key = load_key(new, new_key) if new_key else create_key(new)
    repositories = []
    for text in repo or ():
        name, is_named, directory = text.rpartition("=")
        repository = open_with_plan(directory, policy)[0]
        repositories.append((name if is_named else repository.name, repository))
    done = record_anew(folder, key, plan, repositories, session or [])
    for path, reason in done.unread:
        typer.echo(sanitise_text(f"  {path}: {reason}"))
    left = sum(done.missing.values())
    typer.echo(f"ringfence: {done.sources - left:,} of {format_count(done.sources, 'file')} recorded anew")
    for name, count in sorted(done.missing.items()):
        typer.echo(sanitise_text(f"  missing: {format_count(count, 'file')} of {name}"))
    if left and not drop:
        typer.echo(f"  {folder} is as before. Give the rest by --repo NAME=DIR and --session FILE, or --drop it.")
        return ExitCode.INCOMPLETE
    typer.echo(f"ringfence: {folder} has the new key; the old index is in {replace_index(folder)}")
    if plan.ingredients.key_file or new_key:
        typer.echo("  Until `key_file` in the policy names the new key, checks are incomplete.")
    return ExitCode.ALLOWED
