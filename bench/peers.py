"""ringfence and other tools on the cases of other people's test suites.

`bench/peers.py --repo NAME=PATH …` prints the tables; `--write` puts them on `docs/accuracy.md`. Suites in packages are
downloaded and unpacked; PATH is a git directory, of which `NAME=PATH@COMMIT` names a commit, or an unpacked folder.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from evaluate import PAGE, today
from peer_case import Case, Tree
from peer_page import SECTION, write_page
from peer_rules import find_rule
from peer_suites import SUITES, read_suite
from peer_tools import PEERS, Answers, ask_peer, ask_ringfence

from ringfence import __version__

Counted = dict[str, tuple[list[Case], Answers]]


def main() -> None:
    """Read the suites, ask every tool, print the tables and write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repo", action="append", default=[], metavar="NAME=PATH")
    parser.add_argument("--missed", action="store_true", help="name what ringfence misses, and what it finds wrongly")
    parser.add_argument("--write", action="store_true", help="write the page")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        trees = find_trees(options.repo, Path(folder))
        cases = [case for name, tree in trees.items() for case in read_suite(name, tree)]
        versions = {name: tree.version() for name, tree in trees.items()}
    cases = list({(case.kind, case.text, case.path): case for case in reversed(cases)}.values())[::-1]
    kept = [case for case in cases if not find_rule(case)]
    aside = Counter(rule for case in cases if (rule := find_rule(case)))
    asked = {f"ringfence {__version__}": ask_ringfence(kept)}
    asked |= {tool.replace("==", " "): answers for tool in PEERS if (answers := ask_peer(tool, kept))}
    if options.missed:
        show_missed(kept, next(iter(asked.values())))
    section = write_page(kept, asked, aside, versions, today())
    print(section)
    if options.write:
        page = PAGE.read_text("utf-8").partition(f"\n{SECTION}")[0]
        PAGE.write_text(f"{page}\n{section}", "utf-8")


def find_trees(named: list[str], folder: Path) -> dict[str, Tree]:
    """Return where each suite is read: what is named, or its package; a suite without either is told and left out."""
    paths = dict(item.split("=", 1) for item in named)
    trees = {}
    for name, (_, package) in SUITES.items():
        if name in paths:
            path, _, commit = paths[name].partition("@")
            is_git = subprocess.run(
                ["git", "-C", path, "rev-parse", "--git-dir"], capture_output=True, check=False
            ).stdout
            trees[name] = Tree(Path(path), (commit or "HEAD") if is_git else "")
        elif package:
            trees[name] = unpack(package, folder)
        else:
            print(f"{name}: left out; name a copy of its repository by --repo {name}=PATH", file=sys.stderr)
    return trees


def unpack(package: str, folder: Path) -> Tree:
    """Download a package's sources, and return them unpacked.

    Raises:
        CalledProcessError: It can't be had.
    """
    into = folder / package
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", "--dest", into]
    subprocess.run([*command, package], check=True, capture_output=True)
    archive = next(into.glob("*.tar.gz"))
    subprocess.run(["tar", "-xzf", archive, "-C", into], check=True)
    return Tree(into / archive.name.removesuffix(".tar.gz"))


def show_missed(cases: list[Case], answers: Answers) -> None:
    """Name each case that ringfence decides otherwise than its suite's authors."""
    for case, answer in zip(cases, answers, strict=True):
        if case.wanted != (answer == "blocked"):
            told = "missed" if case.wanted else "wrong"
            print(f"{told} ({answer or 'nothing'}): {case.suite}, {case.kind}: {case.text!r}")


if __name__ == "__main__":
    main()
