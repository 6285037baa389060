"""`ringfence install` and `ringfence uninstall`."""

from __future__ import annotations

import os
import subprocess
from enum import StrEnum
from typing import Annotated

import typer

from ..errors import ExitCode, UsageError
from ..git.repo import Repo
from ..repository import Repository, load_tagged_plan, read_local_inputs
from ..setup import client_hooks as hooks
from ..setup import pre_commit_config, server_hooks
from ..sources.forges import FORGES
from .options import RepoOption

_Server = Annotated[
    str | None,
    typer.Option(
        "--server", metavar="DIR", help="A bare repository on the server, or the folder its forge takes hooks from."
    ),
]
Forge = StrEnum("Forge", list(FORGES))  # type: ignore[misc]  # a member for each row of the table


def install(
    *,
    repo: RepoOption = None,
    server: _Server = None,
    tag: Annotated[
        list[str] | None, typer.Option("--tag", help="Tag the repository, in its git configuration.")
    ] = None,
    update: Annotated[
        bool, typer.Option("--update", help="With --server: the update hook, where the host calls nothing else.")
    ] = False,
    forge: Annotated[Forge, typer.Option("--forge", help="With --server: what calls the hook there.")] = Forge["plain"],
    deadline: Annotated[
        float | None, typer.Option("--deadline", metavar="SECONDS", help="With --server: when to give up and refuse.")
    ] = None,
    pre_commit: Annotated[bool, typer.Option("--pre-commit", help="Through the pre-commit framework.")] = False,
) -> int:
    """Put the hooks in place: a developer's, or with --server the gate's."""
    if forge != "plain" and not server:
        raise UsageError("--forge is for a server.", "Add --server DIR.")
    if server and pre_commit:
        raise UsageError("the pre-commit framework has no hooks for a server.", "Leave one of the two out.")
    if deadline is not None and (not server or deadline <= 0):
        raise UsageError("--deadline takes seconds, and goes with --server.")
    options = f"--deadline {deadline:g}" if deadline else ""
    if server and forge != "plain":
        done = server_hooks.install_forge_hooks(server, forge, options, update=update)
    else:
        opened = hooks.open_repo(server or repo)
        done = (
            _install_pre_commit(opened.working_dir)
            if pre_commit
            else hooks.install_hooks(opened, _select_hooks(opened, server, update=update), options)
        )
    if tag:
        hooks.add_tags(hooks.open_repo(server or repo), tag)
        done.append(f"tagged {', '.join(tag)} (git config ringfence.tag)")
    # This compiles the policy too, so that no first commit waits for it.
    place = Repository(Repo(server or repo), outside=True)
    plan = load_tagged_plan(read_local_inputs(place))
    if plan and plan.actions.quarantined and server and forge == "plain" and not update:
        done += server_hooks.install_quarantine(hooks.open_repo(server))
    if place.needs_notes and server and forge == "plain":
        done += hooks.install_hooks(hooks.open_repo(server), ("post-receive",))
    for sentence in done:
        typer.echo(f"ringfence: {sentence}")
    where = f" --server {server}" if server else f" --repo {repo}" if repo else ""
    typer.echo(f"ringfence: see that they really run: ringfence status{where}")
    return ExitCode.ALLOWED


def uninstall(*, repo: RepoOption = None, server: _Server = None) -> int:
    """Take the hooks out and put back what was there before."""
    done = server_hooks.uninstall_forge_hooks(server) if server else []
    if server and not server_hooks.is_repository(server):
        return _print_results(done)
    opened = hooks.open_repo(server or repo)
    done += hooks.uninstall_hooks(opened)
    if not opened.bare and (said := pre_commit_config.remove_block(str(opened.working_dir))):
        done.append(said)
        if not os.path.exists(os.path.join(opened.working_dir, pre_commit_config.FILE)):
            done += _run_pre_commit(
                opened.working_dir, "uninstall"
            )  # without the file its hooks would refuse everything
    return _print_results(done)


def _print_results(done: list[str]) -> int:
    for sentence in done or ["nothing was installed here"]:
        typer.echo(f"ringfence: {sentence}")
    return ExitCode.ALLOWED


def _select_hooks(opened: object, server: str | None, *, update: bool) -> tuple[str, ...]:
    if update and not server:
        raise UsageError("--update is for a server.", "Add --server DIR.")
    if server and not getattr(opened, "bare", False):
        raise UsageError(f"{server} is no bare repository.", "Give the repository's folder on the server.")
    if update:
        return ("update",)
    return hooks.SERVER if server else hooks.CLIENT


def _install_pre_commit(top: object) -> list[str]:
    hooks.find_pre_commit()  # before anything is written
    return [pre_commit_config.add_block(str(top)), *_run_pre_commit(top, "install")]


def _run_pre_commit(top: object, command: str) -> list[str]:
    """Let the framework put its own hooks in place, or take them out."""
    call = hooks.find_pre_commit()
    stages = [word for stage in pre_commit_config.STAGES for word in ("--hook-type", stage)]
    ended = subprocess.run([*call, command, *stages], cwd=str(top), capture_output=True, text=True, check=False)
    if ended.returncode:
        raise UsageError(f"{call[0]} {command} failed: {(ended.stderr or ended.stdout).strip()}")
    return ended.stdout.strip().splitlines()
