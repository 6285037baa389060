"""Names of the parent processes of a commit, from /proc."""

from __future__ import annotations

from pathlib import Path

import pytest

from ringfence.sources import parent_processes


@pytest.fixture
def tree(tmp_path: Path):
    """Write processes as /proc shows them: number, name, parent, command."""

    def write(*processes: tuple[int, str, int, tuple[str, ...]]) -> str:
        for number, name, parent, command in processes:
            folder = tmp_path / str(number)
            folder.mkdir()
            (folder / "stat").write_text(f"{number} ({name}) S {parent} 1 1 0\n")
            (folder / "cmdline").write_text("".join(f"{word}\0" for word in command))
        return str(tmp_path)

    return write


def test_every_parent_is_named_nearest_first(tree) -> None:
    found = tree((9, "git", 8, ("git", "commit")), (8, "bash", 7, ("-bash",)), (7, "codex", 1, ("/opt/bin/codex",)))
    assert parent_processes.list_process_names(9, found) == ["git", "bash", "-bash", "codex"]


def test_a_script_is_named_where_a_runtime_runs_it(tree) -> None:
    found = tree((9, "node", 1, ("/usr/bin/node", "--no-warnings", "/usr/bin/gemini.js", "claude")))
    assert parent_processes.list_process_names(9, found) == ["node", "gemini"]


def test_a_word_behind_another_program_names_nothing(tree) -> None:
    assert parent_processes.list_process_names(9, tree((9, "vim", 1, ("vim", "claude")))) == ["vim"]


def test_a_program_in_a_folder_by_version_is_known_by_what_it_calls_itself(tree) -> None:
    assert parent_processes.list_process_names(9, tree((9, "2.1.34", 1, ("claude",)))) == ["2.1.34", "claude"]


def test_brackets_blanks_and_line_ends_in_a_name_mislead_nobody(tree) -> None:
    found = tree((9, "a) S 5 (b", 8, ("",)), (8, "x\nprocess claude", 1, ("x",)))
    assert parent_processes.list_process_names(9, found) == ["a) S 5 (b", "x"]


def test_a_ring_of_processes_ends(tree) -> None:
    assert parent_processes.list_process_names(9, tree((9, "a", 8, ("a",)), (8, "b", 9, ("b",)))) == ["a", "b"]


def test_where_the_system_tells_nothing_nothing_is_named(tmp_path: Path) -> None:
    assert parent_processes.list_process_names(9, str(tmp_path)) == []
