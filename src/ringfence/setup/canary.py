"""Shows hooks what they must refuse, in a scratch repository, and says whether they do."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING, Any

from ..policy.effective import parse_vendors
from ..policy.vendor_files import read_shipped_files
from . import pre_commit_config, sandbox
from .host_checks import Check

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..policy.markers.base import MarkerEntry

    Hooks = Callable[[str], Any]  # gives a repository the hooks under test


def _canary(kind: str) -> MarkerEntry:
    """Return a definitive marker of a kind: what every hook must refuse."""
    vendors = parse_vendors(read_shipped_files())
    return next(m for v in vendors.values() for m in v.marker if m.kind == kind and m.strength == "definitive")


def all_of(place: str) -> Hooks:
    """Return how to give a scratch repository a whole folder of hooks."""
    return lambda directory: sandbox.run(directory, "config", "core.hooksPath", os.path.abspath(place))


def one(path: str, words: str) -> Hooks:
    """Return how to let a scratch repository call one hook, as the forge does that calls it with these words."""
    is_called = {
        "pre-receive": ("pre-receive", '"$@"'),
        "update": ("update", '"$@"'),
        "gerrit": ("update", '--project canary --refname "$1" --uploader canary --oldrev "$2" --newrev "$3"'),
    }
    name, arguments = is_called[words.split(maxsplit=1)[0]]

    def give(directory: str) -> None:
        hook = os.path.join(directory, "hooks", name)
        sandbox.write(directory, f"hooks/{name}", f"#!/bin/sh\nexec {shlex.quote(os.path.abspath(path))} {arguments}\n")
        os.chmod(hook, 0o700)

    return give


def _prepare(hooks: Hooks, settings: list[tuple[str, str]], directory: str) -> None:
    """Give a scratch repository the hooks under test, the policies of the real one, and a tag."""
    hooks(directory)
    for key, text in settings:
        if key in ("ringfence.policy", "receive.procreceiverefs", "transfer.hiderefs") or key.startswith("hook."):
            sandbox.run(directory, "config", "--add", key, text)
    sandbox.run(directory, "config", "ringfence.tag", "training-data")


def on_client(place: str, settings: list[tuple[str, str]], path: str, *, by_framework: bool) -> Iterator[Check]:
    """Show each hook of a developer's what it must refuse."""
    server, work = os.path.join(path, "server.git"), os.path.join(path, "work")
    sandbox.bare(server)
    sandbox.clone(server, work)
    signed = f"canary\n\nCo-authored-by: {_canary('identity').caught[0]}"
    _prepare(all_of(place), settings, work)
    if by_framework:
        pre_commit_config.add(work)
        sandbox.run(work, "add", pre_commit_config.FILE)  # it wants its file to be staged
    sandbox.write(work, "canary.txt", _canary("content").caught[0])
    sandbox.run(work, "add", "canary.txt")
    yield _refusal("pre-commit", *sandbox.run(work, "commit", "-m", "canary"))
    sandbox.run(work, "rm", "--cached", "-q", "canary.txt")
    yield _refusal("commit-msg", *sandbox.run(work, "commit", "--allow-empty", "-e", "-m", signed))
    yield _refusal("prepare-commit-msg", *sandbox.run(work, "commit", "--no-verify", "--allow-empty", "-m", signed))
    sandbox.run(work, "update-ref", "refs/heads/canary", _marked_commit(work))
    yield _refusal("pre-push", *sandbox.run(work, "push", server, "canary"))


def on_server(hooks: Hooks, name: str, settings: list[tuple[str, str]], path: str) -> Check:
    """Push a marked commit to a scratch server, through a hook that calls itself `name`."""
    server, work = os.path.join(path, "server.git"), os.path.join(path, "work")
    sandbox.bare(server)
    sandbox.clone(server, work)
    _prepare(hooks, settings, server)
    return _refusal(name, *sandbox.run(work, "push", server, f"{_marked_commit(work)}:refs/heads/canary"))


def _marked_commit(work: str) -> str:
    """Make a commit past all hooks, with a co-author that every hook must refuse."""
    _, tree = sandbox.run(work, "hash-object", "-w", "-t", "tree", os.devnull)
    signed = f"canary\n\nCo-authored-by: {_canary('identity').caught[0]}"
    return sandbox.run(work, "commit-tree", tree, "-m", signed)[1]


def _refusal(name: str, status: int, said: str) -> Check:
    what = f"{name} canary"
    if status and f"ringfence {name}: refused" in said:
        return Check(what, True, "refused, as it should be")
    if status:
        return Check(what, False, f"refused, but not by ringfence's judgement: {said.splitlines()[0] if said else '…'}")
    return Check(what, False, "a marked commit went through", "what stands above says why")
