"""Tests hooks in a scratch repository with marked changes (canaries), which each must refuse."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING, Any

from ..errors import PolicyError
from ..git.repo import Repo
from ..policy.effective import parse_vendors
from ..policy.vendor_files import read_shipped_files
from ..repository import Repository, load_local_plan
from . import pre_commit_config, sandbox
from .host_checks import CheckResult

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    HookInstaller = Callable[[str], Any]  # installs the hooks under test into the repository in a folder


def _find_canary(kind: str, directory: str) -> str:
    """Return a mark of a kind that a scratch repository's policy refuses: the first definitive one of a rival's.

    A strong one where none of its rivals has a definitive one.
    """
    try:
        plan = load_local_plan(Repository(Repo(directory)))
    except PolicyError:
        plan = None  # nothing passes, whatever it is
    vendors = parse_vendors(read_shipped_files())
    rivals = [file for vendor, file in vendors.items() if plan is None or plan.is_rival(vendor)]
    markers = [marker for file in rivals for marker in file.marker if marker.kind == kind]
    return next(
        (item.caught[0] for strength in ("definitive", "strong") for item in markers if item.strength == strength),
        "no mark",
    )


def build_folder_installer(folder: str) -> HookInstaller:
    """Return an installer that makes a scratch repository run all hooks of a folder."""
    return lambda directory: sandbox.run(directory, "config", "core.hooksPath", os.path.abspath(folder))


def build_hook_installer(path: str, call: str) -> HookInstaller:
    """Return an installer that makes git call one hook the way its forge does.

    `call` are the arguments of `ringfence hook` in that hook: `pre-receive "$@"`.
    """
    calls = {
        "pre-receive": ("pre-receive", '"$@"'),
        "update": ("update", '"$@"'),
        "gerrit": ("update", '--project canary --refname "$1" --uploader canary --oldrev "$2" --newrev "$3"'),
    }
    name, arguments = calls[call.split(maxsplit=1)[0]]

    def write_hook(directory: str) -> None:
        hook = os.path.join(directory, "hooks", name)
        sandbox.write_file(
            directory, f"hooks/{name}", f"#!/bin/sh\nexec {shlex.quote(os.path.abspath(path))} {arguments}\n"
        )
        os.chmod(hook, 0o700)

    return write_hook


def _prepare_repository(hooks: HookInstaller, settings: list[tuple[str, str]], directory: str) -> None:
    """Install the hooks under test into a scratch repository, with the policies of the real one, and tag it."""
    hooks(directory)
    for key, value in settings:
        if key in ("ringfence.policy", "receive.procreceiverefs", "transfer.hiderefs") or key.startswith("hook."):
            sandbox.run(directory, "config", "--add", key, value)
    sandbox.run(directory, "config", "ringfence.tag", "training-data")


def check_client_hooks(
    folder: str, settings: list[tuple[str, str]], path: str, *, by_framework: bool
) -> Iterator[CheckResult]:
    """Test each client hook of a folder.

    Args:
        folder: The hooks under test.
        settings: Git's settings in the real repository, as (key, value).
        path: An empty folder for the scratch repositories.
        by_framework: The hooks are those of the pre-commit framework, which calls ringfence.
    """
    server, work = os.path.join(path, "server.git"), os.path.join(path, "work")
    sandbox.init_bare(server)
    sandbox.clone(server, work)
    _prepare_repository(build_folder_installer(folder), settings, work)
    signed = f"canary\n\nCo-authored-by: {_find_canary('identity', work)}"
    if by_framework:
        pre_commit_config.add_block(work)
        sandbox.run(work, "add", pre_commit_config.FILE)  # the framework refuses an unstaged configuration
    sandbox.write_file(work, "canary.txt", _find_canary("content", work))
    sandbox.run(work, "add", "canary.txt")
    yield _check_refusal("pre-commit", *sandbox.run(work, "commit", "-m", "canary"))
    sandbox.run(work, "rm", "--cached", "-q", "canary.txt")
    yield _check_refusal("commit-msg", *sandbox.run(work, "commit", "--allow-empty", "-e", "-m", signed))
    yield _check_refusal(
        "prepare-commit-msg", *sandbox.run(work, "commit", "--no-verify", "--allow-empty", "-m", signed)
    )
    sandbox.run(work, "update-ref", "refs/heads/canary", _create_marked_commit(work, work))
    yield _check_refusal("pre-push", *sandbox.run(work, "push", server, "canary"))


def check_server_hook(hooks: HookInstaller, name: str, settings: list[tuple[str, str]], path: str) -> CheckResult:
    """Test a server hook by pushing a marked commit to a scratch server; `name` is the hook's name in its messages."""
    server, work = os.path.join(path, "server.git"), os.path.join(path, "work")
    sandbox.init_bare(server)
    sandbox.clone(server, work)
    _prepare_repository(hooks, settings, server)
    commit = _create_marked_commit(work, server)
    return _check_refusal(name, *sandbox.run(work, "push", server, f"{commit}:refs/heads/canary"))


def check_read_hook(command: str, path: str) -> CheckResult:
    """Test the hook that decides about fetches in a repository whose policy keeps every account out."""
    server, policy = os.path.join(path, "server.git"), os.path.join(path, "policy.toml")
    sandbox.init_bare(server)
    sandbox.write_file(path, "policy.toml", 'version = 1\n[accounts]\nbarred = ["*"]\n')
    for key, text in (("ringfence.tag", "training-data"), ("ringfence.policy", policy)):
        sandbox.run(server, "config", key, text)
    status, output = sandbox.run_program(server, command, "true", GIT_DIR=".")
    return _check_refusal("upload-pack", status, output, "a barred account could read")


def _create_marked_commit(work: str, judge: str) -> str:
    """Create a commit with a co-author that `judge` must refuse, without running hooks, and return its id."""
    _, tree = sandbox.run(work, "hash-object", "-w", "-t", "tree", os.devnull)
    signed = f"canary\n\nCo-authored-by: {_find_canary('identity', judge)}"
    return sandbox.run(work, "commit-tree", tree, "-m", signed)[1]


def _check_refusal(name: str, status: int, output: str, failure: str = "a marked commit was accepted") -> CheckResult:
    canary = f"{name} canary"
    if status and f"ringfence {name}: refused" in output:
        return CheckResult(canary, True, "refused, as it should be")
    if not status and f"ringfence {name}: observed" in output:
        return CheckResult(canary, True, "observed, as the policy says for now")
    if status:
        first_line = output.splitlines()[0].rstrip() if output else "no output"
        return CheckResult(canary, False, f"refused, but not by a verdict of ringfence: {first_line}")
    return CheckResult(canary, False, failure, "see the results above")
