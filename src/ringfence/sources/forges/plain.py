"""A server without a forge: sshd, git's http-backend behind a web server, git daemon, a local path."""

from __future__ import annotations

from .base import STDIN, Forge, Occasion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def occasion(environ: Mapping[str, str], _: Sequence[str]) -> Occasion:
    """Tell who pushes: the web server's user, or the one whose process we are.

    Whoever comes in by ssh can't take SSH_CONNECTION away, nor make himself the web server's user.
    """
    if "SSH_CONNECTION" not in environ and "GATEWAY_INTERFACE" in environ:
        return Occasion(environ.get("REMOTE_USER", ""))
    if "SSH_CONNECTION" not in environ and "REMOTE_ADDR" in environ:
        return Occasion()  # git daemon asks nobody for a name
    return Occasion(_login())


def _login() -> str:
    """Return the name of the user whose process we are, which no variable can change."""
    import os
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return ""


FORGE = Forge(occasion, files=(("hooks/pre-receive", STDIN),))
