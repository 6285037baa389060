"""Our block in `.pre-commit-config.yaml`: it fits into a file however that is written, and goes without a trace."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from ringfence.errors import UsageError
from ringfence.setup import pre_commit_config

HOOK = "repo: meta\n{0}  hooks:\n{0}  - id: identity\n"
FILES = {
    "items at the margin": "repos:\n- " + HOOK.format(""),
    "items indented": "repos:\n  - " + HOOK.format("  "),
    "items indented by four": "repos:\n    - " + HOOK.format("    "),
    "a key below": "repos:\n- " + HOOK.format("") + "fail_fast: true\n",
    "a key above and below": "fail_fast: true\nrepos:\n- " + HOOK.format("") + "files: ^src/\n",
    "a comment behind the key": "repos:  # ours\n- " + HOOK.format(""),
    "comments at the margin": "# one\nrepos:\n# two\n  - " + HOOK.format("  ") + "# three\n",
    "empty lines": "\nrepos:\n\n- " + HOOK.format("") + "\n\nfail_fast: true\n\n",
    "a document's begin": "---\nrepos:\n- " + HOOK.format(""),
    "letters beyond ASCII": "# Prüfungen\nrepos:\n- " + HOOK.format(""),
}
CRLF = FILES["a key below"].replace("\n", "\r\n")


def written(folder: Path, content: str) -> Path:
    path = folder / pre_commit_config.FILE
    path.write_bytes(content.encode())
    return path


def ids(path: Path) -> list[str]:
    """Return the ids of all hooks, in order."""
    return [hook["id"] for repo in yaml.safe_load(path.read_bytes())["repos"] for hook in repo["hooks"]]


OURS = [f"ringfence-{stage}" for stage in pre_commit_config.STAGES]


@pytest.mark.parametrize("content", [*FILES.values(), CRLF], ids=[*FILES, "carriage returns"])
def test_our_hooks_come_last_and_nothing_else_changes(tmp_path: Path, content: str) -> None:
    path = written(tmp_path, content)
    before = yaml.safe_load(content)
    assert pre_commit_config.add_block(str(tmp_path)) == ".pre-commit-config.yaml: ringfence's hooks are added"
    assert ids(path) == ["identity", *OURS]
    after = yaml.safe_load(path.read_bytes())
    assert after | {"repos": after["repos"][:-1]} == before


@pytest.mark.parametrize("content", [*FILES.values(), CRLF], ids=[*FILES, "carriage returns"])
def test_our_hooks_go_without_a_trace(tmp_path: Path, content: str) -> None:
    path = written(tmp_path, content)
    pre_commit_config.add_block(str(tmp_path))
    assert pre_commit_config.remove_block(str(tmp_path))
    assert path.read_bytes() == content.encode()


def test_adding_twice_is_adding_once(tmp_path: Path) -> None:
    path = written(tmp_path, FILES["a key below"])
    pre_commit_config.add_block(str(tmp_path))
    once = path.read_bytes()
    assert pre_commit_config.add_block(str(tmp_path)) == ".pre-commit-config.yaml: ringfence's hooks are there already"
    assert path.read_bytes() == once


def test_a_file_is_made_where_there_was_none(tmp_path: Path) -> None:
    pre_commit_config.add_block(str(tmp_path))
    assert ids(tmp_path / pre_commit_config.FILE) == OURS


def test_an_empty_list_is_filled(tmp_path: Path) -> None:
    path = written(tmp_path, "repos: []\nfail_fast: true\n")
    pre_commit_config.add_block(str(tmp_path))
    assert ids(path) == OURS


def test_a_file_without_an_end_of_line_is_filled(tmp_path: Path) -> None:
    path = written(tmp_path, FILES["items indented"].rstrip("\n"))
    pre_commit_config.add_block(str(tmp_path))
    assert ids(path) == ["identity", *OURS]


OTHERWISE = {
    "a list on one line": "repos: [{repo: meta, hooks: [{id: identity}]}]\n",
    "an empty list on two lines": "repos: [\n]\n",
    "a key in quotes": '"repos":\n- ' + HOOK.format(""),
}


@pytest.mark.parametrize("content", OTHERWISE.values(), ids=OTHERWISE)
def test_a_file_that_is_written_otherwise_is_filled_or_left_as_it_is(tmp_path: Path, content: str) -> None:
    path = written(tmp_path, content)
    try:
        pre_commit_config.add_block(str(tmp_path))
    except UsageError:
        assert path.read_bytes() == content.encode()
    else:
        assert ids(path)[-len(OURS) :] == OURS
        assert len(ids(path)) == len(OURS) + content.count("identity")


def test_removing_nothing_is_said_to_be_nothing(tmp_path: Path) -> None:
    assert not pre_commit_config.remove_block(str(tmp_path))
    path = written(tmp_path, FILES["a key below"])
    assert not pre_commit_config.remove_block(str(tmp_path))
    assert path.read_bytes() == FILES["a key below"].encode()
