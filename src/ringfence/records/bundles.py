"""Keeps a push as a bundle, where git lets no ref move: a file of git's own that holds refs and what is new in them."""

from __future__ import annotations

import os

from ..git.repo import check_exit, write_input
from ..sources.receive import KNOWN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..git.repo import Repo

_SHA1 = 40  # hexadecimal digits of an id
_BLOCK = 1 << 20  # bytes


def write_bundle(repo: Repo, name: str, refs: Mapping[bytes, str]) -> None:
    """Write refs, and what of them the repository doesn't have, into a bundle that is there whole or not at all.

    `git bundle create` takes names from refs that are there, and here none may be made; the form is that of
    https://git-scm.com/docs/gitformat-bundle.

    Raises:
        GitError: Git failed.
        OSError: It can't be written.
    """
    tips = "".join(f"{oid}\n" for oid in refs.values())
    listing = repo.run("rev-list", "--boundary", "--stdin", *KNOWN, feed=tips.encode()).splitlines()
    known = [line.decode()[1:] for line in listing if line.startswith(b"-")]
    head = (
        [b"# v2 git bundle"]
        if len(next(iter(refs.values()))) == _SHA1
        else [b"# v3 git bundle", b"@object-format=sha256"]
    )
    head += [f"-{oid} known".encode() for oid in known]
    head += [oid.encode() + b" " + ref for ref, oid in refs.items()]
    folder = _get_bundle_folder(repo)
    os.makedirs(folder, mode=0o700, exist_ok=True)
    aside = os.path.join(folder, f".{name}.{os.getpid()}")
    with open(aside, "wb") as file:
        file.write(b"\n".join(head) + b"\n\n")
        child = repo.start("pack-objects", "--stdout", "--revs", "-q", feed=True)
        write_input(child, (tips + "".join(f"^{oid}\n" for oid in known)).encode(), last=True)
        while block := child.stdout.read(_BLOCK):
            file.write(block)
        check_exit(child, "pack-objects")
        file.flush()
        os.fsync(file.fileno())
    os.rename(aside, os.path.join(folder, f"{name}.bundle"))


def list_bundles(repo: Repo) -> list[str]:
    """Return the bundles that weren't taken in yet, oldest first."""
    folder = _get_bundle_folder(repo)
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    return [os.path.join(folder, name) for name in names if name.endswith(".bundle")]


def import_bundle(repo: Repo, path: str) -> dict[bytes, str]:
    """Bring what a bundle holds into the repository, where no ref leads to it yet; return its refs with their ids.

    Raises:
        GitError: It is damaged, or what it builds on is gone.
    """
    listing = repo.run("bundle", "unbundle", os.path.abspath(path)).splitlines()
    return {ref: oid.decode() for oid, _, ref in (line.partition(b" ") for line in listing)}


def _get_bundle_folder(repo: Repo) -> str:
    return os.path.join(repo.find_git_directory(), "quarantine")
