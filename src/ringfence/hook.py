"""What git calls. Imports nothing that a clean commit doesn't need, and prints only what a person has to know."""

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
# Hooks in which ours runs before the chained one; in all others that runs first, since it may change what is committed.
_GOES_FIRST = ("pre-push", "pre-receive", "update")
_COMES_AFTER = ("post-merge", "post-receive")  # nothing is left to refuse


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run a hook and leave with its exit code.

    Arguments are `[OPTION…] NAME ARGS…`. Options: `--then HOOK`, a hook that was there before and runs too; `--own`,
    the one in the repository's own folder, which `core.hooksPath` hides, runs too; `--framework`, called by pre-commit
    or prek, which pass less than git does; `--forge NAME`, the server that calls; `--deadline SECONDS`, when to give up
    and refuse.
    """
    given = sys.argv[1:] if arguments is None else arguments
    open_closed_streams()
    try:
        code = run_guarded(lambda: run(given), is_hook=not any(name in given for name in _COMES_AFTER))
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
    if "--own" in options and not then:
        from .git.hook_files import find_own_hook
        from .git.repo import Repo

        then = find_own_hook(os.path.join(Repo().find_common_directory(), "hooks"), name)
    if not then:
        return _run_gate(name, arguments, stdin, options)
    from .gate.chained_hook import run_chained_hook

    if name in _GOES_FIRST:
        return _run_gate(name, arguments, stdin, options) or run_chained_hook(then, arguments, stdin)
    code = run_chained_hook(then, arguments, stdin)
    if code and name not in _COMES_AFTER:
        return code
    return _run_gate(name, arguments, stdin, options)


def _run_gate(name: str, arguments: list[str], stdin: bytes, options: dict[str, str]) -> int:
    from .git.repo import Repo
    from .repository import Repository

    push = _read_push_context(arguments, options) if name in _SERVER else None
    repository = Repository(Repo(), server=bool(push), names=[push.repository] if push else ())
    if push and push.web_account:
        from .sources.forges.plain import confirm_web_account

        push = confirm_web_account(push, repository.web_user)
    verdict = HOOKS[name](HookCall(repository, tuple(arguments), stdin, "--framework" in options, push))
    if verdict is None or not (verdict.findings or verdict.unread or verdict.notice):
        return ExitCode.ALLOWED
    from .reports import text

    if message := text.render_for_hook(verdict, name):
        print_message(message.rstrip("\n"))
    return verdict.exit_code


def _read_push_context(arguments: list[str], options: dict[str, str]) -> PushContext:
    """Return who pushes what by the server's forge, and start the deadline that the forge or an option sets."""
    from .check.deadline import parse_deadline, start_timer
    from .sources.forges import load_forge

    push = load_forge(options.get("--forge", "plain")).parse_push_context(os.environ, arguments)
    set_message_prefix(push.prefix)
    if limit := parse_deadline(options.get("--deadline", ""), push.limit):
        start_timer(limit)
    return push


@value
class HookCall:
    """How a hook was called.

    Attributes:
        by_framework: By a hook framework such as pre-commit, which passes less than git does.
        push: Who pushes what to a server; None on a laptop.
    """

    repository: Repository
    arguments: tuple[str, ...]
    stdin: bytes
    by_framework: bool
    push: PushContext | None

    @property
    def message_file(self) -> str | None:
        """The message file, if its name was passed."""
        return self.arguments[0] if self.arguments else None

    @property
    def is_edited(self) -> bool:
        """Whether an editor may still change the message; git sets it to `:` where none will open."""
        return os.environ.get("GIT_EDITOR") != ":"


def _run_pre_commit(call: HookCall) -> Verdict | None:
    if call.by_framework:
        from .gate.framework import check_named

        return check_named(call.repository, call.arguments)
    from .gate.local import check_staged

    return check_staged(call.repository, concluding=True)


def _run_pre_merge_commit(call: HookCall) -> Verdict | None:
    from .gate.local import check_staged

    return check_staged(call.repository, merging=True)


def _run_commit_msg(call: HookCall) -> Verdict | None:
    from .gate.local import check_message

    return check_message(call.repository, call.message_file, edited=call.is_edited)


def _run_post_merge(call: HookCall) -> Verdict | None:
    from .gate.merged import check_merged

    return check_merged(call.repository)


