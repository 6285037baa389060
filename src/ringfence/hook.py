"""The fast door: what git calls. Imports nothing that a clean commit doesn't need; prints only what must be told."""

from __future__ import annotations

import os
import sys

from .door import guarded, leave, open_closed_streams, say
from .errors import ExitCode, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

    from .model import Verdict
    from .place import Place

_SERVER = ("pre-receive", "update")


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run a hook and leave with its exit code.

    Arguments are `[--then HOOK] [--framework] NAME ARGS…`: HOOK is a hook that was there before and runs too;
    a framework (pre-commit, prek) passes less than git does.
    """
    given = sys.argv[1:] if arguments is None else arguments
    open_closed_streams()
    try:
        code = guarded(lambda: run(given), is_hook=True)
    except KeyboardInterrupt:
        code = ExitCode.INTERRUPTED
    leave(code)


def run(given: list[str]) -> int:
    """Run the hook that the arguments name and return its exit code."""
    then, by_framework, rest = _options(given)
    name, *arguments = rest or [""]
    if name not in HOOKS:
        raise UsageError(f"there is no hook {name!r}.", f"Known: {', '.join(HOOKS)}.")
    stdin = sys.stdin.buffer.read() if name in ("pre-push", "pre-receive") and sys.stdin and not by_framework else b""
    before = name not in (
        "pre-push",
        "pre-receive",
        "update",
    )  # it may change what is committed, so it goes first
    if then and before and (code := _chained(then, arguments, stdin)):
        return code
    code = _judge(name, arguments, stdin, by_framework=by_framework)
    if then and not before and not code:
        return _chained(then, arguments, stdin)
    return code


def _judge(name: str, arguments: list[str], stdin: bytes, *, by_framework: bool) -> int:
    from .git import Repo
    from .place import Place

    place = Place(Repo(), server=name in _SERVER)
    verdict = HOOKS[name](place, arguments, stdin, by_framework)
    if verdict is None or not (verdict.findings or verdict.unread):
        return ExitCode.ALLOWED
    from .reports import text

    if told := text.of_hook(verdict, name):
        say(told.rstrip("\n"))
    return verdict.exit_code


def _staged(place: Place, _: list[str], __: bytes, ___: bool) -> Verdict | None:
    from .gate import staged

    return staged(place)


def _merged(place: Place, _: list[str], __: bytes, ___: bool) -> Verdict | None:
    from .gate import staged

    return staged(place, merging=True)


def _message(place: Place, arguments: list[str], _: bytes, __: bool) -> Verdict | None:
    from .gate import message

    return message(place, arguments[0] if arguments else None, edited=os.environ.get("GIT_EDITOR") != ":")


def _prepared(place: Place, arguments: list[str], _: bytes, __: bool) -> Verdict | None:
    """Judge the message where nothing else will: cherry-pick, revert and rebase run this hook alone, without editor.

    Where an editor opens, the message isn't the last word, and commit-msg will see that.
    """
    if os.environ.get("GIT_EDITOR") != ":":
        return None
    from .gate import message

    return message(place, arguments[0] if arguments else None, edited=False, alone=True)


def _applied(place: Place, arguments: list[str], _: bytes, __: bool) -> Verdict | None:
    from .gate import message

    return message(place, arguments[0] if arguments else None, edited=False, alone=True)


def _push(place: Place, arguments: list[str], stdin: bytes, by_framework: bool) -> Verdict | None:
    from .gate import push

    remote = arguments[0] if arguments else os.environ.get("PRE_COMMIT_REMOTE_NAME", "")
    return push(place, stdin, remote, by_framework=by_framework)


def _receive(place: Place, _: list[str], stdin: bytes, __: bool) -> Verdict | None:
    from .gate import receive

    return receive(place, stdin)


def _update(place: Place, arguments: list[str], _: bytes, __: bool) -> Verdict | None:
    """Judge one ref, as git's update hook tells it: name, old, new."""
    from .gate import receive

    if len(arguments) != 3:  # noqa: PLR2004 - what git gives
        raise UsageError("update takes a ref, its old and its new id.")
    ref, old, new = (os.fsencode(argument) for argument in arguments)
    return receive(place, b"%s %s %s\n" % (old, new, ref))


# What git calls, and who answers. Each takes the place, the arguments, stdin, and whether a framework calls.
HOOKS: dict[str, Callable[[Place, list[str], bytes, bool], Verdict | None]] = {
    "pre-commit": _staged,
    "pre-merge-commit": _merged,
    "prepare-commit-msg": _prepared,
    "commit-msg": _message,
    "applypatch-msg": _applied,
    "pre-push": _push,
    "pre-receive": _receive,
    "update": _update,
}


def _options(given: list[str]) -> tuple[str, bool, list[str]]:
    then, by_framework, rest = "", False, list(given)
    while rest and rest[0].startswith("--"):
        option = rest.pop(0)
        if option == "--framework":
            by_framework = True
        elif option == "--then" and rest:
            then = rest.pop(0)
        else:
            raise UsageError(f"there is no option {option!r}.")
    return then, by_framework, rest


def _chained(path: str, arguments: list[str], stdin: bytes) -> int:
    """Run the hook that was there before, with the same arguments and the same bytes on stdin."""
    import errno
    import subprocess

    command = [path, *arguments]
    try:
        try:
            return subprocess.run(command, input=stdin or None, check=False).returncode
        except OSError as error:
            if error.errno != errno.ENOEXEC:
                raise
            return subprocess.run(["/bin/sh", *command], input=stdin or None, check=False).returncode  # as git does
    except OSError as error:
        raise UsageError(
            f"the hook that was there before ringfence, {path}, can't be run: {error.strerror}.",
            "Give it back its run bit, or remove it and run `ringfence install` again.",
        ) from None
