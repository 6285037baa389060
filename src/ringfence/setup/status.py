"""Checks whether hooks are installed, and whether they refuse marked changes, on a laptop and on a server."""

from __future__ import annotations

import json
import os
import re
import subprocess
from typing import TYPE_CHECKING

from .. import __version__
from ..git.hook_files import find_kept_hook, is_ours, is_runnable
from ..git.repo import Repo
from ..policy.inputs import SYSTEM_POLICY
from ..repository import Repository
from . import canary, host_checks, pre_commit_config, sandbox, server_hooks
from .client_hooks import CLIENT, OLD_SUFFIX, SERVER
from .git_config import find_hooks_folder, list_settings
from .global_hooks import find_hidden_folder
from .hooks_path_check import check_hooks_path
from .host_checks import CheckResult
from .ingredient_check import check_index
from .ledger_check import check_unjudged_refs
from .policy_checks import check_protection
from .read_checks import check_reads
from .submodule_check import check_submodules
from .tool_check import check_tools
from .web_check import check_nginx

GLOBAL_REMEDY = "ringfence install --global"
# As a hook starts, see `client_hooks.build_hook_script`.
_ASK_VERSION = """import sys
sys.path += {folders!r}
try:
    import ringfence.hook
except ImportError:
    import site
    site.main()
    import ringfence.hook
print(ringfence.__version__)"""

if TYPE_CHECKING:
    from collections.abc import Iterator

    import git


def check_repository(repo: git.Repo, remedy: str) -> Iterator[CheckResult]:
    """Check everything that decides whether a repository's hooks run; `remedy` is the command that installs them."""
    folder = find_hooks_folder(repo)
    settings = list_settings(repo)
    if repo.bare:
        yield from _check_server(repo, folder, settings, remedy)
        return
    by_framework = pre_commit_config.is_used(str(repo.working_dir))
    names = pre_commit_config.STAGES if by_framework else CLIENT
    yield from check_hooks_path(repo, settings, folder)
    if folder == find_hidden_folder():
        remedy = GLOBAL_REMEDY
    for name in names:
        yield _check_hook(folder, name, remedy, by_framework=by_framework)
    yield from _check_disabled_hooks(settings, names)
    yield from check_protection(Repository(Repo(str(repo.working_dir))))
    yield check_index(str(repo.working_dir))
    yield from check_tools(Repository(Repo(str(repo.working_dir))))
    yield from check_submodules(Repository(Repo(str(repo.working_dir))))
    with sandbox.create_folder() as path:
        yield from canary.check_client_hooks(folder, settings, path, by_framework=by_framework)


def check_global_hooks() -> Iterator[CheckResult]:
    """Check the hooks that this user has for all repositories."""
    folder = find_hidden_folder()
    if not folder:
        yield CheckResult("hooks folder", False, "no hooks of ringfence for all repositories", GLOBAL_REMEDY)
        return
    yield CheckResult("hooks folder", True, f"{folder} (core.hooksPath of this user, for all repositories)")
    for name in CLIENT:
        yield _check_hook(folder, name, GLOBAL_REMEDY)
    with sandbox.create_folder() as path:
        settings = list_settings(sandbox.init_bare(os.path.join(path, "settings.git")))
        yield from canary.check_client_hooks(folder, settings, path, by_framework=False)


def check_shared_folder(directory: str, remedy: str) -> Iterator[CheckResult]:
    """Check a folder from which a forge runs the hooks of all repositories."""
    files = server_hooks.find_installed_hooks(directory)
    if not files:
        yield CheckResult("hooks", False, f"no hook of ringfence in {directory}", remedy)
    yield from _check_forge_hooks(directory, files, [], remedy)
    yield from host_checks.check_permissions([*(os.path.join(directory, file) for file, _ in files), SYSTEM_POLICY])
    yield from host_checks.check_host()
    yield from check_nginx()


