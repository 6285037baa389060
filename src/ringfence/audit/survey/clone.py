"""Fetches a repository from its address, with git's own credentials and within bounds, for as long as it is judged."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import time

from .model import AuditError

_PROTOCOLS = "git:http:https:ssh"  # none that runs a program of the address's choice
_POLL = 0.2  # seconds between two looks at how much has come


def read_remote_state(address: str) -> str:
    """Return a digest of all refs at an address, without fetching anything.

    Raises:
        AuditError: It can't be reached.
    """
    done = subprocess.run(
        ["git", "ls-remote", "--", address],
        env=_build_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise AuditError(f"it can't be reached: {_find_reason(done.stderr)}")
    return hashlib.sha256(done.stdout).hexdigest()


def fetch_repository(address: str, folder: str, most: int) -> str:
    """Clone all refs of a repository below a folder, and return where; `most` is how many bytes it may take, 0 for any.

    Raises:
        AuditError: It can't be fetched, or is larger.
    """
    target = os.path.join(folder, "clone.git")
    command = ["git", "-c", f"core.hooksPath={os.devnull}", "clone", "--quiet", "--mirror", "--", address, target]
    with subprocess.Popen(
        command, env=_build_environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as running:
        while running.poll() is None:
            time.sleep(_POLL)
            if most and _measure(target) > most:
                running.kill()
                raise AuditError(f"it has more than the {most:,} bytes of disk that each process may take (--disk)")
        message = running.stderr.read() if running.stderr else b""
    if running.returncode:
        raise AuditError(f"it can't be fetched: {_find_reason(message)}")
    if most and _measure(target) > most:
        raise AuditError(f"it has more than the {most:,} bytes of disk that each process may take (--disk)")
    return target


def _measure(folder: str) -> int:
    total = 0
    for inside, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(inside, name)).st_size
            except OSError:
                pass  # git has renamed it meanwhile
    return total


def _build_environment() -> dict[str, str]:
    return os.environ | {"GIT_TERMINAL_PROMPT": "0", "GIT_ALLOW_PROTOCOL": _PROTOCOLS, "LC_ALL": "C"}


def _find_reason(message: bytes) -> str:
    """Return the line of git's message that says what is wrong, without a password in an address."""
    lines = [line for line in message.decode("utf-8", "replace").splitlines() if line.strip()]
    said = [line for line in lines if line.startswith(("fatal:", "error:", "ssh:"))] or lines
    return re.sub(r"(://)[^/@\s]+@", r"\1", said[0] if said else "git says nothing")[:200]
