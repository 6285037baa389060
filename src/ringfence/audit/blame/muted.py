"""Paths of which git needn't print any lines: large ones that no line of the traced revision comes from, so far.

A path that was deleted or renamed long ago, such as a log of 2 MB with a thousand versions, can take most of the time.
To git it is made a binary file, by an attribute, so that its changes are listed but not compared.
"""

from __future__ import annotations

import re
import tempfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from .stream import FileChange

_LEAST = 1 << 20  # bytes of lines that were read for nothing before git is started anew
_LEAST_A_COMMIT = 256  # the same, for each commit that is still to be read: starting anew costs more with each
_SHARE = 8  # a path with an eighth of that is muted along with the one that has all of it
_PLAIN = re.compile(rb"[A-Za-z0-9._/@+,=-]+")  # other letters can mean something in a file of attributes


class MutedPaths:
    """The muted paths, and the file of attributes that tells git about them."""

    def __init__(self) -> None:
        self._paths: set[bytes] = set()
        self._file = tempfile.NamedTemporaryFile(prefix="ringfence-attributes-")  # noqa: SIM115 - closed by `close`

    @property
    def options(self) -> tuple[str, str]:
        """What git is given before its command; the user's own attributes don't count then."""
        return "-c", f"core.attributesFile={self._file.name}"

    def add_heavy(self, skipped: Mapping[bytes, int], remaining: int) -> bool:
        """Mute the paths of which much was read for nothing, if that pays.

        Args:
            skipped: The bytes of the lines that weren't wanted, by path.
            remaining: How many commits are still to be read.

        Returns:
            Whether there are any: git has to be started anew.
        """
        least = _LEAST + _LEAST_A_COMMIT * remaining
        if max(skipped.values(), default=0) < least:
            return False
        heavy = {path for path, size in skipped.items() if size * _SHARE >= least and _PLAIN.fullmatch(path)}
        return self._replace(self._paths | heavy)

    def remove_wanted(self, changes: Iterable[FileChange], is_wanted: Callable[[bytes], bool]) -> bool:
        """Unmute the paths of changes whose lines are wanted; return whether there are any."""
        wanted = {
            path for change in changes if is_wanted(change.path) for path in (change.path, change.old_path)
        }  # fmt: skip
        return self._replace(self._paths - wanted)

    def _replace(self, paths: set[bytes]) -> bool:
        if paths == self._paths:
            return False
        self._paths = paths
        self._file.seek(0)
        self._file.truncate()
        self._file.writelines(b"/%s -diff\n" % path for path in sorted(paths))
        self._file.flush()
        return True

    def close(self) -> None:
        """Remove the file."""
        self._file.close()
