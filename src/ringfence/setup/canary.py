"""Shows hooks what they must refuse, in a scratch repository, and says whether they do."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING, Any

from ..policy.effective import parse_vendors
from ..policy.vendor_files import read_shipped_files
from . import pre_commit_config, sandbox
from .host_checks import CheckResult

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..policy.markers.base import MarkerEntry

    HookInstaller = Callable[[str], Any]  # gives a repository the hooks under test


def _find_canary(kind: str) -> MarkerEntry:
    """Return a definitive marker of a kind: what every hook must refuse."""
    vendors = parse_vendors(read_shipped_files())
    return next(m for v in vendors.values() for m in v.marker if m.kind == kind and m.strength == "definitive")


def build_folder_installer(place: str) -> HookInstaller:
    """Return how to give a scratch repository a whole folder of hooks."""
    return lambda directory: sandbox.run(directory, "config", "core.hooksPath", os.path.abspath(place))


def build_hook_installer(path: str, words: str) -> HookInstaller:
    """Return how to let a scratch repository call one hook, as the forge does that calls it with these words."""
    is_called = {
        "pre-receive": ("pre-receive", '"$@"'),
        "update": ("update", '"$@"'),
        "gerrit": ("update", '--project canary --refname "$1" --uploader canary --oldrev "$2" --newrev "$3"'),
    }
    name, arguments = is_called[words.split(maxsplit=1)[0]]

    def write_hook(directory: str) -> None:
        hook = os.path.join(directory, "hooks", name)
        sandbox.write_file(
            directory, f"hooks/{name}", f"#!/bin/sh\nexec {shlex.quote(os.path.abspath(path))} {arguments}\n"
        )
        os.chmod(hook, 0o700)

    return write_hook


def _prepare_repository(hooks: HookInstaller, settings: list[tuple[str, str]], directory: str) -> None:
    """Give a scratch repository the hooks under test, the policies of the real one, and a tag."""
    hooks(directory)
    for key, text in settings:
        if key in ("ringfence.policy", "receive.procreceiverefs", "transfer.hiderefs") or key.startswith("hook."):
            sandbox.run(directory, "config", "--add", key, text)
    sandbox.run(directory, "config", "ringfence.tag", "training-data")


def check_client_hooks(
    place: str, settings: list[tuple[str, str]], path: str, *, by_framework: bool
) -> Iterator[CheckResult]:
    """Show each hook of a developer's what it must refuse."""
    server, work = os.path.join(path, "server.git"), os.path.join(path, "work")
    sandbox.init_bare(server)
    sandbox.clone(server, work)
    signed = f"canary\n\nCo-authored-by: {_find_canary('identity').caught[0]}"
    _prepare_repository(build_folder_installer(place), settings, work)
    if by_framework:
        pre_commit_config.add_block(work)
        sandbox.run(work, "add", pre_commit_config.FILE)  # it wants its file to be staged
    sandbox.write_file(work, "canary.txt", _find_canary("content").caught[0])
    sandbox.run(work, "add", "canary.txt")
    yield _check_refusal("pre-commit", *sandbox.run(work, "commit", "-m", "canary"))
    sandbox.run(work, "rm", "--cached", "-q", "canary.txt")
    yield _check_refusal("commit-msg", *sandbox.run(work, "commit", "--allow-empty", "-e", "-m", signed))
    yield _check_refusal(
        "prepare-commit-msg", *sandbox.run(work, "commit", "--no-verify", "--allow-empty", "-m", signed)
    )
    sandbox.run(work, "update-ref", "refs/heads/canary", _create_marked_commit(work))
    yield _check_refusal("pre-push", *sandbox.run(work, "push", server, "canary"))


def check_server_hook(hooks: HookInstaller, name: str, settings: list[tuple[str, str]], path: str) -> CheckResult:
    """Push a marked commit to a scratch server, through a hook that calls itself `name`."""
    server, work = os.path.join(path, "server.git"), os.path.join(path, "work")
    sandbox.init_bare(server)
    sandbox.clone(server, work)
    _prepare_repository(hooks, settings, server)
    return _check_refusal(name, *sandbox.run(work, "push", server, f"{_create_marked_commit(work)}:refs/heads/canary"))


def _create_marked_commit(work: str) -> str:
    """Make a commit past all hooks, with a co-author that every hook must refuse."""
    _, tree = sandbox.run(work, "hash-object", "-w", "-t", "tree", os.devnull)
    signed = f"canary\n\nCo-authored-by: {_find_canary('identity').caught[0]}"
    return sandbox.run(work, "commit-tree", tree, "-m", signed)[1]


def _check_refusal(name: str, status: int, said: str) -> CheckResult:
    what = f"{name} canary"
    if status and f"ringfence {name}: refused" in said:
        return CheckResult(what, True, "refused, as it should be")
    if status:
        return CheckResult(
            what, False, f"refused, but not by ringfence's judgement: {said.splitlines()[0] if said else '…'}"
        )
    return CheckResult(what, False, "a marked commit went through", "what stands above says why")