def _run_prepare_commit_msg(call: HookCall) -> Verdict | None:
    """Judge the message where no editor opens: cherry-pick and rebase run no other hook that sees it.

    Where an editor opens, the message isn't final yet; commit-msg judges it.
    """
    if not call.is_edited:
        return _run_applypatch_msg(call)
    if call.message_file:
        from .gate.prepare_message import add_declaration_hint

        add_declaration_hint(call.repository, call.message_file)
    return None


def _run_applypatch_msg(call: HookCall) -> Verdict | None:
    from .gate.local import check_message

    return check_message(call.repository, call.message_file, edited=False, alone=True)


def _run_pre_push(call: HookCall) -> Verdict | None:
    from .check.progress import ProgressLine
    from .gate.local import check_push

    remote = (call.arguments or ("",))[0] or os.environ.get("PRE_COMMIT_REMOTE_NAME", "")
    with ProgressLine():
        return check_push(call.repository, call.stdin, remote, by_framework=call.by_framework)


def _run_pre_receive(call: HookCall) -> Verdict | None:
    from .gate.receive import is_left_to_proc_receive

    return None if is_left_to_proc_receive(call.repository) else _judge_push(call, call.stdin)


def _run_proc_receive(call: HookCall) -> Verdict | None:
    """Judge a push after pre-receive let it pass, and let git move its refs or not."""
    from .gate import proc_receive
    from .sources.receive import parse_updates

    out = sys.stdout.buffer
    stdin, options = proc_receive.read_request(sys.stdin.buffer, out)
    os.environ |= {"GIT_PUSH_OPTION_COUNT": str(len(options))}  # as pre-receive has them
    os.environ |= {f"GIT_PUSH_OPTION_{number}": option for number, option in enumerate(options)}
    verdict = _judge_push(call, stdin)
    reason = ", ".join(verdict.about.notes) or "refused" if verdict and verdict.exit_code else ""
    proc_receive.write_response(out, parse_updates(stdin), reason)
    return verdict


def _run_post_receive(call: HookCall) -> None:
    """Write the recorded verdicts as git notes, and record ingredients.

    Pre-receive can't do either: git lets no ref move until it ends.
    """
    from .gate.recording import record_push

    record_push(call.repository)
    if call.repository.needs_notes:
        from .records.git_notes import write_notes
        from .sources.receive import parse_updates

        write_notes(call.repository, parse_updates(call.stdin))


def _run_update(call: HookCall) -> Verdict | None:
    """Judge one ref by the arguments of git's update hook: name, old, new."""
    if len(call.arguments) != 3:  # noqa: PLR2004 - what git gives
        raise UsageError("update takes a ref, its old and its new id.")
    ref, old, new = map(os.fsencode, call.arguments)
    return _judge_push(call, b"%s %s %s\n" % (old, new, ref))


def _run_gerrit(call: HookCall) -> Verdict | None:
    """Judge a ref, or a commit that is sent for review or submitted, by Gerrit's named arguments."""
    from .sources.forges.gerrit import build_update_line

    return _judge_push(call, build_update_line(call.repository.repo, call.arguments))


def _judge_push(call: HookCall, lines: bytes) -> Verdict | None:
    """Judge the ref updates in lines of pre-receive's form."""
    from .gate.receive import handle_push
    from .sources.receive import parse_updates

    return handle_push(call.repository, parse_updates(lines), call.push)


# What git (or Gerrit) calls, and who answers.
HOOKS: dict[str, Callable[[HookCall], Verdict | None]] = {
    "pre-commit": _run_pre_commit,
    "pre-merge-commit": _run_pre_merge_commit,
    "prepare-commit-msg": _run_prepare_commit_msg,
    "commit-msg": _run_commit_msg,
    "applypatch-msg": _run_applypatch_msg,
    "post-merge": _run_post_merge,
    "pre-push": _run_pre_push,
    "pre-receive": _run_pre_receive,
    "proc-receive": _run_proc_receive,
    "post-receive": _run_post_receive,
    "update": _run_update,
    "gerrit": _run_gerrit,
}

_TAKES_NOTHING, _TAKES_ONE = ("--framework", "--own"), ("--then", "--forge", "--deadline")


def _parse_options(given: list[str]) -> tuple[dict[str, str], list[str]]:
    """Return options with what they take, and the rest."""
    options, rest = {}, list(given)
    while rest and rest[0].startswith("--"):
        option = rest.pop(0)
        if option not in _TAKES_NOTHING and (option not in _TAKES_ONE or not rest):
            raise UsageError(f"there is no option {option!r}.")
        options[option] = rest.pop(0) if option in _TAKES_ONE else ""
    return options, rest
