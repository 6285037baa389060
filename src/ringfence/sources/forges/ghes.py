"""GitHub Enterprise Server: a chroot, and five seconds for all pre-receive hooks of a repository together.

https://docs.github.com/en/enterprise-server@latest/admin/enforcing-policies/enforcing-policy-with-pre-receive-hooks
"""

from __future__ import annotations

from .base import Forge, Occasion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def occasion(environ: Mapping[str, str], _: Sequence[str]) -> Occasion:
    """Tell who pushes to which repository; what the web or the API does is told like a push."""
    return Occasion(environ.get("GITHUB_USER_LOGIN", ""), environ.get("GITHUB_REPO_NAME", ""), limit=5.0)


FORGE = Forge(occasion)  # its file comes with the self-contained folder: it names the Python in there
