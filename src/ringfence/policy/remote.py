"""Fetches the organisation's policy from a repository of its own, pinned to a full commit id."""

from __future__ import annotations

import os
import posixpath
import re
import tempfile
from typing import TYPE_CHECKING

from ..errors import GitError, PolicyError, UsageError
from ..git.repo import Repo
from ..values import replace, value
from .inputs import Layer, normalise_address
from .vendor_files import list_catalogue_folders

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE = "policy.toml"
_LARGEST = 1 << 20  # bytes
_FETCH = ("fetch", "--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head")


def fetch_policy(url: str, revision: str) -> Layer:
    """Return `policy.toml` of a repository at a commit, with the vendor files it names; nothing from it is executed.

    Raises:
        UsageError: The revision isn't a full commit id, or the address begins with `-`.
        PolicyError: The commit can't be fetched, or has no such file, or lacks a folder of vendor files it names.
    """
    if not re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", revision):
        raise UsageError(
            f"--policy-rev: {revision!r} isn't a full commit id; a branch or tag could be moved.",
            "Get it by: git rev-parse REVISION",
        )
    if url.startswith("-"):
        raise UsageError(f"--policy-repo: {url!r} isn't a repository address.")
    where = f"{normalise_address(url)} at {revision[:12]}"
    with tempfile.TemporaryDirectory(prefix="ringfence-") as folder:
        commit = _Commit(_fetch_commit(folder, url, revision, where), f"{revision}^{{commit}}", where)
        layer = Layer(f"{FILE} of {where}", "organisation", _read_policy(commit), is_authoritative=True)
        return replace(
            layer,
            vendors=tuple(
                file for place in list_catalogue_folders(layer) for file in _iter_vendor_files(commit, place)
            ),
        )


@value
class _Commit:
    """A fetched commit: the repository, the commit's name for git, and `where` for messages."""

    repo: Repo
    name: str
    where: str


def _fetch_commit(folder: str, url: str, revision: str, where: str) -> Repo:
    """Fetch a commit into a new bare repository in `folder`."""
    repo = Repo(folder)
    hashes = "sha256" if len(revision) == 64 else "sha1"  # noqa: PLR2004 - digits of such an id
    repo.run("init", "--quiet", "--bare", "--template=", f"--object-format={hashes}")
    try:
        repo.run(*_FETCH, "--", url, revision)
    except GitError as error:
        reason = error.message.replace(url, normalise_address(url))  # an address may contain a password
        raise PolicyError(
            f"{where} can't be fetched: {reason}", "Check the address, its permissions and the commit."
        ) from None
    return repo


def _read_policy(commit: _Commit) -> bytes:
    try:
        return _read_file(commit, FILE)
    except GitError:
        raise PolicyError(
            f"{commit.where} has no {FILE}.", "Commit the organisation's policy at the top of it."
        ) from None


def _iter_vendor_files(commit: _Commit, place: str) -> Iterator[tuple[bytes, bytes]]:
    """Yield the vendor files of a folder that the policy names, from the same commit, as (path, bytes)."""
    path = posixpath.normpath(place)
    what = f"{FILE} of {commit.where}: catalogue: {place!r}"
    if path.startswith(("/", "~", "..")):
        raise PolicyError(f"{what} is outside that repository.", "Name a folder of it, relative to the policy.")
    try:
        listing = commit.repo.run("ls-tree", "-z", f"{commit.name}:{'' if path == '.' else path}")
    except GitError:
        raise PolicyError(f"{what} isn't a folder there.", "Commit it to the policy's repository.") from None
    entries = [entry.split(b"\t", 1) for entry in listing.split(b"\0") if entry.endswith(b".toml")]
    if not entries:
        raise PolicyError(f"{what} has no vendor file (VENDOR.toml).")
    for header, name in entries:
        file = posixpath.join(path, os.fsdecode(name))
        if not header.startswith(b"100"):  # the mode of a regular file
            raise PolicyError(f"{what}: {file} isn't a regular file.", "Commit the file itself, not a link to it.")
        yield os.fsencode(f"{commit.where}:{file}"), _read_file(commit, file)


def _read_file(commit: _Commit, path: str) -> bytes:
    """Return a file's bytes.

    Raises:
        GitError: There is no such file.
        PolicyError: It is larger than 1 MiB.
    """
    name = f"{commit.name}:{path}"
    if (size := int(commit.repo.run("cat-file", "-s", name))) > _LARGEST:
        raise PolicyError(f"{commit.where}: {path}: the policy file has {size:,} bytes; the limit is 1 MiB.")
    return commit.repo.run("cat-file", "blob", name)
