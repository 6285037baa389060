"""Finds what a squashed request was made of: the request's own commits, where the forge's refs to them are here."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from ...errors import GitError
from ...git.objects import MissingObject
from ...git.raw import parse_raw_object
from ..blame.bases import find_bases
from ..blame.stream import NAMES, PATCHES, DiffStream
from ..blame.texts import strip_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ...git.repo import Repo
    from ...repository import Repository
    from ..blame.graph import Graph
    from ..blame.stream import FileChange

# GitHub, Gitea, Forgejo: pull/1/head; GitLab: merge-requests/1/head; Bitbucket: pull-requests/1/from; copies of them.
_REF = re.compile(r"refs/(?:.*/)?(?:pull|pulls|pr|merge-requests|pull-requests|mr)/(\d+)(?:/(?:head|from))?$")
_NUMBERS = (  # in messages of squashes: GitHub and Gitea, GitLab, Bitbucket
    re.compile(rb"\A[^\n]*\(#(\d+)\)[ \t]*\r?(?:\n|\Z)"),
    re.compile(rb"^See merge request [^\s!]*!(\d+)", re.MULTILINE),
    re.compile(rb"\A[^\n]*\(pull request #(\d+)\)"),
)
_ALIKE = 0.8  # share of added lines in common that makes a commit the squash of a request


def list_requests(repo: Repo) -> dict[str, str]:
    """Return the last commit of each request that a ref is here of, by the request's number."""
    listing = repo.run("for-each-ref", "--format=%(objectname) %(refname)").decode("utf-8", "replace")
    found: dict[str, str] = {}
    for line in listing.splitlines():
        oid, _, name = line.partition(" ")
        if match := _REF.match(name):
            found.setdefault(match[1], oid)
    return found


def find_links(repository: Repository, graph: Graph, commits: Sequence[str]) -> dict[str, list[str]]:
    """Return the requests that commits are squashes of, as their last commits.

    By the number in the message; else by what they add. A request that was merged as it is needs no link.

    Args:
        repository: The repository.
        graph: Its history.
        commits: The commits that may be squashes: with one parent, and without a mark of their own.
    """
    requests = {number: oid for number, oid in list_requests(repository.repo).items() if oid not in graph.numbers}
    if not requests:
        return {}
    links: dict[str, list[str]] = {}
    unnumbered: list[str] = []
    for item in repository.objects.iter_objects(commits):
        if isinstance(item, MissingObject):
            continue
        message = parse_raw_object(item.read())[1]
        number = find_number(message)
        if number in requests:
            links[item.name] = [requests.pop(number)]
        elif not number:
            unnumbered.append(item.name)
    if requests and unnumbered:
        links |= _match_by_content(repository.repo, graph, list(requests.values()), unnumbered)
    return links


def find_number(message: bytes) -> str:
    """Return the number of the request that a message says it is the squash of; "" for none."""
    return next((match[1].decode() for pattern in _NUMBERS if (match := pattern.search(message))), "")


def _match_by_content(
    repo: Repo, graph: Graph, requests: Sequence[str], commits: Sequence[str]
) -> dict[str, list[str]]:
    """Return the commits that add to the same files what a request adds.

    Git is asked for lines only where the files agree: there may be thousands of requests, and one new commit.
    """
    by_paths: dict[frozenset[bytes], list[str]] = {}
    for oid, changes in zip(commits, _iter_changes(repo, NAMES, commits), strict=True):
        by_paths.setdefault(_list_paths(changes), []).append(oid)
    asked = [f"{oid} {base}" for oid, base in find_bases(repo, graph.oids[0], requests).items()]
    named = zip(asked, _iter_changes(repo, NAMES, asked), strict=True)
    candidates = {pair: found for pair, changes in named if (found := by_paths.get(_list_paths(changes)))}
    added = zip(candidates.items(), _iter_changes(repo, PATCHES, list(candidates)), strict=True)
    wanted = [(pair.partition(" ")[0], some, _count_added(changes)) for (pair, some), changes in added]
    return _choose(repo, wanted)


def _list_paths(changes: Iterable[FileChange]) -> frozenset[bytes]:
    return frozenset(change.path for change in changes)


def _choose(repo: Repo, wanted: list[tuple[str, list[str], Counter[bytes]]]) -> dict[str, list[str]]:
    """Return for each request the candidate that adds most of the same lines, if that is enough."""
    asked = list(dict.fromkeys(commit for _, candidates, _ in wanted for commit in candidates))
    added = dict(zip(asked, map(_count_added, _iter_changes(repo, PATCHES, asked)), strict=True))
    links: dict[str, list[str]] = {}
    for oid, candidates, lines in wanted:
        shares = {commit: _compare(lines, added[commit]) for commit in candidates if commit not in links}
        best = max(shares, key=lambda commit: shares[commit], default="")
        if best and shares[best] >= _ALIKE:
            links[best] = [oid]
    return links


def _count_added(changes: Iterable[FileChange]) -> Counter[bytes]:
    return Counter(strip_line(line) for change in changes for lines in change.added for line in lines)


def _compare(one: Counter[bytes], other: Counter[bytes]) -> float:
    whole = one.total() + other.total()
    return 2 * (one & other).total() / whole if whole else 0.0


def _iter_changes(repo: Repo, options: tuple[str, ...], asked: Sequence[str]) -> Iterator[list[FileChange]]:
    """Yield what each request of git changes; nothing for one of which the clone lacks an object."""
    stream = DiffStream(repo, options, asked)
    for number, request in enumerate(asked, 1):
        try:
            yield stream.read(request.partition(" ")[0], lambda _: True)
        except GitError:
            stream.close()
            stream = DiffStream(repo, options, asked[number:])
            yield []
    stream.close()
