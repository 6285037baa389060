"""Contents as the gate reads them: out of git as a stream, and from a file; both must give the same result."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from conftest import SHARE_LINK
from ringfence.git.objects import Object
from ringfence.model import Limits
from ringfence.policy.inputs import Inputs
from ringfence.policy.load import load_plan
from ringfence.policy.plan import Plan
from ringfence.scan import contents, matches, prefilter
from ringfence.sources.files import File

LINK = SHARE_LINK.encode()
MARKER = "openai-chatgpt-share-link"


@dataclass(frozen=True)
class Found:
    """Matches in some bytes: for each marker its count and first place, and what couldn't be read."""

    marks: dict[str, tuple[int, str, int]]
    hidden: list[str]


class _Pipe:
    def __init__(self, data: bytes) -> None:
        self.stdout = io.BytesIO(data)

    def widen_pipe(self) -> None:
        """Do nothing: it is no pipe."""


Look = Callable[..., Found]


@pytest.fixture(scope="session")
def plan() -> Plan:
    return load_plan(Inputs(tags=(("eval", "a test"),)))


@pytest.fixture
def look(plan: Plan, tmp_path: Path) -> Look:
    """Return what reads bytes, within limits."""

    def read(data: bytes, **limits: int) -> Found:
        plan.limits = Limits(**limits)
        path = tmp_path / "content"
        path.write_bytes(data)
        streamed = Object("oid", "oid", "blob", len(data), _Pipe(data))  # type: ignore[arg-type]  # all it needs
        once, again = (_found(item, plan) for item in (streamed, File(str(path))))
        assert once == again
        assert prefilter.find_suspects(plan, [data]) or once == Found({}, [])
        return once

    return read


def _found(item: object, plan: Plan) -> Found:
    found = contents.scan_object(item, plan)  # type: ignore[arg-type]  # both read like an Object
    marks = {}
    for (name, _), seen in found.matches.items():
        first = seen.places[0]
        marks.setdefault(name, (seen.count, first.place, first.line))
    return Found(marks, [item.reason for item in found.unread])


@pytest.fixture
def seen(plan: Plan, tmp_path: Path) -> Callable[[bytes], dict[tuple[str, str], matches.MarkerMatches]]:
    """Return what gives all that is counted in bytes, by marker and field."""

    def read(data: bytes) -> dict[tuple[str, str], matches.MarkerMatches]:
        path = tmp_path / "content"
        path.write_bytes(data)
        return contents.scan_object(File(str(path)), plan).matches  # type: ignore[arg-type]  # it reads like an Object

    return read
