"""A path's folder, and the answer where nothing can be decided."""

from __future__ import annotations

from pathlib import Path

from ringfence.gate import agent, agent_folders, agent_hooks


def test_the_folder_of_a_new_file_is_the_nearest_that_exists(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    assert agent_folders.find_folder(str(tmp_path / "link/new/folder/rows.txt")) == str(tmp_path)


def test_every_error_is_a_denial() -> None:
    for name, each in agent_hooks.AGENTS.items():
        answer = agent.answer_hook(each, b"[]")
        reason = "ringfence can't decide whether you may work here: the agent's event isn't a JSON object."
        assert reason in str(answer), name
        assert "deny" in str(answer), name
