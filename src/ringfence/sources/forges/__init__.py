"""The servers that can call us, one small file each; which one it is stands in the hook's file, not in what it is told.

A pusher by a local path brings an environment of his own, so that a variable can't say which forge's variables hold.
"""

from __future__ import annotations

from ...errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .base import Forge

FORGES = ("plain", "gitolite", "gitlab", "ghes", "gitea", "forgejo", "gerrit", "bitbucket", "phorge")
_SAME = {"forgejo": "gitea"}


def load_forge(name: str) -> Forge:
    """Return a forge by its name, loading its file alone.

    Raises:
        UsageError: There is no such forge.
    """
    if name not in FORGES:
        raise UsageError(f"there is no forge {name!r}.", f"Known: {', '.join(FORGES)}.")
    module = __import__(f"{__name__}.{_SAME.get(name, name)}", fromlist=["FORGE"])
    found: Forge = module.FORGE
    return found
