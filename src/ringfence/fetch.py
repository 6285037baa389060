"""What git calls in the place of `git pack-objects` to serve a fetch: it runs that, or refuses to.

Git's setting `uploadpack.packObjectsHook` names the script that starts this; it counts in the configuration of the
system and of the user who serves, and not in a repository's own. A repeated fetch costs a start of Python, a start of
git and a dozen calls of `stat`: what lies behind an earlier answer is compared, and nothing is judged again.
"""

from __future__ import annotations

import os
import sys

from .error_handler import exit_process, open_closed_streams, print_message, run_guarded
from .errors import ExitCode, GitError, UsageError
from .gate import read_pass
from .git.process import kill_children
from .sources.forges import load_forge

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

_SIGPIPE = 13
_BLOCK = 1 << 16


def main(arguments: list[str] | None = None) -> NoReturn:
    """Answer a fetch and leave with an exit code that refuses it, or become the program that serves it.

    Arguments are `[--forge NAME] PROGRAM ARGS…`: the server that calls, and what git would have run.
    """
    given = sys.argv[1:] if arguments is None else arguments
    open_closed_streams()
    try:
        code = run_guarded(lambda: _answer_fetch(given), is_hook=True)
        _drop_request()
    except KeyboardInterrupt:
        code = ExitCode.INTERRUPTED
    exit_process(code)


def _drop_request() -> None:
    """Read what git sends to the program that it wants: else it may end by SIGPIPE before it passes our words on."""
    if not os.isatty(0):
        while os.read(0, _BLOCK):
            pass


def _answer_fetch(given: list[str]) -> int:
    """Return the exit code of a refusal; where the fetch may pass, this process becomes the program instead.

    Raises:
        RingfenceError: It can't be judged.
    """
    has_forge = given[:1] == ["--forge"]
    forge, program = (given[1], given[2:]) if has_forge and len(given) > 1 else ("plain", given)
    if not program or program[0].startswith("-"):
        raise UsageError("the hook needs the program to run: git pack-objects …")
    request = read_pass.request_own_file()  # git starts while we do
    context = load_forge(forge).parse_push_context(os.environ, ())
    key = read_pass.build_key(forge, context)
    own = read_pass.read_own_file(request)
    if not read_pass.is_valid(key, own):
        from .gate.reading import answer

        code, message = answer(context, key, own)
        if message:
            print_message(message)
        if code:
            return code
    return _become(program)


def _become(program: list[str]) -> NoReturn:
    """Go on as another program, with our streams, environment and process id.

    Raises:
        GitError: It can't be started.
    """
    import _signal  # type: ignore[import-not-found]  # the enums of `signal` take 3 ms

    _signal.signal(_SIGPIPE, _signal.SIG_DFL)  # Python ignores it, and so would the program
    kill_children()
    try:
        os.execvp(program[0], program)  # noqa: S606 - a shell would read git's arguments again
    except OSError as error:
        raise GitError(f"{program[0]} could not be started: {error.strerror}.") from None
