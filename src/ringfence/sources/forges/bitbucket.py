"""Bitbucket Data Center: hook scripts, which it also calls to ask whether a merge would pass.

https://developer.atlassian.com/server/bitbucket/how-tos/write-hook-scripts/
"""

from __future__ import annotations

from .base import STDIN, Forge, PushContext

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def parse_push_context(environ: Mapping[str, str], _: Sequence[str]) -> PushContext:
    """Tell who pushes; a push, a merge and a web edit are told alike, and a merge may be asked for as a trial."""
    project, name = environ.get("BB_PROJECT_KEY", ""), environ.get("BB_REPO_SLUG", "")
    return PushContext(
        environ.get("BB_USER_NAME", ""),
        f"{project}/{name}" if project and name else "",
        is_trial=environ.get("BB_IS_DRY_RUN") == "true",
    )


FORGE = Forge(
    parse_push_context,
    shared=(("ringfence.sh", STDIN),),
    then="upload it as a PRE hook script of the global, project or repository scope",
)
