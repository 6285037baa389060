"""`ringfence install` and `ringfence uninstall`."""

from __future__ import annotations

import os
import subprocess
from enum import StrEnum
from typing import Annotated

import typer

from ..errors import ExitCode, UsageError
from ..git.repo import Repo
from ..policy.load import load_plan
from ..repository import Repository, load_tagged_plan, read_local_inputs
from ..scan.prefilter import load_prefilter
from ..setup import client_hooks, pre_commit_config, server_hooks
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
        bool, typer.Option("--update", help="With --server: the update hook, for hosts that run no other hook.")
    ] = False,
    forge: Annotated[
        Forge, typer.Option("--forge", help="With --server: the software that runs the hook there.")
    ] = Forge["plain"],
    deadline: Annotated[
        float | None,
        typer.Option("--deadline", metavar="SECONDS", help="With --server: refuse a push when a check takes longer."),
    ] = None,
    pre_commit: Annotated[bool, typer.Option("--pre-commit", help="Install through the pre-commit framework.")] = False,
) -> int:
    """Install the hooks of a developer's clone, or with --server those of a server."""
    if forge != "plain" and not server:
        raise UsageError("--forge needs --server DIR.")
    if server and pre_commit:
        raise UsageError(
            "--server and --pre-commit can't be combined.", "The pre-commit framework has no server hooks."
        )
    if deadline is not None and (not server or deadline <= 0):
        raise UsageError("--deadline needs --server, and a positive number of seconds.")
    _check_tags(server or repo, tag)
    options = f"--deadline {deadline:g}" if deadline else ""
    if server and forge != "plain":
        done = server_hooks.install_forge_hooks(server, forge, options, update=update)
    else:
        git_repo = client_hooks.open_repo(server or repo)
        done = (
            _install_pre_commit(git_repo.working_dir)
            if pre_commit
            else client_hooks.install_hooks(git_repo, _select_hooks(git_repo, server, update=update), options)
        )
    if tag:
        client_hooks.add_tags(client_hooks.open_repo(server or repo), tag)
        done.append(f"tagged {', '.join(tag)} (git config ringfence.tag)")
    # This also compiles the policy, so that the first commit needn't wait for it.
    repository = Repository(Repo(server or repo), outside=True)
    plan = load_tagged_plan(read_local_inputs(repository))
    if plan:
        load_prefilter(plan)
    if plan and plan.actions.quarantined and server and forge == "plain" and not update:
        done += server_hooks.install_quarantine(client_hooks.open_repo(server))
    feeds = bool(server) and not plan and load_plan(read_local_inputs(repository)).ingredients.feeds
    if (repository.needs_notes or feeds) and server and forge == "plain":
        done += client_hooks.install_hooks(client_hooks.open_repo(server), ("post-receive",))
    for sentence in done:
        typer.echo(f"ringfence: {sentence}")
    where = f" --server {server}" if server else f" --repo {repo}" if repo else ""
    typer.echo(f"ringfence: check that the hooks run: ringfence status{where}")
    return ExitCode.ALLOWED


def _check_tags(directory: str | None, tags: list[str] | None) -> None:
    """Check that the tags of the command line exist, before anything is written.

    Raises:
        PolicyError: One doesn't.
    """
    if tags:
        repository = Repository(Repo(directory), outside=True, tags=tags)
        load_tagged_plan(read_local_inputs(repository))


def uninstall(*, repo: RepoOption = None, server: _Server = None) -> int:
    """Remove the hooks and restore those that were there before."""
    done = server_hooks.uninstall_forge_hooks(server) if server else []
    if server and not server_hooks.is_repository(server):
        return _print_results(done)
    git_repo = client_hooks.open_repo(server or repo)
    done += client_hooks.uninstall_hooks(git_repo)
    if not git_repo.bare and (sentence := pre_commit_config.remove_block(str(git_repo.working_dir))):
        done.append(sentence)
        if not os.path.exists(os.path.join(git_repo.working_dir, pre_commit_config.FILE)):
            # The hooks of pre-commit refuse every commit if their configuration file is missing.
            done += _run_pre_commit(git_repo.working_dir, "uninstall")
    return _print_results(done)


def _print_results(done: list[str]) -> int:
    for sentence in done or ["nothing was installed here"]:
        typer.echo(f"ringfence: {sentence}")
    return ExitCode.ALLOWED


def _select_hooks(git_repo: object, server: str | None, *, update: bool) -> tuple[str, ...]:
    if update and not server:
        raise UsageError("--update needs --server DIR.")
    if server and not getattr(git_repo, "bare", False):
        raise UsageError(f"{server} isn't a bare repository.", "Give the repository's folder on the server.")
    if update:
        return ("update",)
    return client_hooks.SERVER if server else client_hooks.CLIENT


def _install_pre_commit(top: object) -> list[str]:
    client_hooks.find_pre_commit()  # before anything is written
    return [pre_commit_config.add_block(str(top)), *_run_pre_commit(top, "install")]


def _run_pre_commit(top: object, command: str) -> list[str]:
    """Run `pre-commit install` or `uninstall` for our stages, and return the lines it prints.

    Raises:
        UsageError: It fails.
    """
    program = client_hooks.find_pre_commit()
    stages = [word for stage in pre_commit_config.STAGES for word in ("--hook-type", stage)]
    process = subprocess.run([*program, command, *stages], cwd=str(top), capture_output=True, text=True, check=False)
    if process.returncode:
        raise UsageError(f"{program[0]} {command} failed: {(process.stderr or process.stdout).strip()}")
    return process.stdout.strip().splitlines()
