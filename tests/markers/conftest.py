"""The catalogue as it is compiled, and one way to show it something: as the part of a change that would carry it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ringfence.check.check import check_changes
from ringfence.model import Change, Finding
from ringfence.policy.inputs import Inputs
from ringfence.policy.load import load_plan
from ringfence.policy.plan import Plan
from ringfence.sources.files import Files

NOTE_PATH = b"ab/" + b"c" * 38  # where a note about an object lies


class Judge:
    """Judges one piece of text as if it stood in a repository tagged training-data."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        self.plan = plan
        self.file = folder / "content"

    def findings(self, part: str, data: bytes) -> list[Finding]:
        if part in ("content", "note", "path"):
            self.file.write_bytes(b"" if part == "path" else data)
            path = {"content": b"file.txt", "note": NOTE_PATH, "path": data}[part]
            change = Change("tree", paths=[(path, str(self.file), ())])
        else:
            change = Change("message", texts=((part, data, ""),))
        return list(check_changes([change], self.plan, Files()).findings)

    def marks(self, part: str, text: str | bytes) -> set[str]:
        """Return the ids of the markers found."""
        return {found.marker for found in self.findings(part, text.encode() if isinstance(text, str) else text)}

    def refuses(self, part: str, text: str | bytes) -> bool:
        """Say whether something definitive or strong is found."""
        data = text.encode() if isinstance(text, str) else text
        return any(found.action == "block" for found in self.findings(part, data))


@pytest.fixture(scope="session")
def plan() -> Plan:
    return load_plan(Inputs(tags=(("training-data", "a test"),)))


@pytest.fixture
def judge(plan: Plan, tmp_path: Path) -> Judge:
    return Judge(plan, tmp_path)
