"""A server without a forge: sshd, git http-backend behind a web server, git daemon, a local path."""

from __future__ import annotations

from .base import STDIN, Forge, PushContext

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def parse_push_context(environ: Mapping[str, str], _: Sequence[str]) -> PushContext:
    """Return the context of a push: the user is REMOTE_USER behind a web server, else the owner of our process.

    A client that connects by SSH can set variables, but can't remove SSH_CONNECTION, so REMOTE_USER doesn't count then.
    """
    if "SSH_CONNECTION" not in environ and "GATEWAY_INTERFACE" in environ:
        return PushContext(environ.get("REMOTE_USER", ""))
    if "SSH_CONNECTION" not in environ and "REMOTE_ADDR" in environ:
        return PushContext()  # git daemon doesn't authenticate
    return PushContext(get_login())


def get_login() -> str:
    """Return the login name of the user who runs this process, whatever variables say; "" for an id without a name."""
    import os
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return ""


FORGE = Forge(parse_push_context, files=(("hooks/pre-receive", STDIN),))
