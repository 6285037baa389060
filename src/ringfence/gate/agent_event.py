"""Finds the folders and files that a coding agent's hook event names."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from ..errors import UsageError
from ..values import value

if TYPE_CHECKING:
    from collections.abc import Iterator

# The keys under which each agent's tools name files and folders, without underscores and in lower case. All of them
# count for every agent: servers of the Model Context Protocol bring their own, and agents borrow each other's.
# To add a key, write it into its agent's row.
_PATH_KEYS = {
    "claude-code": ("filepath", "notebookpath", "path", "paths"),
    "codex": ("filepath", "dirpath", "path", "workdir"),
    "copilot": ("path", "paths", "filepath", "filepaths", "files", "dirpath", "uri", "uris"),
    "cursor": ("filepath", "targetfile", "targetdirectory", "targetdirectories", "targetnotebook",
               "relativeworkspacepath", "workingdirectory", "path", "paths"),
    "gemini-cli": ("filepath", "absolutepath", "dirpath", "directory", "path", "paths", "include"),
    "others": ("source", "destination", "filename", "file", "dir", "folder", "root", "roots", "repopath", "cwd"),
}  # fmt: skip
_KEYS = frozenset(key for keys in _PATH_KEYS.values() for key in keys)
_PLACES = ("cwd", "workspaceroots")  # keys of an event that say where the agent works
_INPUTS = ("toolinput", "toolargs")  # keys of a tool's input: a value, or JSON as text
_OWN = ("transcriptpath", "agenttranscriptpath")  # the agent's own files, which the action doesn't concern
_START_FOLDERS = ("cwd", "workdir", "workingdirectory", "directory", "dirpath")  # where a shell command begins
_COMMANDS = ("command", "cmd")  # keys of a shell command
# Tools that read a whole folder, and the one the agent works in if none is named.
_FOLDER_TOOLS = frozenset(
    ("glob", "grep", "ls", "listdir", "listdirectory", "searchfilecontent", "grepsearch", "grepfiles", "filesearch",
     "codebasesearch", "readmanyfiles", "search", "semanticsearch", "rg")
)  # fmt: skip

# The lines of a patch for apply_patch that name a file; its parser ignores the spaces around them.
_PATCH_FILE = re.compile(r"^[^\S\n]*\*\*\* (?:(?:Add|Update|Delete) File|Move to):[^\S\n]*(\S[^\n]*)$", re.MULTILINE)
_PATCH_BEGIN = "*** Begin Patch"
_ADDRESS = re.compile(r"(?:file:|[a-z][a-z0-9+.-]*://)", re.IGNORECASE)
_LONGEST_PATH = 4096  # characters; Linux's PATH_MAX
_WILDCARDS = re.compile(r"[*?\[{]")


@value
class Target:
    """A folder or file that an event names.

    Attributes:
        path: Its absolute path; it need not exist.
        is_place: The agent works in this folder, and doesn't ask for what is below it.
        is_known: It stands under a key for paths; else it is a text that could be a path.
    """

    path: str
    is_place: bool = False
    is_known: bool = True


class _Names:
    """What an event names, as it is written there."""

    def __init__(self, places: list[str]) -> None:
        self.places = places
        self.paths: list[tuple[str, bool]] = []  # (path, is_known)


def parse_event(data: bytes) -> dict[str, Any]:
    """Return the event that an agent sent.

    Raises:
        UsageError: It isn't a JSON object.
    """
    try:
        event = json.loads(data)
    except ValueError:
        event = None
    if not isinstance(event, dict):
        raise UsageError("the agent's event isn't a JSON object.")
    return event


def list_targets(event: dict[str, Any]) -> list[Target]:
    """Return the folders and files of an event; relative ones are below each folder that the agent works in.

    Raises:
        UsageError: A value that should name a file can't be read.
    """
    fields = {_normalise_key(key): item for key, item in event.items()}
    names = _Names([text for key in _PLACES for text in _list_texts(key, fields.get(key))])
    tool = fields.get("toolname")
    tool = _normalise_key(tool) if isinstance(tool, str) else ""
    for key, item in fields.items():
        if key in _INPUTS:
            given = _parse_input(key, item)
            _collect_names(names, _add_pattern(given) if tool == "glob" else given)
        elif key not in (*_PLACES, *_OWN) and (isinstance(item, dict | list) or key in _KEYS or key in _COMMANDS):
            _collect_names(names, item, key)
    if tool in _FOLDER_TOOLS and not names.paths:
        names.paths += [(place, True) for place in names.places or ["."]]
    return list(dict.fromkeys(_iter_targets(names)))


def _iter_targets(names: _Names) -> Iterator[Target]:
    first, *others = [_parse_path(text) for text in names.places] or [os.getcwd()]
    first = os.path.join(os.getcwd(), first)
    places = [first, *(os.path.join(first, place) for place in others)]
    for place in places:
        yield Target(place, is_place=True)
    for text, is_known in names.paths:
        for place in places:
            yield Target(os.path.join(place, _parse_path(text)), is_known=is_known)


def _add_pattern(item: object) -> object:
    """Return the input of a tool that finds files by name, with its pattern as a path."""
    if not isinstance(item, dict) or not isinstance(item.get("pattern"), str):
        return item
    folder = item.get("path") or item.get("dir_path")
    return {**item, "paths": [os.path.join(folder if isinstance(folder, str) else "", item["pattern"])]}


def _normalise_key(key: str) -> str:
    return key.replace("_", "").replace("-", "").lower()


def _list_texts(key: str, item: object) -> list[str]:
    """Return the paths under a key, which holds one or a list of them.

    Raises:
        UsageError: It holds something else.
    """
    if item is None or item == "":
        return []
    if isinstance(item, str | int | float):
        return [str(item)]  # a tool takes 7 for the file "7"
    if isinstance(item, list) and all(isinstance(part, str) for part in item):
        return [part for part in item if part]
    raise UsageError(f"{key} in the agent's event holds no path.")


def _parse_input(key: str, item: object) -> object:
    """Return a tool's input, which some agents send as JSON in a text.

    Raises:
        UsageError: It is neither JSON nor a patch.
    """
    if not isinstance(item, str) or not item.strip() or _PATCH_BEGIN in item:
        return item
    try:
        return json.loads(item)
    except ValueError:
        raise UsageError(f"{key} in the agent's event is damaged JSON.") from None


def _collect_names(names: _Names, item: object, key: str = "") -> None:
    """Add what a value of an event names, at any depth; `key` is the key that it stands under."""
    if isinstance(item, dict):
        fields = {_normalise_key(name): part for name, part in item.items()}
        is_shell = any(isinstance(fields.get(name), str | list) for name in _COMMANDS)
        has_folder = bool(fields.get("path") or fields.get("dirpath"))
        for name, part in fields.items():
            if is_shell and name in _START_FOLDERS:
                names.places += _list_texts(name, part)
            elif not (name == "include" and has_folder):  # it only narrows what is searched there
                _collect_names(names, part, name)
    elif isinstance(item, list):
        for part in item:
            _collect_names(names, part, key)
    elif key in _KEYS:
        names.paths += [(text, True) for text in _list_texts(key, item)]
    elif isinstance(item, str):
        names.paths += [(match.group(1).strip(), True) for match in _PATCH_FILE.finditer(item)]
        if len(item) <= _LONGEST_PATH and "\n" not in item and item.lower().startswith(("/", "~", "file:")):
            names.paths.append((item, False))


def _parse_path(text: str) -> str:
    """Return a path as the file system takes it: of an address its path, of a pattern the folder that it begins in."""
    if match := _ADDRESS.match(text):
        rest = text[match.end() :]
        has_host = match.group().endswith("//") or rest.startswith("//")
        rest = rest.removeprefix("//")
        text = unquote(f"/{rest.partition('/')[2]}" if has_host else rest)
    text = os.path.expanduser(text)
    if "\n" not in text and _WILDCARDS.search(text) and not os.path.lexists(text):
        parts = text.split("/")
        first = next(number for number, part in enumerate(parts) if _WILDCARDS.search(part))
        return "/".join(parts[:first]) or ("/" if text.startswith("/") else ".")
    return text
