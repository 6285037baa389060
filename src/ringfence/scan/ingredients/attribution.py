"""Reads the notes of git-ai (schema authorship/3.0.0, `refs/notes/ai`): which lines of a commit an agent wrote.

A note lists files, and below each, indented by two spaces, a key and ranges of lines: `  s_1a2b::t_3c4d 1-10,12`. After
`---` follows JSON, in which `sessions` and `prompts` name the agent of a key. Keys that begin with h_ are people.
"""

from __future__ import annotations

import json

from ...values import value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

_PERSON = "h_"
_LARGEST = 16 << 20  # bytes of a note


@value
class Attribution:
    """Lines of a file that an agent wrote.

    Attributes:
        first, last: The lines after the commit, from 1.
        agent: What the note says of the agent, as JSON with the key `agent_id`.
        model: The model that it names; "" if it doesn't.
    """

    first: int
    last: int
    agent: str
    model: str


def parse_note(data: bytes) -> dict[str, list[Attribution]] | None:
    """Return the lines that agents wrote by path; None for a note that can't be read."""
    listing, rule, body = data.partition(b"\n---\n")
    if data.startswith(b"---\n"):
        listing, rule, body = b"", b"---", data[4:]
    if not rule or len(data) > _LARGEST:
        return None
    try:
        facts = json.loads(body)
        agents = _collect_agents(facts)
        return _parse_listing(listing.decode("utf-8", "replace"), agents)
    except (ValueError, RecursionError, AttributeError):
        return None


def _collect_agents(facts: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what is said of the agent of each key."""
    found: dict[str, dict[str, Any]] = {}
    for table in ("sessions", "prompts"):
        for key, entry in (facts.get(table) or {}).items():
            if isinstance(agent := entry.get("agent_id"), dict):
                found[key] = agent
    return found


def _parse_listing(text: str, agents: dict[str, dict[str, Any]]) -> dict[str, list[Attribution]]:
    files: dict[str, list[Attribution]] = {}
    current: list[Attribution] = []
    for line in text.splitlines():
        if not line.startswith(" "):
            current = files.setdefault(line.strip().strip('"'), [])
            continue
        key, _, ranges = line.strip().partition(" ")
        agent = agents.get(key) or agents.get(key.partition("::")[0])
        if agent is None or key.startswith(_PERSON):
            continue
        model = agent.get("model")
        about = json.dumps({"agent_id": agent})
        current += [Attribution(*pair, about, model if isinstance(model, str) else "") for pair in _iter_ranges(ranges)]
    return files


def _iter_ranges(text: str) -> Iterator[tuple[int, int]]:
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        yield int(first), int(last or first)


def split_block(
    start: int, block: bytes, attributions: list[Attribution]
) -> Iterator[tuple[Attribution | None, int, bytes]]:
    """Yield the parts of an added block with who wrote each (None: a person), its first line, and its lines."""
    lines = block.splitlines(keepends=True)
    owners: list[Attribution | None] = [None] * len(lines)
    for item in attributions:
        for number in range(max(item.first - start, 0), min(item.last - start + 1, len(lines))):
            owners[number] = item
    begin = 0
    for number in range(1, len(lines) + 1):
        if number == len(lines) or owners[number] is not owners[begin]:
            yield owners[begin], start + begin, b"".join(lines[begin:number])
            begin = number
