"""gitolite 3: a pre-receive hook for all repositories, or a VREF, which gitolite's own update hook calls."""

from __future__ import annotations

from .base import STDIN, Forge, PushContext

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def parse_push_context(environ: Mapping[str, str], _: Sequence[str]) -> PushContext:
    """Tell who pushes: gitolite sets GL_USER by the key, before anything else runs."""
    return PushContext(environ.get("GL_USER", ""), environ.get("GL_REPO", ""))


# LOCAL_CODE. A hook that is common to all wins over one of the same name that a repository asks for by `option`.
FORGE = Forge(
    parse_push_context,
    shared=(
        ("hooks/common/pre-receive", STDIN),
        ("VREF/ringfence", 'update "$1" "$2" "$3"'),
    ),
    then="gitolite setup --hooks-only",
)
