"""The labelled commits and those of people, judged as the gate judges them, without git."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ringfence.check import check
from ringfence.model import Change, Finding
from ringfence.policy.inputs import Inputs
from ringfence.policy.load import load_plan

Row = dict[str, Any]
Judged = list[tuple[Row, list[Finding]]]

COUNTING = ("definitive", "strong")
KEPT = 6000  # characters of a message in the corpus
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
    """A store without objects, and without a cache: the texts come from the corpus."""

    clean_cache = size = None

    def iter_objects(self, _oids: object) -> Iterator[Any]:
        """Yield nothing."""
        return iter(())

    def reopen(self) -> NoObjects:
        """Return itself; nothing is open."""
        return self


def judged(path: Path) -> Judged:
    """Return each commit with what is definitive or strong in it."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    plan = load_plan(Inputs(tags=(("training-data", "the evaluation"),)))
    changes = [Change("commit", str(number), texts(row)) for number, row in enumerate(rows)]
    found: dict[str, list[Finding]] = {}
    for item in check.check_changes(changes, plan, NoObjects()).findings:  # type: ignore[arg-type]  # it answers as Objects do
        if item.strength in COUNTING:
            found.setdefault(item.commit, []).append(item)
    return [(row, found.get(str(number), [])) for number, row in enumerate(rows)]


def texts(row: Row) -> tuple[tuple[str, bytes, str], ...]:
    """Return what people and tools wrote in a commit."""
    return tuple((part, row[part].encode("utf-8", "surrogatepass"), "") for part in ("author", "committer", "message"))


def counted(judged_rows: Judged) -> Iterator[tuple[str, Row, list[Finding]]]:
    """Yield each label that counts, with its commit and what is found there."""
    for row, found in judged_rows:
        for label in row["products"]:
            if not (is_only_committer(row, label) or is_cut_off(row, label)):
                yield label, row, found


def recall(judged_rows: Judged) -> tuple[dict[str, Counter[str]], dict[str, list[str]], dict[str, list[str]]]:
    """Count each label: how many, caught by any mark, by its vendor's, its product's; name the missed and the odd."""
    counts: dict[str, Counter[str]] = {}
    missed: dict[str, list[str]] = {}
    odd: dict[str, list[str]] = {}
    for label, row, found in counted(judged_rows):
        vendor, products = LABELS.get(label, (label, ()))
        # A product made of another vendor's model is found by either.
        vendors = {item.vendor for item in found} | {item.model_vendor for item in found}
        is_right = any(
            item.vendor == vendor and (not products or item.product.casefold() in products) for item in found
        )
        count = counts.setdefault(label, Counter())
        count.update(labels=1, caught=bool(found), vendor=vendor in vendors, product=is_right)
        if not found or not is_right:
            (odd if found else missed).setdefault(label, []).append(f"{row['repository']} {row['commit'][:12]}")
    return counts, missed, odd


def is_only_committer(row: Row, label: str = "aider") -> bool:
    """Say whether aider's label rests on the committer alone: the change is a person's."""
    return label == "aider" and row["evidence"][label].startswith("committer:") and "(aider)" not in row["author"]


def is_cut_off(row: Row, label: str) -> bool:
    """Return whether the evidence of a label lies beyond the part of a message that the corpus has."""
    evidence = row["evidence"][label].removeprefix("author: ").removeprefix("committer: ")
    return len(row["message"]) >= KEPT and not any(evidence in row[part] for part in ("author", "committer", "message"))


def is_in_message(row: Row, label: str) -> bool:
    """Say whether a label rests on the message, and not on who is named as author or committer."""
    return not row["evidence"][label].startswith(("author: ", "committer: "))
