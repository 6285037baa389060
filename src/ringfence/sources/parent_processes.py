"""Names of our parent processes, from /proc: an agent may be one of them."""

from __future__ import annotations

import os

_MAX_PARENTS = 64  # real chains have about ten
_RUNTIMES = ("node", "bun", "deno", "python", "python3")  # for these, the name of the script counts too
_SUFFIXES = (".exe", ".js", ".mjs", ".cjs", ".py")


def list_process_names(process: int, tree: str = "/proc") -> list[str]:
    """Return the names of a process and its parents, nearest first: the kernel's name of each, and its own (argv[0]).

    Two small files are read for each process. Without a /proc, as on macOS and Windows, the list is empty.
    """
    names: list[str] = []
    for _ in range(_MAX_PARENTS):
        try:
            with open(f"{tree}/{process}/stat", "rb") as file:
                stat = file.read()
            with open(f"{tree}/{process}/cmdline", "rb") as file:
                command = file.read(4096).split(b"\0")
        except OSError:  # the first process has no parent, and processes of other users may be hidden
            break
        start, end = stat.find(b"("), stat.rfind(b")")  # a name may contain parentheses
        names += _list_names(os.fsdecode(stat[start + 1 : end]), [os.fsdecode(word) for word in command])
        process = int(stat[end + 1 :].split()[1])
    return list(dict.fromkeys(name for name in names if name and "\n" not in name))


def _list_names(name: str, command: list[str]) -> list[str]:
    names = [name, _strip_path(command[0])]
    if any(word in _RUNTIMES for word in names):
        names.append(_strip_path(next((word for word in command[1:] if not word.startswith("-")), "")))
    return names


def _strip_path(path: str) -> str:
    name = path[path.rfind("/") + 1 :]
    return next((name.removesuffix(suffix) for suffix in _SUFFIXES if name.endswith(suffix)), name)
