"""`ringfence install`."""

from __future__ import annotations

import os
from enum import StrEnum
from typing import Annotated

import typer

from ..audit.many import Setup, install_all
from ..errors import ExitCode, UsageError
from ..git.repo import Repo
from ..policy.effective import build_effective_policy, list_vendors
from ..policy.inputs import Inputs, read_layer
from ..policy.load import is_compiled, load_plan
from ..repository import Repository, load_tagged_plan, read_local_inputs
from ..scan.prefilter import load_prefilter
from ..setup import client_hooks, git_config, global_hooks, pre_commit_config, read_hook, server_hooks
from ..sources.forges import FORGES
from .installation import All, Global, Server, print_outcomes, print_results, refuse_beside_global, run_pre_commit
from .options import RepoOption

Forge = StrEnum("Forge", list(FORGES))  # type: ignore[misc]  # a member for each row of the table


def install(
    *,
    repo: RepoOption = None,
    server: Server = None,
    everything: All = None,
    tag: Annotated[
        list[str] | None, typer.Option("--tag", metavar="TAG", help="Tag the repository, in its git configuration.")
    ] = None,
    update: Annotated[
        bool, typer.Option("--update", help="On a server: the update hook, for hosts that run no other hook.")
    ] = False,
    forge: Annotated[
        Forge, typer.Option("--forge", help="On a server: the software that runs the hook there.")
    ] = Forge["plain"],
    deadline: Annotated[
        float | None,
        typer.Option("--deadline", metavar="SECONDS", help="On a server: refuse a push when a check takes longer."),
    ] = None,
    policy: Annotated[
        str | None, typer.Option("--policy", metavar="FILE", help="With --all or --global: the organisation's policy.")
    ] = None,
    ledger: Annotated[
        str | None, typer.Option("--ledger", metavar="FILE", help="With --all: the ledger, made when it is needed.")
    ] = None,
    reads: Annotated[
        bool, typer.Option("--reads", help="On a server: also decide about fetches, of all that this machine serves.")
    ] = False,
    pre_commit: Annotated[bool, typer.Option("--pre-commit", help="Install through the pre-commit framework.")] = False,
    for_user: Global = False,
) -> int:
    """Install the hooks of a developer's clone, or with --server or --all those of a server."""
    if for_user:
        refuse_beside_global(
            repo, server, everything, tag, update, forge != "plain", deadline, ledger, reads, pre_commit
        )
        _check_settings(policy, None, None)
        return print_results(
            [*global_hooks.install_global_hooks(policy or ""), "check that the hooks run: ringfence status --global"]
        )
    if everything and (server or repo or pre_commit):
        raise UsageError("--all can't be combined with --server, --repo or --pre-commit.")
    if (policy or ledger) and not everything:
        raise UsageError("--policy and --ledger need --all ROOT.", "git config ringfence.policy FILE sets one.")
    if forge != "plain" and not (server or everything):
        raise UsageError("--forge needs --server DIR or --all ROOT.")
    if server and pre_commit:
        raise UsageError(
            "--server and --pre-commit can't be combined.", "The pre-commit framework has no server hooks."
        )
    if deadline is not None and (not (server or everything) or deadline <= 0):
        raise UsageError("--deadline needs --server or --all, and a positive number of seconds.")
    if reads and not (server or everything):
        raise UsageError("--reads needs --server DIR or --all ROOT.")
    if reads:
        read_hook.check_forge(forge)
    options = f"--deadline {deadline:g}" if deadline else ""
    if everything:
        settings = (*_check_settings(policy, ledger, tag), *([read_hook.DUMB] if reads else ()))
        for sentence in read_hook.install_read_hook(forge) if reads else ():
            typer.echo(f"ringfence: {sentence}")
        typer.echo("ringfence: looking for repositories, and compiling policies that are new …", err=True)
        outcomes = install_all(everything, Setup(forge, options, update, settings))
        return print_outcomes(everything, outcomes, is_tagging=True)
    _check_tags(server or repo, tag)
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
    inputs = read_local_inputs(repository)
    if inputs.can_be_tagged and not is_compiled(inputs):
        typer.echo("ringfence: compiling the policy, once for each set of rules …", err=True)
    plan = load_tagged_plan(inputs)
    if plan:
        load_prefilter(plan)
    if plan and plan.actions.quarantined and server and forge == "plain" and not update:
        done += server_hooks.install_quarantine(client_hooks.open_repo(server))
    feeds = bool(server) and not plan and load_plan(read_local_inputs(repository)).ingredients.feeds
    if (repository.needs_notes or feeds) and server and forge == "plain":
        done += client_hooks.install_hooks(client_hooks.open_repo(server), ("post-receive",))
    if reads and server:
        done += _install_read_hook(server, forge)
    for sentence in done:
        typer.echo(f"ringfence: {sentence}")
    where = f" --server {server}" if server else f" --repo {repo}" if repo else ""
    typer.echo(f"ringfence: check that the hooks run: ringfence status{where}")
    return ExitCode.ALLOWED


def _install_read_hook(server: str, forge: str) -> list[str]:
    """Have git ask about fetches, and keep a web server from giving out the repository's files itself."""
    done = read_hook.install_read_hook(forge)
    if server_hooks.is_repository(server):
        git_config.set_value(client_hooks.open_repo(server), *read_hook.DUMB)
        done.append(f"git http-backend gives out no files ({' = '.join(read_hook.DUMB)})")
    return done


def _check_tags(directory: str | None, tags: list[str] | None) -> None:
    """Check that the tags of the command line exist, before anything is written.

    Raises:
        PolicyError: One doesn't.
    """
    if tags:
        repository = Repository(Repo(directory), outside=True, tags=tags)
        load_tagged_plan(read_local_inputs(repository))


def _check_settings(policy: str | None, ledger: str | None, tags: list[str] | None) -> tuple[tuple[str, str], ...]:
    """Check a policy, a ledger's path and tags before anything is written; return them as git's settings.

    Raises:
        PolicyError: The policy or a tag can't be used.
    """
    paths = {"ringfence.policy": policy, "ringfence.ledger": ledger}
    settings = tuple((key, os.path.abspath(path)) for key, path in paths.items() if path)
    layers = [read_layer(policy, policy, "organisation", is_authoritative=True)] if policy else []
    if layers or tags:
        inputs = Inputs(tuple(layers), tuple((tag, "--tag") for tag in tags or ()))
        build_effective_policy(inputs, list_vendors(inputs))
    return (*settings, *(("ringfence.tag", tag) for tag in tags or ()))


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
    return [pre_commit_config.add_block(str(top)), *run_pre_commit(top, "install")]
