"""gitolite 3: a common pre-receive hook for all repositories, or a VREF, which gitolite's update hook runs."""

from __future__ import annotations

from .base import STDIN, Forge, PushContext

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def parse_push_context(environ: Mapping[str, str], _: Sequence[str]) -> PushContext:
    """Return the context of a push; gitolite sets GL_USER from the SSH key before anything else runs."""
    return PushContext(environ.get("GL_USER", ""), environ.get("GL_REPO", ""))


# Below LOCAL_CODE. A common hook overrides one of the same name that a repository enables by `option`.
FORGE = Forge(
    parse_push_context,
    shared=(
        ("hooks/common/pre-receive", STDIN),
        ("VREF/ringfence", 'update "$1" "$2" "$3"'),
    ),
    next_step="gitolite setup --hooks-only",
    has_read_hook=True,
)
