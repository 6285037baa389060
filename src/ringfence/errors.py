"""Errors that are reported to users, each with its exit code and advice.

Every code but 0 makes git refuse; the codes differ so that CI and tests can tell the reasons apart.
"""


class ExitCode:
    """Exit statuses of ringfence. Reports never change them; document a new one in docs/exit-codes.md."""

    ALLOWED = 0
    BLOCKED = 1
    USAGE = 2
    INCOMPLETE = 3
    POLICY = 4
    GIT = 5
    LEDGER = 6
    RECEIPT = 7
    ENDED = 8
    UNNEEDED = 9
    BUG = 70  # EX_SOFTWARE of sysexits.h
    INTERRUPTED = 130  # 128 + SIGINT, the convention of shells


class RingfenceError(Exception):
    """An expected error: `message` says what is wrong, `advice` what to type or change next."""

    code = ExitCode.BUG
    default_advice = ""

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice or self.default_advice


class UsageError(RingfenceError):
    """Wrong arguments."""

    code = ExitCode.USAGE


class IncompleteError(RingfenceError):
    """Something that should be checked is missing or can't be read."""

    code = ExitCode.INCOMPLETE


class PolicyError(RingfenceError):
    """A policy or vendor file is invalid; `message` may list several mistakes, one per line."""

    code = ExitCode.POLICY


class GitError(RingfenceError):
    """Git could not be started, or failed."""

    code = ExitCode.GIT
    default_advice = "Ask an administrator of the repository to run git fsck, and to check free memory and disk space."


class LedgerError(RingfenceError):
    """The ledger can't be read or written, or its content was changed afterwards."""

    code = ExitCode.LEDGER


class ReceiptError(RingfenceError):
    """A receipt is invalid, isn't signed with the given key, or is about another commit."""

    code = ExitCode.RECEIPT
