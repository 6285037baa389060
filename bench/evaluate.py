"""What the catalogue finds in labelled commits, in people's and in old contents, beside what other tools find.

`make evaluate CORPUS=FOLDER HISTORY="REPOSITORY …"` prints a page and writes it to `docs/accuracy.md`.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections import Counter
from pathlib import Path

import contents
import labelled
import neighbours
import peer_page
from labelled import KEPT, Judged

PAGE = Path(__file__).parent.parent / "docs" / "accuracy.md"
SHOWN = 10  # commits named of those missed, for each product
WHY = {
    "gemini": "the message speaks of calls that Gemini made in a program, not of who wrote the change",
    "codex": "the line is `Assisted-by: GPT-… via Crush`: the tool is Crush and the model OpenAI's, and both are named",
}
CONTENTS, NEIGHBOURS = "## Contents", "## Neighbours"


def main() -> None:
    """Score the corpus, the histories and the neighbours, print the page and write it."""
    folder, histories = Path(sys.argv[1]), [Path(path) for path in sys.argv[2:]]
    if not (folder / "marked.jsonl.gz").exists():
        sys.exit(f"{folder} holds no marked.jsonl.gz; name the corpus: make evaluate CORPUS=FOLDER")
    marked, human = labelled.judged(folder / "marked.jsonl.gz"), labelled.judged(folder / "human.jsonl.gz")
    old = of_contents([contents.judged(path) for path in histories]) if histories else kept()
    parts = [of_recall(marked), of_people(human), old, of_neighbours(marked, human)]
    text = "\n".join([*parts, *kept_suites()])
    print(text)
    PAGE.write_text(text, "utf-8")


def kept() -> str:
    """Return what the page says of contents: no history was named, so that nothing new is known."""
    page = PAGE.read_text("utf-8")
    start = page.find(CONTENTS)
    return (
        page[start : page.find(NEIGHBOURS)].rstrip("\n") + "\n" if start >= 0 else f"{CONTENTS}\n\nNot measured yet.\n"
    )


def kept_suites() -> list[str]:
    """Return what the page says of other people's suites, which `bench/peers.py` writes."""
    section = PAGE.read_text("utf-8").partition(f"\n{peer_page.SECTION}\n")[2]
    return [f"{peer_page.SECTION}\n{section}"] if section else []


def today() -> str:
    """Return the date that a figure is of."""
    return f"{dt.datetime.now(tz=dt.UTC):%Y-%m-%d}"


def of_recall(marked: Judged) -> str:
    """Write what is caught of what is labelled."""
    counts, missed, odd = labelled.recall(marked)
    order = sorted(counts, key=lambda label: (-counts[label]["labels"], label))
    every = sum(counts.values(), Counter())
    share = 100 * every["caught"] / every["labels"]
    right = 100 * every["vendor"] / every["caught"]
    rows = "\n".join(line(label, counts[label]) for label in order)
    people = [row for row, _ in marked if any(labelled.is_only_committer(row, label) for label in row["products"])]
    cut = sum(labelled.is_cut_off(row, label) for row, _ in marked for label in row["products"])
    return f"""# Accuracy

What the catalogue finds in commits from public histories.
`make evaluate CORPUS=FOLDER` measures it and writes this page; the commits themselves are not part of ringfence.
Messages, authors and committers are judged as the gate judges them, in the tag `training-data`; what is definitive or \
strong counts.
What was found at first sight, in histories and packages that nobody had read, stands in [First sight](first-sight.md).

Measured on {today()}.

## Recall

{every["caught"]:,} of {every["labels"]:,} labels are caught ({share:.2f} %); of these the labelled vendor is named in \
{every["vendor"]:,} ({right:.2f} %).
The labels come from rules, not from people who looked at each commit.
A label counts as caught by any mark in its commit, as "vendor" by one of its vendor's marks or models, and as \
"product" by one of the product's own, or of any of the vendor's products where the label doesn't tell them apart.

| Label | Commits | Caught | Vendor | Product |
|---|--:|--:|--:|--:|
{rows}

Missed, with the first few commits:

{names(missed)}

Caught, and not as the product of the label:

{names(odd)}

Left out of the table: {len(people):,} commits with the label `aider` that have `(aider)` behind the committer's name \
alone.
Aider writes that when it commits a person's own change before it makes its own, so the label is wrong.
Left out too: {cut:,} labels that rest on a line behind the first {KEPT:,} characters of its message, which is all \
that the corpus keeps.
"""


