"""Stores a refused push as a git bundle where no ref can be created: in pre-receive, or where refs would be visible."""

from __future__ import annotations

import os

from ..git.repo import check_exit, write_input
from ..sources.receive import KNOWN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..git.repo import Repo

_SHA1 = 40  # hexadecimal digits of an object id
_BLOCK = 1 << 20  # bytes


def write_bundle(repo: Repo, name: str, refs: Mapping[bytes, str]) -> None:
    """Write refs (name: object id) and the objects that the repository lacks as `quarantine/NAME.bundle`, atomically.

    `git bundle create` takes names from existing refs, and none may be created here, so the header is written by hand
    in the format of https://git-scm.com/docs/gitformat-bundle.

    Raises:
        GitError: Git failed.
        OSError: The file can't be written.
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
    temporary = os.path.join(folder, f".{name}.{os.getpid()}")
    with open(temporary, "wb") as file:
        file.write(b"\n".join(head) + b"\n\n")
        child = repo.start("pack-objects", "--stdout", "--revs", "-q", feed=True)
        write_input(child, (tips + "".join(f"^{oid}\n" for oid in known)).encode(), last=True)
        while block := child.stdout.read(_BLOCK):
            file.write(block)
        check_exit(child, "pack-objects")
        file.flush()
        os.fsync(file.fileno())
    os.rename(temporary, os.path.join(folder, f"{name}.bundle"))


def list_bundles(repo: Repo) -> list[str]:
    """Return the paths of bundles that are still to be imported, oldest first."""
    folder = _get_bundle_folder(repo)
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    return [os.path.join(folder, name) for name in names if name.endswith(".bundle")]


def import_bundle(repo: Repo, path: str) -> dict[bytes, str]:
    """Import a bundle's objects into the repository without creating refs; return the bundle's refs (name: object id).

    Raises:
        GitError: The bundle is damaged, or a commit that it builds on is missing.
    """
    listing = repo.run("bundle", "unbundle", os.path.abspath(path)).splitlines()
    return {ref: oid.decode() for oid, _, ref in (line.partition(b" ") for line in listing)}


def _get_bundle_folder(repo: Repo) -> str:
    return os.path.join(repo.find_git_directory(), "quarantine")
