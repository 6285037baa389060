"""A server without a forge: sshd, git http-backend behind a web server, git daemon, a local path."""

from __future__ import annotations

from ...values import replace
from .base import STDIN, Forge, PushContext

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def parse_push_context(environ: Mapping[str, str], _: Sequence[str]) -> PushContext:
    """Return the context of a push: the user is the owner of our process, and nobody behind a web server.

    Whoever pushes by a local path can set a web server's variables, so REMOTE_USER is no account yet.
    A client that connects by SSH can't remove SSH_CONNECTION.
    """
    if "SSH_CONNECTION" not in environ and "GATEWAY_INTERFACE" in environ:
        return PushContext(web_account=environ.get("REMOTE_USER", ""))
    if "SSH_CONNECTION" not in environ and "REMOTE_ADDR" in environ:
        return PushContext()  # git daemon doesn't authenticate
    return PushContext(get_login())


def confirm_web_account(push: PushContext, web_user: str) -> PushContext:
    """Return a push with the user that the web server names as its account, if this process is the web server's.

    `web_user` is the login or the number of the user who runs the web server, "" for none. A client can choose its
    variables, but not the user that its process belongs to.
    """
    import os

    if not push.web_account or web_user not in {get_login(), str(os.getuid())} - {""}:
        return push
    return replace(push, account=push.web_account)


def get_login() -> str:
    """Return the login name of the user who runs this process, whatever variables say; "" for an id without a name."""
    import os
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return ""


FORGE = Forge(parse_push_context, files=(("hooks/pre-receive", STDIN),), has_read_hook=True)
