"""Which files an agent's event is about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ringfence.errors import UsageError
from ringfence.gate import agent


@pytest.mark.parametrize(
    ("event", "paths"),
    [
        ({"cwd": "/work"}, ["/work"]),
        ({"cwd": "/work", "tool_input": {"file_path": "rows.txt"}}, ["/work", "/work/rows.txt"]),
        ({"cwd": "/work", "toolArgs": '{"path": "/data/rows.txt"}'}, ["/work", "/data/rows.txt"]),
        ({"cwd": "/work", "toolArgs": "not JSON", "tool_input": [1]}, ["/work"]),
        ({"workspace_roots": ["/one", 2, "/two"]}, ["/one", "/two"]),
        ({"cwd": "/work", "notebook_path": "/work"}, ["/work"]),
    ],
)
def test_paths_of_an_event_are_absolute_and_distinct(event: dict[str, Any], paths: list[str]) -> None:
    assert list(agent._iter_paths(event)) == paths


@pytest.mark.parametrize("data", [b"", b"[]", b"null", b"\xff"])
def test_an_event_is_an_object(data: bytes) -> None:
    with pytest.raises(UsageError, match=r"^the agent's event isn't a JSON object\.$"):
        agent._parse_event(data)


def test_the_folder_of_a_new_file_is_the_nearest_that_exists(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    assert agent._find_folder(str(tmp_path / "link/new/folder/rows.txt")) == str(tmp_path)


def test_every_error_is_a_denial() -> None:
    for name, each in agent.AGENTS.items():
        answer = agent.answer_hook(each, b"[]")
        reason = "ringfence can't decide whether you may work here: the agent's event isn't a JSON object."
        assert reason in str(answer), name
        assert "deny" in str(answer), name
