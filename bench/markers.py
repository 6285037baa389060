"""What a thousand markers more cost a hook.

The same staged files, the shipped catalogue and one with made-up vendors beside it, in turn, by the processor's time:
what a thousand markers add is less than what two runs of the same hook differ by on a machine with other work.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from hooks import repository
from timing import Row, processor

from ringfence.setup import sandbox

MORE, RUNS = 1000, 101
MARKER = """
[[marker]]
id = "made-up-{n}"
kind = "{kind}"
product = "tool"
strength = "definitive"
{key} = '''{expression}'''
why = "Only the made-up tool writes it."
source = "https://example.org/{n}"
caught = ["{example}"]
passed = ["Written by hand."]
"""


def vendor(count: int) -> str:
    """Return a vendor file with so many markers, of messages and of contents by turns."""
    head = 'name = "Made up"\n\n[[product]]\nid = "tool"\nname = "Tool"\n'
    return head + "".join(
        MARKER.format(n=n, kind=kind, key="phrase" if kind == "message" else "pattern", expression=text, example=text)
        for n, kind in ((n, ("message", "content")[n % 2]) for n in range(count))
        for text in [f"Written by the made-up tool number {n:04}"]
    )


def rows(folder: Path) -> Iterator[Row]:
    """Yield the rows: each hook with so many markers more, against the same hook without."""
    (folder / "vendors").mkdir()
    (folder / "vendors/made-up.toml").write_text(vendor(MORE))
    (folder / "policy.toml").write_text('version = 1\ncatalogue = ["vendors/"]\n')
    plain, more = repository(folder / "plain", tagged=True), repository(folder / "more", tagged=True)
    sandbox.run(str(more), "config", "ringfence.policy", str(folder / "policy.toml"))
    for hook in (["pre-commit"], ["commit-msg", "message.txt"]):
        command = [f".git/hooks/{hook[0]}", *hook[1:]]
        ours, theirs = partial(processor, command, more), partial(processor, command, plain)
        yield Row(f"{hook[0]}, {MORE:,} markers more", "the shipped catalogue", 1.05, ours, theirs, runs=RUNS)
