"""The lines that commits add, from one `git log --patch` over many of them."""

from __future__ import annotations

from ..values import value
from .repo import write_input

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import BinaryIO

    from .repo import Repo

_COMMIT = b"commit "
_OPTIONS = (
    "log", "--no-walk=unsorted", "--stdin", "--format=commit %H", "--raw", "--patch", "--unified=0", "--find-renames",
    "--no-abbrev", "--no-color", "--no-ext-diff", "--no-textconv", "--no-show-signature", "--src-prefix=a/",
    "--dst-prefix=b/", "--no-notes", "--diff-algorithm=myers", "--no-indent-heuristic", "--root",
)  # fmt: skip
_GITLINK = b"160000"


@value
class AddedFile:
    """What a commit adds to one file.

    Attributes:
        commit: Its id.
        path: The file's path after the commit.
        oid: The id of its new content; "" for a submodule.
        is_new: Whether the commit creates the file, not by renaming another.
        is_binary: Whether git shows no lines of it; the content is in the object.
        blocks: The lines that it adds, as (number of the first, bytes); a merge adds none.
    """

    commit: str
    path: bytes
    oid: str
    is_new: bool
    is_binary: bool
    blocks: tuple[tuple[int, bytes], ...]


def iter_added_files(repo: Repo, commits: Sequence[str], unread: list[str]) -> Iterator[AddedFile]:
    """Yield what commits add to files, in the order of the commits.

    A commit of which git lacks an object is appended to `unread`; what was yielded of it may be a part.
    """
    left = list(commits)
    while left:
        child = repo.start(*_OPTIONS, feed=True)
        write_input(child, "".join(f"{commit}\n" for commit in left).encode(), last=True)
        log = _Log(child.stdout)
        yield from log.iter_files()
        if child.wait() == 0:
            return
        failed = log.commit or left[0]
        unread.append(failed)
        left = left[left.index(failed) + 1 :]


class _Log:
    """Parses the output of git log; `commit` is the last one that it came to."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self.commit = stream, ""
        self._raw: list[bytes] = []
        self._number = -1  # of the current file among `_raw`: git prints both in the same order
        self._blocks: list[tuple[int, bytes]] = []
        self._is_binary = False

    def iter_files(self) -> Iterator[AddedFile]:
        """Yield the files of all commits."""
        for line in self._stream:
            if line.startswith(b"@@ "):
                start, removed, added = _parse_hunk(line)
                if block := _read_block(self._stream, removed, added):
                    self._blocks.append((start, block))
            elif line.startswith((b"diff --git ", _COMMIT)):
                yield from self._end_file()
                if line.startswith(_COMMIT):
                    self.commit, self._raw, self._number = line[len(_COMMIT) :].strip().decode(), [], -1
            elif line.startswith(b":"):
                self._raw.append(line)
            elif line.startswith((b"Binary files ", b"GIT binary patch")):
                self._is_binary = True
        yield from self._end_file()

    def _end_file(self) -> Iterator[AddedFile]:
        if 0 <= self._number < len(self._raw):
            yield _build_file(self.commit, self._raw[self._number], self._blocks, is_binary=self._is_binary)
        self._blocks, self._is_binary = [], False
        self._number += 1


def _parse_hunk(line: bytes) -> tuple[int, int, int]:
    """Return the number of the first added line, and how many lines are removed and added."""
    _, old, new, *_ = line.split(b" ")
    start, _, added = new[1:].partition(b",")
    removed = old.partition(b",")[2]
    return int(start), int(removed or 1), int(added or 1)


def _read_block(stream: BinaryIO, removed: int, added: int) -> bytes:
    """Return the lines that a hunk adds; its counts say how many lines follow, whatever they look like."""
    for _ in range(removed):
        stream.readline()
    lines: list[bytes] = []
    while len(lines) < added:
        line = stream.readline()
        if not line:
            break
        if line.startswith(b"+"):  # or git's remark that the last removed line has no line end
            lines.append(line[1:])
    return b"".join(lines)


def _build_file(commit: str, raw: bytes, blocks: list[tuple[int, bytes]], *, is_binary: bool) -> AddedFile:
    fields, *paths = raw.rstrip(b"\n").split(b"\t")
    _, mode, _, oid, status = fields.split(b" ")
    is_link = mode == _GITLINK
    return AddedFile(
        commit, paths[-1], "" if is_link else oid.decode(), status == b"A", is_binary, () if is_link else tuple(blocks)
    )
