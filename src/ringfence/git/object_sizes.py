"""Asks git for the sizes of objects."""

from __future__ import annotations

from ..errors import GitError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .repo import Repo

_AT_ONCE = 1000  # objects; answers, `missing` with its id at most, fit into the 64 KiB of a pipe while we still ask


def measure_objects(repo: Repo, oids: list[str]) -> list[int]:
    """Return the sizes of objects in bytes, without reading them; 0 for those that git can't read."""
    sizes: list[int] = []
    for first in range(0, len(oids), _AT_ONCE):
        sizes += _measure_some(repo, oids[first : first + _AT_ONCE])
    return sizes


def _measure_some(repo: Repo, oids: list[str]) -> list[int]:
    asked = "".join(f"{oid}\n" for oid in oids).encode()
    try:
        lines = repo.run("cat-file", "--batch-check=%(objectsize)", "--buffer", feed=asked).splitlines()
    except GitError:
        lines = []  # a damaged object ends it; reading them says which
    sizes = [int(line) if line.isdigit() else 0 for line in lines]
    return sizes[: len(oids)] + [0] * (len(oids) - len(sizes))
