"""Says whether hooks are in place and whether they really refuse, on a laptop and on a server."""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING

from ..git.repo import Repo
from ..policy.inputs import SYSTEM_POLICY
from ..repository import Place
from . import canary, host_checks, pre_commit_config, sandbox, server_hooks
from .client_hooks import ASIDE, CLIENT, SERVER, hooks_folder, is_ours, is_runnable
from .host_checks import Check

if TYPE_CHECKING:
    from collections.abc import Iterator

    import git


def checks(repo: git.Repo, again: str) -> Iterator[Check]:
    """Look at everything that decides whether a repository's hooks run; `again` is the command that installs them."""
    place = hooks_folder(repo)
    settings = _settings(repo)
    if repo.bare:
        yield from _server_checks(repo, place, settings, again)
        return
    by_framework = pre_commit_config.is_used(str(repo.working_dir))
    names = pre_commit_config.STAGES if by_framework else CLIENT
    yield _hooks_path(repo, settings, place)
    for name in names:
        yield _hook(place, name, again, by_framework=by_framework)
    yield from _switched_off(settings, names)
    yield from _tags(settings, repo)
    with sandbox.folder() as path:
        yield from canary.on_client(place, settings, path, by_framework=by_framework)


def shared(directory: str, again: str) -> Iterator[Check]:
    """Look at a folder from which a forge takes the hooks of all repositories."""
    files = server_hooks.placed(directory)
    if not files:
        yield Check("hooks", False, f"there is none of ringfence's in {directory}", again)
    yield from _forge_hooks(directory, files, [], again)
    yield from host_checks.of_files([*(os.path.join(directory, file) for file, _ in files), SYSTEM_POLICY])
    yield from host_checks.of_machine()


def below(root: str) -> Iterator[Check]:
    """Look whether every bare repository below a folder has the gate; those that don't are named."""
    found = list(server_hooks.repositories(root))
    without = [path for path in found if not server_hooks.is_guarded(path)]
    for path in without:
        yield Check(path, False, "git calls no hook of ringfence's there", f"ringfence install --server {path}")
    yield Check(root, bool(found), f"{len(found) - len(without)} of {len(found)} repositories have the gate")


def _server_checks(repo: git.Repo, place: str, settings: list[tuple[str, str]], again: str) -> Iterator[Check]:
    directory = str(repo.git_dir)
    files = server_hooks.placed(directory)
    if files:
        yield from _forge_hooks(directory, files, settings, again)
        hooks = [os.path.join(directory, file) for file, _ in files]
    else:
        names = _server_hooks(place)
        yield _hooks_path(repo, settings, place)
        for name in names:
            yield _hook(place, name, again)
        yield from _switched_off(settings, names)
        hooks = [os.path.join(place, name) for name in names]
        yield from _put_aside(repo, again)
        yield from _notes(repo, place, again)
    yield from _tags(settings, repo)
    policies = [os.path.expanduser(text) for key, text in settings if key == "ringfence.policy"]
    yield from host_checks.of_files([*hooks, os.path.join(directory, "config"), SYSTEM_POLICY, *policies])
    yield from host_checks.of_machine()
    if not files:
        with sandbox.folder() as path:
            yield canary.on_server(canary.all_of(place), names[-1], settings, path)


def _put_aside(repo: git.Repo, again: str) -> Iterator[Check]:
    """Look at what keeps refused pushes in hidden refs: all of it, or nothing, and then they go into bundles."""
    parts = server_hooks.is_put_aside(repo)
    lacking = [name for name, is_there in parts.items() if not is_there]
    if len(lacking) < len(parts):
        yield Check(
            "quarantine", not lacking, f"{', '.join(lacking)}: not there" if lacking else "in hidden refs", again
        )


def _notes(repo: git.Repo, place: str, again: str) -> Iterator[Check]:
    """Look at what writes notes on accepted commits, where they are wanted."""
    wanted = Place(Repo(str(repo.git_dir)), server=True)
    if wanted.writes_notes:
        yield _hook(place, "post-receive", again)
        kept = f"taken from {wanted.ledger}" if wanted.ledger else "no ledger is kept, which they are taken from"
        yield Check("notes", bool(wanted.ledger), kept, "git config ringfence.ledger FILE, by its absolute path")


def _forge_hooks(
    directory: str, files: list[tuple[str, str]], settings: list[tuple[str, str]], again: str
) -> Iterator[Check]:
    """Look at what a forge calls, and show each a canary."""
    for file, words in files:
        path = os.path.join(directory, file)
        yield _hook(directory, file, again)
        if caller := server_hooks.caller(file):
            is_there = is_runnable(os.path.join(directory, caller))
            says = f"{caller} calls it" if is_there else f"{caller}, which would call it, isn't there or can't be run"
            yield Check(file, is_there, says, "let the forge write its hooks again")
        with sandbox.folder() as scratch_path:
            yield canary.on_server(canary.one(path, words), words.split()[0], settings, scratch_path)


