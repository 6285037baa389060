"""The certificate of a signed push, which git checks where `receive.certNonceSeed` is set.

https://git-scm.com/docs/git-receive-pack#_pre_receive_hook
"""

from __future__ import annotations

from ..git.objects import MissingObject

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..git.objects import Objects
    from .refs import Update

_LARGEST = 16 << 20  # bytes
_NAMES = {"signer": "SIGNER", "key": "KEY", "status": "STATUS", "nonce": "NONCE_STATUS"}


def read_certificate(environ: Mapping[str, str], objects: Objects, updates: list[Update]) -> dict[str, str]:
    """Return what git found in the certificate of a push; {} where it isn't signed.

    signer is the name of the key, "" for an SSH key that the server doesn't know; key its fingerprint; status git's
    letter for the signature (G: good); nonce OK where the certificate was made for this push. Git hands on variables
    that its caller had set where a push isn't signed: they count only with a certificate that lists what is pushed.
    """
    oid = environ.get("GIT_PUSH_CERT", "")
    if not oid.strip("0"):
        return {}
    [item] = objects.iter_objects([oid])
    if isinstance(item, MissingObject) or item.type != "blob":
        return {}
    if item.size > _LARGEST:
        item.skip_rest()
        return {}
    listed = {tuple(line.split(b" ", 2)[:2]) for line in item.read().split(b"\n")}
    if not all((old.encode(), new.encode()) in listed for old, new, _ in updates):  # a symbolic ref has two names
        return {}
    return {name: environ.get(f"GIT_PUSH_CERT_{variable}", "") for name, variable in _NAMES.items()}
