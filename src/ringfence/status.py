"""Says whether hooks are in place and whether they really refuse: each is shown a canary in a scratch repository."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import framework, scratch
from .install import ASIDE, CLIENT, SERVER, hooks_folder, is_ours, is_runnable
from .policy.compiled import parse_vendors
from .policy.layers import vendor_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    import git

    from .markers.base import MarkerEntry


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: is it as it should be, and if not, what to do."""

    what: str
    is_good: bool
    says: str
    advice: str = ""


def checks(repo: git.Repo, again: str) -> Iterator[Check]:
    """Look at everything that decides whether a repository's hooks run; `again` is the command that installs them."""
    place = hooks_folder(repo)
    settings = _settings(repo)
    by_framework = not repo.bare and framework.is_used(str(repo.working_dir))
    names = framework.STAGES if by_framework else _server_hooks(place) if repo.bare else CLIENT
    yield _hooks_path(repo, settings, place)
    for name in names:
        yield _hook(place, name, again, by_framework=by_framework)
    yield from _switched_off(settings, names)
    yield from _tags(settings, repo)
    with scratch.folder() as path:
        if repo.bare:
            yield _server_canary(place, names[0], settings, path)
        else:
            yield from _client_canaries(place, settings, path, by_framework=by_framework)


def _server_hooks(place: str) -> tuple[str, ...]:
    """Return which hook guards a server: update where there is nothing but that."""
    is_update = is_ours(os.path.join(place, "update")) and not os.path.lexists(os.path.join(place, "pre-receive"))
    return ("update",) if is_update else SERVER


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


def _hook(place: str, name: str, again: str, *, by_framework: bool) -> Check:
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


def _canary(kind: str) -> MarkerEntry:
    """Return a definitive marker of a kind: what every hook must refuse."""
    vendors = parse_vendors(vendor_files())
    return next(m for v in vendors.values() for m in v.marker if m.kind == kind and m.strength == "definitive")


def _prepare(place: str, settings: list[tuple[str, str]], directory: str) -> None:
    """Give a scratch repository the hooks under test, the policies of the real one, and a tag."""
    scratch.run(directory, "config", "core.hooksPath", os.path.abspath(place))
    for key, text in settings:
        if key == "ringfence.policy" or key.startswith("hook."):
            scratch.run(directory, "config", "--add", key, text)
    scratch.run(directory, "config", "ringfence.tag", "training-data")


def _client_canaries(place: str, settings: list[tuple[str, str]], path: str, *, by_framework: bool) -> Iterator[Check]:
    server, work = os.path.join(path, "server.git"), os.path.join(path, "work")
    scratch.bare(server)
    scratch.clone(server, work)
    signed = f"canary\n\nCo-authored-by: {_canary('identity').caught[0]}"
    _prepare(place, settings, work)
    if by_framework:
        framework.add(work)
        scratch.run(work, "add", framework.FILE)  # it wants its file to be staged
    scratch.write(work, "canary.txt", _canary("content").caught[0])
    scratch.run(work, "add", "canary.txt")
    yield _refusal("pre-commit", *scratch.run(work, "commit", "-m", "canary"))
    scratch.run(work, "rm", "--cached", "-q", "canary.txt")
    yield _refusal("commit-msg", *scratch.run(work, "commit", "--allow-empty", "-e", "-m", signed))
    yield _refusal("prepare-commit-msg", *scratch.run(work, "commit", "--no-verify", "--allow-empty", "-m", signed))
    scratch.run(work, "update-ref", "refs/heads/canary", _marked_commit(work))
    yield _refusal("pre-push", *scratch.run(work, "push", server, "canary"))


def _server_canary(place: str, name: str, settings: list[tuple[str, str]], path: str) -> Check:
    server, work = os.path.join(path, "server.git"), os.path.join(path, "work")
    scratch.bare(server)
    scratch.clone(server, work)
    _prepare(place, settings, server)
    return _refusal(name, *scratch.run(work, "push", server, f"{_marked_commit(work)}:refs/heads/canary"))


def _marked_commit(work: str) -> str:
    """Make a commit past all hooks, with a co-author that every hook must refuse."""
    _, tree = scratch.run(work, "hash-object", "-w", "-t", "tree", os.devnull)
    signed = f"canary\n\nCo-authored-by: {_canary('identity').caught[0]}"
    return scratch.run(work, "commit-tree", tree, "-m", signed)[1]


def _refusal(name: str, status: int, said: str) -> Check:
    what = f"{name} canary"
    if status and f"ringfence {name}: refused" in said:
        return Check(what, True, "refused, as it should be")
    if status:
        return Check(what, False, f"refused, but not by ringfence's judgement: {said.splitlines()[0] if said else '…'}")
    return Check(what, False, "a marked commit went through", "what stands above says why")
