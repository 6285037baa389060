"""What the walk says of each line of a work tree, and what `git blame -w -M -C` says."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ringfence.audit.blame.graph import read_graph
from ringfence.audit.blame.texts import Texts
from ringfence.audit.blame.walk import Walk
from ringfence.git.objects import Objects
from ringfence.git.repo import Repo

if TYPE_CHECKING:
    from conftest import Work


def trace_lines(work: Work, revision: str = "HEAD") -> dict[str, list[tuple[str, str, int]]]:
    """Return for each line of each file its commit, and the path and number there."""
    repo = Repo(str(work.path))
    objects = Objects(repo)
    tip = work.did("rev-parse", revision)
    graph = read_graph(repo, [tip])
    starts: dict[str, tuple[int, int]] = {}
    live, total = {}, 0
    for row in work.did("ls-tree", "-r", "-z", tip).split("\0"):
        if row:
            about, _, name = row.partition("\t")
            data = objects.read_object(about.split(" ")[2]) or b""
            count = data.count(b"\n") + (bool(data) and not data.endswith(b"\n"))
            starts[name] = total, count
            live[os.fsencode(name)] = [(total, 0, count)]
            total += count
    walk = Walk(repo, graph, Texts(objects), total, set(range(len(graph.oids))))
    walk.run(0, live)
    names = [os.fsdecode(name) for name in walk.names]
    return {
        name: [
            (graph.oids[walk.commits[number]], names[walk.paths[number]], walk.lines[number] + 1)
            for number in range(start, start + count)
        ]
        for name, (start, count) in starts.items()
    }


def blame_lines(work: Work, name: str) -> list[tuple[str, str, int]]:
    """Return what git says of a file's lines."""
    found, path, head = [], "", ["", "0"]
    for line in work.did("blame", "-w", "-M", "-C", "--line-porcelain", "HEAD", "--", name).split("\n"):
        if line.startswith("\t"):
            found.append((head[0], path, int(head[1])))
        elif line.startswith("filename "):
            path = line[9:]
        elif len(line.split(" ")[0]) == 40:
            head = line.split(" ")
    return found


def assert_like_git(work: Work) -> None:
    for name, lines in trace_lines(work).items():
        assert lines == blame_lines(work, name), name


def lines(start: int, count: int = 6) -> str:
    return "".join(
        f"    value_{number} = compute_the_next_value({number}, 'of many')\n" for number in range(start, start + count)
    )
