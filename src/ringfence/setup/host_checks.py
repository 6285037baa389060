"""Checks a server for what would let a push bypass the gate: file permissions, an old git, sshd's AcceptEnv."""

from __future__ import annotations

import fnmatch
import os
import re
import shutil
import stat
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..policy import cache

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_OLDEST_GIT = (2, 39)  # the first with rev-list --exclude-hidden
# Each of these lets a client decide what git does on the server; GIT_PROTOCOL doesn't.
_TAKEOVER = (
    "GIT_CONFIG_COUNT", "GIT_CONFIG_PARAMETERS", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM",
    "GIT_DIR", "GIT_EXEC_PATH",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of one check of `ringfence status`: its subject, whether it is good, the details, and the remedy."""

    name: str
    is_good: bool
    detail: str
    advice: str = ""


def check_permissions(paths: Iterable[str]) -> Iterator[CheckResult]:
    """Yield the files that other users can write, or replace because they can write the folder."""
    is_safe = True
    for path in dict.fromkeys(os.path.realpath(path) for path in paths):
        for each in (path, os.path.dirname(path)):
            if fault := _find_permission_fault(each):
                is_safe = False
                yield CheckResult("permissions", False, f"{each} {fault}", f"chmod go-w {each}, or change its owner")
    if is_safe:
        yield CheckResult(
            "permissions", True, "no other user can write the hook, its folder, the configuration or a policy"
        )


def check_host() -> Iterator[CheckResult]:
    """Check git, sshd, and the folders of compiled policies."""
    yield _check_git()
    yield _check_sshd()
    for folder in cache.list_folders():
        if os.path.isdir(folder) and (fault := _find_permission_fault(folder)):
            yield CheckResult("cache", False, f"{folder} {fault}: it is ignored", f"rm -r {folder}")
            return
    yield CheckResult("cache", True, "no other user can write compiled policies")


def _find_permission_fault(path: str) -> str:
    """Return why another user could change a file or folder; "" if none can, or if it doesn't exist."""
    try:
        status = os.stat(path)
    except OSError:
        return ""
    if stat.S_ISDIR(status.st_mode) and status.st_mode & stat.S_ISVTX:
        return ""  # a sticky folder like /tmp: users can't replace each other's files
    if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return "can be written by others"
    return "" if status.st_uid in (0, os.getuid()) else f"belongs to another user, uid {status.st_uid}"


def _check_git() -> CheckResult:
    output = subprocess.run(["git", "--version"], capture_output=True, text=True, check=False).stdout.strip()
    version = re.search(r"(\d+)\.(\d+)", output)
    is_new = bool(version) and tuple(map(int, version.groups() if version else ())) >= _OLDEST_GIT
    return CheckResult(
        "git", is_new, output, f"ringfence needs git {'.'.join(map(str, _OLDEST_GIT))} or later on a server"
    )


def _check_sshd() -> CheckResult:
    """Check which variables sshd accepts from clients; only root can read its configuration."""
    program = shutil.which("sshd") or shutil.which("sshd", path="/usr/sbin:/usr/local/sbin")
    if not program:
        return CheckResult("sshd", True, "not installed on this machine")
    done = subprocess.run([program, "-T"], capture_output=True, text=True, check=False)
    if done.returncode:
        why = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        return CheckResult("sshd", True, f"not checked ({why}): make sure that it has no AcceptEnv GIT_*")
    patterns = [line.split()[1] for line in done.stdout.splitlines() if line.lower().startswith("acceptenv ")]
    bad = [pattern for pattern in patterns if any(fnmatch.fnmatchcase(name, pattern) for name in _TAKEOVER)]
    if bad:
        return CheckResult(
            "sshd", False, f"AcceptEnv {' '.join(bad)} lets a client switch git's hooks off",
            "in /etc/ssh/sshd_config: AcceptEnv GIT_PROTOCOL",
        )  # fmt: skip
    return CheckResult("sshd", True, "accepts no variable by which a client could switch git's hooks off")
