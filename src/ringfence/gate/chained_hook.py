"""Runs the hook that was installed before ours."""

from __future__ import annotations

import errno
import subprocess

from ..errors import UsageError


def run_chained_hook(path: str, arguments: list[str], stdin: bytes) -> int:
    """Run a hook with the same arguments and the same bytes on stdin, and return its exit code.

    Raises:
        UsageError: It can't be run.
    """
    command = [path, *arguments]
    try:
        try:
            return subprocess.run(command, input=stdin or None, check=False).returncode
        except OSError as error:
            if error.errno != errno.ENOEXEC:
                raise
            return subprocess.run(["/bin/sh", *command], input=stdin or None, check=False).returncode  # as git does
    except OSError as error:
        raise UsageError(
            f"the hook that was there before ringfence, {path}, can't be run: {error.strerror}.",
            "Give it back its run bit, or remove it and run `ringfence install` again.",
        ) from None
