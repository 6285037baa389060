"""The fast door: what git calls. Imports nothing that a clean commit doesn't need; prints only what must be told."""

from __future__ import annotations

import os
import sys

from .error_handler import exit_process, open_closed_streams, print_message, run_guarded, set_message_prefix
from .errors import ExitCode, UsageError
from .values import value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

    from .model import Verdict
    from .repository import Repository
    from .sources.forges.base import PushContext

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
        code = run_guarded(lambda: run(given), is_hook="post-receive" not in given)  # that one can refuse nothing
    except KeyboardInterrupt:
        code = ExitCode.INTERRUPTED
    exit_process(code)


def run(given: list[str]) -> int:
    """Run the hook that the arguments name and return its exit code."""
    options, rest = _parse_options(given)
    name, *arguments = rest or [""]
    if name not in HOOKS:
        raise UsageError(f"there is no hook {name!r}.", f"Known: {', '.join(HOOKS)}.")
    then, by_framework = options.get("--then", ""), "--framework" in options
    stdin = sys.stdin.buffer.read() if name in _READS_STDIN and sys.stdin and not by_framework else b""
    if (
        then
        and name not in _GOES_FIRST
        and (code := _run_chained_hook(then, arguments, stdin))
        and name != "post-receive"
    ):
        return code  # after a push there is nothing left to refuse
    code = _run_gate(name, arguments, stdin, options)
    if then and name in _GOES_FIRST and not code:
        return _run_chained_hook(then, arguments, stdin)
    return code


def _run_gate(name: str, arguments: list[str], stdin: bytes, options: dict[str, str]) -> int:
    from .git.repo import Repo
    from .repository import Repository

    occasion = _prepare_push_context(arguments, options) if name in _SERVER else None
    place = Repository(Repo(), server=bool(occasion), names=[occasion.repository] if occasion else ())
    verdict = HOOKS[name](HookCall(place, tuple(arguments), stdin, "--framework" in options, occasion))
    if verdict is None or not (verdict.findings or verdict.unread):
        return ExitCode.ALLOWED
    from .reports import text

    if told := text.render_for_hook(verdict, name):
        print_message(told.rstrip("\n"))
    return verdict.exit_code


def _prepare_push_context(arguments: list[str], options: dict[str, str]) -> PushContext:
    """Ask the server's forge who pushes what, and how it wants to be spoken to."""
    from .check.deadline import parse_deadline, start_timer
    from .sources.forges import load_forge

    occasion = load_forge(options.get("--forge", "plain")).parse_push_context(os.environ, arguments)
    set_message_prefix(occasion.prefix)
    if limit := parse_deadline(options.get("--deadline", ""), occasion.limit):
        start_timer(limit)
    return occasion


@value
class HookCall:
    """How a hook was called.

    Attributes:
        by_framework: By one that passes less than git does.
        occasion: What a server tells of the push; None on a laptop.
    """

    place: Repository
    arguments: tuple[str, ...]
    stdin: bytes
    by_framework: bool
    push_context: PushContext | None

    @property
    def message_file(self) -> str | None:
        """Return the message file, if its name was passed."""
        return self.arguments[0] if self.arguments else None

    @property
    def is_edited(self) -> bool:
        """Say whether an editor has the last word; git sets this editor where none will open."""
        return os.environ.get("GIT_EDITOR") != ":"


def _run_pre_commit(call: HookCall) -> Verdict | None:
    from .gate.local import check_staged

    return check_staged(call.place)


def _run_pre_merge_commit(call: HookCall) -> Verdict | None:
    from .gate.local import check_staged

    return check_staged(call.place, merging=True)


def _run_commit_msg(call: HookCall) -> Verdict | None:
    from .gate.local import check_message

    return check_message(call.place, call.message_file, edited=call.is_edited)


def _run_prepare_commit_msg(call: HookCall) -> Verdict | None:
    """Judge the message where nothing else will: cherry-pick, revert and rebase run this hook alone, without editor.

    Where an editor opens, the message isn't the last word, and commit-msg will see that.
    """
    if not call.is_edited:
        return _run_applypatch_msg(call)
    if call.message_file:
        from .gate.prepare_message import add_declaration_hint

        add_declaration_hint(call.place, call.message_file)
    return None


