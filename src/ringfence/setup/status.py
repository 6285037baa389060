"""Says whether hooks are in place and whether they really refuse, on a laptop and on a server."""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING

from ..git.repo import Repo
from ..policy.inputs import SYSTEM_POLICY
from ..repository import Repository
from . import canary, host_checks, pre_commit_config, sandbox, server_hooks
from .client_hooks import ASIDE, CLIENT, SERVER, find_hooks_folder, is_ours, is_runnable
from .host_checks import CheckResult

if TYPE_CHECKING:
    from collections.abc import Iterator

    import git


def check_repository(repo: git.Repo, again: str) -> Iterator[CheckResult]:
    """Look at everything that decides whether a repository's hooks run; `again` is the command that installs them."""
    place = find_hooks_folder(repo)
    settings = _read_settings(repo)
    if repo.bare:
        yield from _check_server(repo, place, settings, again)
        return
    by_framework = pre_commit_config.is_used(str(repo.working_dir))
    names = pre_commit_config.STAGES if by_framework else CLIENT
    yield _check_hooks_path(repo, settings, place)
    for name in names:
        yield _check_hook(place, name, again, by_framework=by_framework)
    yield from _check_disabled_hooks(settings, names)
    yield from _check_tags(settings, repo)
    with sandbox.create_folder() as path:
        yield from canary.check_client_hooks(place, settings, path, by_framework=by_framework)


def check_shared_folder(directory: str, again: str) -> Iterator[CheckResult]:
    """Look at a folder from which a forge takes the hooks of all repositories."""
    files = server_hooks.find_installed_hooks(directory)
    if not files:
        yield CheckResult("hooks", False, f"there is none of ringfence's in {directory}", again)
    yield from _check_forge_hooks(directory, files, [], again)
    yield from host_checks.check_permissions([*(os.path.join(directory, file) for file, _ in files), SYSTEM_POLICY])
    yield from host_checks.check_host()


def check_repositories(root: str) -> Iterator[CheckResult]:
    """Look whether every bare repository below a folder has the gate; those that don't are named."""
    found = list(server_hooks.find_repositories(root))
    without = [path for path in found if not server_hooks.is_guarded(path)]
    for path in without:
        yield CheckResult(path, False, "git calls no hook of ringfence's there", f"ringfence install --server {path}")
    yield CheckResult(root, bool(found), f"{len(found) - len(without)} of {len(found)} repositories have the gate")


def _check_server(repo: git.Repo, place: str, settings: list[tuple[str, str]], again: str) -> Iterator[CheckResult]:
    directory = str(repo.git_dir)
    files = server_hooks.find_installed_hooks(directory)
    if files:
        yield from _check_forge_hooks(directory, files, settings, again)
        hooks = [os.path.join(directory, file) for file, _ in files]
    else:
        names = _select_server_hooks(place)
        yield _check_hooks_path(repo, settings, place)
        for name in names:
            yield _check_hook(place, name, again)
        yield from _check_disabled_hooks(settings, names)
        hooks = [os.path.join(place, name) for name in names]
        yield from _check_quarantine(repo, again)
        yield from _check_notes(repo, place, again)
    yield from _check_tags(settings, repo)
    policies = [os.path.expanduser(text) for key, text in settings if key == "ringfence.policy"]
    yield from host_checks.check_permissions([*hooks, os.path.join(directory, "config"), SYSTEM_POLICY, *policies])
    yield from host_checks.check_host()
    if not files:
        with sandbox.create_folder() as path:
            yield canary.check_server_hook(canary.build_folder_installer(place), names[-1], settings, path)


def _check_quarantine(repo: git.Repo, again: str) -> Iterator[CheckResult]:
    """Look at what keeps refused pushes in hidden refs: all of it, or nothing, and then they go into bundles."""
    parts = server_hooks.check_quarantine(repo)
    lacking = [name for name, is_there in parts.items() if not is_there]
    if len(lacking) < len(parts):
        yield CheckResult(
            "quarantine", not lacking, f"{', '.join(lacking)}: not there" if lacking else "in hidden refs", again
        )


def _check_notes(repo: git.Repo, place: str, again: str) -> Iterator[CheckResult]:
    """Look at what writes notes on accepted commits, where they are wanted."""
    wanted = Repository(Repo(str(repo.git_dir)), server=True)
    if wanted.needs_notes:
        yield _check_hook(place, "post-receive", again)
        kept = f"taken from {wanted.ledger}" if wanted.ledger else "no ledger is kept, which they are taken from"
        yield CheckResult("notes", bool(wanted.ledger), kept, "git config ringfence.ledger FILE, by its absolute path")