def _check_server(repo: git.Repo, folder: str, settings: list[tuple[str, str]], remedy: str) -> Iterator[CheckResult]:
    directory = str(repo.git_dir)
    if os.path.isdir(os.path.join(directory, "reftable")):
        yield CheckResult("refs", True, "kept as reftable, which git reads and writes from 2.45 on")
    files = server_hooks.find_installed_hooks(directory)
    if files:
        yield from _check_forge_hooks(directory, files, settings, remedy)
        hooks = [os.path.join(directory, file) for file, _ in files]
    else:
        names = _select_server_hooks(folder)
        yield from check_hooks_path(repo, settings, folder)
        for name in names:
            yield _check_hook(folder, name, remedy)
        yield from _check_disabled_hooks(settings, names)
        hooks = [os.path.join(folder, name) for name in names]
        yield from _check_quarantine(repo, remedy)
        yield from _check_notes(repo, folder, remedy)
        yield from _describe_certificates(settings, names)
        yield from check_unjudged_refs(directory)
    yield from check_protection(Repository(Repo(directory), server=True))
    yield check_index(directory)
    yield from check_reads(repo, Repository(Repo(directory), server=True))
    yield from check_submodules(Repository(Repo(directory), server=True))
    policies = [os.path.expanduser(value) for key, value in settings if key == "ringfence.policy"]
    yield from host_checks.check_permissions([*hooks, os.path.join(directory, "config"), SYSTEM_POLICY, *policies])
    yield from host_checks.check_host()
    yield from check_nginx()
    if not files:
        with sandbox.create_folder() as path:
            yield canary.check_server_hook(canary.build_folder_installer(folder), names[-1], settings, path)


def _check_quarantine(repo: git.Repo, remedy: str) -> Iterator[CheckResult]:
    """Check the quarantine in hidden refs, if any part of it is there; without it refused pushes go into bundles."""
    parts = server_hooks.check_quarantine(repo)
    missing = [name for name, is_there in parts.items() if not is_there]
    if len(missing) < len(parts):
        detail = f"missing: {', '.join(missing)}" if missing else "in hidden refs"
        yield CheckResult("quarantine", not missing, detail, remedy)


def _check_notes(repo: git.Repo, folder: str, remedy: str) -> Iterator[CheckResult]:
    """Check the hook and the ledger that notes on accepted commits need, where they are configured."""
    repository = Repository(Repo(str(repo.git_dir)), server=True)
    if repository.needs_notes:
        yield _check_hook(folder, "post-receive", remedy)
        path = repository.ledger
        detail = f"made from {path}" if path else "made from the ledger, and none is configured"
        yield CheckResult("notes", bool(path), detail, "git config ringfence.ledger FILE, with an absolute path")


def _describe_certificates(settings: list[tuple[str, str]], names: tuple[str, ...]) -> Iterator[CheckResult]:
    """Say what becomes of signed pushes, where the server takes them."""
    if any(key == "receive.certnonceseed" for key, _ in settings):
        named = "the ledger names who signed a push"
        lost = "git tells proc-receive, which judges here, nothing of them: the ledger names nobody by them"
        yield CheckResult("push certificates", True, lost if "proc-receive" in names else named)


def _check_forge_hooks(
    directory: str, files: list[tuple[str, str]], settings: list[tuple[str, str]], remedy: str
) -> Iterator[CheckResult]:
    """Check the hooks that a forge calls, (file, arguments) each, and test each with a canary."""
    for file, arguments in files:
        path = os.path.join(directory, file)
        yield _check_hook(directory, file, remedy)
        if caller := server_hooks.find_caller(file):
            is_called = is_runnable(os.path.join(directory, caller))
            fault = f"{caller}, which would call it, doesn't exist or isn't executable"
            detail = f"{caller} calls it" if is_called else fault
            yield CheckResult(file, is_called, detail, "let the forge write its hooks again")
        with sandbox.create_folder() as scratch_path:
            yield canary.check_server_hook(
                canary.build_hook_installer(path, arguments), arguments.split()[0], settings, scratch_path
            )


