"""Copies a ledger while it is in use, and checks the copy."""

from __future__ import annotations

import os
import sqlite3

from ..errors import LedgerError, UsageError
from .verify import find_faults, read_tip


def backup_ledger(path: str, target: str) -> str:
    """Copy a ledger to a new file that only its owner reads; return the tip of the copy.

    Raises:
        UsageError: The new file exists, or can't be written.
        LedgerError: The ledger can't be read, or was changed afterwards.
    """
    try:
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        raise UsageError(f"{target} exists already.", "Give a new file; a backup replaces none.") from None
    except OSError as error:
        raise UsageError(
            f"{target} can't be written: {error.strerror}.", "Give a file in an existing folder."
        ) from None
    try:
        _copy(path, target)
        _check(target)
    except BaseException:
        os.unlink(target)
        raise
    return read_tip(target)


def _check(path: str) -> None:
    if faults := list(find_faults(path, "")):
        raise LedgerError("\n".join(faults), "Keep the ledger unchanged, and compare it with an older copy.")


def _copy(path: str, target: str) -> None:
    if not os.path.exists(path):
        raise LedgerError(f"the ledger {path} doesn't exist.")
    try:
        with sqlite3.connect(path) as source, sqlite3.connect(target) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
        source.close()
        copy.close()
    except sqlite3.Error as error:
        raise LedgerError(f"the ledger {path} can't be copied: {error}.") from None
    descriptor = os.open(target, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
