"""The supported git servers, one module each; the installed hook names its forge as an argument.

The environment can't identify the forge: a client that pushes to a local path controls all variables of the hook.
"""

from __future__ import annotations

from ...errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .base import Forge

FORGES = ("plain", "gitolite", "gitlab", "ghes", "gitea", "forgejo", "gerrit", "bitbucket", "phorge")
_ALIASES = {"forgejo": "gitea"}


def load_forge(name: str) -> Forge:
    """Return a forge by its name; only its own module is imported.

    Raises:
        UsageError: The name is unknown.
    """
    if name not in FORGES:
        raise UsageError(f"unknown forge {name!r}.", f"Known: {', '.join(FORGES)}.")
    module = __import__(f"{__name__}.{_ALIASES.get(name, name)}", fromlist=["FORGE"])
    forge: Forge = module.FORGE
    return forge
