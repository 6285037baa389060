"""The interface of a forge: the context of a push, and where hooks are installed."""

from __future__ import annotations

from ...values import value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


@value
class PushContext:
    """The context of a push, as the server reports it; "" for what it doesn't report.

    Attributes:
        account: The user who pushes, as authenticated by the server.
        repository: The server's name for the repository.
        is_stored: The objects are in the repository already, so that new means new to the ref, not to the repository.
        is_dry_run: The forge only asks for the verdict; no ref will change.
        prefix: A prefix that our lines need to be shown to the user.
        limit: Seconds until the server's timeout; 0 for none.
        web_account: The user that a web server's variables name. Any process can set them: `hook.py` makes it the
            account where the process is the web server's.
    """

    account: str = ""
    repository: str = ""
    is_stored: bool = False
    is_dry_run: bool = False
    prefix: str = ""
    limit: float = 0.0
    web_account: str = ""


@value
class Forge:
    """A kind of server: how it describes a push to hooks, and where it looks for them.

    Attributes:
        parse_push_context: Returns the context of a push from the environment and the arguments of the hook.
        files: (path, arguments of `ringfence hook`) of the hook files in a repository.
        shared: The same for the folder with the hooks of all repositories.
        caller: Path of the forge's own hook in a repository, which calls ours.
        has_read_hook: Whether it lets git ask a hook of the machine's about fetches, with the variables that say who
            reads.
        next_step: What an administrator has to do after our file is in the shared folder; "" for nothing.
    """

    parse_push_context: Callable[[Mapping[str, str], Sequence[str]], PushContext]
    files: tuple[tuple[str, str], ...] = ()
    shared: tuple[tuple[str, str], ...] = ()
    caller: str = ""
    next_step: str = ""
    has_read_hook: bool = False


STDIN = 'pre-receive "$@"'
