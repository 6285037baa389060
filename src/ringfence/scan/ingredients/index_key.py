"""The secret key of an index: a file of 32 hexadecimal digits that nobody else can read."""

from __future__ import annotations

import os

from ...errors import PolicyError
from .keyed_hash import KEY_BYTES, hash_values

_NAME = "key"
_OTHERS = 0o077
_CHECKED = 0x1D5  # any number: its hash names the key


def load_key(folder: str, key_file: str = "") -> bytes:
    """Return the key of an index: from a file, or from the one beside the index.

    Raises:
        PolicyError: There is none, others can read it, or it isn't a key.
    """
    path = key_file or os.path.join(folder, _NAME)
    try:
        with open(path, "rb") as file:
            text = file.read(200)
            mode = os.fstat(file.fileno()).st_mode
    except OSError as error:
        raise PolicyError(f"{path}: the key of the index of ingredients can't be read: {error.strerror}.") from None
    if mode & _OTHERS:
        raise PolicyError(f"{path}: others can read the key.", f"Type: chmod 600 {path}")
    try:
        key = bytes.fromhex(text.decode("ascii").strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise PolicyError(
            f"{path}: not a key: it must be 32 hexadecimal digits.", f"Make one: openssl rand -hex 16 > {path}"
        )
    return key


def create_key(folder: str) -> bytes:
    """Create the key beside an index if there is none yet, and return it."""
    path = os.path.join(folder, _NAME)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return load_key(folder)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(os.urandom(KEY_BYTES).hex() + "\n")
    return load_key(folder)


def compute_key_id(key: bytes) -> str:
    """Return a name for a key that doesn't give it away."""
    return f"{hash_values([_CHECKED], key)[0]:016x}"
