"""`ringfence completion`: prints a script that completes commands and options in bash, zsh or fish."""

from __future__ import annotations

import enum
import inspect
import shlex
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, get_args, get_type_hints

import typer
from typer.models import ArgumentInfo

from ..errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_Shell = StrEnum("_Shell", ["bash", "zsh", "fish"])
_EVERYWHERE = ("--help", "--quiet", "--verbose", "--color")
_COLOURS = "auto always never"


@dataclass(frozen=True, slots=True)
class _Command:
    """A command or a group: its words, the words that may follow, and the values that options take."""

    path: str
    summary: str
    words: tuple[tuple[str, str], ...]  # (word, what it means)
    values: dict[str, str]


def completion(
    shell: Annotated[_Shell, typer.Argument(help="The shell.")],
) -> int:
    """Print a script that completes commands, options and their values; files are completed by the shell itself."""
    typer.echo("\n".join({"bash": _format_bash, "zsh": _format_zsh, "fish": _format_fish}[str(shell)]()))
    return ExitCode.ALLOWED


def _list_commands() -> list[_Command]:
    from .program import COMMANDS

    found, top = [], []
    for name, (module, attribute) in COMMANDS.items():
        command = getattr(import_module(f".{module}", __package__), attribute)
        if not isinstance(command, typer.Typer):
            found.append(_describe(name, command))
            top.append((name, found[-1].summary))
            continue
        inside = [
            _describe(f"{name} {info.name or info.callback.__name__}", info.callback)
            for info in command.registered_commands
            if info.callback
        ]
        words = tuple((item.path.split()[1], item.summary) for item in inside)
        found += [_Command(name, "", words, {}), *inside]
        top.append((name, str(command.info.help).rstrip(".")))
    return [_Command("", "", (*top, ("--version", "Print the version")), {}), *found]


def _describe(path: str, command: Callable[..., object]) -> _Command:
    hints = get_type_hints(command, include_extras=True)
    words, values = [], {}
    for name in inspect.signature(command).parameters:
        held, info = get_args(hints[name])[:2]
        choices = " ".join(held) if inspect.isclass(held) and issubclass(held, enum.Enum) else ""
        if isinstance(info, ArgumentInfo):
            words += [(choice, "") for choice in choices.split()]
            continue
        option = next(word for word in (info.default, *(info.param_decls or ())) if str(word).startswith("--"))
        words.append((option, str(info.help or "").partition(".")[0]))
        if held is not bool:
            values[option] = choices
    return _Command(path, str(inspect.getdoc(command)).partition("\n")[0].rstrip("."), tuple(words), values)


def _format_bash() -> Iterator[str]:
    commands = _list_commands()
    paths = "|".join(shlex.quote(f" {command.path}") for command in commands if command.path)
    yield from ("# ringfence completion bash > /etc/bash_completion.d/ringfence", "_ringfence() {")
    yield '    local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD-1]}" path="" words="" word'
    yield '    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do'
    yield f'        case "$path $word" in {paths}) path="$path $word" ;; esac'
    yield from ("    done", '    case "$path $prev" in')
    yield f'        *" --color") COMPREPLY=($(compgen -W "{_COLOURS}" -- "$cur")); return ;;'
    for command in commands:
        for option, choices in command.values.items():
            key = shlex.quote(f" {command.path} {option}")
            reply = f'COMPREPLY=($(compgen -W "{choices}" -- "$cur"))' if choices else "COMPREPLY=()"
            yield f"        {key}) {reply}; return ;;"
    yield from ("    esac", '    case "$path" in')
    for command in commands:
        key = shlex.quote(f" {command.path}") if command.path else '""'
        words = " ".join((*(word for word, _ in command.words), *_EVERYWHERE))
        yield f'        {key}) words="{words}" ;;'
    yield from ("    esac", '    COMPREPLY=($(compgen -W "$words" -- "$cur"))', "}")
    yield "complete -o default -F _ringfence ringfence"


def _format_zsh() -> Iterator[str]:
    commands = _list_commands()
    paths = "|".join(shlex.quote(f" {command.path}") for command in commands if command.path)
    yield from ("#compdef ringfence", "# ringfence completion zsh > a folder of $fpath, as _ringfence")
    yield from ("_ringfence() {", '    local at="" word', "    local -a found")  # `path` would be the shell's own
    yield '    for word in "${(@)words[2,CURRENT-1]}"; do'
    yield f'        case "$at $word" in ({paths}) at="$at $word" ;; esac'
    yield from ("    done", '    case "$at $words[CURRENT-1]" in')
    yield f"        (*' --color') compadd -- {_COLOURS}; return ;;"
    for command in commands:
        for option, choices in command.values.items():
            reply = f"compadd -- {choices}" if choices else "_files"
            yield f"        ({shlex.quote(f' {command.path} {option}')}) {reply}; return ;;"
    yield from ("    esac", '    case "$at" in')
    for command in commands:
        key = shlex.quote(f" {command.path}") if command.path else '""'
        words = [*command.words, *((word, "") for word in _EVERYWHERE)]
        shown = (f"{word}:{meaning.replace(':', chr(92) + ':')}".rstrip(":") for word, meaning in words)
        yield f"        ({key}) found=({' '.join(map(shlex.quote, shown))}) ;;"
    yield from ("    esac", "    _describe ringfence found", "    [[ $words[CURRENT] = -* ]] || _files", "}")
    yield 'if [[ $funcstack[1] = _ringfence ]]; then _ringfence "$@"; else compdef _ringfence ringfence; fi'


def _format_fish() -> Iterator[str]:
    yield "# ringfence completion fish > ~/.config/fish/completions/ringfence.fish"
    for command in _list_commands():
        first, _, second = command.path.partition(" ")
        seen = f"__fish_seen_subcommand_from {first}" + (
            f"; and __fish_seen_subcommand_from {second}" if second else ""
        )
        is_group = bool(command.words) and not second and not any(word.startswith("-") for word, _ in command.words)
        condition = "__fish_use_subcommand" if not first else seen
        if first and is_group:
            names = " ".join(word for word, _ in command.words)
            condition += f"; and not __fish_seen_subcommand_from {names}"
        for word, meaning in command.words:
            what = f"-l {word[2:]}" if word.startswith("--") else f"-a {shlex.quote(word)}"
            takes = ""
            if word in command.values:
                takes = f" -x -a {shlex.quote(command.values[word])}" if command.values[word] else " -r"
            says = f" -d {shlex.quote(meaning)}" if meaning else ""
            yield f"complete -c ringfence -n {shlex.quote(condition)} {what}{takes}{says}"
    for option in _EVERYWHERE:
        takes = f" -x -a {shlex.quote(_COLOURS)}" if option == "--color" else ""
        yield f"complete -c ringfence -l {option[2:]}{takes}"
