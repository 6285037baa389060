"""Reads records of Agent Trace (0.1.0): which lines of a file a model wrote, at a commit.

A record names the commit in `vcs.revision`, and its lines are counted there; who asks about a line takes the commit
that added it, and looks for a record of that. Where records are kept isn't said: the format's own hook appends them to
`.agent-trace/traces.jsonl`. Lines of people and of contributors that aren't known are left out, and what records say is
added to the marks of a commit: nothing in them makes a tool's line a person's. Source: https://agent-trace.dev.
"""

from __future__ import annotations

import json

from .attribution import Attribution

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    Records = dict[str, dict[str, list[Attribution]]]  # by commit, by path

FILE = ".agent-trace/traces.jsonl"
LARGEST = 64 << 20  # bytes of a file of records; a larger one isn't read
_BY_MODELS = ("ai", "mixed")


def parse_records(data: bytes) -> Records:
    """Return the lines that models wrote; a line of the file that is no record is passed over."""
    found: Records = {}
    for line in data.splitlines():
        try:
            record = json.loads(line)
            rows = list(_iter_rows(record))
            commit = record["vcs"]["revision"]
        except (ValueError, RecursionError, AttributeError, LookupError, TypeError):
            continue
        if isinstance(commit, str):
            for path, item in rows:
                found.setdefault(commit, {}).setdefault(path, []).append(item)
    return found


def _iter_rows(record: dict[str, Any]) -> Iterator[tuple[str, Attribution]]:
    tool = (record.get("tool") or {}).get("name", "")
    for file in record["files"]:
        for conversation in file["conversations"]:
            for part in conversation["ranges"]:
                contributor = part.get("contributor") or conversation.get("contributor") or {}
                if contributor.get("type") in _BY_MODELS:
                    model = str(contributor.get("model_id") or "")
                    agent = json.dumps({"agent_id": {"tool": tool, "model": model}})
                    yield str(file["path"]), Attribution(int(part["start_line"]), int(part["end_line"]), agent, model)
