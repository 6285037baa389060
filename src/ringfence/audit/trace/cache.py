"""Keeps the trace of a commit, so that the next one reads only what came after it.

The file lies in the user's cache folder and is ignored if others can write there. It belongs to one repository and one
ruleset; a commit that is found to be a tool's after it was traced (a note that came late) makes it useless.
"""

from __future__ import annotations

import json
import os
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ...check.marked_commits import CommitMark
from ...policy.cache import compute_digest, load_file, store_file
from ...values import fields

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...policy.plan import Plan
    from ...repository import Repository

_FORMAT = "trace 3"  # change it with whatever changes what a walk finds
# Lines of a file: the first from 0, how many, the number of the commit and of the path there, the first line there.
Run = tuple[int, int, int, int, int]


@dataclass(slots=True)
class CachedTrace:
    """A trace that was kept.

    Attributes:
        commit: What was traced.
        marks: The marks of the commits in its history.
        noted: Those of them in which a note attributes lines to an agent.
        listed: What told apart the states of notes and records, by commit.
        requests: The requests that there were refs of, with their last commits.
        unread: Files of which an older version was missing.
        commits, paths: What the numbers in runs mean.
        files: The runs of each path, and of its shadows.
        blobs: Lines of contents by their id, and whether they are binary.
    """

    commit: str
    marks: dict[str, CommitMark]
    noted: set[str]
    listed: dict[str, str]
    requests: dict[str, str]
    unread: list[bytes] = field(default_factory=list)
    commits: list[str] = field(default_factory=list)
    paths: list[bytes] = field(default_factory=list)
    files: dict[bytes, tuple[list[Run], list[Run]]] = field(default_factory=dict)
    blobs: dict[str, tuple[int, bool]] = field(default_factory=dict)


def load_trace(repository: Repository, plan: Plan) -> CachedTrace | None:
    """Return what was kept of a repository; None if there is nothing that can be used."""
    data = load_file(_name_file(repository, plan))
    try:
        return _parse(json.loads(zlib.decompress(data))) if data else None
    except (ValueError, KeyError, TypeError, zlib.error):
        return None  # damaged: it is made anew


def store_trace(repository: Repository, plan: Plan, trace: CachedTrace) -> None:
    """Keep a trace; a folder that can't be written to is no error."""
    document = {
        "commit": trace.commit,
        "marks": {commit: list(fields(mark).values()) for commit, mark in trace.marks.items()},
        "noted": sorted(trace.noted),
        "listed": trace.listed,
        "requests": trace.requests,
        "unread": [os.fsdecode(path) for path in trace.unread],
        "commits": trace.commits,
        "paths": [os.fsdecode(path) for path in trace.paths],
        "files": {os.fsdecode(path): runs for path, runs in trace.files.items()},
        "blobs": trace.blobs,
    }
    store_file(_name_file(repository, plan), zlib.compress(json.dumps(document).encode(), 1))


def _name_file(repository: Repository, plan: Plan) -> str:
    folder = os.path.realpath(repository.repo.find_common_directory())
    return compute_digest([_FORMAT.encode(), plan.ruleset.encode(), os.fsencode(folder)]) + ".trace"


def _parse(document: dict[str, Any]) -> CachedTrace:
    return CachedTrace(
        document["commit"],
        {commit: CommitMark(*values) for commit, values in document["marks"].items()},
        set(document["noted"]),
        document["listed"],
        document["requests"],
        [os.fsencode(path) for path in document["unread"]],
        document["commits"],
        [os.fsencode(path) for path in document["paths"]],
        {
            os.fsencode(path): (_parse_runs(own), _parse_runs(edited))
            for path, (own, edited) in document["files"].items()
        },
        {blob: (lines, binary) for blob, (lines, binary) in document["blobs"].items()},
    )


def _parse_runs(runs: Iterable[list[int]]) -> list[Run]:
    return [(first, count, commit, path, line) for first, count, commit, path, line in runs]
