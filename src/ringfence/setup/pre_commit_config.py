"""Adds and removes ringfence's block in `.pre-commit-config.yaml`, the file of the pre-commit framework."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys

from ..errors import UsageError

BEGIN, END = "# ringfence: begin (ringfence uninstall takes it out)", "# ringfence: end"
STAGES = ("pre-commit", "pre-merge-commit", "prepare-commit-msg", "commit-msg", "post-merge", "pre-push")
FILE = ".pre-commit-config.yaml"


def build_block(indent: str) -> str:
    """Return our hooks as an entry of `repos`, a `local` one: the installed ringfence runs, and nothing is fetched."""
    call = f"{_find_command()} hook --framework"
    lines = [BEGIN, "- repo: local", "  hooks:"]
    for stage in STAGES:
        takes_file = stage.endswith("-msg") or stage == "pre-commit"
        lines += [
            f"  - id: ringfence-{stage}",
            f"    name: ringfence ({stage})",
            f"    entry: {call} {stage}",
            "    language: system",
            f"    stages: [{stage}]",
            "    always_run: true",
            f"    pass_filenames: {'true' if takes_file else 'false'}",
            "    require_serial: true",
            "    verbose: true",  # else the framework hides warnings
        ]
    lines.append(END)
    return "".join(f"{indent}{line}\n" for line in lines)


def _find_command() -> str:
    """Return the command: the name where it is on the PATH, since the file is shared, else the path of this machine."""
    if shutil.which("ringfence"):
        return "ringfence"
    return shlex.quote(os.path.join(os.path.dirname(sys.executable), "ringfence"))


def add_block(top: str) -> str:
    """Write our block into the configuration in the folder `top` and return what was done.

    Raises:
        UsageError: `repos` isn't a list with an item a line, so that no block can be inserted.
    """
    path = os.path.join(top, FILE)
    before = _read_config(path)
    ending = "\r\n" if "\r\n" in before else "\n"
    after = _insert_block(strip_block(before).replace("\r\n", "\n")).replace("\n", ending)
    _write_config(path, after)
    done = "are there already" if before == after else "are added"
    return f"{FILE}: ringfence's hooks {done}"


def _insert_block(content: str) -> str:
    """Return a configuration with our block at the end of `repos`, so that formatters run before it."""
    lines = content.splitlines(keepends=True)
    start = next((number for number, line in enumerate(lines) if re.match(r"repos\s*:", line)), None)
    if start is None:
        if "repos" in content:
            raise _build_error()
        return f"{content}repos:\n{build_block('')}"
    value = lines[start].partition(":")[2].partition("#")[0].strip()
    if value not in ("", "[]"):
        raise _build_error()
    lines[start] = lines[start].replace("[]", "").rstrip() + "\n"
    end = next((n for n in range(start + 1, len(lines)) if re.match(r"[^\s#-]", lines[n])), len(lines))
    item = next((found for line in lines[start:end] if (found := re.match(r"( *)- ", line))), None)
    rest = "".join(lines[:end])
    newline = "" if rest.endswith("\n") else "\n"
    return f"{rest}{newline}{build_block(item.group(1) if item else '')}{''.join(lines[end:])}"


def _build_error() -> UsageError:
    return UsageError(
        f"{FILE}: `repos` isn't a list with an item a line, so nothing was changed.",
        f"Rewrite it, or add by hand:\n{build_block('')}",
    )


def remove_block(top: str) -> str:
    """Remove our block and return what was done; "" where there was none."""
    path = os.path.join(top, FILE)
    before = _read_config(path)
    if BEGIN not in before:
        return ""
    after = strip_block(before)
    if not after.strip() or after.strip() == "repos:":
        os.remove(path)
        return f"{FILE}: removed, as it only had ringfence's hooks"
    if not re.search(r"^ *- ", after[after.index("repos") :], re.MULTILINE):
        after = re.sub(r"^repos\s*:[^\S\r\n]*", "repos: []", after, flags=re.MULTILINE)
    _write_config(path, after)
    return f"{FILE}: ringfence's hooks are removed"


def strip_block(content: str) -> str:
    """Return a configuration without our block."""
    return re.sub(rf"[ ]*{re.escape(BEGIN)}\r?\n.*?{re.escape(END)}\r?\n", "", content, flags=re.DOTALL)


def is_used(top: str) -> bool:
    """Say whether the configuration in the folder `top` has our block."""
    return BEGIN in _read_config(os.path.join(top, FILE))


def _read_config(path: str) -> str:
    try:
        with open(path, encoding="utf-8", newline="") as file:
            return file.read()
    except FileNotFoundError:
        return ""


def _write_config(path: str, content: str) -> None:
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(content)