def _run_applypatch_msg(call: HookCall) -> Verdict | None:
    from .gate.local import check_message

    return check_message(call.place, call.message_file, edited=False, alone=True)


def _run_pre_push(call: HookCall) -> Verdict | None:
    from .check.progress import ProgressLine
    from .gate.local import check_push

    remote = (call.arguments or ("",))[0] or os.environ.get("PRE_COMMIT_REMOTE_NAME", "")
    with ProgressLine():
        return check_push(call.place, call.stdin, remote, by_framework=call.by_framework)


def _run_pre_receive(call: HookCall) -> Verdict | None:
    from .gate.receive import handle_push, is_left_to_proc_receive

    return None if is_left_to_proc_receive(call.place) else handle_push(call.place, call.stdin, call.push_context)


def _run_proc_receive(call: HookCall) -> Verdict | None:
    """Judge a push after pre-receive let it pass, and let git move its refs or not."""
    from .gate import proc_receive
    from .gate.receive import handle_push

    out = sys.stdout.buffer
    stdin, options = proc_receive.read_request(sys.stdin.buffer, out)
    os.environ |= {"GIT_PUSH_OPTION_COUNT": str(len(options))}  # as pre-receive has them
    os.environ |= {f"GIT_PUSH_OPTION_{number}": option for number, option in enumerate(options)}
    verdict = handle_push(call.place, stdin, call.push_context)
    reason = ""
    if verdict and verdict.exit_code:
        reason = ", ".join(verdict.about.notes) or "refused"
    proc_receive.write_response(out, stdin, reason)
    return verdict


def _run_post_receive(call: HookCall) -> None:
    """Write what pre-receive recorded as notes: until now git hid the commits, and let no ref be moved."""
    if call.place.needs_notes:
        from .records.git_notes import write_notes
        from .sources.receive import parse_updates

        write_notes(call.place, parse_updates(call.stdin))


def _run_update(call: HookCall) -> Verdict | None:
    """Judge one ref, as git's update hook tells it: name, old, new."""
    from .gate.receive import handle_push

    if len(call.arguments) != 3:  # noqa: PLR2004 - what git gives
        raise UsageError("update takes a ref, its old and its new id.")
    ref, old, new = map(os.fsencode, call.arguments)
    return handle_push(call.place, b"%s %s %s\n" % (old, new, ref), call.push_context)


def _run_gerrit(call: HookCall) -> Verdict | None:
    """Judge a ref, or a commit that is sent for review or submitted, as Gerrit tells it: by named arguments."""
    from .gate.receive import handle_push
    from .sources.forges.gerrit import build_update_line

    return handle_push(call.place, build_update_line(call.place.repo, call.arguments), call.push_context)


# What git (or Gerrit) calls, and who answers.
HOOKS: dict[str, Callable[[HookCall], Verdict | None]] = {
    "pre-commit": _run_pre_commit,
    "pre-merge-commit": _run_pre_merge_commit,
    "prepare-commit-msg": _run_prepare_commit_msg,
    "commit-msg": _run_commit_msg,
    "applypatch-msg": _run_applypatch_msg,
    "pre-push": _run_pre_push,
    "pre-receive": _run_pre_receive,
    "proc-receive": _run_proc_receive,
    "post-receive": _run_post_receive,
    "update": _run_update,
    "gerrit": _run_gerrit,
}

_TAKES_NOTHING, _TAKES_ONE = ("--framework",), ("--then", "--forge", "--deadline")


def _parse_options(given: list[str]) -> tuple[dict[str, str], list[str]]:
    """Return options with what they take, and the rest."""
    options, rest = {}, list(given)
    while rest and rest[0].startswith("--"):
        option = rest.pop(0)
        if option not in _TAKES_NOTHING and (option not in _TAKES_ONE or not rest):
            raise UsageError(f"there is no option {option!r}.")
        options[option] = rest.pop(0) if option in _TAKES_ONE else ""
    return options, rest


def _run_chained_hook(path: str, arguments: list[str], stdin: bytes) -> int:
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
