"""GitHub Enterprise Server: hooks run in a chroot, with a limit of 5 seconds for all of a repository together.

https://docs.github.com/en/enterprise-server@latest/admin/enforcing-policies/enforcing-policy-with-pre-receive-hooks
"""

from __future__ import annotations

from .base import Forge, PushContext

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def parse_push_context(environ: Mapping[str, str], _: Sequence[str]) -> PushContext:
    """Return the context of a push; changes by the web interface or the API look the same."""
    return PushContext(environ.get("GITHUB_USER_LOGIN", ""), environ.get("GITHUB_REPO_NAME", ""), limit=5.0)


FORGE = Forge(parse_push_context)  # no files: the self-contained folder brings the hook, which names the Python inside
