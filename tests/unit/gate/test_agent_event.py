"""Which files an agent's event is about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ringfence.errors import UsageError
from ringfence.gate.agent_event import list_targets, parse_event


@pytest.mark.parametrize(
    ("event", "places", "paths"),
    [
        ({"cwd": "/lab"}, ["/lab"], []),
        ({"cwd": "/lab", "tool_input": {"file_path": "rows.txt"}}, ["/lab"], ["/lab/rows.txt"]),
        ({"cwd": "/lab", "toolArgs": '{"path": "/data/rows.txt"}'}, ["/lab"], ["/data/rows.txt"]),
        ({"cwd": "/lab", "toolArgs": "", "tool_input": None}, ["/lab"], []),
        ({"workspace_roots": ["/one", "/two"]}, ["/one", "/two"], []),
        ({"workspace_roots": ["/one", "/two"], "file_path": "a"}, ["/one", "/two"], ["/one/a", "/two/a"]),
        ({"cwd": "/lab", "notebook_path": "/lab"}, ["/lab"], ["/lab"]),
        ({"cwd": "/lab", "transcript_path": "/home/t.jsonl", "session_id": "/s"}, ["/lab"], []),
        ({"cwd": "/lab", "tool_input": {"cmd": "ls", "workdir": "sub"}}, ["/lab", "/lab/sub"], []),
        ({"cwd": "/lab", "tool_input": {"path": 7}}, ["/lab"], ["/lab/7"]),
        ({"cwd": "/lab", "tool_input": {"other": "/a/b", "text": "a/b"}}, ["/lab"], ["/a/b"]),
        ({"cwd": "/lab", "tool_input": {"path": "file:///a%20b/c"}}, ["/lab"], ["/a b/c"]),
        ({"cwd": "/lab", "tool_input": {"path": "file:/a"}}, ["/lab"], ["/a"]),
        ({"cwd": "/lab", "tool_input": {"paths": ["a/*.txt", "/b/**/c", "?"]}}, ["/lab"],
         ["/lab/a", "/b", "/lab/."]),
        ({"cwd": "/lab", "tool_input": {"dir_path": "docs", "include": "*.md"}}, ["/lab"], ["/lab/docs"]),
        ({"cwd": "/lab", "tool_name": "Grep", "tool_input": {"pattern": "x"}}, ["/lab"], ["/lab"]),
        ({"cwd": "/lab", "tool_name": "Glob", "tool_input": {"pattern": "docs/*"}}, ["/lab"], ["/lab/docs"]),
    ],
)  # fmt: skip
def test_paths_of_an_event_are_absolute_and_distinct(
    event: dict[str, Any], places: list[str], paths: list[str]
) -> None:
    targets = list_targets(event)
    assert [target.path for target in targets if target.is_place] == places
    assert [target.path for target in targets if not target.is_place] == paths


def test_an_event_without_a_folder_is_about_the_current_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert [target.path for target in list_targets({"file_path": "a"})] == [str(tmp_path), f"{tmp_path}/a"]


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ({"toolArgs": "not JSON"}, "toolargs in the agent's event is damaged JSON."),
        ({"workspace_roots": ["/one", 2]}, "workspaceroots in the agent's event holds no path."),
        ({"cwd": {}}, "cwd in the agent's event holds no path."),
    ],
)
def test_what_should_name_a_file_and_doesnt_is_an_error(event: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as error:
        list_targets(event)
    assert error.value.message == message


@pytest.mark.parametrize("data", [b"", b"[]", b"null", b"\xff"])
def test_an_event_is_an_object(data: bytes) -> None:
    with pytest.raises(UsageError, match=r"^the agent's event isn't a JSON object\.$"):
        parse_event(data)