def of_people(human: Judged) -> str:
    """Write what is found in commits of people: all of it is false."""
    wrong = [
        f"- {row['repository']} {row['commit'][:12]}: {item.marker} in {item.part}"
        for row, found in human
        for item in found
    ]
    return f"""## False findings

{len(wrong):,} in {len(human):,} commits made before 2021, when none of the products existed.

{chr(10).join(wrong) or "- none"}
"""


def of_contents(histories: list[contents.History]) -> str:
    """Write what is found in the files of old histories: all of it is false."""
    rows = "\n".join(
        f"| {item.name} `{item.tip}` | {item.commits:,} | {item.files:,} | {item.unread:,} | {len(item.false):,} |"
        for item in histories
    )
    wrong = [f"- {item.name} {line}" for item in histories for line in item.false]
    files = sum(item.files for item in histories)
    return f"""{CONTENTS}

{len(wrong):,} definitive or strong findings in {files:,} changed files of histories before 2021, with paths, messages
and people, as in a tag on the whole repository.
`make evaluate HISTORY="REPOSITORY …"` measured it on {today()}, up to the commits that are named.

| History | Commits | Changed files | Unread | Found |
|---|--:|--:|--:|--:|
{rows}

{chr(10).join(wrong) or "- none"}
"""


def of_neighbours(marked: Judged, human: Judged) -> str:
    """Write what other tools say of the same messages."""
    labels = [(label, row, bool(found)) for label, row, found in labelled.counted(marked)]
    by_message = [labelled.is_in_message(row, label) for label, row, _ in labels]
    of_commit = {row["commit"]: number for number, (row, _) in enumerate(marked)}
    rows = [
        ("ringfence", [found for _, _, found in labels], sum(bool(found) for _, found in human)),
    ]
    for tool in neighbours.ASKED:
        answers = neighbours.answers(tool, [row["message"] for row, _ in (*marked, *human)])
        if answers:
            rows.append(
                (tool, [answers[of_commit[row["commit"]]] for _, row, _ in labels], sum(answers[len(marked) :]))
            )
    table = "\n".join(
        f"| {name.replace('==', ' ')} | {sum(caught):,} ({100 * sum(caught) / len(caught):.2f} %) "
        f"| {(both := sum(map(min, caught, by_message))):,} ({100 * both / sum(by_message):.2f} %) | {false:,} |"
        for name, caught, false in rows
    )
    return f"""{NEIGHBOURS}

The same commits, asked of other tools in the same run, each in an environment of its own.
They read messages alone, so the second column counts only the {sum(by_message):,} labels that rest on the message; \
{len(by_message) - sum(by_message):,} rest on the author or committer.
commit-check is asked whether it knows a signature, slopscore whether its verdict is FLAG, both as they come; \
slopscore scores how carelessly a text is written too, and doesn't claim to know who wrote it.

| Tool | Of {len(labels):,} labels | Of those in the message | Findings in {len(human):,} commits of people |
|---|--:|--:|--:|
{table}
"""


def names(commits: dict[str, list[str]]) -> str:
    """Write the first few commits of each label."""
    lines = [
        f"- `{label}`, {len(some)}: {', '.join(some[:SHOWN])}" + (f"; {WHY[label]}" if label in WHY else "")
        for label, some in sorted(commits.items())
    ]
    return "\n".join(lines) or "- none"


def line(label: str, count: Counter[str]) -> str:
    """Write a row of the table."""
    return f"| {label} | " + " | ".join(f"{count[key]:,}" for key in ("labels", "caught", "vendor", "product")) + " |"


if __name__ == "__main__":
    main()
