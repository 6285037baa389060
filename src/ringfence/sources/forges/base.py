"""What every forge answers: who pushes to which repository, how it wants to be spoken to, how long it waits."""

from __future__ import annotations

from ...values import value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


@value
class PushContext:
    """A push, as the server tells of it; "" where it doesn't tell.

    Attributes:
        account: Who pushes, as the server has checked it.
        repository: What the server calls the repository.
        is_known: The objects are in the repository already: what is new to the ref counts, whatever other refs have.
        is_trial: The forge only asks what would be said; nothing will have happened.
        prefix: What each of our lines must begin with, to be shown.
        limit: Seconds until the server gives up on us; 0 is never.
    """

    account: str = ""
    repository: str = ""
    is_known: bool = False
    is_trial: bool = False
    prefix: str = ""
    limit: float = 0.0


@value
class Forge:
    """A server: how it tells of a push, and where it takes hooks from.

    Attributes:
        occasion: What a push is, from the server's environment and the hook's arguments.
        files: By file below the repository: which of our hooks it calls, as arguments of `ringfence hook`.
        shared: The same below a folder from which the forge takes the hooks of all repositories.
        caller: What the forge writes into a repository to call them.
        then: What is left to do after our file is in the shared folder.
    """

    parse_push_context: Callable[[Mapping[str, str], Sequence[str]], PushContext]
    files: tuple[tuple[str, str], ...] = ()
    shared: tuple[tuple[str, str], ...] = ()
    caller: str = ""
    then: str = ""


STDIN = 'pre-receive "$@"'
