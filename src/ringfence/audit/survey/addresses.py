"""Data at addresses such as `s3://bucket/folder`: listed anew each time, and fetched a file at a time."""

from __future__ import annotations

import json
import posixpath
from typing import TYPE_CHECKING, Any

from .model import AuditError, Shard

if TYPE_CHECKING:
    from collections.abc import Iterator

_STATES = ("ETag", "etag", "md5Hash", "blob_id", "mtime", "LastModified", "last_modified", "updated", "created")


def list_address(address: str) -> Iterator[Shard]:
    """Yield the files below an address.

    Raises:
        AuditError: It can't be listed.
    """
    system, root = open_address(address)
    try:
        system.invalidate_cache()
        found = system.find(root, detail=True)
    except Exception as error:  # noqa: BLE001 - each store raises its own
        raise AuditError(f"it can't be listed: {_describe(error)}") from None
    if not found:
        raise AuditError("there is nothing at this address")
    for path, about in found.items():
        size = int(about.get("size") or 0)
        if not size and path.endswith("/"):
            continue  # a store's mark for a folder
        name = posixpath.relpath(path, root) if path != root.rstrip("/") else posixpath.basename(path)
        state = {key: str(about[key]) for key in _STATES if about.get(key)}
        yield Shard(name, size, json.dumps([size, state], sort_keys=True))


def fetch_file(address: str, name: str, size: int, target: str) -> None:
    """Copy a file of an address to a local path.

    Raises:
        AuditError: It can't be read, or isn't as long as it was listed.
    """
    import os

    system, root = open_address(address)
    path = root if posixpath.basename(root) == name and system.isfile(root) else f"{root.rstrip('/')}/{name}"
    try:
        system.get_file(path, target)
    except Exception as error:  # noqa: BLE001 - each store raises its own
        raise AuditError(f"it can't be read: {_describe(error)}") from None
    if os.path.getsize(target) != size:
        raise AuditError(f"{os.path.getsize(target):,} bytes came of {size:,}")


def open_address(address: str) -> tuple[Any, str]:
    """Return the store of an address and the path in it.

    Raises:
        AuditError: The library for this kind of store isn't installed, or it refuses the address.
    """
    try:
        from fsspec.core import url_to_fs
    except ImportError:
        raise AuditError("addresses need fsspec; install it: pip install 'ringfence[lake]'") from None
    try:
        system, root = url_to_fs(address, use_listings_cache=False, skip_instance_cache=True)
    except (ImportError, ValueError) as error:
        advice = "; install it: pip install 'ringfence[lake]'" if isinstance(error, ImportError) else ""
        raise AuditError(f"{_describe(error)}{advice}") from None
    return system, root


def _describe(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]
