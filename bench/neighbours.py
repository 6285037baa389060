"""Other tools that look for such marks, asked of the same messages, each in an environment of its own."""

from __future__ import annotations

import json
import subprocess
import tempfile
import venv
from collections.abc import Iterable
from pathlib import Path

# What each is asked, in its own words: is there a sign of an AI tool in this message? Both read messages alone.
ASKED = {
    "commit-check==2.19.3": "from commit_check.ai_signatures import has_ai_signature as ask",
    "slopscore==0.1.1": "from slopscore.signals import Document\nfrom slopscore.triage import triage\n"
    "def ask(message): return triage(Document(body=message)).verdict == 'FLAG'",
}
_LOOP = "\nimport json, sys\nfor line in sys.stdin: print(int(bool(ask(json.loads(line)))))"
_SECONDS = 1200  # for one tool; it answers 70,000 messages


def answers(tool: str, messages: list[str]) -> list[bool]:
    """Return what a tool says of each message; [] when it can't be installed.

    Raises:
        CalledProcessError: It fails on a message.
    """
    lines = [json.dumps(message) + "\n" for message in messages]
    return [line == "1" for line in run_package(tool, ASKED[tool] + _LOOP, lines, _SECONDS)]


def run_package(tool: str, script: str, lines: Iterable[str], seconds: float) -> list[str]:
    """Return the lines that a script answers in an environment with a package of PyPI; [] when it can't be installed.

    Raises:
        CalledProcessError: The script fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        python = Path(folder) / "bin" / "python"
        venv.create(folder, with_pip=True)
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", tool]
        if subprocess.run(install, check=False, capture_output=True).returncode:
            return []
        command, asked = [python, "-c", script], "".join(lines)
        result = subprocess.run(command, input=asked, capture_output=True, text=True, check=True, timeout=seconds)
    return result.stdout.splitlines()
