"""Runs the hook that was installed before ours, as git would have run it in its old place."""

from __future__ import annotations

import errno
import os
import shlex
import subprocess

from ..errors import UsageError
from ..resources import KEPT

# Shells that take `$0` from behind `-c SCRIPT`; zsh changes it while it reads another file.
_SHELLS = ("sh", "bash", "dash", "ash", "ksh", "mksh")


def run_chained_hook(path: str, arguments: list[str], stdin: bytes) -> int:
    """Run a hook with the same arguments and the same bytes on stdin, and return its exit code.

    Raises:
        UsageError: It can't be run.
    """
    command = [*_build_command(path), *arguments]
    try:
        if not os.access(path, os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES if os.path.exists(path) else errno.ENOENT))
        try:
            return subprocess.run(command, input=stdin or None, check=False).returncode
        except OSError as error:
            if error.errno != errno.ENOEXEC:
                raise
            command = [*_build_shell(["/bin/sh"], path), *arguments]
            return subprocess.run(command, input=stdin or None, check=False).returncode  # as git does
    except OSError as error:
        raise UsageError(
            f"the hook that was there before ringfence, {path}, can't be run: {error.strerror}.",
            "Give it back its run bit, or remove it and run `ringfence install` again.",
        ) from None


def _build_command(path: str) -> list[str]:
    """Return the command of a hook: itself, or for a shell script the shell with its old path as `$0`.

    Hooks of husky and of others find what to do by the name and the folder of `$0`.
    """
    if os.path.islink(path):  # such a script looks for its folder behind the link
        return [path]
    try:
        with open(path, "rb") as file:
            first = file.readline(256)
    except OSError:
        return [path]
    words = os.fsdecode(first[2:]).split() if first.startswith(b"#!") else []
    names = [os.path.basename(word) for word in words]
    if names[:2] == ["env", "-S"]:
        words, names = [words[0], *words[2:]], [names[0], *names[2:]]
    shell = names[1:2] if names[:1] == ["env"] else names[:1]
    return _build_shell(words, path) if shell and shell[0] in _SHELLS else [path]


def _build_shell(shell: list[str], path: str) -> list[str]:
    """Return the command of a shell that reads a hook as if it lay in its old place."""
    folder, name = os.path.split(path)
    if os.path.basename(folder) == KEPT:
        old = os.path.join(os.path.dirname(folder), name)
    else:
        old = path.removesuffix(f".{KEPT}")  # where versions up to 0.1.0 kept it
    return [*shell, "-c", f". {shlex.quote(os.path.abspath(path))}", old]