def _check_forge_hooks(
    directory: str, files: list[tuple[str, str]], settings: list[tuple[str, str]], again: str
) -> Iterator[CheckResult]:
    """Look at what a forge calls, and show each a canary."""
    for file, words in files:
        path = os.path.join(directory, file)
        yield _check_hook(directory, file, again)
        if caller := server_hooks.find_caller(file):
            is_there = is_runnable(os.path.join(directory, caller))
            says = f"{caller} calls it" if is_there else f"{caller}, which would call it, isn't there or can't be run"
            yield CheckResult(file, is_there, says, "let the forge write its hooks again")
        with sandbox.create_folder() as scratch_path:
            yield canary.check_server_hook(
                canary.build_hook_installer(path, words), words.split()[0], settings, scratch_path
            )


def _select_server_hooks(place: str) -> tuple[str, ...]:
    """Return which hook guards a server: update where there is nothing but that."""
    is_update = is_ours(os.path.join(place, "update")) and not os.path.lexists(os.path.join(place, "pre-receive"))
    has_more = is_ours(os.path.join(place, "proc-receive"))
    return ("update",) if is_update else (*SERVER, "proc-receive") if has_more else SERVER


def _read_settings(repo: git.Repo) -> list[tuple[str, str]]:
    listing: str = repo.git.config("--list", "-z", strip_newline_in_stdout=False)
    pairs = (entry.partition("\n") for entry in listing.split("\0") if entry)
    return [(key, text) for key, _, text in pairs]


def _check_hooks_path(repo: git.Repo, settings: list[tuple[str, str]], place: str) -> CheckResult:
    configured = [text for key, text in settings if key == "core.hookspath"]
    if not configured:
        return CheckResult("hooks folder", is_good=True, says=place)
    usual = os.path.join(repo.common_dir, "hooks")
    if os.path.realpath(place) != os.path.realpath(usual) and any(
        is_ours(os.path.join(usual, n)) for n in (*CLIENT, *SERVER)
    ):
        return CheckResult(
            "hooks folder", False, f"core.hooksPath = {configured[-1]} hides the hooks in {usual}",
            "git config --unset core.hooksPath, or ringfence install again",
        )  # fmt: skip
    return CheckResult(
        "hooks folder",
        os.path.isdir(place),
        f"{place} (core.hooksPath)",
        f"there is no {place}: git runs no hook",
    )


def _check_hook(place: str, name: str, again: str, *, by_framework: bool = False) -> CheckResult:
    path = os.path.join(place, name)
    if os.path.islink(path) and not os.path.exists(path):
        return CheckResult(name, False, f"{path} is a dead link: git passes over it", again)
    if not os.path.exists(path):
        return CheckResult(name, False, f"{path} isn't there", again)
    if not is_runnable(path):
        return CheckResult(name, False, f"{path} has no run bit: git passes over it", f"chmod +x {path}")
    if by_framework and _has_any_word(path, "pre-commit", "prek"):
        return CheckResult(name, True, "in place, through the pre-commit framework")
    if not is_ours(path):
        return CheckResult(name, False, f"{path} isn't ringfence's", again)
    if problem := _find_interpreter_fault(path):
        return CheckResult(name, False, problem, again)
    if os.path.exists(path + ASIDE) and not is_runnable(path + ASIDE):
        return CheckResult(name, False, f"{path}{ASIDE}, which it runs too, has no run bit", f"chmod +x {path}{ASIDE}")
    return CheckResult(name, True, "in place")


def _has_any_word(path: str, *words: str) -> bool:
    with open(path, encoding="utf-8", errors="replace") as file:
        content = file.read()
    return any(word in content for word in words)


def _find_interpreter_fault(path: str) -> str:
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


def _check_disabled_hooks(settings: list[tuple[str, str]], names: tuple[str, ...]) -> Iterator[CheckResult]:
    """Name what git 2.54 and later let a configuration switch off."""
    for key, text in settings:
        if re.fullmatch(r"hook\..+\.enabled", key) and text.lower() in ("false", "no", "off", "0"):
            subject = key.removeprefix("hook.").removesuffix(".enabled")
            if subject in names or "ringfence" in subject.lower():
                yield CheckResult(
                    subject,
                    False,
                    f"{key} = {text} switches a configured hook off",
                    f"git config --unset {key}",
                )


def _check_tags(settings: list[tuple[str, str]], repo: git.Repo) -> Iterator[CheckResult]:
    tags = [text for key, text in settings if key == "ringfence.tag"]
    if repo.bare and not tags:
        # Not wrong: the organisation's policy or the repository's own file may tag it.
        yield CheckResult("tag", True, "none in the git configuration; see ringfence policy show")
    elif tags:
        yield CheckResult("tag", True, ", ".join(tags))