def _server_hooks(place: str) -> tuple[str, ...]:
    """Return which hook guards a server: update where there is nothing but that."""
    is_update = is_ours(os.path.join(place, "update")) and not os.path.lexists(os.path.join(place, "pre-receive"))
    has_more = is_ours(os.path.join(place, "proc-receive"))
    return ("update",) if is_update else (*SERVER, "proc-receive") if has_more else SERVER


def _settings(repo: git.Repo) -> list[tuple[str, str]]:
    listing: str = repo.git.config("--list", "-z", strip_newline_in_stdout=False)
    pairs = (entry.partition("\n") for entry in listing.split("\0") if entry)
    return [(key, text) for key, _, text in pairs]


def _hooks_path(repo: git.Repo, settings: list[tuple[str, str]], place: str) -> Check:
    configured = [text for key, text in settings if key == "core.hookspath"]
    if not configured:
        return Check("hooks folder", is_good=True, says=place)
    usual = os.path.join(repo.common_dir, "hooks")
    if os.path.realpath(place) != os.path.realpath(usual) and any(
        is_ours(os.path.join(usual, n)) for n in (*CLIENT, *SERVER)
    ):
        return Check(
            "hooks folder", False, f"core.hooksPath = {configured[-1]} hides the hooks in {usual}",
            "git config --unset core.hooksPath, or ringfence install again",
        )  # fmt: skip
    return Check(
        "hooks folder",
        os.path.isdir(place),
        f"{place} (core.hooksPath)",
        f"there is no {place}: git runs no hook",
    )


def _hook(place: str, name: str, again: str, *, by_framework: bool = False) -> Check:
    path = os.path.join(place, name)
    if os.path.islink(path) and not os.path.exists(path):
        return Check(name, False, f"{path} is a dead link: git passes over it", again)
    if not os.path.exists(path):
        return Check(name, False, f"{path} isn't there", again)
    if not is_runnable(path):
        return Check(name, False, f"{path} has no run bit: git passes over it", f"chmod +x {path}")
    if by_framework and _holds(path, "pre-commit", "prek"):
        return Check(name, True, "in place, through the pre-commit framework")
    if not is_ours(path):
        return Check(name, False, f"{path} isn't ringfence's", again)
    if problem := _interpreter_problem(path):
        return Check(name, False, problem, again)
    if os.path.exists(path + ASIDE) and not is_runnable(path + ASIDE):
        return Check(name, False, f"{path}{ASIDE}, which it runs too, has no run bit", f"chmod +x {path}{ASIDE}")
    return Check(name, True, "in place")


def _holds(path: str, *words: str) -> bool:
    with open(path, encoding="utf-8", errors="replace") as file:
        content = file.read()
    return any(word in content for word in words)


def _interpreter_problem(path: str) -> str:
    """Return what keeps a hook's Python from running ringfence, or ""."""
    with open(path, encoding="utf-8") as file:
        found = re.search(r"^exec (?:'([^']+)'|(\S+)) -I", file.read(), re.MULTILINE)
    if not found:
        return ""  # it calls `ringfence` by the PATH; the canary tells whether that works
    python = found.group(1) or found.group(2)
    try:
        done = subprocess.run([python, "-I", "-c", "import ringfence.hook"], capture_output=True, check=False)
    except OSError:
        return f"its Python, {python}, isn't there: git refuses everything"
    return f"its Python, {python}, has no ringfence: git refuses everything" if done.returncode else ""


def _switched_off(settings: list[tuple[str, str]], names: tuple[str, ...]) -> Iterator[Check]:
    """Name what git 2.54 and later let a configuration switch off."""
    for key, text in settings:
        if re.fullmatch(r"hook\..+\.enabled", key) and text.lower() in ("false", "no", "off", "0"):
            subject = key.removeprefix("hook.").removesuffix(".enabled")
            if subject in names or "ringfence" in subject.lower():
                yield Check(
                    subject,
                    False,
                    f"{key} = {text} switches a configured hook off",
                    f"git config --unset {key}",
                )


def _tags(settings: list[tuple[str, str]], repo: git.Repo) -> Iterator[Check]:
    tags = [text for key, text in settings if key == "ringfence.tag"]
    if repo.bare and not tags:
        # Not wrong: the organisation's policy or the repository's own file may tag it.
        yield Check("tag", True, "none in the git configuration; see ringfence policy show")
    elif tags:
        yield Check("tag", True, ", ".join(tags))
