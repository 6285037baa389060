"""ringfence and other tools, asked of the same cases: ringfence as a gate, the others as libraries."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from neighbours import run_package
from peer_case import Case

Answers = list[str]  # for each case: "blocked", "weak", or "" for nothing; "-" where the tool doesn't read its kind
RINGFENCE = Path(sys.executable).parent / "ringfence"
_WHO = "Somebody <somebody@example.com>"
_CHAIN = "chain-of-cases"  # no suite has a branch of that name
_DAY = "1700000000 +0000"
_TEXT = "message author committer branch file"
# What each reads, and how it is asked in its own environment: `ask(kind, text, path)`.
_NO_AI_MARKS = """
from no_ai_marks.config import parse
from no_ai_marks.git import Commit
from no_ai_marks.registry import split_identity
from no_ai_marks.scan import Scanner
def ask(kind, text, path):
    scanner, plain = Scanner(parse("", "")), ("Somebody", "somebody@example.com")
    who = split_identity(text) if kind in ("author", "committer") else plain
    if kind == "message": scanner.text(text, "x")
    elif kind == "branch": scanner.branch(text)
    elif kind == "file": scanner.file(path or "file.txt", text.encode())
    else: scanner.commit(Commit("0" * 40, *(who + plain if kind == "author" else plain + who), "Fix"))
    return any(found.severity == "error" for found in scanner.findings)
"""
_GIT_DEAI = """
from deai.cli import clean_message, is_ai
def ask(kind, text, path):
    return clean_message(text).strip() != text.strip() if kind == "message" else is_ai(text)
"""
_COMMIT_CHECK = """
from commit_check.ai_signatures import has_ai_signature
def ask(kind, text, path): return has_ai_signature(text)
"""
_CLOCWORK = """
from clocwork.agents import detect_agent
def ask(kind, text, path): return detect_agent(text) is not None
"""
_DECLAUDE = """
from declaude import DETECT_RE
def ask(kind, text, path): return DETECT_RE.search(text) is not None
"""
_SLOPSCORE = """
from slopscore.signals import Document
from slopscore.triage import triage
def ask(kind, text, path): return triage(Document(body=text)).verdict == "FLAG"
"""
PEERS = {
    "no-ai-marks==0.2.3": (_TEXT, _NO_AI_MARKS),
    "commit-check==2.19.3": ("message", _COMMIT_CHECK),
    "clocwork==0.4.0": ("message", _CLOCWORK),
    "git-deai==0.2.0": ("message author committer", _GIT_DEAI),
    "declaude==0.2.1": ("message", _DECLAUDE),
    "slopscore==0.1.1": ("message", _SLOPSCORE),
}
_LOOP = "\nimport json, sys\nfor line in sys.stdin: print(int(bool(ask(*json.loads(line)))))"
_SECONDS = 600


def ask_peer(tool: str, cases: Sequence[Case]) -> Answers:
    """Return what a tool of PyPI says of each case; [] when it can't be installed.

    Raises:
        CalledProcessError: It fails on a case.
    """
    kinds, asked = PEERS[tool]
    lines = [json.dumps([case.kind, case.text, case.path]) + "\n" for case in cases if case.kind in kinds.split()]
    if not (told := run_package(tool, asked + _LOOP, lines, _SECONDS)):
        return []
    answers = iter(told)
    return [("blocked" if next(answers) == "1" else "") if case.kind in kinds.split() else "-" for case in cases]


def ask_ringfence(cases: Sequence[Case]) -> Answers:
    """Return what ringfence says of each case, each a commit of one tagged repository.

    Raises:
        CalledProcessError: git or ringfence failed.
    """
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["git", "init", "--quiet", "--bare", f"--initial-branch={_CHAIN}", folder], check=True)
        marks = Path(folder) / "marks"
        command = ["git", "-C", folder, "fast-import", "--quiet", f"--export-marks={marks}"]
        subprocess.run(command, input=b"".join(_imported(cases)), check=True)
        check = [RINGFENCE, "check", "--repo", folder, "--all", "--format", "jsonl"]
        result = subprocess.run(check, capture_output=True, text=True, check=False, timeout=_SECONDS)
        if result.returncode not in (0, 1):
            raise subprocess.CalledProcessError(result.returncode, check, result.stdout, result.stderr)
        commits = dict(line.split() for line in marks.read_text().splitlines())
    return _told(cases, {commits[f":{number}"]: number - 1 for number in range(1, len(cases) + 1)}, result.stdout)


def _told(cases: Sequence[Case], numbers: dict[str, int], report: str) -> Answers:
    branches = {case.text: number for number, case in enumerate(cases) if case.kind == "branch"}
    answers = [""] * len(cases)
    for row in map(json.loads, report.splitlines()):
        if row["type"] == "finding":
            place = branches.get(row["excerpt"]) if row["part"] == "ref" else numbers.get(row["commit"])
            place = numbers.get(row["path"]) if place is None else place
            if place is not None and answers[place] != "blocked":
                answers[place] = "blocked" if row["action"] == "block" else "weak"
    return answers


def _imported(cases: Sequence[Case]) -> Iterator[bytes]:
    yield b"commit refs/heads/%s\ncommitter %s\ndata 4\nTag\nM 100644 inline ringfence.toml\n" % (
        _CHAIN.encode(),
        _signed(_WHO),
    )
    yield _data('version = 1\ntags = ["training-data"]\n')
    for number, case in enumerate(cases, 1):
        author, committer = (_signed(case.text if case.kind == kind else _WHO) for kind in ("author", "committer"))
        yield b"commit refs/heads/%s\nmark :%d\nauthor %s\ncommitter %s\n" % (
            _CHAIN.encode(),
            number,
            author,
            committer,
        )
        yield _data(case.text if case.kind == "message" else "Change the reader\n")
        if case.kind == "file":
            yield b"M 100644 inline %d/%s\n" % (number, (case.path or "file.txt").encode()) + _data(case.text)
    for number, case in enumerate(cases, 1):
        if case.kind == "branch":
            yield b"reset refs/heads/%s\nfrom :%d\n\n" % (case.text.encode(), number)
        elif case.kind == "note":
            yield b"commit refs/notes/ai\ncommitter %s\ndata 4\nNote\nN inline :%d\n" % (_signed(_WHO), number)
            yield _data(case.text)


def _signed(who: str) -> bytes:
    return f"{who} {_DAY}".encode()


def _data(text: str) -> bytes:
    data = text.encode()
    return b"data %d\n%s\n" % (len(data), data)
