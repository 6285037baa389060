"""What would let a push past the gate on this machine: rights on files, an old git, an sshd that takes too much."""

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

_OLDEST_GIT = (2, 39)  # the first whose rev-list knows --exclude-hidden
# Any of these lets a client say what git does on the server; GIT_PROTOCOL doesn't.
_TAKEOVER = ("GIT_CONFIG_COUNT", "GIT_CONFIG_PARAMETERS", "GIT_CONFIG_GLOBAL", "GIT_DIR", "GIT_EXEC_PATH")


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One thing that was looked at: is it as it should be, and if not, what to do."""

    what: str
    is_good: bool
    says: str
    advice: str = ""


def check_permissions(paths: Iterable[str]) -> Iterator[CheckResult]:
    """Say which files others can write, or replace by what lies in their folder."""
    safe = True
    for path in dict.fromkeys(os.path.realpath(path) for path in paths):
        for looked in (path, os.path.dirname(path)):
            if problem := _find_permission_fault(looked):
                safe = False
                yield CheckResult(
                    "rights", False, f"{looked} {problem}", f"chmod go-w {looked}, or give it to its keeper"
                )
    if safe:
        yield CheckResult("rights", True, "nobody else can write the hook, its folder, the configuration or a policy")


def check_host() -> Iterator[CheckResult]:
    """Look at git, at sshd, and at where compiled policies are kept."""
    yield _check_git()
    yield _check_sshd()
    for place in cache.list_folders():
        if os.path.isdir(place) and (problem := _find_permission_fault(place)):
            yield CheckResult("cache", False, f"{place} {problem}: it isn't believed", f"rm -r {place}")
            return
    yield CheckResult("cache", True, "compiled policies are ours alone")


def _find_permission_fault(path: str) -> str:
    """Say what is wrong with who may write something; "" if nothing is, or it isn't there."""
    try:
        status = os.stat(path)
    except OSError:
        return ""
    if stat.S_ISDIR(status.st_mode) and status.st_mode & stat.S_ISVTX:
        return ""  # as in /tmp, nobody can replace what is another's
    if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return "can be written by others"
    return "" if status.st_uid in (0, os.getuid()) else f"belongs to another user, uid {status.st_uid}"


def _check_git() -> CheckResult:
    said = subprocess.run(["git", "--version"], capture_output=True, text=True, check=False).stdout.strip()
    found = re.search(r"(\d+)\.(\d+)", said)
    is_new = bool(found) and tuple(map(int, found.groups() if found else ())) >= _OLDEST_GIT
    return CheckResult(
        "git", is_new, said, f"ringfence needs git {'.'.join(map(str, _OLDEST_GIT))} or later on a server"
    )


def _check_sshd() -> CheckResult:
    """Ask sshd what it takes from clients; only root may."""
    program = shutil.which("sshd") or shutil.which("sshd", path="/usr/sbin:/usr/local/sbin")
    if not program:
        return CheckResult("sshd", True, "there is none on this machine")
    done = subprocess.run([program, "-T"], capture_output=True, text=True, check=False)
    if done.returncode:
        why = (done.stderr.strip().splitlines() or ["no reason"])[-1]
        return CheckResult("sshd", True, f"not asked ({why}): see yourself that it has no AcceptEnv GIT_*")
    taken = [line.split()[1] for line in done.stdout.splitlines() if line.lower().startswith("acceptenv ")]
    bad = [pattern for pattern in taken if any(fnmatch.fnmatchcase(name, pattern) for name in _TAKEOVER)]
    if bad:
        return CheckResult(
            "sshd", False, f"AcceptEnv {' '.join(bad)} lets a client move git's hooks away",
            "in /etc/ssh/sshd_config: AcceptEnv GIT_PROTOCOL",
        )  # fmt: skip
    return CheckResult("sshd", True, "takes nothing from clients that moves hooks away")
