"""What was found in other people's suites, as a section of the page on accuracy."""

from __future__ import annotations

from collections import Counter

from peer_case import Case
from peer_rules import RULES, Rule

SECTION = "## Other people's suites"


def write_page(
    cases: list[Case], asked: dict[str, list[str]], aside: Counter[Rule], versions: dict[str, str], day: str
) -> str:
    """Return the section.

    Args:
        cases: The cases that count.
        asked: For each tool, ringfence first, its answers to the cases.
        aside: How many cases each rule has set aside.
        versions: Of each suite, what was read.
        day: The day of the run.
    """
    projects = len({name.split()[0] for name in versions})
    return f"""{SECTION}

The cases of {projects} other projects that recognise AI tools' marks, read from their tests, catalogues and rules by \
`bench/peers.py` on {day}; nothing of them runs but the tools in the second table, each in an environment of its own.
Each case is a commit of one repository with the tag `training-data`: as message, author, committer, branch, note or \
file, as its suite means it.
{sum(aside.values()):,} cases are set aside by rules, which the third table counts; texts that several suites hold \
count once, for the first.
The catalogue has been extended by what these suites hold, so that ringfence's own figures are no forecast of what it \
recognises elsewhere; the corpus above is.
Packages are downloaded; repositories are named: `bench/peers.py --write --repo NAME=PATH …`.
The corpus of no-ai-marks is in none of its packages: its cases were typed again from what its repository \
shows, so that those two rows can't be made again by a download alone.

{_suites(cases, next(iter(asked.values())), versions)}

A tool isn't asked of its own suite, nor of kinds of text that it doesn't read.

{_tools(cases, asked)}

Set aside:

{_rules(aside)}
"""


def _suites(cases: list[Case], answers: list[str], versions: dict[str, str]) -> str:
    tally: Counter[tuple[str, bool, str]] = Counter()
    for case, answer in zip(cases, answers, strict=True):
        tally[case.suite, case.wanted, answer] += 1
    names = list(dict.fromkeys(case.suite for case in cases))
    rows = [_suite_row(f"{name} ({versions[name.partition(',')[0]]})", name, tally) for name in names]
    every: Counter[tuple[str, bool, str]] = Counter()
    for (_, wanted, answer), count in tally.items():
        every["", wanted, answer] += count
    head = "| Suite | To be recognised | Blocked | Warned of | Missed | To pass | Pass |\n|---|--:|--:|--:|--:|--:|--:|"
    return "\n".join([head, *rows, _suite_row("all", "", every)])


def _suite_row(title: str, name: str, tally: Counter[tuple[str, bool, str]]) -> str:
    found = [tally[name, True, answer] for answer in ("blocked", "weak", "")]
    passed = tally[name, False, ""] + tally[name, False, "weak"]
    cells = [sum(found), *found, passed + tally[name, False, "blocked"], passed]
    return f"| {title} | " + " | ".join(f"{cell:,}" for cell in cells) + " |"


def _tools(cases: list[Case], asked: dict[str, list[str]]) -> str:
    rows = ["| Tool | Recognised | ringfence, of the same | False | ringfence, of the same |\n|---|--:|--:|--:|--:|"]
    ours = next(iter(asked.values()))
    for tool, answers in asked.items():
        own = tool.split()[0]
        place = [at for at, case in enumerate(cases) if not case.suite.startswith(own) and answers[at] != "-"]
        cells = [_share(cases, said, place, wanted=wanted) for wanted in (True, False) for said in (answers, ours)]
        rows.append(f"| {tool} | {' | '.join(cells)} |")
    return "\n".join(rows)


def _share(cases: list[Case], answers: list[str], places: list[int], *, wanted: bool) -> str:
    asked = [answers[at] == "blocked" for at in places if cases[at].wanted == wanted]
    return f"{sum(asked):,} of {len(asked):,} ({100 * sum(asked) / max(len(asked), 1):.1f} %)"


def _rules(aside: Counter[Rule]) -> str:
    rows = [
        f"| {rule.name} | {'recognised' if rule.wanted else 'passed'} | {aside[rule]:,} | {rule.reason} |"
        for rule in RULES
    ]
    return "\n".join(["| Rule | Its authors want it | Cases | Why not |\n|---|---|--:|---|", *rows])
