"""How well recorded output is found again, whom it accuses, and what it costs.

    python bench/ingredients.py --repo MARKED... --human REPOSITORY... [--before 2021-01-01] [--seed 1]

Blocks of 30 to 120 lines that marked commits of MARKED added, and that are recorded, are copied, changed in a dozen
ways, into the middle of files of the human repositories as they were before that day. A copy counts as found if it
blocks. Files of the human repositories without a copy that block are false.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from ringfence.check.marked_commits import find_marked_commits
from ringfence.gate.recording import record_history
from ringfence.git.patches import iter_added_files
from ringfence.git.repo import Repo
from ringfence.model import Limits
from ringfence.policy.load import load_plan
from ringfence.repository import Repository, read_local_inputs
from ringfence.scan.ingredients.fingerprint import fingerprint_lines
from ringfence.scan.ingredients.generated import is_generated
from ringfence.scan.ingredients.index_key import create_key
from ringfence.scan.ingredients.ingredient import Ingredient
from ringfence.scan.ingredients.lookup import Lookup
from ringfence.scan.ingredients.scheme import LINES
from ringfence.scan.ingredients.sources import Source
from ringfence.sources.files import Files

CODE = (".py", ".go", ".rs", ".ts", ".tsx", ".js", ".java", ".c", ".h", ".cc", ".cpp")
KEYWORDS = re.compile(
    r"\b(?!(?:def|for|in|if|else|return|continue|lambda|class|import|from|func|let|const|var|fn|pub|use|struct|impl|match|type|package|public|private|static|void|int|string|err|nil|self|this|new|await|async|not|and|or|is|None|True|False|true|false|null)\b)[A-Za-z_]\w{2,}\b"
)


def rename(text: str, share: float, chosen: random.Random) -> str:
    """Rename a share of the names in a text."""
    names = sorted(set(KEYWORDS.findall(text)))
    picked = {
        name: f"v{chosen.randrange(10**6)}x{name[::-1]}" for name in chosen.sample(names, int(len(names) * share))
    }
    return KEYWORDS.sub(lambda match: picked.get(match[0], match[0]), text)


def edit(text: str, every: int) -> str:
    """Edit every nth line."""
    lines = text.split("\n")
    return "\n".join(
        f"{line} + edited_{number}" if number % every == every - 1 else line for number, line in enumerate(lines)
    )


def shuffle_blocks(text: str, chosen: random.Random) -> str:
    """Shuffle a text in blocks of eight lines."""
    lines = text.split("\n")
    blocks = [lines[at : at + 8] for at in range(0, len(lines), 8)]
    chosen.shuffle(blocks)
    return "\n".join(line for block in blocks for line in block)


def strip_comments(text: str) -> str:
    """Drop the lines that are comments."""
    return "\n".join(line for line in text.split("\n") if not re.match(r"\s*(#|//|\*|/\*)", line))


def to_notebook(text: str) -> str:
    """Return a notebook with a text as its cell."""
    cell = {
        "cell_type": "code",
        "metadata": {},
        "outputs": [],
        "execution_count": None,
        "source": text.splitlines(keepends=True),
    }
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]})


def to_parquet(text: str) -> bytes:
    """Return a Parquet file with a text in a column."""
    import io

    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = io.BytesIO()
    pq.write_table(pa.table({"prompt": ["a", "b"], "completion": ["print(1)", text]}), sink)
    return sink.getvalue()


CHANGES: dict[str, Callable[[str, random.Random], str | bytes]] = {
    "exact": lambda text, _: text,
    "reindented": lambda text, _: "\n".join("\t" + line.replace("    ", "  ") for line in text.split("\n")),
    "CRLF": lambda text, _: text.replace("\n", "\r\n"),
    "first half": lambda text, _: "\n".join(text.split("\n")[: text.count("\n") // 2]),
    "first 20 lines": lambda text, _: "\n".join(text.split("\n")[:20]),
    "JSONL row": lambda text, _: json.dumps({"prompt": "p", "completion": text}),
    "notebook cell": lambda text, _: to_notebook(text),
    "Parquet column": lambda text, _: to_parquet(text),
    "comments stripped": lambda text, _: strip_comments(text),
    "quotes changed": lambda text, _: text.replace('"', "\0").replace("'", '"').replace("\0", "'"),
    "20 % of names": lambda text, chosen: rename(text, 0.2, chosen),
    "every 5th line": lambda text, _: edit(text, 5),
    "all names": lambda text, chosen: rename(text, 1, chosen),
    "10 lines": lambda text, _: "\n".join(text.split("\n")[10:20]),
    "every 3rd line": lambda text, _: edit(text, 3),
    "one line": lambda text, _: " ".join(line.strip() for line in text.split("\n")),
    "blocks shuffled": shuffle_blocks,
}
SHORTEST, LONGEST = 30, 120  # lines of a block
HOSTS = range(2000, 40_000)  # bytes of a file that a copy is put into
WHOLE = ("JSONL row", "notebook cell", "Parquet column")  # a file of its own


def list_blocks(repository: Repository, most: int, chosen: random.Random) -> list[tuple[str, str, str]]:
    """Return (commit, path, block) of marked commits, 30 to 120 lines each."""
    plan = load_plan(read_local_inputs(repository))
    commits = repository.repo.run("rev-list", "--all", "--no-merges").decode().split()
    marked = sorted(find_marked_commits(plan, repository.objects, commits))
    chosen.shuffle(marked)
    blocks: list[tuple[str, str, str]] = []
    for start in range(0, len(marked), 50):
        for file in iter_added_files(repository.repo, marked[start : start + 50], []):
            path = file.path.decode("utf-8", "replace")
            if not path.endswith(CODE) or is_generated(file.path, file.blocks[0][1] if file.blocks else b""):
                continue
            sized = [data for _, data in file.blocks if SHORTEST <= data.count(b"\n") <= LONGEST]
            blocks += [(file.commit, path, data.decode("utf-8", "replace")) for data in sized[:1]]
        if len(blocks) >= most:
            break
    return blocks[:most]


def iter_human_files(path: str, before: str) -> Iterator[tuple[str, bytes]]:
    """Yield (path, content) of the text files of a repository as it was before a day."""
    git = ["git", "-C", path]
    revision = subprocess.run(
        [*git, "rev-list", "-1", f"--before={before}", "HEAD"], capture_output=True, check=True, text=True
    ).stdout.strip()
    listed = subprocess.run([*git, "ls-tree", "-r", "-z", revision], capture_output=True, check=True).stdout
    entries = [entry.split(b"\t") for entry in listed.split(b"\0")[:-1] if b" blob " in entry]
    feed = b"".join(facts.split(b" ")[2] + b"\n" for facts, _ in entries)
    out = subprocess.run([*git, "cat-file", "--batch"], input=feed, capture_output=True, check=False).stdout
    at = 0
    for _, name in entries:
        end = out.index(b"\n", at)
        head = out[at:end].split(b" ")
        if head[-1] == b"missing":
            at = end + 1
            continue
        size = int(head[2])
        data = out[end + 1 : end + 1 + size]
        at = end + size + 2
        if b"\0" not in data[:4096] and size < 1 << 20:
            yield name.decode("utf-8", "replace"), data


def measure_recall(
    lookup: Lookup, blocks: list[tuple[str, str, str, str]], hosts: list[bytes], chosen: random.Random, folder: Path,
    repositories: dict[str, str],
) -> None:  # fmt: skip
    """Print how many copies are found, for each way to change them, and how often the origin is right."""
    right = total = 0
    print(f"\n{'copy':20s} blocked   hinted   missed")
    for how, change in CHANGES.items():
        outcomes: Counter[str] = Counter()
        for number, (_name, _commit, _path, block) in enumerate(blocks):
            changed = change(block, chosen)
            data = changed if isinstance(changed, bytes) else changed.encode()
            if how not in WHOLE:
                host = chosen.choice(hosts)
                middle = host.find(b"\n", len(host) // 2) + 1
                data = host[:middle] + data + b"\n" + host[middle:]
            file = folder / f"{number}"
            file.write_bytes(data)
            found = find(lookup, file)
            copies = [item for item in found if item.is_copy]
            outcomes["blocked" if copies else "hinted" if found else "missed"] += 1
            if copies:
                total += 1
                right += any(has_text(repositories, item.source, block) for item in copies)
        share = {key: 100 * outcomes[key] / len(blocks) for key in ("blocked", "hinted", "missed")}
        print(f"{how:20s} {share['blocked']:6.1f} % {share['hinted']:6.1f} % {share['missed']:6.1f} %")
    print(
        f"named the repository and commit it was taken from: {right} of {total} ({100 * right / max(total, 1):.1f} %)"
    )


def is_recorded(lookup: Lookup, block: str) -> bool:
    """Return whether most of a block is in the index: what people had before, or everybody has, isn't recorded."""
    data = block.encode()
    lines = fingerprint_lines(data)[LINES]
    return len({hit[2] for hit in lookup.find_hits([data]) if hit[0] == LINES}) >= len(lines) / 2


