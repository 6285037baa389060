"""The organisation's policy out of a repository of its own, at a commit that is named and can't be moved."""

from __future__ import annotations

import re
import tempfile

from .errors import GitError, PolicyError, UsageError
from .git import Repo
from .policy.layers import Layer, plain_name

FILE = "policy.toml"
_LARGEST = 1 << 20  # bytes
_FETCH = ("fetch", "--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head")


def fetched(url: str, revision: str) -> Layer:
    """Return the policy that a repository holds at a commit; nothing of it is run.

    Raises:
        UsageError: A name isn't enough to pin it, or no address was given.
        PolicyError: It can't be fetched, or the commit has none.
    """
    if not re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", revision):
        raise UsageError(
            f"--policy-rev: {revision!r} is no commit's whole id; a branch or tag could be moved.",
            "Write it out: git rev-parse REVISION",
        )
    if url.startswith("-"):
        raise UsageError(f"--policy-repo: {url!r} is no address.")
    with tempfile.TemporaryDirectory(prefix="ringfence-") as folder:
        return Layer(
            f"{FILE} of {plain_name(url)} at {revision[:12]}", "organisation", _read(folder, url, revision), True
        )


def _read(folder: str, url: str, revision: str) -> bytes:
    repo = Repo(folder)
    hashes = "sha256" if len(revision) == 64 else "sha1"  # noqa: PLR2004 - digits of such an id
    repo.run("init", "--quiet", "--bare", "--template=", f"--object-format={hashes}")
    where = f"{plain_name(url)} at {revision[:12]}"
    try:
        repo.run(*_FETCH, "--", url, revision)
    except GitError as error:
        told = error.message.replace(url, plain_name(url))  # an address may carry a password
        raise PolicyError(f"{where} can't be fetched: {told}", "See the address, its rights and the commit.") from None
    try:
        size = int(repo.run("cat-file", "-s", f"{revision}^{{commit}}:{FILE}"))
        if size > _LARGEST:
            raise PolicyError(f"{where}: {size} bytes are no policy.")
        return repo.run("cat-file", "blob", f"{revision}^{{commit}}:{FILE}")
    except GitError:
        raise PolicyError(f"{where} has no {FILE}.", "Keep the organisation's policy at its top.") from None
