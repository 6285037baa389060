"""What the catalogue finds in labelled commits, and what it finds in people's: `make evaluate CORPUS=FOLDER`.

The commits' texts are judged as the gate judges them, without git. Prints a table and writes `docs/accuracy.md`.
"""

from __future__ import annotations

import datetime as dt
import gzip
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ringfence import check
from ringfence.model import Change, Finding
from ringfence.policy import layers
from ringfence.policy.layers import Inputs

Row = dict[str, Any]

PAGE = Path(__file__).parent.parent / "docs" / "accuracy.md"
COUNTING = ("definitive", "strong")
KEPT = 6000  # characters of a message in the corpus
SHOWN = 5  # commits named of those missed, for each product
# The corpus' names for products, as vendor and the names of its products; () where any of the vendor's will do.
LABELS: dict[str, tuple[str, tuple[str, ...]]] = {
    "claude": ("anthropic", ()),
    "codex": ("openai", ("codex",)),
    "chatgpt": ("openai", ("chatgpt",)),
    "gemini": ("google", ()),
    "jules": ("google", ("jules",)),
    "copilot": ("github", ()),
    "cursor": ("anysphere", ()),
    "devin": ("cognition", ()),
    "amp": ("sourcegraph", ()),
    "openhands": ("all-hands", ()),
    "factory-droid": ("factory", ()),
    "crush": ("charm", ()),
    "opencode": ("anomaly", ()),
    "kimi": ("moonshot", ()),
    "qwen": ("alibaba", ()),
    "vibe": ("mistral", ()),
    "roomote": ("roo-code", ()),
}


class NoObjects:
    """A store without objects: the texts come from the corpus."""

    def each(self, _oids: object) -> Iterator[Any]:
        """Yield nothing."""
        return iter(())

    def again(self) -> NoObjects:
        """Return itself; nothing is open."""
        return self


def main() -> None:
    """Score both files of the corpus, print the page and write it."""
    folder = Path(sys.argv[1])
    if not (folder / "marked.jsonl.gz").exists():
        sys.exit(f"{folder} holds no marked.jsonl.gz; name the corpus: make evaluate CORPUS=FOLDER")
    text = page(*recall(folder / "marked.jsonl.gz"), *false(folder / "human.jsonl.gz"))
    print(text)
    PAGE.write_text(text, "utf-8")


def judged(path: Path) -> Iterator[tuple[Row, list[Finding]]]:
    """Yield each commit with what is definitive or strong in it."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    plan = layers.load(Inputs(tags=(("training-data", "the evaluation"),)))
    changes = [Change("commit", str(number), texts(row)) for number, row in enumerate(rows)]
    found: dict[str, list[Finding]] = {}
    for item in check.check(changes, plan, NoObjects()).findings:  # type: ignore[arg-type]  # it answers as Objects do
        if item.strength in COUNTING:
            found.setdefault(item.commit, []).append(item)
    for number, row in enumerate(rows):
        yield row, found.get(str(number), [])


def texts(row: Row) -> tuple[tuple[str, bytes, str], ...]:
    """Return what people and tools wrote in a commit."""
    return tuple((part, row[part].encode("utf-8", "surrogatepass"), "") for part in ("author", "committer", "message"))


def recall(path: Path) -> tuple[dict[str, Counter[str]], dict[str, list[str]]]:
    """Count each product's labels: how many, caught by any mark, by the vendor's, by the product's; name the missed."""
    counts: dict[str, Counter[str]] = {}
    missed: dict[str, list[str]] = {}
    for row, found in judged(path):
        for label in row["products"]:
            count = counts.setdefault(label, Counter())
            if label == "aider" and is_only_committer(row):
                count["person"] += 1
                count["refused"] += bool(found)
                continue
            if is_cut_off(row, label):
                count["cut"] += 1
                continue
            vendor, products = LABELS.get(label, (label, ()))
            # A product made of another vendor's model is found by either.
            vendors = {item.vendor for item in found} | {item.model_vendor for item in found}
            count["labels"] += 1
            count["caught"] += bool(found)
            count["vendor"] += vendor in vendors
            count["product"] += any(
                item.vendor == vendor and (not products or item.product.casefold() in products) for item in found
            )
            if not found:
                missed.setdefault(label, []).append(f"{row['repository']} {row['commit'][:12]}")
    return counts, missed


def is_only_committer(row: Row) -> bool:
    """Say whether aider's label rests on the committer alone: the change is a person's."""
    return row["evidence"]["aider"].startswith("committer:") and "(aider)" not in row["author"]


def is_cut_off(row: Row, label: str) -> bool:
    """Say whether what a label rests on stood behind the first characters of a message that the corpus keeps."""
    evidence = row["evidence"][label].removeprefix("author: ").removeprefix("committer: ")
    return len(row["message"]) >= KEPT and not any(evidence in row[part] for part in ("author", "committer", "message"))


def false(path: Path) -> tuple[int, list[str]]:
    """Return how many of people's commits there are, and what was found in them: all of it is false."""
    total, lines = 0, []
    for row, found in judged(path):
        total += 1
        lines += [f"{row['repository']} {row['commit'][:12]}: {item.marker} in {item.part}" for item in found]
    return total, lines


def page(counts: dict[str, Counter[str]], missed: dict[str, list[str]], people: int, wrong: list[str]) -> str:
    """Write the page."""
    order = sorted(counts, key=lambda label: (-counts[label]["labels"], label))
    every = sum(counts.values(), Counter())
    share = 100 * every["caught"] / every["labels"]
    right = 100 * every["vendor"] / every["caught"]
    rows = "\n".join(line(label, counts[label]) for label in [*order])
    names = "\n".join(
        f"- `{label}`, {len(missed[label])}: {', '.join(missed[label][:SHOWN])}" for label in order if label in missed
    )
    return f"""# Accuracy

What the catalogue finds in commits from public histories. `make evaluate CORPUS=FOLDER` measures it and writes this
page; the commits themselves are not part of ringfence. Messages, authors and committers are judged as the gate judges
them, in the tag `training-data`; what is definitive or strong counts. Contents, paths and refs are not measured here.

Measured on {dt.datetime.now(tz=dt.UTC):%Y-%m-%d}.

## Recall

{every["caught"]:,} of {every["labels"]:,} labels are caught ({share:.2f} %); of these the labelled vendor is named in
{every["vendor"]:,} ({right:.2f} %). The labels come from rules, not from people who looked at each commit.
A label counts as caught by any mark in its commit, as "vendor" by one of its vendor's marks or models, and as "product"
by one of the product's own, or of any of the vendor's products where the label doesn't tell them apart.

| Label | Commits | Caught | Vendor | Product |
|---|--:|--:|--:|--:|
{rows}

Missed, with the first few commits:

{names or "- none"}

Left out of the table: {every["person"]:,} commits with the label `aider` that have `(aider)` behind the committer's
name alone. Aider writes that when it commits a person's own change before it makes its own, so the label is wrong.
{every["refused"]:,} of them carry some other mark and are found by that.
Left out too: {every["cut"]:,} labels that rest on a line behind the first {KEPT:,}
characters of its message, which is all that the corpus keeps.

## False findings

{len(wrong):,} in {people:,} commits made before 2021, when none of the products existed.

{chr(10).join(f"- {item}" for item in wrong) or "- none"}

## Neighbours

Other tools are not scored yet.
"""


def line(label: str, count: Counter[str]) -> str:
    """Write a row of the table."""
    return f"| {label} | " + " | ".join(f"{count[key]:,}" for key in ("labels", "caught", "vendor", "product")) + " |"


if __name__ == "__main__":
    main()
