"""Flags that every command takes, help that says all, completions, and one marker in full."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from conftest import PYTHON, TRAILER, Work, run
from ringfence import __version__
from ringfence.commands.flags import Flags, split_flags
from ringfence.commands.program import COMMANDS
from ringfence.errors import UsageError
from ringfence.reports.colour import colour_report

GROUPS = ("policy", "vendors", "ledger", "quarantine", "receipt", "ingredients")


@pytest.mark.parametrize(
    ("line", "flags", "rest"),
    [
        ("check --all", Flags(), "check --all"),
        ("-q check --all", Flags(is_quiet=True), "check --all"),
        ("check --quiet --all", Flags(is_quiet=True), "check --all"),
        ("check --all -v", Flags(is_verbose=True), "check --all"),
        ("check --color never --all", Flags(colour="never"), "check --all"),
        ("check --color=always --all", Flags(colour="always"), "check --all"),
        ("check --files -- -q --color", Flags(), "check --files -- -q --color"),
    ],
)
def test_flags_are_taken_anywhere_before_two_hyphens(line: str, flags: Flags, rest: str) -> None:
    assert split_flags(line.split()) == (flags, rest.split())


@pytest.mark.parametrize("line", ["-q -v check", "check --color", "check --color=red"])
def test_flags_that_cannot_be(line: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        split_flags(line.split())
    assert Work(tmp_path).ringfence(*line.split()).status == 2


def test_quiet_says_something_only_where_something_is_wrong(laptop: Work) -> None:
    said = laptop.ringfence("check", "--all", "-q")
    assert (said.status, said.out) == (0, "")
    laptop.commit(f"Add\n\n{TRAILER}")
    said = laptop.ringfence("check", "--all", "-q")
    assert said.status == 1
    assert "refused, 1 mark" in said.out


def test_verbose_says_what_ran_and_how_it_ended(laptop: Work) -> None:
    said = laptop.ringfence("-v", "check", "--all")
    assert re.search(rf"^ringfence {re.escape(__version__)}, Python 3.*: check, \d+\.\d s, exit code 0 \(allowed\)$",
                     said.out, re.MULTILINE)  # fmt: skip
    assert "exit code 2 (usage)" not in laptop.ringfence("check", "--all").out


def test_colour_is_shown_on_request_and_never_where_it_is_not_wanted(laptop: Work) -> None:
    laptop.commit(f"Add\n\n{TRAILER}")
    assert "\x1b[" not in laptop.ringfence("check", "--all").out
    said = laptop.ringfence("check", "--all", "--color", "always")
    assert said.out.startswith("\x1b[31mringfence: refused, 1 mark of rival AI tools (training-data)\x1b[0m\n")
    assert "\x1b[" not in laptop.ringfence("check", "--all", NO_COLOR="1", FORCE_COLOR="1").out
    assert "\x1b[31m" in laptop.ringfence("check", "--all", FORCE_COLOR="1").out
    assert "\x1b[" not in laptop.ringfence("check", "--all", "--color=never", FORCE_COLOR="1").out
    assert "\x1b[" not in laptop.ringfence("check", "--all", "--color=always", "--format", "json").out
    assert "\x1b[32mok  \x1b[0m" in laptop.ringfence("status", "--color=always").out


@pytest.mark.parametrize(
    ("headline", "start"),
    [
        ("ringfence: allowed (eval)", "\x1b[32m"),
        ("ringfence: refused as incomplete, 1 item", "\x1b[31m"),
        ("ringfence: incomplete, 1 item", "\x1b[33m"),
        ("ringfence: observed, 1 mark", "\x1b[33m"),
        ("something else", "something"),
    ],
)
def test_the_headline_has_the_verdicts_colour(headline: str, start: str) -> None:
    assert colour_report(f"{headline}\n").startswith(start)


def test_help_is_short_by_h_and_its_summaries_are_whole(tmp_path: Path) -> None:
    work = Work(tmp_path)
    assert work.ringfence("-V").out == f"ringfence {__version__}\n"
    for words in ((), *((group,) for group in GROUPS)):
        said = work.ringfence(*words, "-h")
        assert said
        assert "..." not in said.out.replace("[ARGS]...", "")
        assert said.out == work.ringfence(*words, "--help").out


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in GROUPS])
def test_every_value_in_a_help_has_a_name(tmp_path: Path, name: str) -> None:
    said = run(*PYTHON, name, "-h", cwd=tmp_path, COLUMNS="400", NO_COLOR="1")
    assert re.findall(r"<(?:str|int|float|list\[\w+\]|path|text)>|\bTEXT\.\.\.", said.out) == []


# --- completions ---


def complete(script: Path, *words: str) -> set[str]:
    """Return what bash offers for the last word."""
    line = " ".join(f"'{word}'" for word in words)
    code = f"source {script}; COMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; _ringfence; echo ${{COMPREPLY[@]}}"
    return set(subprocess.run(["bash", "-c", code], capture_output=True, text=True, check=True).stdout.split())


def test_bash_completes_commands_options_and_values(tmp_path: Path) -> None:
    script = tmp_path / "ringfence.bash"
    script.write_text(Work(tmp_path).ringfence("completion", "bash").out)
    assert complete(script, "ringfence", "") >= {*COMMANDS, "--version"}
    assert complete(script, "ringfence", "pol") == {"policy"}
    assert complete(script, "ringfence", "policy", "") >= {"check", "install", "diff", "show"}
    assert complete(script, "ringfence", "policy", "diff", "--a") == {"--all"}
    assert complete(script, "ringfence", "check", "--st") == {"--staged"}
    assert complete(script, "ringfence", "-q", "check", "--format", "j") == {"json", "jsonl", "junit"}
    assert complete(script, "ringfence", "check", "--color", "a") == {"auto", "always"}
    assert complete(script, "ringfence", "completion", "z") == {"zsh"}
    assert complete(script, "ringfence", "policy", "ready", "ev") == {"eval"}
    assert complete(script, "ringfence", "check", "--message", "x") == set()  # files: bash's own


# What is typed before the tabulator key, and what stands there after it: the only word, or what all have in common.
TYPED = {
    "pol": "policy ",
    "policy di": "policy diff ",
    "check --st": "check --staged ",
    "-q check --format js": "-q check --format json",
    "check --color al": "check --color always ",
    "policy diff --a": "policy diff --all ",
    "completion z": "completion zsh ",
    "policy ready ev": "policy ready eval ",
    "policy check own.t": "policy check own.toml ",
}


@pytest.mark.needs("zsh")
def test_zsh_completes_commands_options_values_and_files(tmp_path: Path) -> None:
    """In a terminal of its own: a key that follows the tabulator shows the line and ends the shell."""
    work = Work(tmp_path)
    work.write("functions/_ringfence", work.ringfence("completion", "zsh").out)
    work.write("own.toml")
    shows = "show() { print -r -- \"<$BUFFER>\"; exit }; zle -N show; bindkey '^X' show; bindkey '^I' complete-word"
    begins = f"fpath=({tmp_path}/functions $fpath); autoload -Uz compinit; compinit -u -D; {shows}; echo RE''ADY"
    script = [f"zmodload zsh/zpty; cd {tmp_path}; export TERM=dumb"]
    for typed in TYPED:
        script += ["zpty z zsh -f -i", f"zpty -w z {shlex.quote(begins)}", "zpty -r -m z out '*READY*'"]
        script += [f"zpty -w -n z $'ringfence {typed}\\t\\x18'", "zpty -r -m z out '*<*>*'"]
        script += ['print -r -- "$out"', "zpty -d z"]
    said = subprocess.run(["zsh", "-f", "-c", "\n".join(script)], capture_output=True, text=True, check=True)
    assert re.findall(r"<ringfence (.*?)>", said.stdout) == list(TYPED.values()), said


@pytest.mark.needs("fish")
def test_fish_completes_commands_options_values_and_files(tmp_path: Path) -> None:
    work = Work(tmp_path)
    work.write("ringfence.fish", work.ringfence("completion", "fish").out)
    work.write("own.toml")
    asked = "; ".join(f"complete -C 'ringfence {typed}'; echo =" for typed in TYPED)
    command = ["fish", "-N", "-c", f"source ringfence.fish; {asked}"]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    found = [[line.partition("\t")[0] for line in part.split("\n") if line] for part in said.split("=\n")[:-1]]
    for (typed, line), words in zip(TYPED.items(), found, strict=True):
        last = line.split()[-1]
        assert last in words, (typed, words)
        assert [word for word in words if not word.startswith(typed.split()[-1])] == []


# --- one marker ---


def test_one_marker_is_told_in_full(tmp_path: Path) -> None:
    said = Work(tmp_path).ringfence("vendors", "show", "anthropic-claude-code-address")
    for line in (
        "anthropic-claude-code-address, of Anthropic (anthropic): docs/markers/anthropic.md",
        "  product: Claude Code (claude-code)",
        "  strength: definitive",
        "  kind: identity",
        "  address: noreply@anthropic.com",
        "  caught: Claude <noreply@anthropic.com>",
    ):
        assert f"{line}\n" in said.out
    said = Work(tmp_path).ringfence("vendors", "show", "anthropic-claude-code-adress")
    assert said.status == 2
    assert "did you mean `anthropic-claude-code-address`?" in said.out
