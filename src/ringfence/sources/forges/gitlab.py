"""GitLab, self-managed: Gitaly runs server hooks with a fresh environment.

https://docs.gitlab.com/administration/server_hooks/
"""

from __future__ import annotations

from .base import STDIN, Forge, PushContext

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def parse_push_context(environ: Mapping[str, str], _: Sequence[str]) -> PushContext:
    """Return the context of a push; web edits and merges have a limit of 55 s and show only lines with the prefix."""
    is_web = environ.get("GL_PROTOCOL") == "web"
    return PushContext(
        environ.get("GL_USERNAME") or environ.get("GL_ID", ""),  # a deploy key has no user
        environ.get("GL_PROJECT_PATH", ""),
        prefix="GL-HOOK-ERR: " if is_web else "",
        limit=55.0 if is_web else 0.0,
    )


FORGE = Forge(
    parse_push_context,
    files=(("custom_hooks/pre-receive.d/ringfence", STDIN),),
    shared=(("pre-receive.d/ringfence", STDIN),),
)
