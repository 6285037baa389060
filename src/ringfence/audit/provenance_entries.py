"""Entries for `PROVENANCE.toml`: of files, folders and patterns on the disk, and drafts from what a trace found."""

from __future__ import annotations

import fnmatch
import json
import os
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from ..check.rules.provenance import compute_sha256, is_data
from ..errors import UsageError
from ..excerpts import sanitise_text
from ..policy.markers.databases import compile_group
from ..policy.markers.globs import translate_glob
from ..policy.markers.scanner import Scanner
from ..sources.files import Files

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    Entry = dict[str, Any]  # by key of the file; `sha256` is a table by path where `path` is a pattern

_SIGNS = "*?["


def build_entry(top: str, path: str, names: Collection[str], values: dict[str, str]) -> Entry:
    """Return the entry for a file, or one for all files in a folder or under a pattern.

    Args:
        top: The top of the work tree.
        path: A file, a folder or a pattern, from there.
        names: The files that git knows, or would add.
        values: The other keys.

    Raises:
        UsageError: There is no such file.
    """
    if os.path.isfile(os.path.join(top, path)):
        return {"path": _escape_pattern(path), **values, "sha256": _digest(top, [path])}
    if os.path.isdir(os.path.join(top, path)):
        path = f"{_escape_pattern(os.path.normpath(path))}/**" if os.path.normpath(path) != "." else "**"
    elif not any(sign in path for sign in _SIGNS):
        raise UsageError(f"there is no file {path}.", "Give its path from the top of the repository.")
    files = [name for name in _match_files(path, sorted(names)) if is_data(os.fsencode(name))]
    if not files:
        raise UsageError(f"no file is in {path} that git knows or would add.", "Look at: git status --short")
    return {"path": path, **values, "sha256": _digest(top, files)}


def convert_file(file: dict[str, str]) -> Entry:
    """Return the entry of a file, given as text by key."""
    return file | {"path": _escape_pattern(file["path"]), "sha256": {file["path"]: file["sha256"]}}


def build_set_entry(top: str, names: Collection[str], told: dict[str, str]) -> Entry:
    """Return one entry for a set of files, of which only patterns are known: for the files here that they match.

    Args:
        top: The top of the work tree.
        names: The files that git knows, or would add.
        told: Its description by key; `includes` and `excludes` are patterns of Croissant, one a line, whose `*` goes
            into folders and takes hidden files.

    Raises:
        UsageError: No file matches.
    """
    includes, excludes = (told[key].splitlines() for key in ("includes", "excludes"))
    files = [
        name
        for name in sorted(names)
        if any(fnmatch.fnmatchcase(name, each) for each in includes)
        and not any(fnmatch.fnmatchcase(name, each) for each in excludes)
    ]
    if not files:
        shown = sanitise_text(" ".join(includes))
        raise UsageError(f"no file that git knows or would add is in the set {shown}.", "Check the data out first.")
    values = {key: text for key, text in told.items() if key not in ("includes", "excludes")}
    pattern = _widen_pattern(includes[0])
    is_same = len(includes) == 1 and "[" not in pattern and list(_match_files(pattern, sorted(names))) == files
    return {"path": pattern if is_same else list(map(_escape_pattern, files)), **values, "sha256": _digest(top, files)}


def _widen_pattern(pattern: str) -> str:
    """Return a pattern of Croissant's as one of ours: `data/*.jsonl` also means the files in folders below."""
    folder, slash, name = pattern.rpartition("/")
    return f"{folder}{slash}**/{name}" if "*" in name else pattern


def _escape_pattern(path: str) -> str:
    """Return a pattern that only this path matches."""
    return re.sub(r"[*?[]", r"[\g<0>]", path)


def draft_entries(top: str, names: Collection[str], trace: bytes, values: dict[str, str], origin: str) -> list[Entry]:
    """Return an entry for each file of which a trace says that tools wrote a part: which one wrote most, and where.

    Args:
        top: The top of the work tree.
        names: The files that git knows, or would add.
        trace: What `ringfence trace --format jsonl` has written.
        values: The keys that it doesn't tell.
        origin: Its name for messages.

    Raises:
        UsageError: It is no such trace, or a file isn't there.
    """
    found: dict[str, Counter[tuple[str, str]]] = {}
    for row in _read_rows(trace, origin):
        lines = (row["end_line"] or 0) - (row["start_line"] or 0) + 1
        generator = " ".join(filter(None, (f"{row['vendor']}/{row['product']}", row["model"])))
        source = f"{row['source_repo']}@{row['source_commit']}:{row['source_path']}"
        if not row["edited"]:
            found.setdefault(row["path"], Counter())[generator, source] += lines
    entries = []
    for path, origins in found.items():
        if path not in names or not os.path.isfile(os.path.join(top, path)):
            raise UsageError(f"{origin}: there is no file {sanitise_text(path)} here.", "Trace what is checked out.")
        generator, source = origins.most_common(1)[0][0]
        told = {"source": source, "generator": generator, **values}
        entries.append({"path": _escape_pattern(path), **told, "sha256": _digest(top, [path])})
    return entries


def format_entry(entry: Entry) -> str:
    """Return an entry as a `[[data]]` table in TOML."""
    paths = [entry["path"]] if isinstance(entry["path"], str) else entry["path"]
    shown = ", ".join(map(_format_string, paths))
    lines = [f"path = {shown if len(paths) == 1 else f'[{shown}]'}"]
    lines += [f"{key} = {_format_string(entry[key])}" for key in ("source", "generator", "licence", "by")]
    lines.append(f"collected = {entry['collected']}")
    digests: dict[str, str] = entry["sha256"]
    if list(digests) == paths and len(paths) == 1:
        return "\n".join(["", "[[data]]", *lines, f"sha256 = {_format_string(digests[paths[0]])}", ""])
    table = [f"{_format_string(path)} = {_format_string(digest)}" for path, digest in digests.items()]
    return "\n".join(["", "[[data]]", *lines, "", "[data.sha256]", *table, ""])


def _match_files(pattern: str, names: Collection[str]) -> Iterator[str]:
    try:
        scanner = Scanner("zone", compile_group("zone", [translate_glob(f"/{pattern}")]))
    except ValueError as error:
        raise UsageError(f"{pattern} can't be used: {error.args[-1]}.") from None
    yield from (name for name in names if scanner.find_matches(os.fsencode(name)))


def _digest(top: str, names: list[str]) -> dict[str, str]:
    store: Any = Files()  # it has the methods that are used
    return {name: compute_sha256(store, os.path.join(top, name)) for name in names}


def _read_rows(trace: bytes, origin: str) -> Iterator[dict[str, Any]]:
    needed = {"path", "start_line", "end_line", "vendor", "product", "model", "edited"}
    needed |= {"source_repo", "source_commit", "source_path"}
    for number, line in enumerate(trace.splitlines(), 1):
        try:
            row = json.loads(line)
        except ValueError:
            row = None
        if not isinstance(row, dict) or not needed <= row.keys():
            raise UsageError(
                f"{origin}, line {number}: it isn't a row of a trace.", "Write one: ringfence trace --format jsonl"
            )
        yield row


def _format_string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
