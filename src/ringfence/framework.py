"""Our block in `.pre-commit-config.yaml`, for repositories that live with the pre-commit framework."""

from __future__ import annotations

import os
import re
import shlex
import sys

BEGIN, END = "# ringfence: begin (ringfence uninstall takes it out)", "# ringfence: end"
STAGES = ("pre-commit", "pre-merge-commit", "prepare-commit-msg", "commit-msg", "pre-push")
FILE = ".pre-commit-config.yaml"


def block(indent: str) -> str:
    """Return our hooks as a local repository: what is installed is what runs, nothing is fetched."""
    call = f"{shlex.quote(sys.executable)} -I -m ringfence hook --framework"
    lines = [BEGIN, "- repo: local", "  hooks:"]
    for stage in STAGES:
        takes_file = stage.endswith("-msg")
        lines += [
            f"  - id: ringfence-{stage}",
            f"    name: ringfence ({stage})",
            f"    entry: {call} {stage}",
            "    language: system",
            f"    stages: [{stage}]",
            "    always_run: true",
            f"    pass_filenames: {'true' if takes_file else 'false'}",
            "    require_serial: true",
        ]
    lines.append(END)
    return "".join(f"{indent}{line}\n" for line in lines)


def add(top: str) -> str:
    """Write our block into the configuration and say what was done."""
    path = os.path.join(top, FILE)
    before = _read(path)
    cleared = without(before)
    lines = cleared.splitlines(keepends=True)
    start = next((number for number, line in enumerate(lines) if re.match(r"repos\s*:", line)), None)
    if start is None:
        after = f"{cleared}repos:\n{block('')}"
    else:
        # The list ends where the next key begins; ours comes last, so that formatters have run.
        end = next((n for n in range(start + 1, len(lines)) if re.match(r"[^\s#-]", lines[n])), len(lines))
        item = next((m for line in lines[start:end] if (m := re.match(r"( *)- ", line))), None)
        rest = "".join(lines[:end])
        after = (
            rest + ("" if rest.endswith("\n") else "\n") + block(item.group(1) if item else "") + "".join(lines[end:])
        )
        after = re.sub(r"^repos\s*:\s*\[\]", "repos:", after, flags=re.MULTILINE)
    _write(path, after)
    return f"{FILE}: {'holds' if before == after else 'now holds'} ringfence's hooks"


def remove(top: str) -> bool:
    """Take our block out; say whether there was one."""
    path = os.path.join(top, FILE)
    before = _read(path)
    if BEGIN not in before:
        return False
    _write(path, without(before))
    return True


def without(content: str) -> str:
    """Return a configuration without our block."""
    return re.sub(rf"[ ]*{re.escape(BEGIN)}\n.*?{re.escape(END)}\n", "", content, flags=re.DOTALL)


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return ""


def _write(path: str, content: str) -> None:
    with open(path, "w", encoding="utf-8") as file:
        file.write(content)
