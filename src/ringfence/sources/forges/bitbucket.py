"""Bitbucket Data Center: hook scripts, which it also runs to test whether a pull request can be merged.

https://developer.atlassian.com/server/bitbucket/how-tos/write-hook-scripts/
"""

from __future__ import annotations

from .base import STDIN, Forge, PushContext

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def parse_push_context(environ: Mapping[str, str], _: Sequence[str]) -> PushContext:
    """Return the context of a push, a merge or a web edit; the test of a merge is a dry run."""
    project, name = environ.get("BB_PROJECT_KEY", ""), environ.get("BB_REPO_SLUG", "")
    return PushContext(
        environ.get("BB_USER_NAME", ""),
        f"{project}/{name}" if project and name else "",
        is_dry_run=environ.get("BB_IS_DRY_RUN") == "true",
    )


FORGE = Forge(
    parse_push_context,
    shared=(("ringfence.sh", STDIN),),
    next_step="upload it as a PRE hook script of the global, project or repository scope",
)
