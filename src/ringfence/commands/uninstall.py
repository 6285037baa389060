"""`ringfence uninstall`."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from ..audit.many import list_repositories, uninstall_all
from ..errors import UsageError
from ..setup import client_hooks, git_config, global_hooks, pre_commit_config, read_hook, server_hooks
from .installation import All, Global, Server, print_outcomes, print_results, refuse_beside_global, run_pre_commit
from .options import RepoOption


def uninstall(
    *, repo: RepoOption = None, server: Server = None, everything: All = None,
    reads: Annotated[
        bool, typer.Option("--reads", help="Only what decides about fetches, for all that this machine serves.")
    ] = False,
    for_user: Global = False,
) -> int:  # fmt: skip
    """Remove the hooks and restore those that were there before."""
    if for_user:
        refuse_beside_global(repo, server, everything, reads)
        return print_results(global_hooks.uninstall_global_hooks())
    if reads:
        done = read_hook.uninstall_read_hook()
        for directory in list_repositories(everything) if everything else [server] if server else ():
            git_config.remove_values(client_hooks.open_repo(directory), read_hook.DUMB[0], f"^{read_hook.DUMB[1]}$")
        return print_results(done)
    if everything and (server or repo):
        raise UsageError("--all can't be combined with --server or --repo.")
    if everything:
        return print_outcomes(everything, uninstall_all(everything), is_tagging=False)
    done = server_hooks.uninstall_forge_hooks(server) if server else []
    if server and not server_hooks.is_repository(server):
        return print_results(done)
    git_repo = client_hooks.open_repo(server or repo)
    done += client_hooks.uninstall_hooks(git_repo)
    if not git_repo.bare and (sentence := pre_commit_config.remove_block(str(git_repo.working_dir))):
        done.append(sentence)
        if not os.path.exists(os.path.join(git_repo.working_dir, pre_commit_config.FILE)):
            # The hooks of pre-commit refuse every commit if their configuration file is missing.
            done += run_pre_commit(git_repo.working_dir, "uninstall")
    return print_results(done)
