"""GitHub Enterprise Server: a chroot, and five seconds for all pre-receive hooks of a repository together.

https://docs.github.com/en/enterprise-server@latest/admin/enforcing-policies/enforcing-policy-with-pre-receive-hooks
"""

from __future__ import annotations

from .base import Forge, PushContext

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def parse_push_context(environ: Mapping[str, str], _: Sequence[str]) -> PushContext:
    """Tell who pushes to which repository; what the web or the API does is told like a push."""
    return PushContext(environ.get("GITHUB_USER_LOGIN", ""), environ.get("GITHUB_REPO_NAME", ""), limit=5.0)


FORGE = Forge(parse_push_context)  # its file comes with the self-contained folder: it names the Python in there
