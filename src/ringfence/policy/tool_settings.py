"""Reads on this machine whether managed settings bind a vendor's tool to an organisation.

No credential is read, and no value is shown: what is wrong is said by file and key.
"""

from __future__ import annotations

import glob
import json
import os
import stat
import sys
from typing import TYPE_CHECKING, Any

import tomli

from .tools import TOOLS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from .tools import Tool

_LARGEST = 1 << 20  # bytes
_OTHERS_MAY_WRITE = 0o022


def find_tool_fault(name: str, allowed: Collection[str], environ: Mapping[str, str], root: str = "/") -> str:
    """Return why a tool isn't bound to the organisations that it may be logged in to, or "".

    Args:
        name: A tool of `policy/tools.py`.
        allowed: Ids of the organisations.
        environ: The environment, for the home and for variables that move settings elsewhere.
        root: The folder that absolute paths lie in.
    """
    tool = TOOLS[name]
    patterns = _list_patterns(tool)
    if not patterns:
        return f"where {name} reads managed settings on this system isn't known"
    if tool.override and tool.override in environ:
        return f"{tool.override} is set, so that a user says which settings count"
    organisations: set[str] = set()
    methods: set[str] = set()
    for path, is_own in _iter_files(patterns, environ.get("HOME", ""), root):
        settings, fault = _read_settings(path, root, is_own=is_own)
        if fault:
            return f"{path} {fault}"
        organisations.update(_collect(settings, tool.keys, tool))
        methods.update(_collect(settings, tool.methods, None))
    if not organisations:
        return f"no settings bind its login: {' or '.join(tool.keys)} in {patterns[0]}"
    if not _fold(organisations, tool).issubset(_fold(allowed, tool)):
        return f"its settings allow another organisation: {' or '.join(tool.keys)} in {patterns[0]}"
    if tool.methods and methods != {tool.method}:
        return f'other logins are allowed: {" or ".join(tool.methods)} in {patterns[0]} must be "{tool.method}" alone'
    return ""


def _list_patterns(tool: Tool) -> tuple[str, ...]:
    return tool.macos if sys.platform == "darwin" else tool.linux if sys.platform.startswith("linux") else ()


def _iter_files(patterns: Iterable[str], home: str, root: str) -> Iterator[tuple[str, bool]]:
    """Yield the files that are there, in the order of the patterns, and whether each lies in the user's own home."""
    for pattern in patterns:
        is_own = pattern.startswith("~/")
        if home or not is_own:  # without a home the pattern would lead into the folder that we are in
            place = os.path.join(home, pattern[2:]) if is_own else os.path.join(root, pattern.lstrip("/"))
            yield from ((path, is_own) for path in sorted(glob.glob(place)))


def _fold(names: Iterable[str], tool: Tool) -> set[str]:
    return {name.lower() if tool.is_caseless else name for name in names}


def _read_settings(path: str, root: str, *, is_own: bool) -> tuple[dict[str, Any], str]:
    """Return the settings of a file, and what is wrong with it; `is_own`: it lies in the user's own home."""
    try:
        with open(path, "rb") as file:
            status = os.fstat(file.fileno())
            text = file.read(_LARGEST + 1).decode("utf-8-sig")
        settings = _parse_json(text) if path.endswith(".json") else tomli.loads(text)
    except OSError as error:
        return {}, f"can't be read: {error.strerror}"
    except (ValueError, RecursionError):
        return {}, "isn't valid"
    if not is_own and (_is_open(status) or any(map(_is_open, _iter_folders(path, root)))):
        return {}, "can be changed by others than root"
    return (settings, "") if isinstance(settings, dict) else ({}, "isn't valid")


def _parse_json(text: str) -> Any:
    """Return JSON as the tools' own parsers read it: numbers that aren't JSON are an error.

    Raises:
        ValueError: It isn't JSON.
    """

    def refuse(constant: str) -> None:
        raise ValueError(constant)

    return json.loads(text, parse_constant=refuse)


def _is_open(status: os.stat_result) -> bool:
    """Return whether others than root can change a file, or replace what lies in a folder."""
    is_sticky = stat.S_ISDIR(status.st_mode) and status.st_mode & stat.S_ISVTX
    return bool(status.st_uid or (stat.S_IMODE(status.st_mode) & _OTHERS_MAY_WRITE and not is_sticky))


def _iter_folders(path: str, root: str) -> Iterator[os.stat_result]:
    """Yield the folders above a file, wherever links lead, up to the root."""
    top, folder = os.path.realpath(root), os.path.dirname(os.path.realpath(path))
    while folder not in (top, os.path.dirname(folder)):
        yield os.stat(folder)
        folder = os.path.dirname(folder)


def _collect(settings: dict[str, Any], keys: Iterable[str], tool: Tool | None) -> list[str]:
    """Return the texts that keys name, in any of the forms that `Tool.keys` lists; without a tool, as they are."""
    found = []
    for key in keys:
        held: Any = settings
        for part in key.split("."):
            held = held.get(part) if isinstance(held, dict) else None
        if tool and tool.is_json and isinstance(held, str):
            held = _parse_list(held)
        if isinstance(held, dict):
            held = [name for name, is_allowed in held.items() if is_allowed is True]
        texts = held if isinstance(held, list) else [held]
        found += [
            part for text in texts if isinstance(text, str) for part in _split(text, tool.separator if tool else "")
        ]
    return found


def _parse_list(text: str) -> list[Any]:
    """Return a list that is written as JSON in a text; one that isn't is empty."""
    try:
        held = _parse_json(text)
    except (ValueError, RecursionError):
        return []
    return held if isinstance(held, list) else []


def _split(text: str, separator: str) -> list[str]:
    parts = text.split(separator) if separator else [text]
    return [part.strip() for part in parts if part.strip()]
