"""The state in which a file of allowed signers was when waivers were checked by it: a later state decides anew."""

from __future__ import annotations

import os
import time

from . import cache


def stamp_signers(path: str) -> bytes:
    """Return a file's path and what decides whether its keys are valid: its content, and the day in UTC."""
    try:
        with open(path, "rb") as file:
            content = cache.compute_digest([file.read()])
    except OSError:
        content = ""
    return b"%s\n%s %d" % (os.fsencode(path), content.encode(), time.time() // 86400)


def is_current(stamp: bytes) -> bool:
    """Return whether the file is as it was for this stamp, on the same day; b"" is no file's stamp, and current."""
    return not stamp or stamp_signers(os.fsdecode(stamp.rpartition(b"\n")[0])) == stamp
