"""The fast door: what git calls. Imports nothing that a clean commit doesn't need; prints only what must be told."""

from __future__ import annotations

import os
import sys

from .error_handler import guarded, leave, open_closed_streams, say, speak
from .errors import ExitCode, UsageError
from .values import value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

    from .model import Verdict
    from .repository import Place
    from .sources.forges.base import Occasion

_SERVER = ("pre-receive", "proc-receive", "post-receive", "update", "gerrit")
_READS_STDIN = ("pre-push", "pre-receive", "post-receive")
# Before the hook that was there; on other occasions that one may change what is committed, and ours has to see it.
_GOES_FIRST = ("pre-push", "pre-receive", "update")


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run a hook and leave with its exit code.

    Arguments are `[OPTION…] NAME ARGS…`. Options: `--then HOOK`, a hook that was there before and runs too;
    `--framework`, called by one (pre-commit, prek) that passes less than git does; `--forge NAME`, the server that
    calls; `--deadline SECONDS`, when to give up and refuse.
    """
    given = sys.argv[1:] if arguments is None else arguments
    open_closed_streams()
    try:
        code = guarded(lambda: run(given), is_hook="post-receive" not in given)  # that one can refuse nothing
    except KeyboardInterrupt:
        code = ExitCode.INTERRUPTED
    leave(code)


def run(given: list[str]) -> int:
    """Run the hook that the arguments name and return its exit code."""
    options, rest = _options(given)
    name, *arguments = rest or [""]
    if name not in HOOKS:
        raise UsageError(f"there is no hook {name!r}.", f"Known: {', '.join(HOOKS)}.")
    then, by_framework = options.get("--then", ""), "--framework" in options
    stdin = sys.stdin.buffer.read() if name in _READS_STDIN and sys.stdin and not by_framework else b""
    if then and name not in _GOES_FIRST and (code := _chained(then, arguments, stdin)) and name != "post-receive":
        return code  # after a push there is nothing left to refuse
    code = _judge(name, arguments, stdin, options)
    if then and name in _GOES_FIRST and not code:
        return _chained(then, arguments, stdin)
    return code


def _judge(name: str, arguments: list[str], stdin: bytes, options: dict[str, str]) -> int:
    from .git.repo import Repo
    from .repository import Place

    occasion = _received(arguments, options) if name in _SERVER else None
    place = Place(Repo(), server=bool(occasion), names=[occasion.repository] if occasion else ())
    verdict = HOOKS[name](Call(place, tuple(arguments), stdin, "--framework" in options, occasion))
    if verdict is None or not (verdict.findings or verdict.unread):
        return ExitCode.ALLOWED
    from .reports import text

    if told := text.of_hook(verdict, name):
        say(told.rstrip("\n"))
    return verdict.exit_code


def _received(arguments: list[str], options: dict[str, str]) -> Occasion:
    """Ask the server's forge who pushes what, and how it wants to be spoken to."""
    from .check.deadline import seconds, start
    from .sources.forges import named

    occasion = named(options.get("--forge", "plain")).occasion(os.environ, arguments)
    speak(occasion.prefix)
    if limit := seconds(options.get("--deadline", ""), occasion.limit):
        start(limit)
    return occasion


@value
class Call:
    """How a hook was called.

    Attributes:
        by_framework: By one that passes less than git does.
        occasion: What a server tells of the push; None on a laptop.
    """

    place: Place
    arguments: tuple[str, ...]
    stdin: bytes
    by_framework: bool
    occasion: Occasion | None

    @property
    def file(self) -> str | None:
        """Return the message file, if its name was passed."""
        return self.arguments[0] if self.arguments else None

    @property
    def is_edited(self) -> bool:
        """Say whether an editor has the last word; git sets this editor where none will open."""
        return os.environ.get("GIT_EDITOR") != ":"


def _staged(call: Call) -> Verdict | None:
    from .gate.local import staged

    return staged(call.place)


def _merged(call: Call) -> Verdict | None:
    from .gate.local import staged

    return staged(call.place, merging=True)


