"""The organisation's policy out of a repository of its own, at a commit that is named and can't be moved."""

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
    """Return the policy that a repository holds at a commit, with the vendor files it names; nothing of it is run.

    Raises:
        UsageError: A name isn't enough to pin it, or no address was given.
        PolicyError: It can't be fetched, or the commit lacks it, or a folder of vendor files that it names.
    """
    if not re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", revision):
        raise UsageError(
            f"--policy-rev: {revision!r} is no commit's whole id; a branch or tag could be moved.",
            "Write it out: git rev-parse REVISION",
        )
    if url.startswith("-"):
        raise UsageError(f"--policy-repo: {url!r} is no address.")
    where = f"{normalise_address(url)} at {revision[:12]}"
    with tempfile.TemporaryDirectory(prefix="ringfence-") as folder:
        commit = _Commit(_fetch_commit(folder, url, revision, where), f"{revision}^{{commit}}", where)
        layer = Layer(f"{FILE} of {where}", "organisation", _read_policy(commit), settles=True)
        return replace(
            layer,
            vendors=tuple(
                file for place in list_catalogue_folders(layer) for file in _iter_vendor_files(commit, place)
            ),
        )


@value
class _Commit:
    """Where files are read from, and what it is called in messages."""

    repo: Repo
    name: str
    where: str


def _fetch_commit(folder: str, url: str, revision: str, where: str) -> Repo:
    """Fetch a commit into a folder."""
    repo = Repo(folder)
    hashes = "sha256" if len(revision) == 64 else "sha1"  # noqa: PLR2004 - digits of such an id
    repo.run("init", "--quiet", "--bare", "--template=", f"--object-format={hashes}")
    try:
        repo.run(*_FETCH, "--", url, revision)
    except GitError as error:
        told = error.message.replace(url, normalise_address(url))  # an address may carry a password
        raise PolicyError(f"{where} can't be fetched: {told}", "See the address, its rights and the commit.") from None
    return repo


def _read_policy(commit: _Commit) -> bytes:
    try:
        return _read_file(commit, FILE)
    except GitError:
        raise PolicyError(f"{commit.where} has no {FILE}.", "Keep the organisation's policy at its top.") from None


def _iter_vendor_files(commit: _Commit, place: str) -> Iterator[tuple[bytes, bytes]]:
    """Yield the vendor files of a folder that the policy names, as (path, bytes), out of the same commit."""
    path = posixpath.normpath(place)
    what = f"{FILE} of {commit.where}: catalogue: {place!r}"
    if path.startswith(("/", "~", "..")):
        raise PolicyError(f"{what} lies outside of that repository.", "Name a folder of it, relative to the policy.")
    try:
        listing = commit.repo.run("ls-tree", "-z", f"{commit.name}:{'' if path == '.' else path}")
    except GitError:
        raise PolicyError(f"{what} is no folder there.", "Commit it to the policy's repository.") from None
    entries = [entry.split(b"\t", 1) for entry in listing.split(b"\0") if entry.endswith(b".toml")]
    if not entries:
        raise PolicyError(f"{what} holds no vendor file (VENDOR.toml).")
    for about, name in entries:
        file = posixpath.join(path, os.fsdecode(name))
        if not about.startswith(b"100"):
            raise PolicyError(f"{what}: {file} is no plain file.", "Commit the file itself, and no link to it.")
        yield os.fsencode(f"{commit.where}:{file}"), _read_file(commit, file)


def _read_file(commit: _Commit, path: str) -> bytes:
    """Return a file's bytes.

    Raises:
        GitError: It isn't there.
        PolicyError: It is too large to be what we look for.
    """
    name = f"{commit.name}:{path}"
    if (size := int(commit.repo.run("cat-file", "-s", name))) > _LARGEST:
        raise PolicyError(f"{commit.where}: {path}: {size} bytes are no policy.")
    return commit.repo.run("cat-file", "blob", name)
