"""Who started us: the names of our parent processes, where the system tells."""

from __future__ import annotations

import os

_MOST = 64  # parents that are looked at; real chains have ten
_RUNTIMES = ("node", "bun", "deno", "python", "python3")  # which say little; the script that they run says more
_ENDINGS = (".exe", ".js", ".mjs", ".cjs", ".py")


def list_process_names(process: int, tree: str = "/proc") -> list[str]:
    """Return what a process and its parents are called, nearest first: as the kernel has it, and as it calls itself.

    Two small files are read for each. Where there is no such tree, as on macOS and Windows, nothing is told.
    """
    found: list[str] = []
    for _ in range(_MOST):
        try:
            with open(f"{tree}/{process}/stat", "rb") as file:
                stat = file.read()
            with open(f"{tree}/{process}/cmdline", "rb") as file:
                command = file.read(4096).split(b"\0")
        except OSError:  # the first process has no parent, and others' may be hidden
            break
        start, end = stat.find(b"("), stat.rfind(b")")  # a name may hold brackets
        found += _list_names(os.fsdecode(stat[start + 1 : end]), [os.fsdecode(word) for word in command])
        process = int(stat[end + 1 :].split()[1])
    return list(dict.fromkeys(name for name in found if name and "\n" not in name))


def _list_names(name: str, command: list[str]) -> list[str]:
    own = [name, _strip_path(command[0])]
    if any(word in _RUNTIMES for word in own):
        own.append(_strip_path(next((word for word in command[1:] if not word.startswith("-")), "")))
    return own


def _strip_path(path: str) -> str:
    name = path[path.rfind("/") + 1 :]
    return next((name.removesuffix(ending) for ending in _ENDINGS if name.endswith(ending)), name)
