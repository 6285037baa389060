"""No marker costs more than linear time, whatever it is shown: long lines made of its own beginnings."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from markers.conftest import Judge
from ringfence.policy.effective import parse_vendors
from ringfence.policy.markers.databases import GROUPS
from ringfence.policy.plan import Plan
from ringfence.policy.vendor_files import read_shipped_files

GROUP_OF = {"author": "identity", "committer": "identity", "tagger": "identity"}


def seconds(work: Callable[[], object]) -> float:
    """Return the shorter of two processor times, since other processes run at the same time."""
    times = []
    for _ in range(2):
        started = time.process_time()
        work()
        times.append(time.process_time() - started)
    return min(times)


def beginnings() -> list[tuple[str, bytes]]:
    """Return, for every marker, its first example and half of it, as the last line of the part that carries it."""
    found = []
    for vendor in parse_vendors(read_shipped_files()).values():
        for marker in vendor.iter_markers():
            part, data = next(iter(marker.build_surfaces(marker.caught[0])))
            line = data.rstrip(b"\n").rpartition(b"\n")[2]
            found += [(GROUP_OF.get(part, part), piece) for piece in (line, line[: len(line) // 2]) if piece]
    return found


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize("group", [name for name in GROUPS if name != "model"])
def test_twice_as_long_a_line_takes_a_scanner_twice_as_long(plan: Plan, group: str) -> None:
    scanner = plan.catalogue.load_group(group).scanner
    pieces = [piece for name, piece in beginnings() if name == group]
    assert pieces
    for piece in pieces:
        scanner.locate_matches(piece)  # compiles the pattern for the places
    slow = []
    for piece in pieces:
        line = piece * (100_000 // len(piece))
        once, twice = seconds(lambda: scanner.locate_matches(line)), seconds(lambda: scanner.locate_matches(line * 2))  # noqa: B023 - at once
        if twice > 4 * once + 0.05:
            slow.append((piece, once, twice))
    assert slow == []


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize(
    ("part", "piece"),
    [
        ("author", "Claude <noreply@anthropic.com>"),
        ("author", "Jo Example (qwen3-co"),
        ("message", "Generated with [Claude Code](https://claude.com/claude-code) "),
        ("message", "Co-authored-by: Claude (claude-opus-4-6) <noreply@anthropic.com>"),
        ("message", "Co-authored-by: Claude\n <noreply@anthropic.com>\n"),
        ("message", "Co-authored-by: Claude &lt;noreply@anthropic.com&gt;\\n"),
        ("ref", "claude/quiet-lovelace-54ac0b"),
        ("path", ".claude/"),
        ("content", "https://claude.ai/share/01234567-89ab-cdef-0123-456789ab "),
        ("content", "https:%2F%2Fclaude.ai%2Fshare%2F01234567-89ab-cdef-0123-456789ab&lt;"),
        ("content", '{"model": "gpt-4o"}, '),
        ("note", '{"agent_id":{"tool":"claude","id":"x","model":"m"}}'),
    ],
)
def test_twice_as_long_a_line_takes_a_check_twice_as_long(judge: Judge, part: str, piece: str) -> None:
    text = piece.encode() * (500_000 // len(piece))
    judge.findings(part, piece.encode())
    once, twice = seconds(lambda: judge.findings(part, text)), seconds(lambda: judge.findings(part, text * 2))
    assert twice < 4 * once + 0.2  # what is quadratic takes minutes