def _select_server_hooks(folder: str) -> tuple[str, ...]:
    """Return the hooks that guard a server; the last one judges. `update` only where there is no pre-receive hook."""
    is_update = is_ours(os.path.join(folder, "update")) and not os.path.lexists(os.path.join(folder, "pre-receive"))
    has_more = is_ours(os.path.join(folder, "proc-receive"))
    return ("update",) if is_update else (*SERVER, "proc-receive") if has_more else SERVER


def _check_hook(folder: str, name: str, remedy: str, *, by_framework: bool = False) -> CheckResult:
    path = os.path.join(folder, name)
    if os.path.islink(path) and not os.path.exists(path):
        return CheckResult(name, False, f"{path} is a broken link: git ignores it", remedy)
    if not os.path.exists(path):
        return CheckResult(name, False, f"{path} doesn't exist", remedy)
    if not is_runnable(path):
        return CheckResult(name, False, f"{path} isn't executable: git ignores it", f"chmod +x {path}")
    if by_framework and _has_any_word(path, "pre-commit", "prek"):
        return CheckResult(name, True, "in place, through the pre-commit framework")
    if not is_ours(path):
        return CheckResult(name, False, f"{path} isn't a hook of ringfence", remedy)
    version, fault = read_hook_version(path)
    if fault:
        return CheckResult(name, False, fault, remedy)
    previous = next(filter(os.path.exists, (find_kept_hook(folder, name), path + OLD_SUFFIX)), "")
    if previous and not is_runnable(previous):
        return CheckResult(name, False, f"{previous}, which it runs too, isn't executable", f"chmod +x {previous}")
    return CheckResult(name, True, "in place" + (f", of ringfence {version}" if version != __version__ else ""))


def _has_any_word(path: str, *words: str) -> bool:
    with open(path, encoding="utf-8", errors="replace") as file:
        content = file.read()
    return any(word in content for word in words)


def read_hook_version(path: str) -> tuple[str, str]:
    """Return the version of ringfence that a hook runs, and why its Python can't run it; "" for neither."""
    with open(path, encoding="utf-8") as file:
        script = file.read()
    match = re.search(r"(?:^|\s)exec (?:'([^']+)'|(\S+)) (-I\w*)", script)
    if not match:
        return __version__, ""  # it calls `ringfence` by the PATH; the canary tests whether that works
    python = match.group(1) or match.group(2)
    code = _ASK_VERSION.format(folders=_read_folders(script))
    try:
        done = subprocess.run([python, "-IS", "-c", code], capture_output=True, text=True, check=False)
    except OSError:
        return "", f"its Python, {python}, doesn't exist: git refuses everything"
    fault = f"its Python, {python}, has no ringfence: git refuses everything" if done.returncode else ""
    return done.stdout.strip(), fault


def _read_folders(script: str) -> list[str]:
    """Return the folders that a hook adds to Python's path; [] where they can't be read."""
    match = re.search(r"^sys\.path \+= (\[.*\])$", script, re.MULTILINE)
    try:
        return [str(folder) for folder in json.loads(match[1])] if match else []
    except ValueError:
        return []


def _check_disabled_hooks(settings: list[tuple[str, str]], names: tuple[str, ...]) -> Iterator[CheckResult]:
    """Yield the hooks that `hook.NAME.enabled` switches off, as git 2.54 and later allow."""
    for key, value in settings:
        if re.fullmatch(r"hook\..+\.enabled", key) and value.lower() in ("false", "no", "off", "0"):
            subject = key.removeprefix("hook.").removesuffix(".enabled")
            if subject in names or "ringfence" in subject.lower():
                yield CheckResult(
                    subject,
                    False,
                    f"{key} = {value} switches a configured hook off",
                    f"git config --unset {key}",
                )