def _message(call: Call) -> Verdict | None:
    from .gate.local import message

    return message(call.place, call.file, edited=call.is_edited)


def _prepared(call: Call) -> Verdict | None:
    """Judge the message where nothing else will: cherry-pick, revert and rebase run this hook alone, without editor.

    Where an editor opens, the message isn't the last word, and commit-msg will see that.
    """
    if not call.is_edited:
        return _applied(call)
    if call.file:
        from .gate.prepare_message import offer

        offer(call.place, call.file)
    return None


def _applied(call: Call) -> Verdict | None:
    from .gate.local import message

    return message(call.place, call.file, edited=False, alone=True)


def _push(call: Call) -> Verdict | None:
    from .check.progress import Shown
    from .gate.local import push

    remote = (call.arguments or ("",))[0] or os.environ.get("PRE_COMMIT_REMOTE_NAME", "")
    with Shown():
        return push(call.place, call.stdin, remote, by_framework=call.by_framework)


def _receive(call: Call) -> Verdict | None:
    from .gate.receive import is_left_to_proc_receive, receive

    return None if is_left_to_proc_receive(call.place) else receive(call.place, call.stdin, call.occasion)


def _proc_receive(call: Call) -> Verdict | None:
    """Judge a push after pre-receive let it pass, and let git move its refs or not."""
    from .gate import proc_receive
    from .gate.receive import receive

    out = sys.stdout.buffer
    stdin, options = proc_receive.ask(sys.stdin.buffer, out)
    os.environ |= {"GIT_PUSH_OPTION_COUNT": str(len(options))}  # as pre-receive has them
    os.environ |= {f"GIT_PUSH_OPTION_{number}": option for number, option in enumerate(options)}
    verdict = receive(call.place, stdin, call.occasion)
    reason = ""
    if verdict and verdict.exit_code:
        reason = ", ".join(verdict.about.notes) or "refused"
    proc_receive.answer(out, stdin, reason)
    return verdict


def _post_receive(call: Call) -> None:
    """Write what pre-receive recorded as notes: until now git hid the commits, and let no ref be moved."""
    if call.place.writes_notes:
        from .records.git_notes import write
        from .sources.receive import parse_lines

        write(call.place, parse_lines(call.stdin))


def _update(call: Call) -> Verdict | None:
    """Judge one ref, as git's update hook tells it: name, old, new."""
    from .gate.receive import receive

    if len(call.arguments) != 3:  # noqa: PLR2004 - what git gives
        raise UsageError("update takes a ref, its old and its new id.")
    ref, old, new = map(os.fsencode, call.arguments)
    return receive(call.place, b"%s %s %s\n" % (old, new, ref), call.occasion)


def _gerrit(call: Call) -> Verdict | None:
    """Judge a ref, or a commit that is sent for review or submitted, as Gerrit tells it: by named arguments."""
    from .gate.receive import receive
    from .sources.forges.gerrit import line

    return receive(call.place, line(call.place.repo, call.arguments), call.occasion)


# What git (or Gerrit) calls, and who answers.
HOOKS: dict[str, Callable[[Call], Verdict | None]] = {
    "pre-commit": _staged,
    "pre-merge-commit": _merged,
    "prepare-commit-msg": _prepared,
    "commit-msg": _message,
    "applypatch-msg": _applied,
    "pre-push": _push,
    "pre-receive": _receive,
    "proc-receive": _proc_receive,
    "post-receive": _post_receive,
    "update": _update,
    "gerrit": _gerrit,
}

_TAKES_NOTHING, _TAKES_ONE = ("--framework",), ("--then", "--forge", "--deadline")


def _options(given: list[str]) -> tuple[dict[str, str], list[str]]:
    """Return options with what they take, and the rest."""
    options, rest = {}, list(given)
    while rest and rest[0].startswith("--"):
        option = rest.pop(0)
        if option not in _TAKES_NOTHING and (option not in _TAKES_ONE or not rest):
            raise UsageError(f"there is no option {option!r}.")
        options[option] = rest.pop(0) if option in _TAKES_ONE else ""
    return options, rest


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