def has_text(repositories: dict[str, str], source: Source, block: str) -> bool:
    """Return whether the commit that is named has most of a block's lines in the file that is named."""
    place = f"{source.revision}:{source.path}"
    shown = subprocess.run(
        ["git", "-C", repositories[source.repository], "show", place], capture_output=True, check=False
    )
    lines = {line.strip() for line in shown.stdout.decode("utf-8", "replace").split("\n")}
    own = [line.strip() for line in block.split("\n") if line.strip()]
    return sum(line in lines for line in own) >= len(own) / 2


def find(lookup: Lookup, file: Path) -> list[Ingredient]:
    """Return the recorded texts in a file."""
    items = Files([str(file)]).iter_objects([str(file)])
    return [item for _, found in lookup.find_in_objects(items, Limits()) for item in found]


def main() -> None:
    """Record, look up, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repo", nargs="+", required=True, help="repositories with marked commits")
    parser.add_argument(
        "--human", nargs="+", required=True, help="repositories of people, for hosts and false findings"
    )
    parser.add_argument("--before", default="2021-01-01")
    parser.add_argument("--blocks", type=int, default=150)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--index", help="an index that is there already, of the same repositories")
    given = parser.parse_args()
    chosen = random.Random(given.seed)  # noqa: S311 - it has to be the same each time
    with tempfile.TemporaryDirectory() as temporary:
        index = Path(given.index or Path(temporary) / "index")
        index.mkdir(exist_ok=True)
        key = create_key(str(index))
        blocks = []
        repositories = {}
        for path in given.repo:
            repository = Repository(Repo(path))
            name = Path(path).parent.name if Path(path).name == "repo" else Path(path).name
            repositories[name] = path
            start = time.monotonic()
            counts = record_history(repository, name, str(index), key)
            print(f"{name}: {counts} in {time.monotonic() - start:.1f} s", file=sys.stderr)
            blocks += [(name, *block) for block in list_blocks(repository, given.blocks // len(given.repo), chosen)]
        lookup = Lookup(str(index), key)
        blocks = [block for block in blocks if is_recorded(lookup, block[3])]
        humans = [(path, *file) for path in given.human for file in iter_human_files(path, given.before)]
        print(
            f"{len(blocks)} blocks; {len(humans):,} human files, {sum(len(data) for *_, data in humans) / 1e6:.0f} MB"
        )
        hosts = [data for _, name, data in humans if name.endswith(CODE) and len(data) in HOSTS]
        folder = Path(temporary)
        false: list[str] = []
        hints = 0
        start = time.process_time()
        for repository_path, name, data in humans:
            file = folder / "human"
            file.write_bytes(data)
            found = find(lookup, file)
            false += [
                f"{repository_path}: {name}:{item.line} = {item.source.repository} {item.source.path} {item.counts}"
                for item in found
                if item.is_copy
            ]
            hints += bool(found) and not any(item.is_copy for item in found)
        spent = time.process_time() - start
        files = len({line.split(" = ")[0].rpartition(":")[0] for line in false})
        print(f"false: {files} files of {len(humans):,} blocked, {hints} hinted, in {spent:.1f} s")
        for line in false[:40]:
            print("  ", line)
        measure_recall(lookup, blocks, hosts, chosen, folder, repositories)


if __name__ == "__main__":
    main()
