"""Every command of ours that a text of the program names: there is such a command, with such options and values."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from conftest import Work
from ringfence.commands.program import COMMANDS, build_app

SOURCE = Path(__file__).parents[2] / "src/ringfence"
OPEN = "{}"  # what a message fills in when it is written
VALUE = re.compile(r"[A-Z][A-Z./]*|.*\{\}.*|.*[./:].*")
FILLED = {"quarantine {}": "quarantine release", "guard {}": "guard claude-code"}
# Told in a CI service, about the machine's own policy, and in prose.
ELSEWHERE = {"ci --fetch", "policy install --previous", "policy install"}
ENDS = ".,;:)`"


def list_texts(tree: ast.AST) -> Iterator[str]:
    """Yield the texts of a module, its docstrings left out, and `{}` where something is put in."""
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    parts |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else OPEN for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
            yield node.value


def list_commands(text: str) -> Iterator[str]:
    """Yield the commands that a text names, without the sentence around them."""
    for found in re.findall(r"\bringfence ((?:[\w{-])[^\n\"]*)", text):
        taken: list[str] = []
        for word in found.split():
            is_more = word.startswith("-") or VALUE.fullmatch(word.rstrip(ENDS)) or taken[-1:] == ["--format"]
            is_name = not taken or (len(taken) == 1 and taken[0] in GROUPS)
            if not (is_name or is_more):
                break
            taken.append(word.replace(OPEN, "").rstrip(ENDS) if word.startswith("--") else word.rstrip(ENDS))
            if word[-1] in ENDS and not word.endswith("..."):
                break
        if taken and taken[0].replace(OPEN, "") in COMMANDS and taken != ["ingredients", OPEN]:  # a file's title
            command = " ".join((taken[0].replace(OPEN, ""), *taken[1:]))
            yield next((command.replace(*pair) for pair in FILLED.items() if command.startswith(pair[0])), command)


APP = typer.main.get_command(build_app())
GROUPS = {name for name, command in APP.commands.items() if hasattr(command, "commands")}  # type: ignore[attr-defined]
NAMED = sorted(
    {
        command
        for path in SOURCE.rglob("*.py")
        for text in list_texts(ast.parse(path.read_text("utf-8")))
        for command in list_commands(text)
    }
)


def test_they_are_found() -> None:
    assert len(NAMED) > 40
    assert {"status --global", "check --all --record", "install --server {}", "ledger show"} <= {*NAMED}


@pytest.mark.parametrize("command", NAMED)
def test_a_command_that_a_message_names_can_be_typed(command: str) -> None:
    name, *words = command.split()
    found = APP.commands[name]  # type: ignore[attr-defined]
    if name in GROUPS and words:
        found = found.commands[words.pop(0)]
    with found.make_context(name, [word.replace(OPEN, "x") for word in words], resilient_parsing=not words):
        pass


def test_those_that_are_whole_do_not_end_as_wrong_ones(
    laptop: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Typed one after the other in a repository that has what they speak of: a ledger, a policy, an index."""
    laptop.did("config", "ringfence.ledger", str(tmp_path / "ledger.db"))
    assert laptop.ringfence("check", "--all", "--record")
    laptop.write(".git/COMMIT_EDITMSG", "Change\n")
    assert laptop.ringfence("ingredients", "record", "--all")
    monkeypatch.setenv("HOME", str(tmp_path))  # for what is installed for all repositories of a user
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    whole = [
        command
        for command in NAMED
        if command not in ELSEWHERE and " " in command and not re.search(r"\{|\b[A-Z]+$", command)
    ]
    assert len(whole) > 12
    for command in sorted(whole, key=lambda command: "install" in command):
        said = laptop.ringfence(*command.split())
        assert said.status not in (2, 70), f"{command}: {said.out}"
