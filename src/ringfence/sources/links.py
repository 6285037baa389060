"""Symbolic links in a tree: under which paths a file is reached, beside its own."""

from __future__ import annotations

from bisect import bisect_left

from ..errors import IncompleteError
from ..git.objects import MissingObject
from ..model import SUBMODULE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..git.objects import Objects
    from ..git.repo import Repo

_LINK, _GITLINK = b"120000 ", b"160000 "
_LONGEST = 4096  # bytes of a link that systems follow
_MOST_STEPS = 40  # links that lead to each other; Linux gives up there too
_MOST_LEVELS = 8  # links inside of linked folders
_MOST_PATHS = 200_000


class LinkedTree:
    """The links of a tree, and the files that they lead to.

    Attributes:
        links: What each link says, by its path.
        mounts: Pairs of a path that a link or links make, and the path in the tree that it leads to; b"" is its top.
    """

    def __init__(self, files: dict[bytes, str], links: dict[bytes, bytes]) -> None:
        self._files, self.links = files, links
        self._paths, self._link_paths = sorted(files), sorted(links)
        self.mounts = list(self._iter_mounts())

    def list_files(self) -> dict[bytes, tuple[bytes, str]]:
        """Return the files that links lead to, by the path under which they do, each with its own path and its id.

        Raises:
            IncompleteError: There are more than 200,000.
        """
        found: dict[bytes, tuple[bytes, str]] = {}
        for name, target in self.mounts:
            for path in (target,) if target in self._files else _iter_below(self._paths, target):
                found[name + path[len(target) :] if target else name + b"/" + path] = path, self._files[path]
                if len(found) > _MOST_PATHS:
                    raise IncompleteError(f"links lead to more than {_MOST_PATHS:,} paths.", "Take links out.")
        return found

    def _iter_mounts(self) -> Iterator[tuple[bytes, bytes]]:
        """Yield the mounts of every link, and of the links in the folders that they lead to.

        Raises:
            IncompleteError: There are more than 200,000.
        """
        count = 0
        waiting: list[tuple[bytes, tuple[bytes, ...]]] = [(name, (name,)) for name in self._link_paths]
        while waiting:
            path, through = waiting.pop()
            target = self._resolve(through[-1])
            if target is None:
                continue
            yield path, target
            count += 1
            if count > _MOST_PATHS:
                raise IncompleteError(f"links lead to more than {_MOST_PATHS:,} paths.", "Take links out.")
            if len(through) < _MOST_LEVELS:
                waiting += [
                    (path + b"/" + link[len(target) :].removeprefix(b"/"), (*through, link))
                    for link in _iter_below(self._link_paths, target)
                    if link not in through
                ]

    def _resolve(self, link: bytes) -> bytes | None:
        """Return where a link leads in the end; None where that is out of the tree, or nowhere."""
        folder = link.rpartition(b"/")[0]
        done = folder.split(b"/") if folder else []
        waiting, steps = self.links[link].split(b"/")[::-1], 0
        if not self.links[link] or self.links[link].startswith(b"/"):
            return None
        while waiting:
            part = waiting.pop()
            if part in (b"", b"."):
                continue
            if part == b"..":
                if not done:
                    return None
                done.pop()
                continue
            done.append(part)
            if (text := self.links.get(b"/".join(done))) is not None:
                steps += 1
                if steps > _MOST_STEPS or text.startswith(b"/"):
                    return None
                done.pop()
                waiting += text.split(b"/")[::-1]
        return b"/".join(done)


def read_commit_links(repo: Repo, objects: Objects, commit: str) -> LinkedTree | None:
    """Return the links in the tree of a commit or tag; None where it has none, or no tree."""
    if any(isinstance(item, MissingObject) for item in objects.iter_objects([f"{commit}^{{tree}}"])):
        return None  # a blob, or what reading its changes will find missing
    return _parse_listing(objects, repo.run("ls-tree", "-r", "-z", "--full-tree", commit), 2)


def read_staged_links(repo: Repo, objects: Objects) -> LinkedTree | None:
    """Return the links in the index; None where it has none."""
    return _parse_listing(objects, repo.run("ls-files", "-z", "--stage", "--full-name", ":/"), 1)


def _parse_listing(objects: Objects, listing: bytes, column: int) -> LinkedTree | None:
    """Return the links in a listing of git's, whose ids are in a column of the fields before the path."""
    if not listing.startswith(_LINK) and b"\0" + _LINK not in listing:  # the usual case, without parsing
        return None
    files: dict[bytes, str] = {}
    places: dict[str, list[bytes]] = {}
    for entry in listing.split(b"\0"):
        fields, tab, path = entry.partition(b"\t")
        if tab:
            oid = fields.split(b" ")[column].decode()
            if fields.startswith(_LINK):
                places.setdefault(oid, []).append(path)
            else:
                files[path] = SUBMODULE + oid if fields.startswith(_GITLINK) else oid
    links: dict[bytes, bytes] = {}
    for item in objects.iter_objects(places):
        if not isinstance(item, MissingObject) and item.size <= _LONGEST:
            text = item.read()
            links |= dict.fromkeys(places[item.name], text)
    return LinkedTree(files, links)


def _iter_below(paths: list[bytes], folder: bytes) -> Iterator[bytes]:
    """Yield the sorted paths below a folder; b"" is the top."""
    prefix = folder + b"/" if folder else b""
    for index in range(bisect_left(paths, prefix), len(paths)):
        if not paths[index].startswith(prefix):
            return
        yield paths[index]
