"""The lines that commits add, from one `git log --patch` over many of them."""

from __future__ import annotations

from itertools import groupby

from ..values import value
from .repo import write_input

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import BinaryIO

    from .repo import Repo

    Hunk = tuple[int, list[bytes]]

_COMMIT = b"commit "
_OPTIONS = (
    "log", "--no-walk=unsorted", "--stdin", "--format=commit %H", "--raw", "--patch", "--unified=12", "--find-renames",
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
        hunks: Where it changes a file, as (number of the first line after it, lines): up to twelve lines that stay on
            each side, and each line behind a blank, plus or minus, as in a patch.
    """

    commit: str
    path: bytes
    oid: str
    is_new: bool
    is_binary: bool
    blocks: tuple[tuple[int, bytes], ...]
    hunks: tuple[Hunk, ...] = ()


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
        self._hunks: list[Hunk] = []
        self._is_binary = False

    def iter_files(self) -> Iterator[AddedFile]:
        """Yield the files of all commits."""
        for line in self._stream:
            if line.startswith(b"@@ "):
                start, removed, added = _parse_hunk(line)
                lines = _read_hunk(self._stream, removed, added)
                self._blocks += _list_blocks(start, lines)
                self._hunks.append((start, lines))
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
            raw = self._raw[self._number]
            yield _build_file(self.commit, raw, self._blocks, self._hunks, is_binary=self._is_binary)
        self._blocks, self._hunks, self._is_binary = [], [], False
        self._number += 1


def _parse_hunk(line: bytes) -> tuple[int, int, int]:
    """Return the number of the first line after the change, and how many lines are there before and after."""
    _, old, new, *_ = line.split(b" ")
    start, _, after = new[1:].partition(b",")
    before = old.partition(b",")[2]
    return int(start), int(before or 1), int(after or 1)


def _read_hunk(stream: BinaryIO, before: int, after: int) -> list[bytes]:
    """Return the lines of a hunk; its counts say how many follow, whatever they look like."""
    lines: list[bytes] = []
    while before > 0 or after > 0:
        line = stream.readline()
        if not line:
            break
        sign = line[:1]
        if sign == b"\\":
            continue  # git's remark that the line before has no line end
        before -= sign != b"+"
        after -= sign != b"-"
        lines.append(line)
    return lines


def _list_blocks(start: int, lines: list[bytes]) -> Iterator[tuple[int, bytes]]:
    """Yield the runs of added lines in a hunk."""
    for is_added, group in groupby((line for line in lines if line[:1] != b"-"), lambda line: line[:1] == b"+"):
        run = [line[1:] for line in group]
        if is_added:
            yield start, b"".join(run)
        start += len(run)


def _build_file(
    commit: str, raw: bytes, blocks: list[tuple[int, bytes]], hunks: list[Hunk], *, is_binary: bool
) -> AddedFile:
    fields, *paths = raw.rstrip(b"\n").split(b"\t")
    _, mode, _, oid, status = fields.split(b" ")
    is_link = mode == _GITLINK
    return AddedFile(
        commit, paths[-1], "" if is_link else oid.decode(), status == b"A", is_binary,
        () if is_link else tuple(blocks), () if is_link else tuple(hunks),
    )  # fmt: skip
