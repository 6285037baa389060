"""What a thousand markers more cost a hook: `make bench`, or this file by itself.

The same staged files, the shipped catalogue and one with made-up vendors beside it, in turn.
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from hooks import repository, timed

from ringfence import scratch

MORE, RUNS = 1000, 41
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


def main() -> None:
    """Print the median of both hooks with and without."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "more").mkdir()
        (folder / "vendors").mkdir()
        (folder / "vendors/made-up.toml").write_text(vendor(MORE))
        (folder / "policy.toml").write_text('version = 1\ncatalogue = ["vendors/"]\n')
        plain, more = repository(folder), repository(folder / "more")
        scratch.run(str(more), "config", "ringfence.policy", str(folder / "policy.toml"))
        for hook in (["pre-commit"], ["commit-msg", "message.txt"]):
            command = [f".git/hooks/{hook[0]}", *hook[1:]]
            times: dict[Path, list[float]] = {plain: [], more: []}
            for _ in range(RUNS):
                for work, found in times.items():
                    found.append(timed(command, work))
            before, after = (statistics.median(found[1:]) for found in times.values())
            print(f"{hook[0]:12}{before:>7.1f}ms, with {MORE} markers more{after:>7.1f}ms{after / before:>7.2f} x")


if __name__ == "__main__":
    main()
