"""Finds the units that arguments name: repositories, folders of them, lists in files, data."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from ...errors import UsageError
from ...setup.server_hooks import is_repository
from .model import DATA, REPOSITORY, Unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LIST = "@"
_CLONES = ("ssh", "git", "git+ssh", "ssh+git", "http", "https")
_SCP = re.compile(r"[\w.-]+@[\w.-]+:.")  # git@host:group/name.git


def find_units(arguments: Iterable[str]) -> list[Unit]:
    """Return the units that arguments name, each once, in the order that they are named in.

    Raises:
        UsageError: An argument names nothing.
    """
    found = {unit.name: unit for argument in arguments for unit in _find(argument)}
    return list(found.values())


def _find(argument: str) -> Iterator[Unit]:
    if argument.startswith(_LIST):
        yield from find_units(_read_list(argument.removeprefix(_LIST)))
        return
    scheme, has_scheme, rest = argument.partition("://")
    if has_scheme and scheme == "file":
        argument, has_scheme = rest, ""
    if scheme in _CLONES or (not os.path.lexists(argument) and _SCP.match(argument)):
        name = re.sub(r"(://)[^/@]*:[^/@]*@", r"\1", argument)  # without the password of an address
        yield Unit(name, REPOSITORY, argument, is_remote=True)
    elif has_scheme:
        yield Unit(argument.rstrip("/"), DATA, argument.rstrip("/"))
    else:
        yield from _find_local(argument)


def _read_list(path: str) -> list[str]:
    """Return the lines of a file, relative paths from its own folder; empty lines and `#` comments are left out.

    Raises:
        UsageError: It can't be read, or names nothing.
    """
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            lines = [line.strip() for line in file]
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror}.", "Give an existing file behind the @.") from None
    named = [line for line in lines if line and not line.startswith("#")]
    if not named:
        raise UsageError(f"{path} names no unit.", "Write one a line: a path or an address.")
    folder = os.path.dirname(path)
    return [line if "://" in line or line.startswith(_LIST) else os.path.join(folder, line) for line in named]


def _find_local(argument: str) -> Iterator[Unit]:
    path = os.path.abspath(argument)
    if not os.path.lexists(path):
        # Named by a person or a list, it is a row of error and not the end of all others.
        yield Unit(path, REPOSITORY, path)
        return
    if not os.path.isdir(path) or _is_work_tree(path) or is_repository(path):
        kind = REPOSITORY if os.path.isdir(path) else DATA
        yield Unit(path, kind, path)
        return
    inside, has_files = _walk(path)
    yield from (Unit(found, REPOSITORY, found) for found in inside)
    if has_files or not inside:
        yield Unit(path, DATA, path, tuple(inside))


def _walk(root: str) -> tuple[list[str], bool]:
    """Return the repositories below a folder, and whether it has files outside of them."""
    found, has_files = [], False
    for folder, names, files in os.walk(root):
        names.sort()
        if _is_work_tree(folder) or is_repository(folder):
            names.clear()
            found.append(folder)
        else:
            has_files = has_files or bool(files)
    return found, has_files


def _is_work_tree(path: str) -> bool:
    return os.path.lexists(os.path.join(path, ".git"))


def measure_repository(path: str) -> int:
    """Return about how many bytes of objects a repository on disk has."""
    total = 0
    for inside in (os.path.join(path, ".git", "objects"), os.path.join(path, "objects")):
        for folder, _, names in os.walk(inside):
            for name in names:
                try:
                    total += os.stat(os.path.join(folder, name)).st_size
                except OSError:
                    pass  # it was packed while we looked; the size only decides who comes first
    return total
