"""Gitea and Forgejo: their own pre-receive runs every file in hooks/pre-receive.d, and refuses if one of them does."""

from __future__ import annotations

from .base import STDIN, Forge, PushContext

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def parse_push_context(environ: Mapping[str, str], _: Sequence[str]) -> PushContext:
    """Return the context of a push; a merge or edit in the web interface is an internal push with the user's name."""
    owner, name = environ.get("GITEA_REPO_USER_NAME", ""), environ.get("GITEA_REPO_NAME", "")
    return PushContext(environ.get("GITEA_PUSHER_NAME", ""), f"{owner}/{name}" if owner and name else "")


FORGE = Forge(parse_push_context, files=(("hooks/pre-receive.d/ringfence", STDIN),), caller="hooks/pre-receive")
